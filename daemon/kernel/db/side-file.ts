import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import Sqlite from 'better-sqlite3'
import { SmdError } from '../../../protocol/errors.ts'
import { Database } from './database.ts'

/** How long a connection waits for another one. */
const BUSY_MS = 2_000

/**
 * Opens, and creates, a small database beside the cache, private to the user and with one file only while it is closed.
 * `steps[n]` leads from version n (`user_version`) to n + 1, each in a transaction.
 * Errors: `cache.unavailable`, also for a file of a newer version.
 */
export function openSideFile(file: string, steps: readonly string[]): Database {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600))
  const db = new Database(new Sqlite(file, { timeout: BUSY_MS }))
  try {
    db.pragma('foreign_keys = ON')
    const version = db.pragma('user_version') as number
    if (version > steps.length)
      throw new SmdError('cache.unavailable', { reason: `${file} was written by a newer smd` })
    for (const [at, step] of steps.entries()) {
      if (at < version) continue
      db.transaction(() => {
        db.exec(step)
        db.pragma(`user_version = ${at + 1}`)
      })
    }
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** Opens a database of another program to look at it; null when there is none. Errors: `cache.unavailable`. */
export function openForeignFile(file: string): Database | null {
  if (!existsSync(file)) return null
  return new Database(new Sqlite(file, { readonly: true, timeout: BUSY_MS }))
}
