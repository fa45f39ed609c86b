/** What a taker gets: its turn, perhaps a little later, or how long until it may ask again. */
export type Turn = { granted: true; waitMs: number } | { granted: false; retryAfterSeconds: number }

/**
 * Limits how often something happens (formats spec section 19): `capacity` times at once, and `capacity` per window in
 * the long run. Starts full and refills continuously. Nothing is awaited inside, so takers cannot overtake each other.
 */
export class TokenBucket {
  readonly #capacity: number
  readonly #windowMs: number
  readonly #monotonic: () => number
  /** Tokens times the window, so that whole milliseconds add up without rounding. Negative: promised to those who wait. */
  #credit: number
  #at: number

  /** `monotonic`: ms of a clock that never goes back. */
  constructor(capacity: number, windowMs: number, monotonic: () => number) {
    this.#capacity = capacity
    this.#windowMs = windowMs
    this.#monotonic = monotonic
    this.#credit = capacity * windowMs
    this.#at = monotonic()
  }

  /** Takes a token, if need be one that is there within `patienceMs`. A refusal takes none. */
  take(patienceMs = 0): Turn {
    this.#refill()
    const after = this.#credit - this.#windowMs
    const waitMs = after >= 0 ? 0 : -after / this.#capacity
    if (waitMs > patienceMs) return { granted: false, retryAfterSeconds: Math.ceil(waitMs / 1000) }
    this.#credit = after
    return { granted: true, waitMs }
  }

  #refill(): void {
    const now = this.#monotonic()
    const elapsed = Math.max(now - this.#at, 0)
    this.#at = now
    this.#credit = Math.min(this.#credit + elapsed * this.#capacity, this.#capacity * this.#windowMs)
  }
}
