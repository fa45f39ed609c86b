/** The copy that is made before the schema of a filled cache changes. */
import {
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { SmdError } from '../../../protocol/errors.ts'
import type { Database } from './database.ts'

/** Room for the copy, and as much again for what the steps write. */
const COPIES_OF_ROOM = 2

/**
 * Where a smd that knows `version` keeps its cache when `cache.db` is of a newer one: `cache.v2.db` beside it. A copy
 * made before a migration has this name too, so that going back to the former smd finds its cache filled (ADR 0012).
 */
export function versionedFile(file: string, version: number): string {
  const extension = extname(file)
  return join(dirname(file), `${basename(file, extension)}.v${version}${extension}`)
}

/**
 * Copies a database of schema `from` to its versioned name and makes sure that the copy is whole.
 * Errors: `cache.no_space` when the disk has not twice the size of the file left; `cache.unavailable` with `problem`
 * `corrupt` when the file or the copy is damaged; those of the file system.
 */
export function copyBeforeMigrating(
  db: Database,
  file: string,
  from: number,
  freeBytes: (folder: string) => number = freeBytesOf,
): void {
  const needed = COPIES_OF_ROOM * (statSync(file).size + (sizeOf(`${file}-wal`) ?? 0))
  const free = freeBytes(dirname(file))
  if (free < needed) throw new SmdError('cache.no_space', { needed, free })
  const copy = versionedFile(file, from)
  const unfinished = `${copy}.unfinished`
  for (const suffix of ['', '-journal']) rmSync(unfinished + suffix, { force: true })
  try {
    // SQLite writes into an empty file, and this one is private whatever the umask.
    writeFileSync(unfinished, '', { mode: 0o600 })
    db.runSql('VACUUM INTO ?', unfinished)
    verify(unfinished, from)
    syncToDisk(unfinished)
    for (const suffix of ['-wal', '-shm']) rmSync(copy + suffix, { force: true })
    renameSync(unfinished, copy)
  } catch (error) {
    rmSync(unfinished, { force: true })
    throw error
  }
}

/** Removes copies of schemas before `from`: who goes back goes back one step, not ten. */
export function removeOlderCopies(file: string, from: number): void {
  const folder = dirname(file)
  const extension = extname(file)
  const stem = `${basename(file, extension)}.v`
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(stem) || !name.endsWith(extension)) continue
    const version = name.slice(stem.length, name.length - extension.length)
    if (!/^\d+$/.test(version) || Number(version) >= from) continue
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder, name + suffix), { force: true })
  }
}

function verify(copy: string, version: number): void {
  const sqlite = new Sqlite(copy, { readonly: true })
  try {
    const verdict = sqlite.pragma('quick_check(1)', { simple: true })
    const found = sqlite.pragma('user_version', { simple: true })
    if (verdict === 'ok' && found === version) return
    const reason = `the copy made before the migration is damaged (${verdict}, schema ${found})`
    throw new SmdError('cache.unavailable', { reason, problem: 'corrupt' })
  } finally {
    sqlite.close()
  }
}

function syncToDisk(path: string): void {
  const fd = openSync(path, 'r+')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

const sizeOf = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.size

function freeBytesOf(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}
