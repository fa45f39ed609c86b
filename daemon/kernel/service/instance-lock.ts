import { closeSync, lstatSync, openSync, truncateSync } from 'node:fs'
import Sqlite from 'better-sqlite3'

export type InstanceLock = {
  release(): void
  /** False when the file was deleted or replaced: then another process may hold a lock of the same name. */
  isInPlace(): boolean
}

/**
 * The lock that makes the daemon the only one: an exclusive transaction on a tiny SQLite file, held while it lives.
 * The system frees it with the process, however that ends, so there are no stale locks and no pid files (daemon spec,
 * traps). Null when another process holds it.
 */
export function acquireInstanceLock(file: string): InstanceLock | null {
  closeSync(openSync(file, 'a', 0o600))
  const sqlite = new Sqlite(file, { timeout: 0 })
  try {
    sqlite.exec('BEGIN EXCLUSIVE')
    const inode = inodeOf(file)
    return { release: () => sqlite.close(), isInPlace: () => inodeOf(file) === inode }
  } catch (error) {
    sqlite.close()
    const { code } = error as { code?: string }
    if (code === 'SQLITE_BUSY') return null
    if (code !== 'SQLITE_NOTADB') throw error
    // Something wrote into the file. Emptied, it serves again; a lock that another process just took on it stays.
    truncateSync(file)
    return acquireInstanceLock(file)
  }
}

const inodeOf = (file: string): number | null => lstatSync(file, { throwIfNoEntry: false })?.ino ?? null
