/** `.skillmeat-deployed.toml`: what was deployed below one folder (formats spec section 7). Read tolerantly, written exactly. */
import { readdir, readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { SmdError } from '../../../../../protocol/errors.ts'
import { parseToml } from '../../../../kernel/config/toml.ts'
import { formatSection, type Row } from '../../../../kernel/config/toml-format.ts'
import { setTables } from '../../../../kernel/config/toml-tables.ts'
import { isTable } from '../../../../kernel/config/value.ts'
import { kindOf } from '../library/manifest.ts'
import { stemOf } from '../library/names.ts'
import type { TextChange } from '../operations/index.ts'
import { unlessAbsentAt, unreadable } from '../unreadable.ts'
import { knownProfiles, primaryProfile } from './profiles.ts'

export const recordFileName = '.skillmeat-deployed.toml'

/** One record as far as smd understands it, and the row it stands in. */
export type DeploymentRecord = {
  name: string
  type: string
  collection: string
  /** Below the folder of the file, `/`-separated. */
  path: string
  /** H1 of what was deployed, lower case; null when the record does not say. */
  hash: string | null
  profile: string
  platform: string
  /** Folder of the profile in a project. */
  root: string
  lineage: string[]
  row: Row
}

export type RecordFile = {
  /** Absolute, links resolved where the file exists. */
  file: string
  /** As it is on the disk; null without a file. */
  text: string | null
  records: DeploymentRecord[]
}

/** Reads the file of a profile's folder. Errors: `config.syntax`, `deploy.bad_record`, `object.unreadable`. */
export async function readRecordFile(root: string): Promise<RecordFile> {
  const named = join(root, recordFileName)
  const file = (await realpath(named).catch(unlessAbsentAt(named))) ?? named
  const text = await readFile(file, 'utf8').catch(unlessAbsentAt(file))
  return { file, text, records: text === null ? [] : recordsOf(text, file) }
}

function recordsOf(text: string, file: string): DeploymentRecord[] {
  return rowsOf(text, file).flatMap((row) => toRecord(row) ?? [])
}

export function rowsOf(text: string, file: string): Row[] {
  const deployed = parseToml(withoutMark(text), file).data.deployed ?? []
  if (!Array.isArray(deployed) || !deployed.every(isTable))
    throw new SmdError('deploy.bad_record', { file, reason: 'deployed is not a list of tables' })
  return deployed
}

/** Null for a row that names nothing; it stays in the file as it is. */
export function toRecord(row: Row): DeploymentRecord | null {
  const text = (key: string): string | null =>
    typeof row[key] === 'string' && row[key] !== '' ? row[key] : null
  const [name, type, path] = [text('artifact_name'), text('artifact_type'), text('artifact_path')]
  const place = path?.replaceAll('\\', '/').replace(/(?<=^|\/)\.\/|\/\.?(?=\/|$)/g, '')
  if (name === null || type === null || !place || place === '.') return null
  const hash = text('content_hash') ?? text('collection_sha')
  const lineage = Array.isArray(row.version_lineage) ? row.version_lineage.map(String) : []
  return {
    name,
    type: kindOf(type),
    collection: text('from_collection') ?? 'default',
    path: place,
    hash: hash?.toLowerCase() ?? null,
    profile: text('deployment_profile_id') ?? primaryProfile,
    platform: text('platform') ?? 'claude_code',
    root: text('profile_root_dir') ?? '.claude',
    lineage: lineage.length > 0 ? lineage : hash === null ? [] : [hash],
    row,
  }
}

/** Where a project has records. */
export type RecordRoots = {
  /** Folders with a file of records, by name. */
  roots: string[]
  /** Of each folder of which nobody can tell whether it has one: why. What lies in the others is known all the same. */
  unreadable: SmdError[]
}

/** Folders of a project that hold records: every one whose name begins with a dot. Errors: `object.unreadable`. */
export async function recordRoots(project: string): Promise<RecordRoots> {
  const entries = await readdir(project, { withFileTypes: true }).catch(unlessAbsentAt(project))
  const found: RecordRoots = { roots: [], unreadable: [] }
  for (const { name } of (entries ?? []).filter((entry) => !entry.isFile()).sort(byName)) {
    if (!/^\.[^.]/.test(name) || name === '.git') continue
    const file = join(project, name, recordFileName)
    try {
      if ((await readFile(file).catch(unlessAbsentAt(file))) !== null) found.roots.push(join(project, name))
    } catch (error) {
      found.unreadable.push(error instanceof SmdError ? error : unreadable(file, error))
    }
  }
  return found
}

const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1)

/**
 * Whether a record, which anybody may have written, names more than its artifact: a container of artifacts, or what holds the
 * places of others. Nothing is taken away there, or put in its place.
 */
export const isTooWide = ({ path }: Pick<DeploymentRecord, 'path'>, { records }: RecordFile): boolean =>
  containers.has(path) || records.some((other) => other.path.startsWith(`${path}/`))

const containers = new Set(knownProfiles.flatMap((profile) => Object.values(profile.containers)))

export const keyOfRecord = ({
  name,
  type,
  profile,
}: Pick<DeploymentRecord, 'name' | 'type' | 'profile'>): string => `${stemOf(name)}::${type}::${profile}`

export const keyOfRow = (row: Row): string => {
  const record = toRecord(row)
  return record ? keyOfRecord(record) : JSON.stringify(row)
}

/**
 * The change of a file by which it holds `put` instead of what has the same key, and no longer `drop`. An emptied file goes,
 * unless there is something else in it; null when nothing changes. Keys of a row that smd does not know stay, unless it is to
 * be `exactly` as given.
 */
export function changeRecords(
  { file, text }: Pick<RecordFile, 'file' | 'text'>,
  put: readonly Row[],
  drop: ReadonlySet<string>,
  { exactly = false }: { exactly?: boolean } = {},
): TextChange | null {
  const before = text === null ? [] : rowsOf(text, file)
  const added = new Map(put.map((row) => [keyOfRow(row), row]))
  const after: Row[] = []
  for (const row of before) {
    const key = keyOfRow(row)
    const own = added.get(key)
    if (own) after.push(exactly ? own : { ...withoutChecks(row), ...own })
    else if (!drop.has(key)) after.push(row)
    added.delete(key)
  }
  after.push(...added.values())
  if (text === null) return after.length === 0 ? null : toChange(file, null, freshText(after))
  const changed = changedText(text, file, after)
  return changed === text ? null : toChange(file, text, changed)
}

const toChange = (path: string, expected: string | null, text: string | null): TextChange => ({
  path,
  text,
  expected,
})

/** What was noted of a former content says nothing of the new one. */
function withoutChecks({ last_modified_check: _, modification_detected_at: __, ...row }: Row): Row {
  return row
}

const freshText = (rows: readonly Row[]): string =>
  `${rows.map((row) => formatSection(['deployed'], row, true, '\n')).join('\n\n')}\n`

function changedText(text: string, file: string, rows: readonly Row[]): string | null {
  const mark = text.slice(0, text.length - withoutMark(text).length)
  const toml = parseToml(withoutMark(text), file)
  const hasOthers = Object.keys(toml.data).some((key) => key !== 'deployed')
  if (rows.length === 0 && !hasOthers) return null
  return mark + setTables(toml, ['deployed'], rows, keyOfRow)
}

const withoutMark = (text: string): string => (text.startsWith('\uFEFF') ? text.slice(1) : text)
