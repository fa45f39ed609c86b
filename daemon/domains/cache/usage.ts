/** Queries that took long, in a row and within a time, that are too many to be chance. */
const FREQUENT = 10
const FREQUENT_WITHIN_MS = 600_000

/**
 * How the cache is used since the daemon started (CACHE-2.1f).
 * A hit is a read answered at once from a filled cache; a miss had to wait for the disk.
 */
export class CacheUsage {
  hits = 0
  misses = 0
  #queries = 0
  #totalMs = 0
  #maxMs = 0
  /** Slow ones by method. */
  readonly slow = new Map<string, number>()
  /** When the latest slow ones were, oldest first. */
  readonly #slowAt: number[] = []

  recordQuery(ms: number): void {
    this.#queries++
    this.#totalMs += ms
    this.#maxMs = Math.max(this.#maxMs, ms)
  }

  /** In addition to `recordQuery`. */
  recordSlow(method: string, at: number): void {
    this.slow.set(method, (this.slow.get(method) ?? 0) + 1)
    this.#slowAt.push(at)
    if (this.#slowAt.length > FREQUENT) this.#slowAt.shift()
  }

  /** Whether slow queries were frequent lately. */
  isOftenSlow(now: number): boolean {
    const [oldest] = this.#slowAt
    return this.#slowAt.length === FREQUENT && oldest !== undefined && now - oldest < FREQUENT_WITHIN_MS
  }

  get hitRate(): number | null {
    const reads = this.hits + this.misses
    return reads === 0 ? null : this.hits / reads
  }

  get queries(): { count: number; meanMs: number | null; maxMs: number | null; slow: number } {
    const slow = [...this.slow.values()].reduce((sum, count) => sum + count, 0)
    if (this.#queries === 0) return { count: 0, meanMs: null, maxMs: null, slow }
    return { count: this.#queries, meanMs: this.#totalMs / this.#queries, maxMs: this.#maxMs, slow }
  }
}
