/** What the cache knows of deployments, for keeping in step. */
import type { ArtifactType } from '../../../protocol/vocabulary.ts'
import type { Database } from '../../kernel/db/database.ts'

/**
 * Keys (`collection/name::type`) of what any other project has from a collection; none for what is no project. Plan: one pass
 * over the origins.
 */
export function selectDeployedElsewhere(db: Database, projectId: number | null): string[] {
  return db
    .allSql<{ path: string }>(
      `SELECT DISTINCT o.path FROM artifact_origins o JOIN artifacts a ON a.id = o.artifact_id
       WHERE o.unasked = 'collection' AND o.path IS NOT NULL AND a.project_id <> ?`,
      projectId,
    )
    .map(({ path }) => path)
}

/** Real paths of the projects that have something from a collection. Plan: one pass over the origins. */
export function selectProjectsWithDeployments(db: Database): string[] {
  return db
    .allSql<{ path: string }>(
      `SELECT p.path FROM projects p WHERE p.id IN (
         SELECT a.project_id FROM artifact_origins o JOIN artifacts a ON a.id = o.artifact_id
         WHERE o.unasked = 'collection')
       ORDER BY p.path`,
    )
    .map(({ path }) => path)
}

/** Whether anything is deployed for all projects. Plan: one pass over the origins. */
export function hasUserDeployments(db: Database): boolean {
  const found = db.getSql<{ id: number }>(
    `SELECT a.id FROM artifact_origins o JOIN artifacts a ON a.id = o.artifact_id
     WHERE o.unasked = 'collection' AND a.scope = 'user' LIMIT 1`,
  )
  return found !== undefined
}

export type UntrackedRow = { name: string; type: ArtifactType; host: string; path: string; hash: string }

/** Artifacts of a project, or of the user (null), that nothing records an origin of. Plan: range of the index on the project. */
export function selectUntracked(db: Database, projectId: number | null): UntrackedRow[] {
  return db.allSql<UntrackedRow>(
    `SELECT a.name, a.type, a.host, u.path || '/' || a.rel_path AS path, lower(hex(a.hash)) AS hash
     FROM artifacts a JOIN scan_units u ON u.id = a.unit_id
     LEFT JOIN artifact_origins o ON o.artifact_id = a.id
     WHERE a.project_id IS ? AND a.scope = CASE WHEN a.project_id IS NULL THEN 'user' ELSE 'project' END AND a.fragment = '' AND o.artifact_id IS NULL
       AND a.type IN ('skill', 'command', 'agent', 'hook', 'mcp', 'workflow')
     ORDER BY a.type, a.name`,
    projectId,
  )
}
