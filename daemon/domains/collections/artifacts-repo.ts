import { isAbsolute, join } from 'node:path'
import type { Database } from '../../kernel/db/database.ts'

/** What of a project can be copied: files of its own, and servers out of a configuration file. */
export type ProjectArtifact = {
  type: 'skill' | 'command' | 'agent' | 'mcp'
  /** Of its folder or file, or of the file it is a part of. */
  path: string
  /** Name of the server in that file; null for a file or folder of its own. */
  part: string | null
}

/** Artifacts of a project with this name, of this type if any. Plan: the index over the project, then its rows. */
export function selectProjectArtifacts(
  db: Database,
  projectId: number,
  name: string,
  type: string | null,
): ProjectArtifact[] {
  const rows = db.allSql<Pick<ProjectArtifact, 'type' | 'path'> & { rel_path: string; fragment: string }>(
    `SELECT a.type, a.rel_path, a.fragment, u.path FROM artifacts a JOIN scan_units u ON u.id = a.unit_id
     WHERE a.project_id = ? AND a.name = ? AND (a.fragment = '' OR a.type = 'mcp')
       AND a.type IN ('skill', 'command', 'agent', 'mcp') AND (? IS NULL OR a.type = ?)`,
    projectId,
    name,
    type,
    type,
  )
  return rows.map((row) => ({
    type: row.type,
    path: isAbsolute(row.rel_path) ? row.rel_path : join(row.path, row.rel_path),
    part: row.fragment || null,
  }))
}
