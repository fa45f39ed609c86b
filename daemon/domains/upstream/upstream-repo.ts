/** Reads how artifacts stand to their sources. */
import { type ArtifactState, artifactStates, type StateReason } from '../../../protocol/artifact-states.ts'
import type { ArtifactScope, ArtifactType } from '../../../protocol/vocabulary.ts'
import type { Database } from '../../kernel/db/database.ts'
import type { UpstreamSource } from './source.ts'

/** Which artifacts; parts that are absent do not restrict. */
export type StateWhere = {
  projectId?: number | undefined
  type?: ArtifactType | undefined
  names?: readonly string[] | undefined
}

export type StateSort = 'name' | 'type' | 'project' | 'state' | 'checkedAt'
/** Where a page begins: after a row, and some rows further on. */
export type StatePage = {
  sort: StateSort
  descending: boolean
  after: StatePosition | null
  offset: number
  limit: number
}
export type StatePosition = { value: string | number; uid: Buffer }

export type StateRow = {
  uid: Buffer
  name: string
  type: ArtifactType
  scope: ArtifactScope
  project_id: number | null
  unit_id: number
  rel_path: string
  source: string | null
  deployed_version: string | null
  upstream_version: string | null
  state: ArtifactState
  reason: StateReason | null
  checked_at: number | null
  error: string | null
  retry_at: number | null
  /** What the rows are sorted by. */
  value: string | number
}

/** Artifacts without a recorded origin have no row; flags are theirs only where a record is gone already. */
const STATE = `coalesce(o.state, CASE WHEN a.is_outdated = 1 THEN iif(a.local_modified = 1, 'diverged', 'outdated')
  WHEN a.local_modified = 1 THEN 'modified' ELSE 'untracked' END)`

/** What a plugin holds is judged with the plugin. */
const JUDGED = "(a.scope <> 'plugin' OR a.type = 'plugin')"

const VALUE: Readonly<Record<StateSort, string>> = {
  name: 'a.name',
  type: 'a.type',
  project: "coalesce(p.name, '')",
  state: STATE,
  checkedAt: 'coalesce(s.checked_at, 0)',
}

/**
 * Up to `limit` artifacts in some states, after a position. Plan: what is outdated or modified is
 * searched by the partial index on its flag, what is unknown by artifact_origins_state, a project or a name by its own
 * index, and the rows are sorted. Otherwise artifacts are taken by name and checked one by one.
 */
export function selectStates(
  db: Database,
  where: StateWhere & { states: readonly ArtifactState[] },
  { sort, descending, after, offset, limit }: StatePage,
): StateRow[] {
  const { states } = where
  // Written out, as the flags below: only then does SQLite know which index is worth using
  const wanted = artifactStates.flatMap((state) => (states.includes(state) ? `'${state}'` : [])).join()
  const only = (...some: ArtifactState[]): boolean => states.every((state) => some.includes(state))
  const isRestricted = where.projectId !== undefined || where.names !== undefined
  // Few are unknown; of the others there are so many that the order decides
  const from =
    only('unknown', 'outdated', 'diverged', 'modified') && states.includes('unknown') && !isRestricted
      ? `artifact_origins o CROSS JOIN artifacts a ON a.id = o.artifact_id AND o.state IN (${wanted})`
      : 'artifacts a LEFT JOIN artifact_origins o ON o.artifact_id = a.id'
  const conditions = [
    JUDGED,
    ...conditionsOf(where),
    ...(only('outdated', 'diverged') ? ['a.is_outdated = 1'] : []),
    ...(only('modified', 'diverged') ? ['a.local_modified = 1'] : []),
    `${STATE} IN (${wanted})`,
    ...(after ? [`(${VALUE[sort]}, a.uid) ${descending ? '<' : '>'} (:value, :uid)`] : []),
  ]
  const order = descending ? `${VALUE[sort]} DESC, a.uid DESC` : `${VALUE[sort]}, a.uid`
  return db.allSql(
    `SELECT a.uid, a.name, a.type, a.scope, a.project_id, a.unit_id, a.rel_path, a.source, a.deployed_version,
       a.upstream_version, ${STATE} AS state, o.reason, s.checked_at, s.error, s.retry_at, ${VALUE[sort]} AS value
     FROM ${from}
     LEFT JOIN upstream_sources s ON s.id = o.source_id
     LEFT JOIN projects p ON p.id = a.project_id
     WHERE ${conditions.join(' AND ')} ORDER BY ${order}
     LIMIT :limit OFFSET :offset`,
    { ...valuesOf(where), limit, offset, ...after },
  )
}

export type StateCount = { state: ArtifactState; reason: StateReason | null; count: number }

/** How many artifacts are in each state. Plan: artifact_origins_state alone, unless something restricts it. */
export function countStates(db: Database, where: StateWhere): StateCount[] {
  const conditions = conditionsOf(where)
  const values = valuesOf(where)
  const join = conditions.length === 0 ? '' : 'JOIN artifacts a ON a.id = o.artifact_id'
  const tracked = db.allSql<StateCount>(
    `SELECT o.state, o.reason, count(*) AS count FROM artifact_origins o ${join}
     WHERE ${['true', ...conditions].join(' AND ')} GROUP BY o.state, o.reason`,
    values,
  )
  const all = db.valueSql<number>(
    `SELECT count(*) FROM artifacts a WHERE ${['true', ...conditions].join(' AND ')}`,
    values,
  )
  const inPlugins = db.valueSql<number>(
    `SELECT count(*) FROM artifacts a WHERE a.scope = 'plugin' AND a.scope <> 'project' AND ${["a.type <> 'plugin'", ...conditions].join(' AND ')}`,
    values,
  )
  const untracked = tracked.reduce((left, { count }) => left - count, (all ?? 0) - (inPlugins ?? 0))
  return untracked > 0 ? [...tracked, { state: 'untracked', reason: 'no_source', count: untracked }] : tracked
}

/** When the source that waits longest answered last, Unix ms; null when one never did, or there are none. */
export function selectOldestCheck(db: Database): number | null {
  const row = db.getSql<{ oldest: number | null; never: number }>(
    'SELECT min(checked_at) AS oldest, coalesce(sum(checked_at IS NULL), 0) AS never FROM upstream_sources',
  )
  return row && row.never === 0 ? row.oldest : null
}

export type SourceRow = {
  key: string
  kind: UpstreamSource['kind']
  artifacts: number
  version: string | null
  revision: string | null
  checked_at: number | null
  changed_at: number | null
  error: string | null
  retry_at: number | null
}

/** Sources by key. Plan: the unique index on the key, and one covering search of artifact_origins_source per row. */
export function selectSources(db: Database, after: string, limit: number): SourceRow[] {
  return db.allSql(
    `SELECT key, kind, (SELECT count(*) FROM artifact_origins o WHERE o.source_id = s.id) AS artifacts, version, revision,
       checked_at, changed_at, error, retry_at
     FROM upstream_sources s WHERE key > ? ORDER BY key LIMIT ?`,
    after,
    limit,
  )
}

export const countSources = (db: Database): number =>
  db.valueSql<number>('SELECT count(*) FROM upstream_sources') ?? 0

/** Sources of one project's artifacts. */
export function selectSourceIds(db: Database, projectId: number): number[] {
  return db
    .allSql<{ id: number }>(
      `SELECT DISTINCT o.source_id AS id FROM artifacts a JOIN artifact_origins o ON o.artifact_id = a.id
       WHERE a.project_id = ? AND o.source_id IS NOT NULL`,
      projectId,
    )
    .map(({ id }) => id)
}

/** Rows of the marketplaces, or of all other sources. Plan: one pass, there are few. */
export function selectSourceIdsOf(db: Database, kind: 'marketplaces' | 'others'): number[] {
  return db
    .allSql<{ id: number }>(
      "SELECT id FROM upstream_sources WHERE (kind = 'marketplace') = ?",
      kind === 'marketplaces' ? 1 : 0,
    )
    .map(({ id }) => id)
}

function conditionsOf({ projectId, type, names }: StateWhere): string[] {
  return [
    ...(projectId === undefined ? [] : ['a.project_id = :projectId']),
    ...(type === undefined ? [] : ['a.type = :type']),
    ...(names === undefined ? [] : ['a.name IN (SELECT value FROM json_each(:names))']),
  ]
}

function valuesOf({ projectId, type, names }: StateWhere): Record<string, string | number> {
  return {
    ...(projectId !== undefined && { projectId }),
    ...(type !== undefined && { type }),
    ...(names !== undefined && { names: JSON.stringify(names) }),
  }
}
