/** Reads what has to be known of an artifact to compare it. */
import type { ArtifactScope, ArtifactType } from '../../../../protocol/vocabulary.ts'
import type { Database } from '../../../kernel/db/database.ts'
import type { UpstreamTables } from '../../upstream/index.ts'

type Origin = UpstreamTables['artifact_origins']
type Source = UpstreamTables['upstream_sources']
type Item = UpstreamTables['upstream_items']

export type DiffRow = {
  name: string
  type: ArtifactType
  scope: ArtifactScope
  host: string
  unit_id: number
  rel_path: string
  fragment: string
  /** 64 hex; empty where there is none. */
  hash: string
  source: string | null
  deployed_version: string | null
  /** Null where nothing records where it came from. */
  state: Origin['state'] | null
  unasked: Origin['unasked']
  origin_path: Origin['path']
  /** The place it came from; null when there is none to ask. */
  kind: Source['kind'] | null
  key: Source['key'] | null
  spec: Source['spec'] | null
  source_version: Source['version']
  revision: Source['revision']
  checked_at: Source['checked_at']
  error: Source['error']
  /** What the place said of the path; all null when it said nothing. */
  item_path: Item['path'] | null
  digest: Item['digest']
  item_version: Item['version']
}

const SELECT = `SELECT a.name, a.type, a.scope, a.host, a.unit_id, a.rel_path, a.fragment, lower(hex(a.hash)) AS hash,
  a.source, a.deployed_version,
  o.state, o.unasked, o.path AS origin_path, s.kind, s.key, s.spec, s.version AS source_version, s.revision, s.checked_at, s.error,
  i.path AS item_path, i.digest, i.version AS item_version
FROM artifacts a
LEFT JOIN artifact_origins o ON o.artifact_id = a.id
LEFT JOIN upstream_sources s ON s.id = o.source_id
LEFT JOIN upstream_items i ON i.source_id = o.source_id AND i.revision = '' AND i.path = coalesce(o.path, '')`

/** One artifact with its origin. Plan: one search of the index on uid, and of each primary key. */
export const selectDiffRow = (db: Database, uid: Buffer): DiffRow | undefined =>
  db.getSql<DiffRow>(`${SELECT} WHERE a.uid = ?`, uid)

/** The plugin that a unit is. Plan: range of the index on the unit. */
export const selectPluginOf = (db: Database, unitId: number): DiffRow | undefined =>
  db.getSql<DiffRow>(`${SELECT} WHERE a.unit_id = ? AND a.type = 'plugin' AND a.scope = 'plugin'`, unitId)

/** What a deployment came from, by `collection/name::type`. Plan: range of artifacts_name. */
export function selectInCollection(db: Database, key: string): DiffRow | undefined {
  const [, name, type] = /^[^/]*\/(.*)::([^:]*)$/s.exec(key) ?? []
  if (name === undefined || type === undefined) return undefined
  return db.getSql<DiffRow>(
    `${SELECT} JOIN scan_units u ON u.id = a.unit_id
     WHERE a.name = ? AND a.type = ? AND a.scope = 'collection' AND u.name || '/' || a.name || '::' || a.type = ?`,
    name,
    type,
    key,
  )
}
