/** How fast wrong proofs are answered, all clients together: one each so many ms. */
const PAUSE_MS = 200
/** Nobody waits longer: more would only hold connections open. */
const MAX_WAIT_MS = 5_000

export type ProofKind = 'token' | 'code'

/**
 * Counts proofs that let nobody in, and makes those who try many of them wait. Whoever shows a right one does not wait,
 * however many others guess.
 */
export class FailedProofs {
  readonly #now: () => number
  readonly counts: Record<ProofKind, number> = { token: 0, code: 0 }
  /** When the next wrong proof may be answered, Unix ms. */
  #nextAt = 0

  constructor(now: () => number) {
    this.#now = now
  }

  /** How long to wait before one is answered, ms. */
  record(kind: ProofKind): number {
    this.counts[kind]++
    const now = this.#now()
    const at = Math.min(Math.max(now, this.#nextAt) + PAUSE_MS, now + MAX_WAIT_MS)
    this.#nextAt = at
    return at - now
  }
}
