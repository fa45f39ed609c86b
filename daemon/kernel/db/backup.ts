/** Copies of a database that is in use, and whether a copy is whole. */
import { closeSync, existsSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import Sqlite from 'better-sqlite3'
import { SmdError } from '../../../protocol/errors.ts'
import type { Database } from './database.ts'
import { APPLICATION_ID } from './migrate.ts'

/** What belongs to a database: the file, its log, and the index of the log. */
const SUFFIXES = ['', '-wal', '-shm'] as const

/**
 * Copies the database into the new file `to` while others read and this connection goes on writing: a part at a time,
 * between which other work has its turn. The copy is one private file without a log, checked, and on the disk when the
 * promise resolves. Errors: as `inspectCopy`; those of SQLite, when the disk is full for instance.
 */
export async function copyDatabase(db: Database, to: string): Promise<void> {
  await db.backupTo(to)
  const copy = new Sqlite(to)
  try {
    // As a backup it has to be complete in itself.
    copy.pragma('journal_mode = DELETE')
  } finally {
    copy.close()
  }
  inspectCopy(to)
  const fd = openSync(to, 'r+')
  try {
    fchmodSync(fd, 0o600)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/**
 * The schema of a copy. Errors: `cache.unavailable` with `problem` `copy` when it is damaged or no cache of smd; not
 * `corrupt`, which is said of the database in use.
 */
export function inspectCopy(file: string): number {
  const damaged = (reason: string, cause?: unknown): SmdError =>
    new SmdError('cache.unavailable', { reason, problem: 'copy' }, { cause })
  let sqlite: InstanceType<typeof Sqlite> | null = null
  try {
    sqlite = new Sqlite(file, { readonly: true, fileMustExist: true })
    const verdict = sqlite.pragma('quick_check(1)', { simple: true })
    if (verdict !== 'ok') throw damaged(`${file} is damaged: ${verdict}`)
    if (sqlite.pragma('application_id', { simple: true }) !== APPLICATION_ID)
      throw damaged(`${file} is no cache of smd`)
    return sqlite.pragma('user_version', { simple: true }) as number
  } catch (cause) {
    throw cause instanceof SmdError ? cause : damaged(`${file}: ${(cause as Error).message}`, cause)
  } finally {
    sqlite?.close()
  }
}

/**
 * Puts the database file `prepared`, which lies in the same folder, in the place of `file`, which nobody has open. The
 * former one is moved away whole first: its log beside another database would be taken for that one's. A crash on the way
 * leaves no `file`, which is then made anew; `stamp` is part of the name of what is moved.
 */
export function putInPlace(file: string, prepared: string, stamp: string): void {
  const former = `${file}.replaced-${stamp}`
  for (const suffix of SUFFIXES) if (existsSync(file + suffix)) renameSync(file + suffix, former + suffix)
  try {
    renameSync(prepared, file)
  } catch (error) {
    for (const suffix of SUFFIXES) if (existsSync(former + suffix)) renameSync(former + suffix, file + suffix)
    throw error
  }
  syncFolder(dirname(file))
  for (const suffix of SUFFIXES) rmSync(former + suffix, { force: true })
}

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const fd = openSync(folder, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
