import type { ArtifactScope, ArtifactType } from '../../../protocol/vocabulary.ts'
import type { Database } from '../../kernel/db/database.ts'

/** A record with what is at its place and what the collection holds. Hashes: H1, hex. */
export type DeploymentRow = {
  id: number
  name: string
  type: string
  collection: string
  profile: string
  path: string
  deployed_at: string | null
  unit_path: string
  /** `projects.id`; null for what is for all projects. */
  project_id: number | null
  artifact_uid: string | null
  /** Of what was deployed. */
  base: string
  /** Of what is there; null for nothing. */
  here: string | null
  /** Something is there, even if it has no hash. */
  is_there: number
}

/** Records after an id. Plan: the records in the order of their ids, each with its unit, and its artifact by uid. */
export function selectDeployments(db: Database, after: number, limit: number): DeploymentRow[] {
  return db.allSql(
    `SELECT d.id, d.name, d.type, d.collection, d.profile, d.path, d.deployed_at, u.path AS unit_path, u.project_id,
       lower(hex(a.uid)) AS artifact_uid, lower(hex(d.hash)) AS base,
       lower(hex(coalesce(a.hash, d.found_hash))) AS here, a.id IS NOT NULL OR d.found_hash IS NOT NULL AS is_there
     FROM deployments d JOIN scan_units u ON u.id = d.unit_id LEFT JOIN artifacts a ON a.uid = d.artifact_uid
     WHERE d.id > ? ORDER BY d.id LIMIT ?`,
    after,
    limit,
  )
}

/** What the collections hold: H1 by `collection/name::type`. Plan: the partial index of what is no project's. */
export function selectCollectionHashes(db: Database): Map<string, string> {
  const rows = db.allSql<{ key: string; hash: string }>(
    `SELECT u.name || '/' || a.name || '::' || a.type AS key, lower(hex(a.hash)) AS hash
     FROM artifacts a JOIN scan_units u ON u.id = a.unit_id
     WHERE a.scope = 'collection' AND a.scope <> 'project' AND a.hash IS NOT NULL`,
  )
  return new Map(rows.map(({ key, hash }) => [key, hash]))
}

export type UntrackedRow = {
  id: number
  uid: string
  name: string
  type: ArtifactType
  scope: ArtifactScope
  path: string
  unit_path: string
  project_id: number | null
}

/** Artifacts of projects and of the user that no record names. Plan: the artifacts in the order of their ids. */
export function selectUntracked(db: Database, after: number, limit: number): UntrackedRow[] {
  return db.allSql(
    `SELECT a.id, lower(hex(a.uid)) AS uid, a.name, a.type, a.scope, a.rel_path AS path, u.path AS unit_path, a.project_id
     FROM artifacts a JOIN scan_units u ON u.id = a.unit_id
     WHERE a.id > ? AND a.scope IN ('project', 'user') AND a.type IN ('skill', 'command', 'agent') AND a.fragment = ''
       AND a.uid NOT IN (SELECT artifact_uid FROM deployments WHERE artifact_uid IS NOT NULL)
     ORDER BY a.id LIMIT ?`,
    after,
    limit,
  )
}
