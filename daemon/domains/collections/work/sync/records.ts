/** Deployment records of a project, as far as keeping in step needs them. */
import { basename } from 'node:path'
import { SmdError } from '../../../../../protocol/errors.ts'
import {
  changeRecords,
  type DeploymentRecord,
  keyOfRecord,
  type RecordFile,
  readRecordFile,
  recordRoots,
} from '../deploy/record-file.ts'
import { writeTime } from '../library/index.ts'
import type { TextChange } from '../operations/index.ts'

/** What a record says was deployed. */
export type Deployed = Pick<DeploymentRecord, 'name' | 'type' | 'collection' | 'profile' | 'row'> & {
  /** Folder of the record's file, below the project, e.g. `.claude`. */
  root: string
  /** Below that folder. */
  artifactPath: string
  /** H1 of what was deployed, 64 hex. */
  base: string
  file: RecordFile
}

/**
 * All records of a project; those that do not say what was deployed are left out. `unreadable`: as of `recordRoots`. Errors:
 * `sync.bad_records`, `object.unreadable`.
 */
export async function readDeployed(
  project: string,
): Promise<{ deployed: Deployed[]; unreadable: SmdError[] }> {
  const deployed: Deployed[] = []
  const { roots, unreadable } = await recordRoots(project)
  for (const root of roots) {
    const file = await readRecordFile(root).catch((error: unknown) => refuse(project, root, error))
    for (const { path, hash, ...record } of file.records)
      if (hash !== null && /^[0-9a-f]{64}$/.test(hash))
        deployed.push({ ...record, root: basename(root), artifactPath: path, base: hash, file })
  }
  return { deployed, unreadable }
}

function refuse(project: string, root: string, error: unknown): never {
  if (!(error instanceof SmdError)) throw error
  const { message: reason } = error
  throw new SmdError('sync.bad_records', { project, reason, file: root }, { cause: error })
}

/** `base`: H1 of the version that was taken in; `isModified`: whether the project's copy differs from it now. */
export type RecordChange = { record: Deployed; base: string; isModified: boolean; name?: string }

/**
 * The record files once these artifacts are in step: what was taken in is what the next merge begins from, and heads the
 * lineage.
 */
export function recordTexts(changes: readonly RecordChange[], now: number): TextChange[] {
  const files = new Map(changes.map(({ record: { file } }) => [file.file, file]))
  return [...files.values()].flatMap((file) => {
    const own = changes.filter(({ record }) => record.file.file === file.file)
    const rows = own.map((change) => ({ ...change.record.row, ...valuesOf(change, now) }))
    const renamed = own.filter(({ name }) => name !== undefined)
    return changeRecords(file, rows, new Set(renamed.map(({ record }) => keyOfRecord(record)))) ?? []
  })
}

function valuesOf({ record, base, isModified, name }: RecordChange, now: number): Record<string, unknown> {
  return {
    ...(name !== undefined && { artifact_name: name }),
    content_hash: base,
    collection_sha: base,
    local_modifications: isModified,
    ...(base !== record.base && { parent_hash: record.base }),
    version_lineage: [base, ...lineageOf(record).filter((hash) => hash !== base)],
    merge_base_snapshot: base,
    last_modified_check: writeTime(now),
  }
}

/** Newest first; a record without one began with what it says. */
function lineageOf({ row, base }: Deployed): string[] {
  return Array.isArray(row.version_lineage) && row.version_lineage.length > 0
    ? row.version_lineage.map(String)
    : [base]
}
