import type { Listing } from './tree-id.ts'

/** A tree as GitHub told it. */
export type GithubTree = {
  /** Object the name led to: the commit, or the tree itself. */
  id: string
  /** Some of the entries are missing. */
  truncated: boolean
  listing: Listing
  etag: string | null
}

export type TreeResult = GithubTree | 'unchanged'

type Entry = { at: number; etag: string | null; result: Promise<TreeResult>; size: number }

/** How long an answer serves others who ask for the same, ms: about as long as one check takes. */
const LIFETIME = 60_000
/** Repositories, and entries of all of them (about 600 bytes each), beyond which the oldest are forgotten. */
const MAX_TREES = 64
const MAX_ENTRIES = 100_000

/**
 * Trees asked for a moment ago, so that a repository that is both a source of skills and a marketplace is asked once in
 * a check, also when both ask at the same time.
 */
export class TreeMemo {
  readonly #now: () => number
  readonly #entries = new Map<string, Entry>()

  constructor(now: () => number) {
    this.#now = now
  }

  /** What is known of `url`, or what `load` finds, seen by somebody who has the answer with this ETag. */
  async get(url: string, etag: string | null, load: () => Promise<TreeResult>): Promise<TreeResult> {
    const known = this.#entries.get(url)
    if (known && this.#now() - known.at < LIFETIME) {
      const result = await known.result.catch(() => null)
      if (result === 'unchanged' && etag === known.etag) return result
      if (result !== null && result !== 'unchanged') {
        return etag !== null && etag === result.etag ? 'unchanged' : result
      }
    }
    const entry: Entry = { at: this.#now(), etag, result: load(), size: 0 }
    this.#entries.delete(url)
    this.#entries.set(url, entry)
    const result = await entry.result
    if (result !== 'unchanged') entry.size = result.listing.size
    this.#forget()
    return result
  }

  #forget(): void {
    let entries = 0
    for (const { size } of this.#entries.values()) entries += size
    for (const [url, { size }] of this.#entries) {
      if (entries <= MAX_ENTRIES && this.#entries.size <= MAX_TREES) return
      this.#entries.delete(url)
      entries -= size
    }
  }
}
