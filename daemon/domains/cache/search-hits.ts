/** The queries of a search: each gives ids of artifacts, bounded, in a fixed order. */
import type { Database } from '../../kernel/db/database.ts'
import type { CompiledFilters, Condition } from './search-filters.ts'

/** bm25 weights of name, title, description, tags, source, type; the type only filters. */
const RANK = 'bm25(artifact_text, 10, 10, 5, 8, 2, 0)'

/** Last code point there is: what begins with a text lies between the text and the text followed by it. */
const LAST = '\u{10FFFF}'

/** A way to search: what to match, and which artifacts count. */
export type TableSearch = { match: string; filters?: CompiledFilters }

export type Page = { limit: number; offset: number }

/** Artifacts whose name begins with a text, in any (ASCII) case, by name; those that equal it therefore first. */
export function namesBeginning(
  db: Database,
  text: string,
  { onRow }: CompiledFilters,
  limit: number,
): Array<{ id: number; exact: number }> {
  return db.allSql(
    `SELECT a.id, a.name = ? AS exact FROM artifacts a
     WHERE a.name >= ? AND a.name < ?${onRow.sql}
     ORDER BY a.name, a.uid LIMIT ?`,
    text,
    text,
    text + LAST,
    ...onRow.params,
    limit,
  )
}

/** Ids of a MATCH of artifact_names in the order of their ids. */
export function nameIds(db: Database, { match, filters }: TableSearch, limit: number): number[] {
  const { sql, params } = filters?.onRowid('artifact_names') ?? NO_CONDITION
  return idsOf(
    db.allSql(
      `SELECT rowid AS id FROM artifact_names WHERE artifact_names MATCH ?${sql} LIMIT ?`,
      match,
      ...params,
      limit,
    ),
  )
}

/** The first `limit` of them, by name. */
export function namesInOrder(db: Database, { match, filters }: TableSearch, limit: number): number[] {
  const { sql, params } = filters?.onRowid('artifact_names') ?? NO_CONDITION
  return idsOf(
    db.allSql(
      `SELECT a.id FROM (SELECT rowid AS id FROM artifact_names WHERE artifact_names MATCH ?${sql} LIMIT ?) f
       CROSS JOIN artifacts a ON a.id = f.id ORDER BY a.name, a.uid`,
      match,
      ...params,
      limit,
    ),
  )
}

/** The first `limit` hits of artifact_text by id, with bm25 (negative; the lower the better). */
export function rankedIds(
  db: Database,
  search: TableSearch,
  limit: number,
): Array<{ id: number; rank: number }> {
  const { where, params } = textCondition(search)
  return db.allSql(
    `SELECT rowid AS id, ${RANK} AS rank FROM artifact_text ${where} LIMIT ?`,
    ...params,
    limit,
  )
}

/** The same ids without ranks, at a tenth of the time. */
export function textIds(db: Database, search: TableSearch, limit: number): number[] {
  const { where, params } = textCondition(search)
  return idsOf(db.allSql(`SELECT rowid AS id FROM artifact_text ${where} LIMIT ?`, ...params, limit))
}

/** How many hits artifact_text has; counting stops at `limit`. */
export function countText(db: Database, search: TableSearch, limit: number): number {
  const { where, params } = textCondition(search)
  const sql = `SELECT count(*) FROM (SELECT 1 FROM artifact_text ${where} LIMIT ?)`
  return db.valueSql<number>(sql, ...params, limit) ?? 0
}

const ORDER = {
  name: 'name, uid',
  type: 'type, name, uid',
  updated: 'modified_at DESC, uid DESC',
}

export type SortKey = keyof typeof ORDER

/** A page of these artifacts by something else than relevance. */
export function sortIds(
  db: Database,
  ids: Iterable<number>,
  sort: SortKey,
  { limit, offset }: Page,
): number[] {
  return idsOf(
    db.allSql(
      `SELECT id FROM artifacts WHERE id IN (SELECT value FROM json_each(?)) ORDER BY ${ORDER[sort]} LIMIT ? OFFSET ?`,
      JSON.stringify([...ids]),
      limit,
      offset,
    ),
  )
}

function textCondition({ match, filters }: TableSearch): { where: string; params: Array<string | number> } {
  const { sql, params } = filters?.onRowid('artifact_text') ?? NO_CONDITION
  return {
    where: `WHERE artifact_text MATCH ?${sql}`,
    params: [`(${match})${filters?.match ?? ''}`, ...params],
  }
}

const NO_CONDITION: Condition = { sql: '', params: [] }

const idsOf = (rows: Array<{ id: number }>): number[] => rows.map(({ id }) => id)
