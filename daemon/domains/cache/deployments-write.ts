import type { TopicData } from '../../../protocol/events.ts'
import type { Database } from '../../kernel/db/database.ts'
import type { UnitRow } from './artifacts-write.ts'
import { artifactUid } from './ids.ts'
import type { ScannedDeployment } from './scan/types.ts'

export type DeploymentCounts = TopicData<'deployments.changed'>['counts']

/** A row without its id; hashes as hex. */
type Row = Record<
  | 'name'
  | 'type'
  | 'collection'
  | 'profile'
  | 'path'
  | 'hash'
  | 'deployed_at'
  | 'artifact_uid'
  | 'found_hash',
  string | null
>

/**
 * Makes the deployments of a unit those that its records name; to be called inside a transaction. Answers how many differ
 * from before, by name, type, profile and place; null, and nothing is written, when all are the same.
 */
export function putDeployments(
  db: Database,
  unit: UnitRow,
  deployments: readonly ScannedDeployment[],
): DeploymentCounts | null {
  const before = db.allSql<Row>(
    `SELECT name, type, collection, profile, path, lower(hex(hash)) AS hash, deployed_at,
       lower(hex(artifact_uid)) AS artifact_uid, lower(hex(found_hash)) AS found_hash
     FROM deployments WHERE unit_id = ? ORDER BY id`,
    unit.id,
  )
  const after = deployments.map((deployment) => toRow(unit, deployment))
  const textOf = (row: Row): string => JSON.stringify(columns.map((column) => row[column] || null))
  if (before.length === after.length && before.every((row, n) => textOf(row) === textOf(after[n] as Row)))
    return null
  db.runSql('DELETE FROM deployments WHERE unit_id = ?', unit.id)
  for (const row of after)
    db.runSql(
      `INSERT INTO deployments (unit_id, name, type, collection, profile, path, hash, deployed_at, artifact_uid, found_hash)
       VALUES (?, ?, ?, ?, ?, ?, unhex(?), ?, unhex(?), unhex(?))`,
      unit.id,
      ...columns.map((column) => row[column]),
    )
  const keyOf = ({ name, type, profile, path }: Row): string => JSON.stringify([name, type, profile, path])
  const [old, now] = [before, after].map((rows) => new Map(rows.map((row) => [keyOf(row), textOf(row)])))
  const counts: DeploymentCounts = { added: 0, changed: 0, removed: 0 }
  for (const [key, text] of now ?? [])
    if (!old?.has(key)) counts.added++
    else if (old.get(key) !== text) counts.changed++
  for (const key of old?.keys() ?? []) if (!now?.has(key)) counts.removed++
  return counts.added + counts.changed + counts.removed > 0 ? counts : null
}

const columns = [
  'name',
  'type',
  'collection',
  'profile',
  'path',
  'hash',
  'deployed_at',
  'artifact_uid',
  'found_hash',
] as const satisfies ReadonlyArray<keyof Row>

function toRow(unit: UnitRow, { key, foundHash, deployedAt, ...deployment }: ScannedDeployment): Row {
  const { name, type, collection, profile, path, hash } = deployment
  const uid = key === null ? null : artifactUid(unit.kind, unit.path, key).toString('hex')
  return {
    name,
    type,
    collection,
    profile,
    path,
    hash,
    deployed_at: deployedAt,
    artifact_uid: uid,
    found_hash: foundHash,
  }
}
