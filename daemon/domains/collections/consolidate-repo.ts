/** What the cache knows of the artifacts of a collection, for bringing them together. */
import type { Database } from '../../kernel/db/database.ts'

/** H1 (hex) of what lies in a collection, by absolute path. Plan: the unit by its path, then its artifacts. */
export function selectHashesIn(db: Database, folder: string): Map<string, string> {
  const rows = db.allSql<{ path: string; hash: string }>(
    `SELECT u.path || '/' || a.rel_path AS path, lower(hex(a.hash)) AS hash
     FROM scan_units u CROSS JOIN artifacts a ON a.unit_id = u.id
     WHERE u.kind = 'collection' AND u.path = ? AND a.fragment = '' AND a.hash IS NOT NULL`,
    folder,
  )
  return new Map(rows.map(({ path, hash }) => [path, hash]))
}

export type DeployedRow = {
  name: string
  type: string
  /** Of the project; null for what is there for all projects. */
  path: string | null
  project: string | null
}

/** Who has what of a collection. Plan: one pass over the records. */
export function selectDeployedFrom(db: Database, collection: string): DeployedRow[] {
  return db.allSql(
    `SELECT d.name, d.type, p.path, p.name AS project FROM deployments d
     JOIN scan_units u ON u.id = d.unit_id LEFT JOIN projects p ON p.id = u.project_id
     WHERE d.collection = ? ORDER BY p.path`,
    collection,
  )
}

/** Copies of these contents in projects, or of the user, that no record names. Plan: one pass over the artifacts. */
export function selectUnrecordedCopies(
  db: Database,
  hashes: readonly string[],
): Array<{ name: string; type: string; path: string }> {
  return db.allSql(
    `SELECT a.name, a.type, iif(a.rel_path LIKE '/%', a.rel_path, u.path || '/' || a.rel_path) AS path
     FROM artifacts a JOIN scan_units u ON u.id = a.unit_id
     WHERE a.scope IN ('project', 'user') AND a.fragment = '' AND a.hash IS NOT NULL
       AND lower(hex(a.hash)) IN (SELECT value FROM json_each(?))
       AND a.uid NOT IN (SELECT artifact_uid FROM deployments WHERE artifact_uid IS NOT NULL)
     ORDER BY path`,
    JSON.stringify(hashes),
  )
}
