import { isAbsolute, join } from 'node:path'
import type { Database } from '../../kernel/db/database.ts'

/** What of a project can be copied as files of its own; parts of configuration files cannot. */
export type ProjectArtifact = { type: 'skill' | 'command' | 'agent'; path: string }

/** Artifacts of a project with this name, of this type if any. Plan: the index over the project, then its rows. */
export function selectProjectArtifacts(
  db: Database,
  projectId: number,
  name: string,
  type: string | null,
): ProjectArtifact[] {
  const rows = db.allSql<{ type: ProjectArtifact['type']; rel_path: string; path: string }>(
    `SELECT a.type, a.rel_path, u.path FROM artifacts a JOIN scan_units u ON u.id = a.unit_id
     WHERE a.project_id = ? AND a.name = ? AND a.fragment = ''
       AND a.type IN ('skill', 'command', 'agent') AND (? IS NULL OR a.type = ?)`,
    projectId,
    name,
    type,
    type,
  )
  return rows.map((row) => ({
    type: row.type,
    path: isAbsolute(row.rel_path) ? row.rel_path : join(row.path, row.rel_path),
  }))
}
