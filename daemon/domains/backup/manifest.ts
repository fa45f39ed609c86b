/** What a backup says of itself: `manifest.json` in its folder. */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { SmdError } from '../../../protocol/errors.ts'
import type { ResultOf } from '../../../protocol/methods.ts'

export type Backup = ResultOf<'backup.create'>
export type BackupReason = Backup['reason']
export type BackupFile = Backup['files'][number]

export const MANIFEST = 'manifest.json'
/** Names in a backup. */
export const CACHE = 'cache.db'
export const CONFIG = 'config.toml'

/** `schema` is that of the manifest; a later one may add members. */
type Manifest = { schema: 1 } & Omit<Backup, 'name' | 'sizeBytes'>

export function manifestText(backup: Backup): string {
  const { name: _, sizeBytes: __, ...rest } = backup
  const manifest: Manifest = { schema: 1, ...rest }
  return `${JSON.stringify(manifest, null, 2)}\n`
}

/**
 * The backup in the folder `name`. Looks at the sizes of its files, not at what they hold.
 * Errors: `backup.damaged` when the manifest cannot be read or a file is missing or of another size.
 */
export async function readBackup(folder: string, name: string): Promise<Backup> {
  const damaged = (reason: string, cause?: unknown): SmdError =>
    new SmdError('backup.damaged', { name, reason }, { cause })
  let manifest: Manifest
  try {
    manifest = JSON.parse(await readFile(join(folder, name, MANIFEST), 'utf8'))
  } catch (cause) {
    throw damaged(`its ${MANIFEST} cannot be read`, cause)
  }
  if (!isManifest(manifest)) throw damaged(`its ${MANIFEST} is not one of this smd`)
  for (const file of manifest.files) {
    const found = await stat(join(folder, name, file.name)).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return null
      throw damaged(`${file.name} cannot be read (${cause.code})`, cause)
    })
    if (!found?.isFile()) throw damaged(`${file.name} is missing`)
    if (found.size !== file.sizeBytes)
      throw damaged(`${file.name} has ${found.size} bytes instead of ${file.sizeBytes}`)
  }
  const { createdAt, reason, smdVersion, cacheSchema, files } = manifest
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0)
  return { name, createdAt, reason, smdVersion, cacheSchema, sizeBytes, files }
}

/** File names are taken from here, so that no manifest leads out of its folder. */
function isManifest(value: Manifest | null): value is Manifest {
  if (typeof value !== 'object' || value === null || value.schema !== 1) return false
  const { createdAt, reason, smdVersion, cacheSchema, files } = value
  return (
    Number.isFinite(createdAt) &&
    ['daily', 'manual', 'before-restore'].includes(reason) &&
    typeof smdVersion === 'string' &&
    Number.isInteger(cacheSchema) &&
    Array.isArray(files) &&
    files.some((file) => file?.name === CACHE) &&
    files.every(
      (file) =>
        [CACHE, CONFIG].includes(file?.name) &&
        Number.isInteger(file.sizeBytes) &&
        typeof file.sha256 === 'string',
    )
  )
}
