import type { Database } from '../../kernel/db/database.ts'

/** Questions whose count is remembered at the same time. */
const MAX_COUNTS = 1_000

/**
 * How the cache is used since the daemon started (CACHE-2.1f), and counts that stay true until somebody writes.
 * A hit is a read answered at once from a filled cache; a miss had to wait for the disk.
 */
export class CacheUsage {
  hits = 0
  misses = 0
  #queries = 0
  #totalMs = 0
  #maxMs = 0
  readonly #db: Database
  readonly #counts = new Map<string, number>()
  #version = ''

  constructor(db: Database) {
    this.#db = db
  }

  recordQuery(ms: number): void {
    this.#queries++
    this.#totalMs += ms
    this.#maxMs = Math.max(this.#maxMs, ms)
  }

  get hitRate(): number | null {
    const reads = this.hits + this.misses
    return reads === 0 ? null : this.hits / reads
  }

  get queries(): { count: number; meanMs: number | null; maxMs: number | null } {
    if (this.#queries === 0) return { count: 0, meanMs: null, maxMs: null }
    return { count: this.#queries, meanMs: this.#totalMs / this.#queries, maxMs: this.#maxMs }
  }

  /** The result of `count`, kept under `key` until somebody changed the database. */
  counted(key: string, count: () => number): number {
    // The first number tells of other connections, the second of this one.
    const version = `${this.#db.valueSql('PRAGMA data_version')} ${this.#db.valueSql('SELECT total_changes()')}`
    if (version !== this.#version || this.#counts.size >= MAX_COUNTS) this.forgetCounts()
    this.#version = version
    const known = this.#counts.get(key)
    if (known !== undefined) return known
    const fresh = count()
    this.#counts.set(key, fresh)
    return fresh
  }

  /** For a database that was replaced as a whole. */
  forgetCounts(): void {
    this.#counts.clear()
  }
}
