/**
 * Where artifacts came from and whether they changed since, as other managers recorded it: deployment records, lock
 * files, and what some write into the skill itself. Nothing is ever rewritten.
 */
import { readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { unitRelative } from './config-artifact.ts'
import { noCounters, signatureOf } from './config-file.ts'
import { applyDeployment, type DeploymentRecord, indexDeployments } from './deployment-records.ts'
import { canonicalJson, fingerprint, ownValue, sha256 } from './json-values.ts'
import type { Lock, LockEntry } from './lock-files.ts'
import { originOf } from './origins.ts'
import { type Known, locateRecords, readRecords } from './record-files.ts'
import { readInFileRecord } from './record-in-skill.ts'
import { deploymentFile } from './record-names.ts'
import { matchesFolderHash } from './skill-folder-hash.ts'
import type { ScanCounters, ScanEnvironment, ScannedArtifact, ScanUnit, UnitResult } from './types.ts'

export type Provenance = {
  /** Fingerprint of the files and of what the environment says about the deployments in them. Holds no `|`. */
  provenanceSig: string
  /** True when every artifact would be told the same as last time. */
  unchanged: boolean
  /** The deployment records, when the files that hold them changed; null when they are as they were. */
  records: readonly DeploymentRecord[] | null
  /** The same, changed or not. */
  readRecords: () => readonly DeploymentRecord[]
  /** Fills source, versions and flags in. Reads what is needed for that when it is first called. */
  apply: (artifact: ScannedArtifact) => void
  /** What concerns a file as a whole. */
  diagnostics: UnitResult['diagnostics']
  /** Of this call and of all `apply` until now. */
  counters: ScanCounters
}

/**
 * Reads what tells the provenance of a unit's artifacts. An unchanged signature means nothing was read; `!` at its
 * end marks a unit with bad files, which are told by every scan.
 */
export function readProvenance(unit: ScanUnit, env: ScanEnvironment, previousSig: string | null): Provenance {
  const result: Provenance = {
    provenanceSig: '',
    unchanged: false,
    records: null,
    readRecords: () => [],
    apply: () => {},
    diagnostics: [],
    counters: noCounters(),
  }
  const files = locateRecords(unit, env, result.counters)
  const load = once(() => readRecords(unit, files, result))
  result.readRecords = () => load().deployments
  const hasDeployments = files.some(({ file }) => file.path.endsWith(deploymentFile))
  const filesSig = fingerprint(
    JSON.stringify([files.map(({ file }) => signatureOf(file)), unit.plugin ?? null]),
  )
  const collectionsSig = hasDeployments ? collectionsSignature(env) : ''
  const [oldFiles, oldCollections, oldReferenced] = (previousSig ?? '').replace(/!$/, '').split('.')
  if (
    previousSig !== null &&
    !previousSig.endsWith('!') &&
    filesSig === oldFiles &&
    collectionsSig === oldCollections
  ) {
    result.provenanceSig = previousSig
    result.unchanged = true
  } else {
    // Collections change more often than what a single project has from them
    const referenced = hasDeployments ? referencedSignature(load().deployments, env) : ''
    result.records = load().deployments
    result.provenanceSig = `${filesSig}.${collectionsSig}.${referenced}${result.diagnostics.length > 0 ? '!' : ''}`
    result.unchanged = previousSig !== null && filesSig === oldFiles && referenced === oldReferenced
  }
  const appliers = once(() => appliersOf(unit, env, load(), result.counters))
  result.apply = (artifact) => {
    for (const apply of appliers()) if (apply(artifact)) return
  }
  return result
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** One per environment: hashing all collections for every unit would cost more than the scan. */
const collectionSignatures = new WeakMap<ScanEnvironment['collectionHashes'], string>()

function collectionsSignature(env: ScanEnvironment): string {
  let signature = collectionSignatures.get(env.collectionHashes)
  if (signature === undefined) {
    signature = fingerprint(canonicalJson([env.collectionHashes, env.collectionSources ?? {}]) ?? '')
    collectionSignatures.set(env.collectionHashes, signature)
  }
  return signature
}

/** Of what the records of one unit refer to. */
function referencedSignature(records: readonly DeploymentRecord[], env: ScanEnvironment): string {
  const keys = [...new Set(records.map(({ collectionKey }) => collectionKey))].sort()
  return fingerprint(
    JSON.stringify(
      keys.map((key) => [ownValue(env.collectionHashes, key), ownValue(env.collectionSources, key)]),
    ),
  )
}

/** Returns true when it knows the artifact; then no other is asked. */
type Apply = (artifact: ScannedArtifact) => boolean

function appliersOf(unit: ScanUnit, env: ScanEnvironment, known: Known, counters: ScanCounters): Apply[] {
  if (unit.kind === 'plugin') return [(artifact) => applyPlugin(unit, artifact)]
  if (unit.kind === 'collection') return [(artifact) => applyCollectionLock(known.collectionLock, artifact)]
  const appliers: Apply[] = []
  if (known.deployments.length > 0) {
    const index = indexDeployments(known.deployments)
    appliers.push((artifact) => applyDeployment(index, env, artifact))
  }
  for (const lock of known.locks) appliers.push((artifact) => applyLock(unit, env, lock, artifact, counters))
  if (unit.kind === 'project' || unit.kind === 'user') {
    appliers.push((artifact) => readInFileRecord(unit, env, artifact, counters))
  }
  return appliers
}

/** What a plugin holds has the plugin's source and version; outdated is the plugin as a whole. */
function applyPlugin({ plugin }: ScanUnit, artifact: ScannedArtifact): boolean {
  if (!plugin) return false
  artifact.source ??= plugin.source
  artifact.deployedVersion ??= plugin.version === 'unknown' ? null : plugin.version
  return true
}

function applyCollectionLock(lock: ReadonlyMap<string, string>, artifact: ScannedArtifact): boolean {
  const place = artifact.relPath.split('/').slice(1).join('/') || artifact.relPath
  const hash = [place, place.replace(/\.\w+$/, ''), artifact.name]
    .map((name) => lock.get(`${name}::${artifact.type}`))
    .find((found) => found !== undefined)
  if (hash === undefined) return false
  artifact.localModified = artifact.hash !== null && artifact.hash !== hash
  if (artifact.origin) {
    artifact.origin.localModified = artifact.hash === null ? null : artifact.localModified
    artifact.origin.baseMark = `${artifact.origin.baseMark} ${hash}`
  }
  return true
}

function applyLock(
  unit: ScanUnit,
  env: ScanEnvironment,
  lock: Lock,
  artifact: ScannedArtifact,
  counters: ScanCounters,
): boolean {
  const entry = entryByPath(unit, lock, artifact) ?? entryByName(lock, artifact)
  if (!entry) return false
  artifact.source = entry.source ?? artifact.source
  artifact.deployedVersion = entry.version ?? artifact.deployedVersion
  artifact.metadata.managedBy = entry.managedBy
  const modified = isModified(unit, env, entry, artifact, counters)
  artifact.localModified = modified ?? false
  artifact.origin = originOf(join(unit.path, artifact.relPath), entry, modified, env, counters)
  return true
}

function entryByName(lock: Lock, artifact: ScannedArtifact): LockEntry | undefined {
  if (artifact.type !== 'skill' || lock.skills.size === 0) return undefined
  return lock.skills.get(artifact.relPath.slice(artifact.relPath.lastIndexOf('/') + 1))
}

function entryByPath(unit: ScanUnit, lock: Lock, artifact: ScannedArtifact): LockEntry | undefined {
  if (lock.paths.size === 0) return undefined
  const exact = nearest(lock.paths, artifact.relPath)
  if (exact) return exact
  // Skillshare links the skills of its own folder into those of the agents
  try {
    return nearest(lock.paths, unitRelative(unit.path, realpathSync(join(unit.path, artifact.relPath))))
  } catch {
    return undefined
  }
}

/** The entry of a path, or of the nearest folder around it that has one. */
function nearest(paths: ReadonlyMap<string, LockEntry>, path: string): LockEntry | undefined {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
    const entry = paths.get(at)
    if (entry) return entry
  }
  return undefined
}

/** Null when the lock keeps nothing that could tell. */
function isModified(
  unit: ScanUnit,
  env: ScanEnvironment,
  entry: LockEntry,
  artifact: ScannedArtifact,
  counters: ScanCounters,
): boolean | null {
  const path = join(unit.path, artifact.relPath)
  if (entry.folderHash && artifact.hash !== null) {
    const matches = matchesFolderHash(path, entry.folderHash, env.limits, counters)
    return matches === null ? null : !matches
  }
  if (!entry.fileHashes || artifact.hash === null) return null
  // Of a single file H1 is the plain SHA-256
  if (Object.hasOwn(entry.fileHashes, '')) return entry.fileHashes[''] !== artifact.hash
  return Object.entries(entry.fileHashes).some(([file, hash]) => {
    if (file.includes('..')) return false
    try {
      const bytes = readFileSync(join(path, file))
      counters.filesRead++
      counters.bytesRead += bytes.length
      return sha256(bytes) !== hash
    } catch {
      // A recorded file that is gone is a change too
      return true
    }
  })
}
