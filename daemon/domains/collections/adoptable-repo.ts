import { isAbsolute } from 'node:path'
import type { Database } from '../../kernel/db/database.ts'

/** An artifact of a project that lies in files of its own, with what is recorded of its origin. */
export type AdoptableRow = {
  name: string
  type: 'skill' | 'command' | 'agent'
  /** In the project, `/`-separated. */
  relPath: string
  source: string | null
  hash: string | null
  version: string | null
  /** Why its source cannot be asked; `collection` for what is deployed from one. */
  unasked: string | null
  /** Of the source, JSON; null when it cannot be asked. */
  spec: string | null
  originPath: string | null
  baseVersion: string | null
  baseRevision: string | null
  /** Whether it was changed since it came from there. */
  modified: number
}

/** Plan: the index over the project, then its rows, each a search of its origin. */
export function selectAdoptable(db: Database, projectId: number): AdoptableRow[] {
  const rows = db.allSql<AdoptableRow>(
    `SELECT a.name, a.type, a.rel_path AS relPath, a.source, lower(hex(a.hash)) AS hash,
       a.deployed_version AS version, o.unasked, s.spec, o.path AS originPath, o.base_version AS baseVersion,
       o.base_revision AS baseRevision, a.local_modified AS modified
     FROM artifacts a LEFT JOIN artifact_origins o ON o.artifact_id = a.id
       LEFT JOIN upstream_sources s ON s.id = o.source_id
     WHERE a.project_id = ? AND a.scope = 'project' AND a.fragment = '' AND a.type IN ('skill', 'command', 'agent')
     ORDER BY a.rel_path`,
    projectId,
  )
  return rows.filter(({ relPath }) => !isAbsolute(relPath)).map((row) => ({ ...row, hash: row.hash || null }))
}
