/** What becomes of records when artifacts were brought over. */
import { parseToml } from '../../../../kernel/config/toml.ts'
import { type Row, setTables } from '../../../../kernel/config/toml-tables.ts'
import { writeTime } from '../library/index.ts'
import type { DeploymentRecord, RecordFile } from './records.ts'

/** `base`: H1 of the version that was taken in; `isModified`: whether the project's copy differs from it now. */
export type RecordChange = { record: DeploymentRecord; base: string; isModified: boolean; name?: string }

/**
 * The record file once these artifacts are in step: what was taken in is what the next merge begins from, and heads the
 * lineage.
 */
export function recordsAfter(file: RecordFile, changes: readonly RecordChange[], now: number): string {
  const byRow = new Map(changes.map((change) => [change.record.row, change]))
  const toml = parseToml(file.toml, file.path)
  const rows = file.rows.map((row): Row => {
    const change = byRow.get(row)
    return change ? { ...row, ...recordValues(change, now) } : row
  })
  return file.bom + setTables(toml, ['deployed'], rows, rowKey)
}

function recordValues({ record, base, isModified, name }: RecordChange, now: number): Row {
  const { version_lineage: lineage } = record.row
  const before = Array.isArray(lineage) ? lineage : [record.base]
  return {
    ...(name !== undefined && { artifact_name: name }),
    content_hash: base,
    collection_sha: base,
    local_modifications: isModified,
    ...(base !== record.base && { parent_hash: record.base }),
    version_lineage: [base, ...before.filter((hash) => hash !== base)],
    merge_base_snapshot: base,
    last_modified_check: writeTime(now),
  }
}

/** What names a record, whatever happens to its hashes. The name may change, the place does not. */
const rowKey = (row: Row): string =>
  JSON.stringify([row.artifact_type, row.artifact_path, row.deployment_profile_id, row.profile_root_dir])
