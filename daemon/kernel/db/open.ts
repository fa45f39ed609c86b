import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import Sqlite from 'better-sqlite3'
import { migrations } from '../../../migrations/index.ts'
import type { Migration } from '../../../migrations/migration.ts'
import { SmdError } from '../../../protocol/errors.ts'
import { Database } from './database.ts'
import { APPLICATION_ID, migrate, schemaVersion } from './migrate.ts'
import { copyBeforeMigrating, removeOlderCopies } from './migration-copy.ts'

/** How long a connection waits for the writer before it reports a busy database. */
const BUSY_MS = 5_000
/** Pages each connection keeps. Small, because the system's page cache holds the file anyway and each thread has one. */
const READER_CACHE_KB = 2_000
const WRITER_CACHE_KB = 4_000
/** Pages of log after which the writer folds it in by itself; each refresh ends with that anyway. */
const CHECKPOINT_PAGES = 4_000

/** A schema beyond this was never released: the number itself is damaged. */
const MAX_SCHEMA = 10_000

/** What another version of smd, or a full disk, would have different; for tests. */
export type OpenOptions = {
  steps?: readonly Migration[]
  /** Bytes left for this user in a folder. */
  freeBytes?: (folder: string) => number
}

/**
 * Opens (and creates) the file for writing and brings its schema up to date. Only the writer does this. What a filled
 * file holds is copied and the copy verified before its schema changes.
 * Errors: `cache.newer`; `cache.no_space`; `cache.unavailable`, whose `problem` is `foreign`, `corrupt` or `unmigrated`
 * when the file is to blame and not the machine.
 */
export function openForWriting(file: string, { steps = migrations, freeBytes }: OpenOptions = {}): Database {
  const sqlite = createPrivately(file)
  const db = new Database(sqlite)
  try {
    refuseForeign(db, file)
    // Only what has no page yet can be made so; an older file is rewritten when it is worth it (maintenance-writes.ts).
    if (db.pragma('page_count') === 0) db.pragma('auto_vacuum = INCREMENTAL')
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = NORMAL')
    db.pragma(`cache_size = -${WRITER_CACHE_KB}`)
    db.pragma('foreign_keys = ON')
    db.pragma('temp_store = MEMORY')
    db.pragma('journal_size_limit = 8388608')
    db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
    const from = checkedVersion(db, file)
    const filled = from > 0 && from < steps.length
    if (filled) copyBeforeMigrating(db, file, from, freeBytes)
    bringUpToDate(db, steps)
    if (filled) removeOlderCopies(file, from)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/**
 * Opens an existing cache for reading. Readers see committed rows only and never block the writer (WAL).
 * Errors: `cache.newer` and `cache.unavailable` as named there; `cache.unavailable` when there is no file.
 */
export function openForReading(file: string, { steps = migrations }: OpenOptions = {}): Database {
  if (!existsSync(file)) throw new SmdError('cache.unavailable', { reason: `there is no ${file}` })
  const db = new Database(connect(file))
  try {
    refuseForeign(db, file)
    const found = checkedVersion(db, file)
    if (found > steps.length) throw new SmdError('cache.newer', { found, known: steps.length })
    if (found < steps.length) {
      throw new SmdError('cache.unavailable', { reason: `schema ${found} is older than ${steps.length}` })
    }
    db.pragma('query_only = ON')
    db.pragma('temp_store = MEMORY')
    db.pragma(`cache_size = -${READER_CACHE_KB}`)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** A cache in memory with the same schema: for one-off scans and tests. */
export function openInMemory(): Database {
  const db = new Database(new Sqlite(':memory:'))
  db.pragma('foreign_keys = ON')
  migrate(db)
  return db
}

/** Fails when the native module does not load, with the reason of the system. */
export function probeSqlite(): void {
  new Sqlite(':memory:').close()
}

/** The file is created 0600 before SQLite opens it; -wal and -shm inherit its mode. */
function createPrivately(file: string): InstanceType<typeof Sqlite> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600))
  return connect(file)
}

function connect(file: string): InstanceType<typeof Sqlite> {
  if (!statSync(file).isFile()) throw foreign(`${file} is not a file`)
  keepPrivate(file)
  return new Sqlite(file, { timeout: BUSY_MS })
}

/** A file that `cache.path` names may lie among those of others: it must not be theirs, and is closed to them. */
function keepPrivate(file: string): void {
  const uid = process.getuid?.()
  for (const path of uid === undefined ? [] : [file, `${file}-wal`, `${file}-shm`]) {
    const found = statSync(path, { throwIfNoEntry: false })
    if (!found) continue
    if (found.uid !== uid && found.uid !== 0) throw foreign(`${path} belongs to user ${found.uid}`)
    if (found.uid !== uid || (found.mode & 0o077) === 0) continue
    try {
      chmodSync(path, found.mode & 0o700)
    } catch (error) {
      // On a disk that is read-only as a whole, where nothing new gets into it either.
      if ((error as NodeJS.ErrnoException).code !== 'EROFS') throw error
    }
  }
}

const foreign = (reason: string): SmdError =>
  new SmdError('cache.unavailable', { reason, problem: 'foreign' })
const corrupt = (reason: string): SmdError =>
  new SmdError('cache.unavailable', { reason, problem: 'corrupt' })

/** The schema's number. Errors: `cache.unavailable` (corrupt) when there cannot be one like it. */
function checkedVersion(db: Database, file: string): number {
  const version = schemaVersion(db)
  const tables = version === 0 ? (db.valueSql<number>('SELECT count(*) FROM sqlite_schema') ?? 0) : 0
  if (version < 0 || version > MAX_SCHEMA || tables > 0)
    throw corrupt(`${file} says of itself that it has schema ${version}`)
  return version
}

/**
 * A full or failing disk is no fault of the file, which stays as it was. A step that cannot run on what the file holds
 * would fail at every start.
 */
function bringUpToDate(db: Database, steps: readonly Migration[]): void {
  try {
    migrate(db, { steps })
  } catch (cause) {
    if (cause instanceof SmdError && cause.slug !== 'cache.constraint') throw cause
    const reason = `its schema could not be changed: ${(cause as Error).message}`
    throw new SmdError('cache.unavailable', { reason, problem: 'unmigrated' }, { cause })
  }
}

/** What is not ours is left alone; an empty file (new) has application id 0 and no tables. */
function refuseForeign(db: Database, file: string): void {
  const id = db.pragma('application_id') as number
  if (id === APPLICATION_ID) return
  const tables = db.valueSql<number>('SELECT count(*) FROM sqlite_schema') ?? 0
  if (id !== 0 || tables > 0) {
    throw foreign(`${file} is a database of another program`)
  }
}
