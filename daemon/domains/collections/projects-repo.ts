import type { Database } from '../../kernel/db/database.ts'

/** Projects whose folder is there, by path. Plan: one pass over the projects. */
export function selectPresentProjects(db: Database): Array<{ path: string; name: string }> {
  return db.allSql("SELECT path, name FROM projects WHERE status <> 'missing' ORDER BY path")
}
