/** Rows of what may be in effect in a project. */
import type { ArtifactState } from '../../../protocol/artifact-states.ts'
import type { ArtifactScope, ArtifactType } from '../../../protocol/vocabulary.ts'
import type { Database } from '../../kernel/db/database.ts'
import { STATE_SQL } from './artifact-state.ts'

export type EffectiveRow = {
  id: number
  uid: string
  unit_id: number
  name: string
  type: ArtifactType
  scope: ArtifactScope
  host: string
  rel_path: string
  deployed_version: string | null
  tokens: number
  modified_at: number
  state: ArtifactState
  description: string | null
  problems: number
  nested: number
  /** Of servers and plugins. */
  metadata: string | null
  /** Of servers, hex. */
  hash: string | null
}

const COLUMNS = `a.id, lower(hex(a.uid)) AS uid, a.unit_id, a.name, a.type, a.scope, a.host, a.rel_path, a.deployed_version,
  a.tokens, a.modified_at, ${STATE_SQL} AS state, m.description, coalesce(json_array_length(m.diagnostics), 0) AS problems,
  coalesce(instr(m.diagnostics, '["skill.nested"'), 0) > 0 AS nested,
  iif(a.type IN ('mcp', 'plugin'), m.metadata, NULL) AS metadata, iif(a.type = 'mcp', hex(a.hash), NULL) AS hash`
const JOINS = `LEFT JOIN descriptions m ON m.id = a.description_id LEFT JOIN artifact_origins o ON o.artifact_id = a.id`

/**
 * A project's own artifacts, and those of the user, of plugins and of the machine.
 * Plan: artifacts_project_type for the first, artifacts_scope for the others.
 */
export function selectEffective(db: Database, projectId: number): EffectiveRow[] {
  return db.allSql(
    `SELECT ${COLUMNS} FROM artifacts a ${JOINS} WHERE a.project_id = +?
     UNION ALL
     SELECT ${COLUMNS} FROM artifacts a ${JOINS}
       WHERE a.scope <> 'project' AND a.scope IN ('user', 'managed', 'plugin') AND +a.project_id IS NULL`,
    projectId,
  )
}
