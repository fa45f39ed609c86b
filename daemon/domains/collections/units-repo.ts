import type { Database } from '../../kernel/db/database.ts'

/** Scan units that lie at these paths. Plan: the unique index over kind and path, once per path and kind. */
export function selectUnitsAt(db: Database, paths: readonly string[]): number[] {
  return db
    .allSql<{ id: number }>(
      `SELECT u.id FROM json_each(?) wanted
       JOIN scan_units u ON u.kind IN ('project', 'user', 'collection') AND u.path = wanted.value`,
      JSON.stringify(paths),
    )
    .map(({ id }) => id)
}
