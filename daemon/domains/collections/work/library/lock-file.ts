/** `collection.lock`: what each artifact held when it was fetched (formats spec section 4). */
import { join } from 'node:path'
import { SmdError } from '../../../../../protocol/errors.ts'
import { parseToml } from '../../../../kernel/config/toml.ts'
import { type Row, setTable } from '../../../../kernel/config/toml-tables.ts'
import { isTable } from '../../../../kernel/config/value.ts'
import { editTomlFile, readTomlFile, type TomlFile } from './text-file.ts'

export const lockName = 'collection.lock'
export const emptyLock = '[lock]\nversion = "1.0.0"\n'

/** By `name::type`; unknown keys too. `content_hash` is H1 of the copy in the collection. */
export type LockEntries = Record<string, LockEntry>
export type LockEntry = Row & {
  content_hash?: string
  fetched?: string
  upstream?: string
  resolved_sha?: string
  resolved_version?: string
}

export const lockKey = (name: string, type: string): string => `${name}::${type}`

/** No file means no entries. Errors: `config.syntax`, `collection.bad_manifest`. */
export async function readLock(folder: string): Promise<LockEntries> {
  return entriesIn(await readTomlFile(join(folder, lockName)))
}

/** As `editManifest`, for the lock; it is made when there is none. */
export function editLock(folder: string, change: (entries: LockEntries) => void): Promise<boolean> {
  return editTomlFile(join(folder, lockName), (file) => lockText(file, change))
}

/** The text of the lock after a change, for whoever writes it together with other files. */
export async function planLock(
  folder: string,
  change: (entries: LockEntries) => void,
): Promise<{ path: string; text: string; expected: string | null }> {
  const file = await readTomlFile(join(folder, lockName))
  return { path: file.path, text: file.bom + lockText(file, change), expected: file.raw }
}

function lockText(file: TomlFile, change: (entries: LockEntries) => void): string {
  const entries = structuredClone(entriesIn(file))
  change(entries)
  if (file.raw === null) return lockText({ ...file, raw: '', toml: parsedEmpty(file.path) }, change)
  return setTable(file.toml, ['lock', 'entries'], entries)
}

const parsedEmpty = (path: string) => parseToml(emptyLock, path)

function entriesIn({ path, toml }: TomlFile): LockEntries {
  const { lock } = toml.data
  const entries = isTable(lock) ? (lock.entries ?? {}) : {}
  if (isTable(entries) && Object.values(entries).every(isTable)) return entries as LockEntries
  throw new SmdError('collection.bad_manifest', {
    file: path,
    place: 'lock.entries',
    reason: 'it is no table of tables',
  })
}
