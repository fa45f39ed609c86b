/** The folder of backups: a folder for each, complete or not there at all. */
import { createReadStream } from 'node:fs'
import { mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { SmdError } from '../../../protocol/errors.ts'
import { makeFolderDurably, syncFolder, writeDurably } from '../../kernel/fs/durable.ts'
import { type Backup, type BackupFile, MANIFEST, manifestText, readBackup } from './manifest.ts'

/** Backups the daemon makes by itself: this many of each reason are kept. Those a user made are the user's. */
const KEEP = 3
/** A backup under way has a name that no backup has. */
const UNFINISHED = '.unfinished-'
const NAME = /^\d{8}T\d{6}Z(-\d+)?$/

/**
 * Makes a backup from what `fill` writes into an empty folder; `stamp` becomes its name. It appears as a whole, on the
 * disk, or not at all. Errors: those of `fill` and of the file system.
 */
export async function makeBackup(
  folder: string,
  stamp: string,
  about: Pick<Backup, 'createdAt' | 'reason' | 'smdVersion' | 'cacheSchema'>,
  fill: (into: string) => Promise<readonly string[]>,
): Promise<Backup> {
  await makeFolderDurably(folder)
  // What an earlier one left behind that was cut short: there is one at a time.
  for (const name of await readdir(folder))
    if (name.startsWith(UNFINISHED)) await rm(join(folder, name), { recursive: true, force: true })
  const unfinished = await mkdtemp(join(folder, UNFINISHED))
  try {
    const files: BackupFile[] = []
    for (const name of await fill(unfinished)) {
      const path = join(unfinished, name)
      files.push({ name, sizeBytes: (await stat(path)).size, sha256: await sha256Of(path) })
    }
    const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0)
    const backup: Backup = { name: '', ...about, sizeBytes, files }
    await writeDurably(join(unfinished, MANIFEST), manifestText(backup))
    await syncFolder(unfinished)
    const name = await freeName(folder, stamp)
    await rename(unfinished, join(folder, name))
    await syncFolder(folder)
    return { ...backup, name }
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    throw error
  }
}

export type BackupList = { items: Backup[]; damaged: Array<{ name: string; reason: string }> }

/** All backups, newest first. A missing folder has none. */
export async function listBackups(folder: string): Promise<BackupList> {
  const list: BackupList = { items: [], damaged: [] }
  for (const name of (await namesIn(folder)).toReversed()) {
    try {
      list.items.push(await readBackup(folder, name))
    } catch (error) {
      if (!(error instanceof SmdError)) throw error
      list.damaged.push({ name, reason: String(error.details.reason) })
    }
  }
  return list
}

/** One backup by name. Errors: `backup.not_found`, `backup.damaged`. */
export async function findBackup(folder: string, name: string): Promise<Backup> {
  if (!(await namesIn(folder)).includes(name)) throw new SmdError('backup.not_found', { name })
  return readBackup(folder, name)
}

/** Whether what a file holds is what the manifest says. */
export async function isIntact(path: string, { sizeBytes, sha256 }: BackupFile): Promise<boolean> {
  return (await stat(path)).size === sizeBytes && (await sha256Of(path)) === sha256
}

/** The newest backup whose files are all intact, or null. */
export async function newestIntactBackup(folder: string): Promise<Backup | null> {
  for (const backup of (await listBackups(folder)).items) {
    const intact = await Promise.all(
      backup.files.map((file) => isIntact(join(folder, backup.name, file.name), file)),
    )
    if (intact.every(Boolean)) return backup
  }
  return null
}

/** Removes what is beyond the number to keep. */
export async function pruneBackups(folder: string): Promise<void> {
  const { items } = await listBackups(folder)
  for (const reason of ['daily', 'before-restore'] as const) {
    for (const { name } of items.filter((backup) => backup.reason === reason).slice(KEEP))
      await rm(join(folder, name), { recursive: true, force: true })
  }
}

/** Names of backups, oldest first. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => NAME.test(name)).sort(byStamp)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** Those of the same second by their number. */
function byStamp(a: string, b: string): number {
  const [stampA = '', numberA = '1'] = a.split('-')
  const [stampB = '', numberB = '1'] = b.split('-')
  return stampA === stampB ? Number(numberA) - Number(numberB) : stampA < stampB ? -1 : 1
}

async function freeName(folder: string, stamp: string): Promise<string> {
  const taken = new Set(await readdir(folder))
  for (let number = 1; ; number++) {
    const name = number === 1 ? stamp : `${stamp}-${number}`
    if (!taken.has(name)) return name
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = process.getBuiltinModule('node:crypto').createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return hash.digest('hex')
}
