/** Reads projects; rows out, no clock, no policy. */
import { type SqlBool, sql } from 'kysely'
import type { ArtifactType, ProjectStatus } from '../../../protocol/vocabulary.ts'
import type { Database } from '../../kernel/db/database.ts'
import { built, param, qb } from '../../kernel/db/query-builder.ts'
import { type Freshness, freshnessValues, freshSinceSql } from './freshness.ts'

export type ProjectRow = {
  id: number
  uid: Buffer
  name: string
  path: string
  origins: string
  status: ProjectStatus
  error_message: string | null
  last_fetched: number | null
}

const columns = ['id', 'uid', 'name', 'path', 'origins', 'status', 'error_message', 'last_fetched'] as const

/**
 * Up to `limit` projects after a position, by name.
 * Plan: range search on projects_name.
 */
export function selectProjects(
  db: Database,
  {
    status,
    freshness,
    after,
    limit,
  }: {
    status?: ProjectStatus | undefined
    freshness: Freshness
    after: { name: string; uid: Buffer } | null
    limit: number
  },
): ProjectRow[] {
  const text = built(`projects ${status} ${after !== null} ${freshness.own.size > 0}`, () => {
    let query = qb.selectFrom('projects').select(columns).orderBy('name').orderBy('uid')
    if (status) query = query.where(withStatus(status, freshness))
    if (after) query = query.where(sql<SqlBool>`(name, uid) > (:name, :uid)`)
    return query.limit(param<number>('limit'))
  })
  return db.allSql(text, { ...after, ...freshnessValues(freshness), limit })
}

export function countProjects(db: Database, status: ProjectStatus | undefined, freshness: Freshness): number {
  const text = built(`count projects ${status} ${freshness.own.size > 0}`, () => {
    const query = qb.selectFrom('projects').select((eb) => eb.fn.countAll<number>().as('n'))
    return status ? query.where(withStatus(status, freshness)) : query
  })
  return db.valueSql<number>(text, freshnessValues(freshness)) ?? 0
}

/** The projects of a name, or the one with a path or uid. */
export function selectProjectsBy(
  db: Database,
  which: { name: string } | { path: string } | { uid: Buffer },
): ProjectRow[] {
  const key = 'uid' in which ? 'uid' : 'path' in which ? 'path' : 'name'
  const text = built(`projects by ${key}`, () =>
    qb
      .selectFrom('projects')
      .select(columns)
      .where(key, '=', param<never>(key))
      .orderBy('path')
      .limit(sql.lit(20)),
  )
  return db.allSql(text, which)
}

/** Counts by type of some projects. Plan: one search on artifacts_project_type (covering) for all. */
export function selectCountsByType(
  db: Database,
  ids: readonly number[],
): Map<number, Partial<Record<ArtifactType, number>>> {
  const rows = db.allSql<{ project_id: number; type: ArtifactType; n: number }>(
    `SELECT project_id, type, count(*) AS n FROM artifacts
     WHERE project_id IN (SELECT value FROM json_each(?)) GROUP BY project_id, type`,
    JSON.stringify(ids),
  )
  const counts = new Map<number, Partial<Record<ArtifactType, number>>>()
  for (const { project_id, type, n } of rows) {
    const ofProject = counts.get(project_id) ?? {}
    ofProject[type] = n
    counts.set(project_id, ofProject)
  }
  return counts
}

/** Ids of projects that need a scan: never scanned, invalidated, failed, or older than the time to live or its own interval. */
export function selectStaleProjects(db: Database, freshness: Freshness): number[] {
  return db
    .allSql<{ id: number }>(
      `SELECT id FROM projects
       WHERE status IN ('stale', 'error') OR (status = 'active' AND coalesce(last_fetched, 0) < ${freshSinceSql(freshness)})`,
      freshnessValues(freshness),
    )
    .map((row) => row.id)
}

/** Paths of projects that are known because a client worked in them. A scan of the table: projects are few. */
export function selectNoticedProjects(db: Database): string[] {
  return db
    .allSql<{ path: string }>("SELECT path FROM projects WHERE ',' || origins || ',' LIKE '%,cwd,%'")
    .map((row) => row.path)
}

/** What concerns a project as a whole, and how many of its artifacts need attention. */
export function selectProjectDetail(
  db: Database,
  id: number,
): { outdated: number; modified: number; diagnostics: string | null } {
  const counts = db.getSql<{ outdated: number | null; modified: number | null }>(
    'SELECT sum(is_outdated) AS outdated, sum(local_modified) AS modified FROM artifacts WHERE project_id = +?',
    id,
  )
  const diagnostics = db.valueSql<string | null>(
    'SELECT diagnostics FROM scan_units WHERE project_id = ?',
    id,
  )
  return {
    outdated: counts?.outdated ?? 0,
    modified: counts?.modified ?? 0,
    diagnostics: diagnostics ?? null,
  }
}

function withStatus(status: ProjectStatus, freshness: Freshness) {
  const freshSince = sql.raw(freshSinceSql(freshness))
  if (status === 'active') return sql<SqlBool>`status = 'active' AND last_fetched >= ${freshSince}`
  if (status === 'stale') {
    return sql<SqlBool>`(status = 'stale' OR (status = 'active' AND coalesce(last_fetched, 0) < ${freshSince}))`
  }
  return sql<SqlBool>`status = ${sql.lit(status)}`
}
