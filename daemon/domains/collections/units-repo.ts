import type { Database } from '../../kernel/db/database.ts'
import { artifactId } from '../cache/index.ts'

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

/** Ids of the artifacts of a collection, by path. Plan: the unique index over kind and path, then the artifacts of that unit. */
export function selectIdsIn(db: Database, folder: string): Map<string, string> {
  const rows = db.allSql<{ path: string; uid: Buffer }>(
    `SELECT u.path || '/' || a.rel_path AS path, a.uid
     FROM scan_units u JOIN artifacts a ON a.unit_id = u.id
     WHERE u.kind = 'collection' AND u.path = ? AND a.fragment = ''`,
    folder,
  )
  return new Map(rows.map(({ path, uid }) => [path, artifactId(uid)]))
}
