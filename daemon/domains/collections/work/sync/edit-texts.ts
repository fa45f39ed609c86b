/** What becomes of records, locks and manifests when an artifact was brought over. */
import { parseToml } from '../../../../kernel/config/toml.ts'
import { type Row, setTable, setTables } from '../../../../kernel/config/toml-tables.ts'
import { isTable } from '../../../../kernel/config/value.ts'
import type { DeploymentRecord, RecordFile } from './records.ts'

/** `base`: H1 of the version that was taken in; `isModified`: whether the project's copy differs from it now. */
export type RecordChange = { record: DeploymentRecord; base: string; isModified: boolean; name?: string }

/** ISO 8601 without a zone, UTC (formats spec section 3). */
export const naiveTime = (now: number): string => new Date(now).toISOString().slice(0, -1)

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
    last_modified_check: naiveTime(now),
  }
}

/** What names a record, whatever happens to its hashes. The name may change, the place does not. */
const rowKey = (row: Row): string =>
  JSON.stringify([row.artifact_type, row.artifact_path, row.deployment_profile_id, row.profile_root_dir])

/**
 * The lock once these artifacts hold something else. Those with an upstream keep what they were fetched as: that they
 * differ from it is what the lock is there to tell. Null: nothing of them is in it.
 */
export function lockAfter(
  text: string,
  path: string,
  changes: ReadonlyArray<{ key: string; hash: string }>,
  now: number,
): string | null {
  let after = text
  for (const { key, hash } of changes) {
    const toml = parseToml(after, path)
    const lock = isTable(toml.data.lock) ? toml.data.lock : {}
    const entry = isTable(lock.entries) && Object.hasOwn(lock.entries, key) ? lock.entries[key] : null
    if (!isTable(entry) || entry.upstream !== undefined) continue
    const values: Row = { ...entry, content_hash: hash, fetched: naiveTime(now) }
    after = setTable(toml, ['lock', 'entries', key], values)
  }
  return after === text ? null : after
}

/** The manifest with a copy of an artifact under another name, which comes from nowhere but here. */
export function manifestWithFork(
  text: string,
  path: string,
  source: { name: string; type: string },
  fork: { name: string; path: string },
  now: number,
): string {
  const toml = parseToml(text, path)
  const rows = (Array.isArray(toml.data.artifacts) ? toml.data.artifacts : []).filter(isTable)
  const original = rows.find((row) => row.name === source.name && row.type === source.type) ?? {}
  const { tags, metadata, target_platforms: platforms } = original
  const added: Row = {
    name: fork.name,
    type: source.type,
    path: fork.path,
    origin: 'local',
    added: naiveTime(now),
    tags,
    target_platforms: platforms,
    metadata,
  }
  const after = setTables(toml, ['artifacts'], [...rows, added], (row) => `${row.name}::${row.type}`)
  const about = parseToml(after, path)
  const values = isTable(about.data.collection) ? about.data.collection : {}
  return setTable(about, ['collection'], { ...values, updated: naiveTime(now) })
}
