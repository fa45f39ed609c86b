/** The state of one scan of one unit, and the small steps every part of it takes. */

import type { AgentFolder } from './agents.ts'
import type { ArtifactFiles, FilePath, FolderEntry } from './artifact-files.ts'
import { newFiles, readFolder } from './artifact-files.ts'
import { type DiagnosticCode, diagnose } from './diagnostics.ts'
import { emptyFingerprint, type Fingerprint } from './fingerprint.ts'
import type {
  Diagnostic,
  ScanCounters,
  ScanEnvironment,
  ScannedArtifact,
  ScanUnit,
  UnitResult,
} from './types.ts'

/** A place on disk that is or may be an artifact. */
export type Candidate = {
  row: AgentFolder
  /** See `artifactKey`. */
  key: string
  relPath: string
  /** What its place calls it: folder or file name, with the folders in front where the host says so. */
  placeName: string
  path: FilePath
  /** The main file's name when `path` is a folder; empty when the folder has none; null when `path` is the file. */
  main: string | null
  /** Of the file when `path` is one. */
  entry: FolderEntry | null
  /** What its place says about it. */
  diagnostics: Diagnostic[]
  metadata: Record<string, unknown> | null
  /** Skill it lies inside of, of which it is told; empty for none. */
  inside: string
  /** Fingerprint of its files, and of `inside`, as of this scan. */
  sum: Fingerprint
}

/** How an artifact of this scan is told to the caller, until the names are settled. */
export type Settled = {
  candidate: Candidate
  /** Null while it is unchanged. */
  artifact: ScannedArtifact | null
  /** State its known fingerprint stands for, see `stateOf`. */
  state: number
}

export type ScanRun = {
  unit: ScanUnit
  env: ScanEnvironment
  limits: ScanEnvironment['limits']
  counters: ScanCounters
  /** Fingerprints by key; null when every file has to be read again. */
  previous: ReadonlyMap<string, string> | null
  names: ReadonlyMap<string, string> | null
  /** Scratch; valid until the next candidate is listed. */
  files: ArtifactFiles
  found: Settled[]
  /** Keys met: two rows of the table may lead to one place. */
  seen: Set<string>
  diagnostics: UnitResult['diagnostics']
  /** Files that were no artifact when last read; their sum tells whether any of them changed. */
  ignored: Fingerprint
  ignoredBefore: string | null
  pending: Candidate[]
  /** Fills source and versions in. */
  apply: (artifact: ScannedArtifact) => void
  /** Places of the user inside this project; null when there are none. */
  userPaths: ReadonlySet<string> | null
  /** Prefix of names, `plugin:` in a plugin. */
  namespace: string
  /** A folder vanished while it was being looked at. */
  vanished: boolean
}

export function newRun(unit: ScanUnit, env: ScanEnvironment): ScanRun {
  return {
    unit,
    env,
    limits: env.limits,
    counters: { directories: 0, filesStatted: 0, filesRead: 0, bytesRead: 0 },
    previous: null,
    names: null,
    files: newFiles(),
    found: [],
    seen: new Set(),
    diagnostics: [],
    ignored: emptyFingerprint(),
    ignoredBefore: null,
    pending: [],
    apply: () => {},
    userPaths: null,
    namespace: '',
    vanished: false,
  }
}

/** Tells something of a place that is no artifact. */
export function tell(run: ScanRun, relPath: string, code: DiagnosticCode, detail = ''): void {
  run.diagnostics.push({ relPath, ...diagnose(code, detail) })
}

/** Entries of a folder; null, and told, when it cannot be read. One that is not there is no trouble. */
export function openFolder(run: ScanRun, dir: FilePath, relPath: string): FolderEntry[] | null {
  try {
    return readFolder(dir, run.counters)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error)
    if (code === 'ENOENT') run.vanished = true
    else if (code !== 'ENOTDIR') tell(run, relPath, 'file.unreadable', code)
    return null
  }
}

/** `a/b`, or `b` below the unit itself. */
export const joinRel = (dir: string, name: string): string => (dir === '' ? name : `${dir}/${name}`)
