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
}
