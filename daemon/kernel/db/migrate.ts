import { migrations } from '../../../migrations/index.ts'
import type { Migration } from '../../../migrations/migration.ts'
import { SmdError } from '../../../protocol/errors.ts'
import type { Database } from './database.ts'

/** Marks a SQLite file as smd's cache: "smdc". */
export const APPLICATION_ID = 0x736d6463

/**
 * Brings the schema to the newest step, or to `target`, up or down, one transaction per step.
 *
 * kysely's own migrator is not used: on SQLite its steps are not transactional (daemon spec, traps).
 * Errors: `cache.newer` when the file's schema is ahead of this program; whatever the step itself raises, after the
 * step was rolled back.
 */
export function migrate(
  db: Database,
  { steps = migrations, target = steps.length }: { steps?: readonly Migration[]; target?: number } = {},
): { from: number; to: number } {
  const from = schemaVersion(db)
  if (from > steps.length) throw new SmdError('cache.newer', { found: from, known: steps.length })
  if (from === target) return { from, to: target }
  db.pragma('foreign_keys = OFF')
  try {
    for (let version = from; version < target; version++) apply(db, stepAt(steps, version), 'up', version + 1)
    for (let version = from; version > target; version--)
      apply(db, stepAt(steps, version - 1), 'down', version - 1)
  } finally {
    db.pragma('foreign_keys = ON')
  }
  return { from, to: target }
}

/** Number of the last step that ran on this file; 0 for a new one. */
export function schemaVersion(db: Database): number {
  return db.pragma('user_version') as number
}

function stepAt(steps: readonly Migration[], index: number): Migration {
  const step = steps[index]
  if (step?.version !== index + 1) throw new Error(`migration ${index + 1} is missing or out of order`)
  return step
}

function apply(db: Database, step: Migration, direction: 'up' | 'down', version: number): void {
  db.transaction(() => {
    db.exec(step[direction])
    const broken = db.allSql('SELECT * FROM pragma_foreign_key_check')
    if (broken.length > 0) throw new Error(`migration ${step.name} left ${broken.length} broken references`)
    db.exec(`PRAGMA user_version = ${version}; PRAGMA application_id = ${APPLICATION_ID}`)
  })
}
