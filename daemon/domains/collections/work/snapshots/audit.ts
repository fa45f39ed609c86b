/** `audit/<collection>_rollback_audit.toml`: who went back to what (formats spec section 6). */
import { join } from 'node:path'
import { SmdError } from '../../../../../protocol/errors.ts'
import { type Row, setTables } from '../../../../kernel/config/toml-tables.ts'
import { isTable } from '../../../../kernel/config/value.ts'
import { editTomlFile } from '../library/text-file.ts'
import { libraryPlaces } from '../places.ts'
import type { WorkTools } from '../tools.ts'
import type { FileFate, PlanOptions } from './rollback-plan.ts'
import { nameMoment } from './snapshot-file.ts'

type Rollback = PlanOptions & { collection: string; id: string; safetyId: string; files: readonly FileFate[] }

/**
 * Adds an entry; `failure` null for a rollback that was made. What was done stands, so a file that cannot be read or written is
 * answered as a sentence instead of thrown; null when it was written.
 */
export async function writeAudit(
  { folders, now }: Pick<WorkTools, 'folders' | 'now'>,
  rollback: Rollback,
  failure: string | null,
): Promise<string | null> {
  const { audit } = libraryPlaces(folders)
  const file = join(audit, `${rollback.collection}_rollback_audit.toml`)
  try {
    await editTomlFile(file, ({ toml }) => {
      const rows = Array.isArray(toml.data.entries) ? toml.data.entries.filter(isTable) : []
      const ids = new Set(rows.map(({ id }) => id))
      const row = toRow(rollback, now, failure, (id) => ids.has(id))
      return setTables(toml, ['entries'], [...rows, row], ({ id }) => String(id))
    })
    return null
  } catch (error) {
    const reason = error instanceof SmdError ? error.message : (error as NodeJS.ErrnoException).code
    return `It could not be noted in ${file}: ${reason ?? String(error)}`
  }
}

function toRow(
  { collection, id, safetyId, files, paths, keepChanges }: Rollback,
  now: number,
  failure: string | null,
  isTaken: (id: string) => boolean,
): Row {
  const { id: moment, timestamp } = nameMoment(now, 0)
  const stem = `rb_${moment.slice(0, 15).replace('-', '_')}`
  let unique = stem
  for (let n = 2; isTaken(unique); n++) unique = `${stem}_${n}`
  const pathsOf = (isMeant: (file: FileFate) => boolean): string[] =>
    failure === null ? files.filter(isMeant).map(({ path }) => path) : []
  return {
    id: unique,
    timestamp,
    collection_name: collection,
    source_snapshot_id: safetyId,
    target_snapshot_id: id,
    operation_type: keepChanges ? 'intelligent' : paths ? 'selective' : 'simple',
    files_restored: pathsOf(({ action }) => action === 'restore' || action === 'remove'),
    files_merged: pathsOf(({ action }) => action === 'merge'),
    conflicts_resolved: [],
    conflicts_pending: pathsOf(({ action, conflict }) => action === 'keep' && conflict !== null),
    preserve_changes_enabled: keepChanges,
    selective_paths: [...(paths ?? [])],
    success: failure === null,
    ...(failure !== null && { error: failure }),
  }
}
