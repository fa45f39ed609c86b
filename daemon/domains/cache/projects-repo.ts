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
    offset,
    limit,
  }: {
    status?: ProjectStatus | undefined
    freshness: Freshness
    after: { name: string; uid: Buffer } | null
    offset: number
    limit: number
  },
): ProjectRow[] {
  const text = built(`projects ${status} ${after !== null} ${freshness.own.size > 0}`, () => {
    let query = qb.selectFrom('projects').select(columns).orderBy('name').orderBy('uid')
    if (status) query = query.where(withStatus(status, freshness))
    if (after) query = query.where(sql<SqlBool>`(name, uid) > (:name, :uid)`)
    return query.limit(param<number>('limit')).offset(param<number>('offset'))
  })
  return db.allSql(text, { ...after, ...freshnessValues(freshness), limit, offset })
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

/** What the artifacts of one project are, together. */
export type ProjectCounts = {
  byType: Partial<Record<ArtifactType, number>>
  artifacts: number
  outdated: number
  modified: number
  /** Artifacts with diagnostics. */
  problems: number
  sizeBytes: number
  tokens: number
  /** Newest change of one of them, Unix ms; null without any. */
  updatedAt: number | null
}

export const noCounts: ProjectCounts = {
  byType: {},
  artifacts: 0,
  outdated: 0,
  modified: 0,
  problems: 0,
  sizeBytes: 0,
  tokens: 0,
  updatedAt: null,
}

/**
 * Counts of some projects; those without artifacts are left out.
 * Plan: one search on artifacts_project_type (covering) for all, and the head of one description per artifact.
 */
export function selectProjectCounts(db: Database, ids: readonly number[]): Map<number, ProjectCounts> {
  const rows = db.allSql<{ id: number; type: ArtifactType } & Omit<ProjectCounts, 'byType'>>(
    `SELECT a.project_id AS id, a.type, count(*) AS artifacts, sum(a.is_outdated) AS outdated,
       sum(a.local_modified) AS modified, sum(a.size_bytes) AS sizeBytes, sum(a.tokens) AS tokens, max(a.modified_at) AS updatedAt,
       sum(EXISTS (SELECT 1 FROM descriptions d WHERE d.id = +a.description_id AND d.diagnostics IS NOT NULL)) AS problems
     FROM artifacts a WHERE a.project_id IN (SELECT value FROM json_each(?)) GROUP BY a.project_id, a.type`,
    JSON.stringify(ids),
  )
  const counts = new Map<number, ProjectCounts>()
  for (const { id, type, ...more } of rows) {
    const known = counts.get(id) ?? { ...noCounts, byType: {} }
    counts.set(id, known)
    known.byType[type] = more.artifacts
    known.artifacts += more.artifacts
    known.outdated += more.outdated
    known.modified += more.modified
    known.problems += more.problems
    known.sizeBytes += more.sizeBytes
    known.tokens += more.tokens
    known.updatedAt = Math.max(known.updatedAt ?? 0, more.updatedAt ?? 0)
  }
  return counts
}

/** Ids of all projects by name. Plan: covering, projects_name. */
export const selectProjectOrder = (db: Database): number[] =>
  db.allSql<{ id: number }>('SELECT id FROM projects ORDER BY name, uid').map(({ id }) => id)

export type ProjectName = Pick<ProjectRow, 'id' | 'uid' | 'name' | 'path'>

/** All projects by name. */
export const selectProjectNames = (db: Database): ProjectName[] =>
  db.allSql('SELECT id, uid, name, path FROM projects ORDER BY name, uid')

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

/** What is wrong in a project beside its artifacts, as JSON; null for nothing. */
export const selectProjectDiagnostics = (db: Database, id: number): string | null =>
  db.valueSql<string | null>('SELECT diagnostics FROM scan_units WHERE project_id = ?', id) ?? null

function withStatus(status: ProjectStatus, freshness: Freshness) {
  const freshSince = sql.raw(freshSinceSql(freshness))
  if (status === 'active') return sql<SqlBool>`status = 'active' AND last_fetched >= ${freshSince}`
  if (status === 'stale') {
    return sql<SqlBool>`(status = 'stale' OR (status = 'active' AND coalesce(last_fetched, 0) < ${freshSince}))`
  }
  return sql<SqlBool>`status = ${sql.lit(status)}`
}
