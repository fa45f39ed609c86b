import type { Database } from '../../kernel/db/database.ts'
import type { UnitRow } from './artifacts-write.ts'
import { artifactUid } from './ids.ts'
import type { ScannedDeployment } from './scan/types.ts'

/** Makes the deployments of a unit those that its records name; to be called inside a transaction. */
export function putDeployments(db: Database, unit: UnitRow, deployments: readonly ScannedDeployment[]): void {
  db.runSql('DELETE FROM deployments WHERE unit_id = ?', unit.id)
  for (const { name, type, collection, profile, path, hash, deployedAt, key, foundHash } of deployments) {
    db.runSql(
      `INSERT INTO deployments (unit_id, name, type, collection, profile, path, hash, deployed_at, artifact_uid, found_hash)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      unit.id,
      name,
      type,
      collection,
      profile,
      path,
      Buffer.from(hash, 'hex'),
      deployedAt,
      key === null ? null : artifactUid(unit.kind, unit.path, key),
      foundHash === null ? null : Buffer.from(foundHash, 'hex'),
    )
  }
}
