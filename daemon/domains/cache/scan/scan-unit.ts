/**
 * Scans one unit: its artifacts in files and folders here, those inside of configuration files and everything about
 * sources and versions through config-artifacts.ts and provenance.ts.
 *
 * A rescan reads no file of an artifact whose fingerprint is known. What a scan has to remember beyond that is packed
 * into the two signatures of its result, which only a scan looks into.
 */
import { realpathSync, statSync } from 'node:fs'
import { type AgentFolder, type FolderPlan, mergeAgentFolders, planFolders, userPaths } from './agents.ts'
import { type FolderEntry, readFolder } from './artifact-files.ts'
import { settle } from './candidates.ts'
import { readCollectionManifest } from './collection-manifest.ts'
import { readConfigFiles } from './config-artifacts.ts'
import { fingerprintHex } from './fingerprint.ts'
import { fingerprint } from './json-values.ts'
import { placeRecords } from './placed-records.ts'
import { pluginFolders, readPluginLayout } from './plugin-layout.ts'
import { readProvenance } from './provenance.ts'
import { newRun, type ScanRun } from './scan-run.ts'
import {
  artifactKey,
  type PreviousUnit,
  type ScanCounters,
  type ScanEnvironment,
  type ScannedArtifact,
  type ScanUnit,
  type UnitResult,
} from './types.ts'
import { scanPlaces } from './unit-folders.ts'

/** Raised when a scan tells something else of the same files: what was remembered before then counts for nothing. */
const scannerVersion = 4

/** What one environment means for all units; made once per environment. */
type Prepared = {
  rows: AgentFolder[]
  plans: Map<string, FolderPlan>
  userPaths: Set<string>
  /** Changes with everything that makes the same files read differently. */
  signature: string
}

const prepared = new WeakMap<ScanEnvironment, Prepared>()

function prepare(env: ScanEnvironment): Prepared {
  let made = prepared.get(env)
  if (!made) {
    const rows = mergeAgentFolders(env.agentFolders)
    const paths = userPaths(rows, env.folders)
    const { home } = env.folders
    const realHome = realPath(home)
    for (const path of [...paths])
      if (path.startsWith(`${home}/`)) paths.add(realHome + path.slice(home.length))
    const signature = fingerprint(JSON.stringify([scannerVersion, rows, env.limits]))
    made = { rows, plans: new Map(), userPaths: paths, signature }
    prepared.set(env, made)
  }
  return made
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

/** Pure but for reading the disk; never throws for what it finds there. `previous`: null reads everything. */
export function scanUnit(unit: ScanUnit, env: ScanEnvironment, previous: PreviousUnit | null): UnitResult {
  const run = newRun(unit, env)
  let entries: FolderEntry[]
  try {
    entries = readFolder(unit.path, run.counters)
  } catch (error) {
    return failed(run, previous, error)
  }
  const shared = prepare(env)
  const memory = unpack(previous, shared.signature)
  const config = readConfigFiles(unit, env, memory?.config ?? null)
  const provenance = readProvenance(unit, env, memory?.provenance ?? null)
  const collection =
    unit.kind === 'collection' ? readCollectionManifest(run, memory?.collection ?? null) : null
  remember(
    run,
    shared,
    previous,
    memory,
    provenance.unchanged && collection?.signature === memory?.collection,
  )
  run.apply = (artifact) => {
    collection?.apply(artifact)
    provenance.apply(artifact)
  }
  const layout = scanFiles(run, shared, entries, memory?.layout ?? '')
  const { changed, unchanged } = settle(run)
  if (run.vanished) {
    const gone = missing(unit)
    if (gone) return failed(run, previous, gone)
  }
  changed.push(...config.artifacts)
  if (config.unchanged && previous) unchanged.push(...configKeys(unit, previous))
  // What is no artifact is no reason to look again, so such places are looked at by every scan, and those that just became so.
  const isLoose = memory?.hasLoose || isAnyGone(previous, changed, unchanged)
  const records = provenance.records ?? (isLoose ? provenance.readRecords() : null)
  const deployments =
    records === null ? null : placeRecords(unit.path, records, changed, unchanged, env.limits)
  const hasLoose =
    deployments === null ? memory?.hasLoose === true : deployments.some(({ key }) => key === null)
  const unreadable = run.diagnostics.map(({ relPath }) => `${relPath}/`)
  for (const part of [config, provenance]) {
    // A folder that cannot be read is told once, not again for every file looked for in it
    const news = part.diagnostics.filter((d) => !unreadable.some((folder) => d.relPath.startsWith(folder)))
    run.diagnostics.push(...news)
    addCounters(run.counters, part.counters)
  }
  return {
    ...pack(shared.signature, {
      config: config.configSig,
      provenance: provenance.provenanceSig,
      ignored: fingerprintHex(run.ignored),
      layout,
      collection: collection?.signature,
      hasLoose,
    }),
    changed,
    unchanged,
    ...(collection?.labels && { labels: collection.labels }),
    deployments,
    failure: null,
    diagnostics: run.diagnostics,
    counters: run.counters,
  }
}

/** Sets up what the run may take from the last scan. */
function remember(
  run: ScanRun,
  shared: Prepared,
  previous: PreviousUnit | null,
  memory: Memory | null,
  isSameProvenance: boolean,
): void {
  const { unit } = run
  if (previous && memory && isSameProvenance) {
    run.previous = previous.artifacts
    run.names = previous.names ?? null
    run.ignoredBefore = memory.ignored
  }
  if (unit.kind === 'plugin') run.namespace = `${(unit.plugin?.id ?? unit.name).split('@', 1)[0]}:`
  if (unit.kind === 'project') run.userPaths = shared.userPaths
}

/** Scans everything the table names. Returns the memory of a plugin's layout. */
function scanFiles(run: ScanRun, shared: Prepared, entries: FolderEntry[], memory: string): string {
  const { unit, env } = run
  if (unit.kind !== 'plugin') {
    const key = unit.kind === 'user' ? unit.path : unit.kind
    let plan = shared.plans.get(key)
    if (!plan) {
      plan = planFolders(unit.kind, shared.rows, env.folders, unit.path)
      shared.plans.set(key, plan)
    }
    scanPlaces(run, plan, entries)
    return ''
  }
  const read = readPluginLayout(run, memory)
  const defaults = shared.rows.filter((row) => row.scope === 'plugin')
  const names = entries.map((entry) => entry.name)
  const rows = pluginFolders(run, defaults, read.layout, names)
  scanPlaces(run, planFolders('plugin', rows, env.folders, unit.path), entries)
  return read.memory
}

/** What a scan remembers for the next one beside the fingerprints of artifacts. */
type Memory = {
  config: string
  provenance: string
  /** Fingerprint of the files that turned out to be no artifacts. */
  ignored: string
  /** See `readPluginLayout`. */
  layout: string
  collection: string | undefined
  /** Whether there are deployment records of what is no artifact. */
  hasLoose: boolean
}

/** Whether something that was an artifact is none any more. */
function isAnyGone(
  previous: PreviousUnit | null,
  changed: readonly ScannedArtifact[],
  unchanged: readonly string[],
): boolean {
  if (!previous) return false
  const found = new Set([...unchanged, ...changed.map(artifactKey)])
  return [...previous.artifacts.keys()].some((key) => !found.has(key))
}

/** Stands for `hasLoose`, where a collection has its signature. */
const LOOSE = '~'

function pack(signature: string, memory: Memory): Pick<UnitResult, 'configSig' | 'provenanceSig'> {
  const { config, provenance, ignored, layout, hasLoose } = memory
  const collection = memory.collection ?? (hasLoose ? LOOSE : undefined)
  return {
    configSig: [signature, config, ignored, layout].join('|'),
    provenanceSig: collection === undefined ? provenance : `${provenance}|${collection}`,
  }
}

function unpack(previous: PreviousUnit | null, signature: string): Memory | null {
  const [known, config, ignored, ...layout] = previous?.configSig.split('|') ?? []
  if (known !== signature || config === undefined || ignored === undefined) return null
  const [provenance = '', last] = previous?.provenanceSig.split('|') ?? []
  const hasLoose = last === LOOSE
  const collection = hasLoose ? undefined : last
  return { config, provenance, ignored, layout: layout.join('|'), collection, hasLoose }
}

/** Keys of what lies inside of configuration files: a collection's own hooks and servers are folders. */
const configKeys = ({ kind }: ScanUnit, previous: PreviousUnit): string[] =>
  [...previous.artifacts.keys()].filter((key) =>
    kind === 'collection' ? !key.endsWith('#') : /^[a-z]+:(?:hook|mcp|plugin):/.test(key),
  )

function addCounters(sum: ScanCounters, part: ScanCounters): void {
  sum.directories += part.directories
  sum.filesStatted += part.filesStatted
  sum.filesRead += part.filesRead
  sum.bytesRead += part.bytesRead
}

/** The unit's folder was there and no longer is; its artifacts stay as they were. */
function missing(unit: ScanUnit): unknown {
  try {
    statSync(unit.path)
    return null
  } catch (error) {
    return error
  }
}

function failed(run: ScanRun, previous: PreviousUnit | null, error: unknown): UnitResult {
  const { code, message } = error as NodeJS.ErrnoException
  const kind = code === 'ENOENT' || code === 'ENOTDIR' ? 'missing' : 'unreadable'
  return {
    configSig: previous?.configSig ?? '',
    provenanceSig: previous?.provenanceSig ?? '',
    changed: [],
    unchanged: [],
    deployments: null,
    failure: { kind, message: code ?? message },
    diagnostics: run.diagnostics,
    counters: run.counters,
  }
}
