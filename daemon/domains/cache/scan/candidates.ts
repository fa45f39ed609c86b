/**
 * What becomes of a place that may be an artifact: found again untouched, read, or left for later.
 *
 * Two things beside its files can change what is told of an artifact: another one of the same name, and rights that
 * forbid reading. Both are part of its fingerprint as a `state`, so that a rescan needs no memory of its own for them.
 */
import type { AgentFolder } from './agents.ts'
import { addFolder, addSingleFile, type FilePath, type FolderEntry, resetFiles } from './artifact-files.ts'
import { type ContentReader, newReader } from './content-reader.ts'
import { describeArtifact, goesByDeclaredName } from './describe-artifact.ts'
import { diagnose } from './diagnostics.ts'
import {
  addFingerprint,
  emptyFingerprint,
  type Fingerprint,
  fingerprintHex,
  hashPath,
  pathSeed,
} from './fingerprint.ts'
import { type Candidate, openFolder, type ScanRun, type Settled, tell } from './scan-run.ts'
import { artifactKey, type ScannedArtifact } from './types.ts'

/** Bits of a state. */
const duplicateName = 1
const caseClash = 2
const unreadable = 4

export function newCandidate(
  run: ScanRun,
  row: AgentFolder,
  path: FilePath,
  relPath: string,
  placeName: string,
  main: string | null,
): Candidate {
  const { scope, type } = row
  const key = artifactKey({ scope, type, relPath, fragment: '' })
  return {
    row,
    key,
    relPath,
    placeName: run.namespace + placeName,
    path,
    main,
    entry: null,
    diagnostics: [],
    metadata: null,
    inside: '',
    sum: emptyFingerprint(),
  }
}

/** Looks at the candidate's files and decides. Returns the folders inside of it that hold a SKILL.md. */
export function offer(run: ScanRun, candidate: Candidate, entries: FolderEntry[] | null): string[] {
  if (run.seen.has(candidate.key)) return []
  run.seen.add(candidate.key)
  const known = run.previous?.get(candidate.key)
  if (known === undefined && !(run.previous && contentDecides(run, candidate))) {
    read(run, candidate, entries, -1)
    return run.files.nested
  }
  if (!look(run, candidate, entries)) return []
  const { nested } = run.files
  if (known === undefined) run.pending.push(candidate)
  else {
    const state = stateOf(candidate.sum, known)
    if (state < 0 || state & unreadable) read(run, candidate, entries, state)
    else run.found.push({ candidate, artifact: null, state })
  }
  return nested
}

/** Fills the run's files with the candidate's. False, and told, when there are none (any more). */
function look(
  run: ScanRun,
  candidate: Candidate,
  entries: FolderEntry[] | null,
  reader: ContentReader | null = null,
): boolean {
  const { files } = run
  resetFiles(files, reader)
  if (entries) addFolder(run, files, candidate.path, entries)
  else if (candidate.entry) addSingleFile(run, files, candidate.path, candidate.entry)
  candidate.sum = candidate.inside === '' ? { ...files.sum } : mixed(candidate.inside, files.sum)
  if (files.count > 0) return true
  for (const found of files.diagnostics) run.diagnostics.push({ relPath: candidate.relPath, ...found })
  return false
}

/** Agents without a name are documentation (ecosystem spec 2.3); in a plugin they go by their file. */
const contentDecides = (run: ScanRun, candidate: Candidate): boolean =>
  candidate.row.type === 'agent' && run.unit.kind !== 'plugin'

/** State in which these files had the fingerprint `known`, or -1 when they are others. */
function stateOf(sum: Fingerprint, known: string): number {
  if (fingerprintHex(sum) === known) return 0
  for (let state = 1; state < 8; state++) if (fingerprintHex(sum, state) === known) return state
  return -1
}

/** Reads a candidate. `known`: state of the known fingerprint, -1 when the files have changed. */
function read(run: ScanRun, candidate: Candidate, entries: FolderEntry[] | null, known: number): void {
  const reader = newReader(candidate.main)
  if (!look(run, candidate, entries, reader)) {
    run.vanished = true
    return
  }
  const outcome = describeArtifact(run, candidate, reader)
  if (outcome.isDocumentation && contentDecides(run, candidate)) ignore(run, candidate)
  else if (known >= 0 && reader.unreadable) run.found.push({ candidate, artifact: null, state: known })
  else run.found.push({ candidate, artifact: outcome.artifact, state: reader.unreadable ? unreadable : 0 })
}

function ignore(run: ScanRun, candidate: Candidate): void {
  addFingerprint(run.ignored, withPath(candidate))
  tell(run, candidate.relPath, 'agent.documentation')
}

/** Fingerprint that also says where the file lies: two of one name may trade places. */
const withPath = ({ relPath, sum }: Candidate): Fingerprint => mixed(relPath, sum)

function mixed(text: string, sum: Fingerprint): Fingerprint {
  const hash = hashPath(pathSeed, text, emptyFingerprint())
  return { a: Math.imul(hash.a, 31) ^ sum.a, b: Math.imul(hash.b, 31) ^ sum.b }
}

/** Files that were no artifacts before: left alone when none of them changed, else all read again. */
function resolvePending(run: ScanRun): void {
  const sum = emptyFingerprint()
  for (const candidate of run.pending) addFingerprint(sum, withPath(candidate))
  const isKnown = fingerprintHex(sum) === run.ignoredBefore
  for (const candidate of run.pending) {
    if (isKnown) ignore(run, candidate)
    else read(run, candidate, null, -1)
  }
}

/** Ends a scan: what changed, with its fingerprint, and the keys of what did not. */
export function settle(run: ScanRun): { changed: ScannedArtifact[]; unchanged: string[] } {
  resolvePending(run)
  const changed: ScannedArtifact[] = []
  const unchanged: string[] = []
  const clashes = findClashes(run)
  for (const settled of run.found) {
    const clash = clashes.get(settled)
    const state = (clash?.state ?? 0) | (settled.state & unreadable)
    const artifact = settled.artifact ?? (state === settled.state ? null : readAgain(run, settled.candidate))
    if (!artifact) unchanged.push(settled.candidate.key)
    else {
      if (clash) artifact.diagnostics.push(clash.diagnostic)
      artifact.statSig = fingerprintHex(settled.candidate.sum, state)
      changed.push(artifact)
    }
  }
  return { changed, unchanged }
}

/** An untouched artifact about which there is something new to tell: another one has its name, or no longer has. */
function readAgain(run: ScanRun, candidate: Candidate): ScannedArtifact | null {
  const entries = candidate.main === null ? null : openFolder(run, candidate.path, candidate.relPath)
  const reader = newReader(candidate.main)
  return look(run, candidate, entries, reader) ? describeArtifact(run, candidate, reader).artifact : null
}

type Clash = { state: number; diagnostic: { code: string; detail: string } }

/**
 * Artifacts a host cannot tell apart, or cannot on a disk without letter case. The first by path keeps its name.
 * Memory files are never called by name, nested skills seldom.
 */
function findClashes(run: ScanRun): Map<Settled, Clash> {
  const families = new Map<string, Map<string, Settled | Settled[]>>()
  const groups = new Set<Settled[]>()
  let lastRow: AgentFolder | undefined
  let names = new Map<string, Settled | Settled[]>()
  for (const settled of run.found) {
    const { row, inside } = settled.candidate
    if (row.type === 'memory' || inside !== '') continue
    const name = nameOf(run, settled)
    if (name === null) continue
    if (row !== lastRow) {
      lastRow = row
      const family = `${row.host} ${row.type} ${row.scope}`
      names = families.get(family) ?? new Map()
      families.set(family, names)
    }
    const folded = name.toLowerCase()
    const other = names.get(folded)
    if (!other) names.set(folded, settled)
    else if (Array.isArray(other)) other.push(settled)
    else {
      const group = [other, settled]
      names.set(folded, group)
      groups.add(group)
    }
  }
  const clashes = new Map<Settled, Clash>()
  for (const group of groups) judge(run, group, clashes)
  return clashes
}

function judge(run: ScanRun, group: Settled[], clashes: Map<Settled, Clash>): void {
  group.sort((x, y) => (x.candidate.relPath < y.candidate.relPath ? -1 : 1))
  const seen = new Set<string>()
  for (const settled of group) {
    const name = nameOf(run, settled) as string
    if (seen.has(name))
      clashes.set(settled, { state: duplicateName, diagnostic: diagnose('name.duplicate', name) })
    else if (seen.size > 0) {
      const names = [...seen, name].join(', ')
      clashes.set(settled, { state: caseClash, diagnostic: diagnose('name.case_clash', names) })
    }
    seen.add(name)
  }
}

/** Null when only the content of an unchanged file says it and the caller did not. */
const nameOf = (run: ScanRun, { artifact, candidate }: Settled): string | null =>
  artifact?.name ??
  (goesByDeclaredName(candidate.row) ? (run.names?.get(candidate.key) ?? null) : candidate.placeName)
