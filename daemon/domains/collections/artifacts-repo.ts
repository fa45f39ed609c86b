import { isAbsolute, join } from 'node:path'
import type { Database } from '../../kernel/db/database.ts'

/** What of a project can be copied: files of its own, and servers out of a configuration file. */
export type ProjectArtifact = {
  type: 'skill' | 'command' | 'agent' | 'hook' | 'mcp'
  name: string
  /** Of its folder or file, or of the file it is a part of. */
  path: string
  /** What it is in that file; empty for a file or folder of its own. */
  fragment: string
  /** H1, or of a part of a file the hash of its canonical JSON; 64 hex, empty for none. */
  hash: string
}

/**
 * Artifacts of a project with this name, of this type if any. A hook is also meant by the beginning of its name: by its
 * event, or by event and matcher. Plan: the index over the project, then its rows.
 */
export function selectProjectArtifacts(
  db: Database,
  projectId: number,
  name: string,
  type: string | null,
): ProjectArtifact[] {
  const rows = db.allSql<ProjectArtifact & { rel_path: string }>(
    `SELECT a.type, a.name, a.rel_path, a.fragment, u.path, lower(hex(a.hash)) AS hash
     FROM artifacts a JOIN scan_units u ON u.id = a.unit_id
     WHERE a.project_id = ?
       AND (a.name = ? OR a.type = 'hook' AND substr(a.name, 1, length(?) + 1) IN (? || '#', ? || ':'))
       AND (a.fragment = '' OR a.type IN ('hook', 'mcp'))
       AND a.type IN ('skill', 'command', 'agent', 'hook', 'mcp') AND (? IS NULL OR a.type = ?)
     ORDER BY a.id`,
    projectId,
    name,
    name,
    name,
    name,
    type,
    type,
  )
  return rows.map(({ rel_path: relPath, path, ...row }) => ({
    ...row,
    path: isAbsolute(relPath) ? relPath : join(path, relPath),
  }))
}
