import { posix } from 'node:path'
import type { ArtifactScope, ArtifactType } from '../../../protocol/vocabulary.ts'
import type { Database } from '../../kernel/db/database.ts'
import { stemOf } from './work/library/names.ts'

/** A record with what is at its place. Hashes: H1. */
export type DeploymentRow = {
  id: number
  unit_id: number
  name: string
  type: string
  collection: string
  profile: string
  path: string
  deployed_at: string | null
  /** Of what was deployed. */
  hash: Buffer
  /** Of the artifact that is there; null without one. */
  uid: Buffer | null
  /** Of what is there; null for nothing, and for what has none. */
  here: Buffer | null
}

/** Records after an id. Plan: the records in the order of their ids, each with its artifact by uid. */
export function selectDeployments(db: Database, after: number, limit: number): DeploymentRow[] {
  return db.allSql(
    `SELECT d.id, d.unit_id, d.name, d.type, d.collection, d.profile, d.path, d.deployed_at, d.hash, a.uid,
       coalesce(a.hash, d.found_hash) AS here
     FROM deployments d LEFT JOIN artifacts a ON a.uid = d.artifact_uid WHERE d.id > ? ORDER BY d.id LIMIT ?`,
    after,
    limit,
  )
}

/** Which project a unit is, by `scan_units.id`. Plan: one pass over the units. */
export function selectProjectsOfUnits(db: Database): Map<number, number> {
  const rows = db.allSql<{ id: number; project_id: number }>(
    'SELECT id, project_id FROM scan_units WHERE project_id IS NOT NULL',
  )
  return new Map(rows.map(({ id, project_id }) => [id, project_id]))
}

/**
 * What the collections hold: H1 by `collection/name::type`, where the name is that of the file, without its ending, as manifests
 * and records have it; an agent may call itself otherwise. Plan: the partial index of what is no project's.
 */
export function selectCollectionHashes(db: Database): Map<string, Buffer> {
  const rows = db.allSql<{ collection: string; name: string; type: string; rel_path: string; hash: Buffer }>(
    `SELECT u.name AS collection, a.name, a.type, a.rel_path, a.hash
     FROM artifacts a JOIN scan_units u ON u.id = a.unit_id
     WHERE a.scope = 'collection' AND a.scope <> 'project' AND a.hash IS NOT NULL`,
  )
  const hashes = new Map<string, Buffer>()
  const put = (collection: string, name: string, type: string, hash: Buffer): void =>
    void hashes.set(`${collection}/${name}::${type}`, hash)
  for (const { collection, name, type, hash } of rows) put(collection, name, type, hash)
  for (const { collection, type, rel_path, hash } of rows)
    if (type === 'agent') put(collection, stemOf(posix.basename(rel_path)), type, hash)
  return hashes
}

export type UntrackedRow = {
  id: number
  unit_id: number
  uid: Buffer
  name: string
  type: ArtifactType
  scope: ArtifactScope
  path: string
  project_id: number | null
}

/** Artifacts of projects and of the user that no record names. Plan: the artifacts in the order of their ids. */
export function selectUntracked(db: Database, after: number, limit: number): UntrackedRow[] {
  return db.allSql(
    `SELECT a.id, a.unit_id, a.uid, a.name, a.type, a.scope, a.rel_path AS path, a.project_id FROM artifacts a
     WHERE a.id > ? AND a.scope IN ('project', 'user') AND a.type IN ('skill', 'command', 'agent') AND a.fragment = ''
       AND a.uid NOT IN (SELECT artifact_uid FROM deployments WHERE artifact_uid IS NOT NULL)
     ORDER BY a.id LIMIT ?`,
    after,
    limit,
  )
}
