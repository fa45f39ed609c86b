import type BetterSqlite3 from 'better-sqlite3'
import type { Compilable, CompiledQuery } from 'kysely'
import { SmdError } from '../../../protocol/errors.ts'

type Parameter = string | number | bigint | Buffer | null
/** By place (`?`), or one object by name (`:name`). */
type Parameters = Parameter[] | [Record<string, Parameter>]
type Query<Row> = Compilable<Row> | CompiledQuery<Row>

/** Pages copied at a time: about a megabyte, a few milliseconds. */
const BACKUP_PAGES = 256

const newStatements = (): Map<string, BetterSqlite3.Statement> => new Map()

/** Statements kept per connection and form; more than the number of distinct texts smd sends. */
const MAX_STATEMENTS = 256

/**
 * One SQLite connection with its prepared statements, keyed by their text.
 *
 * kysely builds and types the queries; running them through cached statements instead of its driver is three times
 * faster on a point read (performance spec section 3). Everything is synchronous: nothing here may wait for I/O of
 * another kind.
 */
export class Database {
  #sqlite: BetterSqlite3.Database
  readonly #statements = { rows: newStatements(), values: newStatements() }
  #committed: number | undefined
  #version = 0
  /** Called when SQLite finds that the file is damaged; the error is thrown all the same. */
  onCorrupt: () => void = () => undefined

  constructor(sqlite: BetterSqlite3.Database) {
    this.#sqlite = sqlite
  }

  /** All rows of a query. */
  all<Row>(query: Query<Row>): Row[] {
    const { sql, parameters } = compiled(query)
    return this.#guard(() => this.#statement(sql).all(...parameters) as Row[])
  }

  /** The first row, or undefined. */
  get<Row>(query: Query<Row>): Row | undefined {
    const { sql, parameters } = compiled(query)
    return this.#guard(() => this.#statement(sql).get(...parameters) as Row | undefined)
  }

  /** Runs a statement that returns no rows. */
  run(query: Query<unknown>): { changes: number; lastInsertRowid: number } {
    this.#version++
    const { sql, parameters } = compiled(query)
    return this.#guard(() => counted(this.#statement(sql).run(...parameters)))
  }

  /** Rows of a hand-written statement; for what kysely cannot say (FTS5, json_group_array) and for hot paths. */
  allSql<Row>(sql: string, ...parameters: Parameters): Row[] {
    return this.#guard(() => this.#statement(sql).all(...parameters) as Row[])
  }

  getSql<Row>(sql: string, ...parameters: Parameters): Row | undefined {
    return this.#guard(() => this.#statement(sql).get(...parameters) as Row | undefined)
  }

  /** First column of the first row, or undefined; the cheapest way to fetch one value. */
  valueSql<Value>(sql: string, ...parameters: Parameters): Value | undefined {
    return this.#guard(() => this.#statement(sql, 'values').get(...parameters) as Value | undefined)
  }

  runSql(sql: string, ...parameters: Parameters): { changes: number; lastInsertRowid: number } {
    this.#version++
    return this.#guard(() => counted(this.#statement(sql).run(...parameters)))
  }

  /** Several statements at once, without parameters or rows: schema steps. */
  exec(sql: string): void {
    this.#version++
    this.#guard(() => this.#sqlite.exec(sql))
  }

  /**
   * A number that is another one whenever what this connection sees may have changed: somebody committed, this
   * connection wrote, or another database took this one's place. Takes 2 us.
   */
  get version(): number {
    const committed = this.valueSql<number>('PRAGMA data_version')
    if (committed !== this.#committed) {
      this.#committed = committed
      this.#version++
    }
    return this.#version
  }

  pragma(text: string): unknown {
    return this.#guard(() => this.#sqlite.pragma(text, { simple: true }))
  }

  /**
   * Runs `work` in one write transaction: all of it or, when it throws, nothing.
   * `BEGIN IMMEDIATE`, because a transaction that reads first and writes later fails without waiting.
   * `work` must not be asynchronous: the connection is shared by everybody in this thread.
   */
  transaction<Result>(work: () => Result): Result {
    if (this.#sqlite.inTransaction) throw new Error('a transaction is already running on this connection')
    this.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      if (result instanceof Promise) throw new Error('a transaction must not be asynchronous')
      this.exec('COMMIT')
      return result
    } catch (error) {
      if (this.#sqlite.inTransaction) this.#sqlite.exec('ROLLBACK')
      throw error
    }
  }

  /** As `transaction`, and on the disk when this returns, so that a power cut cannot take it back. */
  durably<Result>(work: () => Result): Result {
    // What else is written can be read again, and is worth no wait for the disk (performance spec section 3).
    const usual = this.pragma('synchronous') as number
    this.pragma('synchronous = FULL')
    try {
      return this.transaction(work)
    } finally {
      this.pragma(`synchronous = ${usual}`)
    }
  }

  /** Runs `work` on one unchanging picture of the database, whatever the writer commits meanwhile. */
  snapshot<Result>(work: () => Result): Result {
    if (this.#sqlite.inTransaction) return work()
    this.#guard(() => this.#sqlite.exec('BEGIN'))
    try {
      return work()
    } finally {
      this.#sqlite.exec('COMMIT')
    }
  }

  /** Copies everything into the file `to`, which must not exist; see `copyDatabase`. */
  async backupTo(to: string): Promise<void> {
    try {
      await this.#sqlite.backup(to, { progress: () => BACKUP_PAGES })
    } catch (cause) {
      throw databaseError(cause)
    }
  }

  close(): void {
    for (const statements of Object.values(this.#statements)) statements.clear()
    this.#sqlite.close()
  }

  /**
   * Goes on with the connection of `other`, which must not be used any more: whoever holds this object sees the new
   * database from then on. The former connection is closed.
   */
  takeOver(other: Database): void {
    this.close()
    this.#sqlite = other.#sqlite
    this.#version++
  }

  /** How rows come out is a mode of the statement object, so there is one for each form that a text is used in. */
  #statement(sql: string, form: 'rows' | 'values' = 'rows'): BetterSqlite3.Statement {
    const statements = this.#statements[form]
    const known = statements.get(sql)
    if (known) return known
    const statement = this.#sqlite.prepare(sql)
    if (form === 'values') statement.pluck()
    if (statements.size >= MAX_STATEMENTS) {
      const oldest = statements.keys().next().value
      if (oldest !== undefined) statements.delete(oldest)
    }
    statements.set(sql, statement)
    return statement
  }

  /** Foreign errors become ours at the edge; the cause keeps what SQLite said. */
  #guard<Result>(work: () => Result): Result {
    try {
      return work()
    } catch (cause) {
      const error = databaseError(cause)
      if (isCorrupt(error)) this.onCorrupt()
      throw error
    }
  }
}

function compiled<Row>(query: Query<Row>): { sql: string; parameters: Parameter[] } {
  const { sql, parameters } = 'compile' in query ? query.compile() : query
  return { sql, parameters: parameters as Parameter[] }
}

function counted(result: BetterSqlite3.RunResult): { changes: number; lastInsertRowid: number } {
  return { changes: result.changes, lastInsertRowid: Number(result.lastInsertRowid) }
}

/** Whether an error, also one from another thread, says that the file is damaged or no SQLite file at all. */
export function isCorrupt(error: unknown): boolean {
  return error instanceof SmdError && error.details.problem === 'corrupt'
}

/** SQLite's result codes in smd's words; anything that is not SQLite's passes unchanged. */
function databaseError(cause: unknown): unknown {
  const code = (cause as { code?: unknown }).code
  if (typeof code !== 'string' || !code.startsWith('SQLITE_')) return cause
  // A statement that is wrong is a bug, not a state of the machine.
  if (/^SQLITE_(ERROR|MISUSE|RANGE|MISMATCH)/.test(code)) return cause
  const { message } = cause as Error
  if (code.startsWith('SQLITE_CONSTRAINT'))
    return new SmdError('cache.constraint', { reason: message }, { cause })
  if (code.startsWith('SQLITE_READONLY'))
    return new SmdError('cache.read_only', { reason: message }, { cause })
  if (code === 'SQLITE_FULL') return new SmdError('cache.disk_full', {}, { cause })
  const reason = `${message} (${code})`
  // A file that is shorter than it says was cut, or another one was copied over it.
  const isCut = code === 'SQLITE_IOERR_SHORT_READ'
  const corrupt = isCut || code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT')
  return new SmdError('cache.unavailable', corrupt ? { reason, problem: 'corrupt' } : { reason }, { cause })
}
