/** The queries of a search: each gives ids of artifacts, bounded, in a fixed order. */
import type { Database } from '../../kernel/db/database.ts'
import type { CompiledFilters, Condition } from './search-filters.ts'

/** bm25 weights of name, title, description, tags, source, type; the type only filters. */
const RANK = 'bm25(artifact_text, 10, 10, 5, 8, 2, 0)'

/** Last code point there is: what begins with a text lies between the text and the text followed by it. */
const LAST = '\u{10FFFF}'

/** What to match in a search table, and which artifacts count. */
export type Search = { match: string; filters?: CompiledFilters }

export type RankedId = { id: number; rank: number }

export type Page = { limit: number; offset: number }

/** Artifacts whose name begins with a text, in any (ASCII) case, by name; those that equal it come first. */
export function namesBeginning(
  db: Database,
  text: string,
  { onRow }: CompiledFilters,
  limit: number,
): Array<{ id: number; exact: number }> {
  return db.allSql(
    `SELECT a.id, a.name = ? AS exact FROM artifacts a
     WHERE a.name >= ? AND a.name < ?${onRow.sql} ORDER BY a.name, a.uid LIMIT ?`,
    text,
    text,
    text + LAST,
    ...onRow.params,
    limit,
  )
}

/** Ids of a MATCH of artifact_names, in their own order. */
export const nameIds = (db: Database, search: Search, limit: number): number[] =>
  idsOf(db, nameQuery(search, limit))

/** The first `limit` of them, by name. */
export function namesInOrder(db: Database, search: Search, limit: number): number[] {
  const { sql, params } = nameQuery(search, limit)
  return idsOf(db, {
    sql: `SELECT a.id FROM (${sql}) f CROSS JOIN artifacts a ON a.id = f.id ORDER BY a.name, a.uid`,
    params,
  })
}

/** Ids of a MATCH above one of them, ascending. SQLite joins them, because rows of their own take longer. */
export function idsAfter(
  db: Database,
  table: 'artifact_names' | 'artifact_text',
  { match }: Search,
  after: number,
  limit: number,
): number[] {
  const sql = `SELECT group_concat(id) FROM (SELECT rowid AS id FROM ${table}
    WHERE ${table} MATCH ? AND rowid > CAST(? AS INTEGER) ORDER BY rowid LIMIT ?)`
  return JSON.parse(`[${db.valueSql<string | null>(sql, match, after, limit) ?? ''}]`)
}

/** Ids of a MATCH of artifact_text, in their own order. */
export const textIds = (db: Database, search: Search, limit: number): number[] =>
  idsOf(db, textQuery(search, limit))

/** The same with bm25 (negative; the lower the better), at ten times the time. */
export function rankedIds(db: Database, search: Search, limit: number): RankedId[] {
  const { sql, params } = textQuery(search, limit, `, ${RANK} AS rank`)
  return db.allSql(sql, ...params)
}

const ORDER = {
  name: { by: 'name, uid', index: 'artifacts_name' },
  type: { by: 'type, name, uid', index: 'artifacts_type_name' },
  updated: { by: 'modified_at DESC, uid DESC', index: 'artifacts_modified_at' },
}

export type SortKey = keyof typeof ORDER

/**
 * A page of these artifacts, and of what further queries give, by something else than relevance.
 * Plan: few are looked up and sorted. Many are not: going through the index in its order meets enough of them soon.
 */
export function sortIds(
  db: Database,
  ids: Iterable<number>,
  further: readonly Condition[],
  sort: SortKey,
  page: Page,
): number[] {
  const { by, index } = ORDER[sort]
  const sources = ['SELECT value FROM json_each(?)', ...further.map(({ sql }) => `SELECT id FROM (${sql})`)]
  const wanted = sources.join(' UNION ALL ')
  const which =
    further.length === 0 ? `WHERE id IN (${wanted})` : `INDEXED BY ${index} WHERE +id IN (${wanted})`
  return idsOf(db, {
    sql: `SELECT id FROM artifacts ${which} ORDER BY ${by} LIMIT ? OFFSET ?`,
    params: [JSON.stringify([...ids]), ...further.flatMap(({ params }) => params), page.limit, page.offset],
  })
}

export function nameQuery({ match, filters }: Search, limit: number): Condition {
  const { sql, params } = filters?.onRowid('artifact_names') ?? NO_CONDITION
  return {
    sql: `SELECT rowid AS id FROM artifact_names WHERE artifact_names MATCH ?${sql} LIMIT ?`,
    params: [match, ...params, limit],
  }
}

export function textQuery({ match, filters }: Search, limit: number, columns = ''): Condition {
  const { sql, params } = filters?.onRowid('artifact_text') ?? NO_CONDITION
  return {
    sql: `SELECT rowid AS id${columns} FROM artifact_text WHERE artifact_text MATCH ?${sql} LIMIT ?`,
    params: [`(${match})${filters?.match ?? ''}`, ...params, limit],
  }
}

const NO_CONDITION: Condition = { sql: '', params: [] }

const idsOf = (db: Database, { sql, params }: Condition): number[] =>
  db.allSql<{ id: number }>(sql, ...params).map(({ id }) => id)
