/** The first rows of a table by their time of change, straight from an index: what somebody watches while files change. */
import type { Database } from '../../kernel/db/database.ts'

/** The order is made of so many rows at most: 2 ms. Many more may have the very same time. */
const MOST = 2_000

/** Plan: artifacts_modified_at, covering. */
const EDGE = (direction: 'ASC' | 'DESC'): string =>
  `SELECT modified_at FROM artifacts ORDER BY modified_at ${direction} LIMIT 1 OFFSET ?`
const WITHIN = (operator: '<=' | '>='): string =>
  `SELECT count(*) FROM (SELECT 1 FROM artifacts WHERE modified_at ${operator} ? LIMIT ${MOST + 1})`
/** Plan: the range of artifacts_modified_at, and the rows for the names of those of one time. */
const FIRST = (operator: '<=' | '>=', direction: 'ASC' | 'DESC'): string =>
  `SELECT group_concat(id) FROM (SELECT id FROM artifacts WHERE modified_at ${operator} ?
    ORDER BY modified_at ${direction}, name, uid LIMIT ?)`

/**
 * Ids of the first `count` artifacts of all, by time of change and then by name; null where too many would have to be
 * looked at.
 */
export function firstByTime(db: Database, count: number, descending: boolean): Uint32Array | null {
  if (count > MOST) return null
  const operator = descending ? '>=' : '<='
  const direction = descending ? 'DESC' : 'ASC'
  const edge =
    db.valueSql<number>(EDGE(direction), count - 1) ?? (descending ? -1 : 1) * Number.MAX_SAFE_INTEGER
  if ((db.valueSql<number>(WITHIN(operator), edge) ?? 0) > MOST) return null
  const text = db.valueSql<string | null>(FIRST(operator, direction), edge, count)
  return Uint32Array.from(JSON.parse(`[${text ?? ''}]`) as number[])
}
