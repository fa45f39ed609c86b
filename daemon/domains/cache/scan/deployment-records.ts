/** `.skillmeat-deployed.toml`: what was deployed from a collection into a project (formats spec sections 7 and 12). */
import { posix } from 'node:path'
import { diagnose } from './diagnostics.ts'
import { isRecord, ownValue, shorten, textOf } from './json-values.ts'
import type { Diagnostic, ScanEnvironment, ScannedArtifact } from './types.ts'

export type DeploymentRecord = {
  /** As in `ScannedArtifact`, without the extension `.md`. */
  place: string
  /** Key of `ScanEnvironment.collectionHashes`. */
  collectionKey: string
  collection: string
  name: string
  type: string
  /** H1 of what was deployed, 64 hex. */
  hash: string
  /** `/`-separated, relative to the unit, as recorded. */
  path: string
  /** Agent it was deployed for. */
  profile: string
  /** As written: ISO, mostly without a zone; null when nothing says. */
  deployedAt: string | null
}

/** Types other programs spell differently (formats spec section 9). */
const typeNames: Readonly<Record<string, string>> = {
  mcp_server: 'mcp',
  'mcp-server': 'mcp',
  mcpserver: 'mcp',
  composite: 'plugin',
}

/** Records of one file. `root` is the folder it lies in, relative to the unit. Bad ones are told and left out. */
export function readDeployments(
  value: unknown,
  root: string,
): { records: DeploymentRecord[]; diagnostics: Diagnostic[] } {
  const records: DeploymentRecord[] = []
  const diagnostics: Diagnostic[] = []
  const deployed = ownValue(value, 'deployed')
  if (deployed !== undefined && !Array.isArray(deployed)) {
    diagnostics.push(diagnose('config.wrong_type', 'deployed is not a list'))
  }
  for (const [index, entry] of (Array.isArray(deployed) ? deployed : []).entries()) {
    const record = isRecord(entry) ? readRecord(entry, root) : null
    if (record) records.push(record)
    else diagnostics.push(diagnose('record.bad_entry', `deployed[${index}]`))
  }
  return { records, diagnostics }
}

function readRecord(entry: Record<string, unknown>, root: string): DeploymentRecord | null {
  const text = (key: string): string | null => textOf(ownValue(entry, key))
  const name = text('artifact_name')
  const spelled = text('artifact_type')
  const collection = text('from_collection')
  const path = text('artifact_path')
  // Old files carry only the deprecated copy
  const hash = (text('content_hash') ?? text('collection_sha'))?.toLowerCase() ?? null
  if (!name || !spelled || !collection || !path || !hash || !/^[0-9a-f]{64}$/.test(hash)) return null
  const type = typeNames[spelled] ?? spelled
  return {
    place: placeOf(`${root}/${path.replaceAll('\\', '/')}`),
    collectionKey: `${collection}/${name}::${type}`,
    collection,
    name,
    type,
    hash,
    path: posix.join(root, path.replaceAll('\\', '/')),
    profile: text('deployment_profile_id') ?? 'claude_code',
    deployedAt: timeText(ownValue(entry, 'deployed_at')),
  }
}

/** TOML has times of its own, which somebody may have written without quotes. */
function timeText(value: unknown): string | null {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  return typeof value === 'string' && value.length <= 40 ? value : null
}

export const placeOf = (path: string): string =>
  path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')
    .replace(/\.md$/i, '')

/** Looks records up by type and place. Where two name the same place, the later one counts. */
export function indexDeployments(records: readonly DeploymentRecord[]): Map<string, DeploymentRecord> {
  return new Map(records.map((record) => [`${record.type} ${record.place}`, record]))
}

/**
 * Fills in what a record says of an artifact. With B the record's hash, C the collection's and P the project's copy:
 * modified is P != B, outdated is C != B; where P = C there is nothing to do either way.
 */
export function applyDeployment(
  index: ReadonlyMap<string, DeploymentRecord>,
  env: ScanEnvironment,
  artifact: ScannedArtifact,
): boolean {
  const record = index.get(`${artifact.type} ${placeOf(artifact.relPath)}`)
  if (!record) return false
  const current = ownText(env.collectionHashes, record.collectionKey)
  const origin = env.collectionSources?.[record.collectionKey] ?? null
  const isLatest = artifact.hash !== null && artifact.hash === current
  artifact.source =
    origin?.source ??
    `collection:${shorten(record.collection, 100)}/${record.type}/${shorten(record.name, 200)}`
  artifact.localModified = artifact.hash !== null && artifact.hash !== record.hash && !isLatest
  artifact.isOutdated = current !== null && current !== record.hash && !isLatest
  artifact.upstreamVersion = origin?.version ?? artifact.upstreamVersion
  if (origin?.version && !artifact.isOutdated && !artifact.localModified)
    artifact.deployedVersion = origin.version
  artifact.origin = {
    source: 'collection',
    path: current === null ? null : record.collectionKey,
    baseVersion: artifact.deployedVersion,
    baseRevision: null,
    baseDigest: null,
    localDigest: null,
    localModified: artifact.hash === null ? null : artifact.localModified,
    baseMark: record.hash,
  }
  artifact.metadata.managedBy = 'skillmeat'
  artifact.metadata.collection = shorten(record.collection, 100)
  return true
}

const ownText = (record: Record<string, string>, key: string): string | null =>
  Object.hasOwn(record, key) ? (record[key] ?? null) : null
