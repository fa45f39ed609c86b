import { redactUrl } from '../secrets/redact.ts'
import { NetError } from './net-error.ts'
import type { NetTimers } from './net-timers.ts'
import { type LimitedAnswer, limitedUntil } from './rate-limit.ts'
import { TokenBucket } from './token-bucket.ts'

/** Requests to one host at once, and per minute in the long run (formats spec section 19). */
const CAPACITY = 100
const WINDOW = 60_000
/** How long a request waits for its turn, ms. */
const PATIENCE = 30_000

/** How often each host may be asked: by our own measure, and as it says itself. */
export class HostLimits {
  readonly #now: () => number
  readonly #monotonic: () => number
  readonly #timers: NetTimers
  readonly #buckets = new Map<string, TokenBucket>()
  /** By host and whether we are known there, which limits depend on; Unix ms. */
  readonly #closedUntil = new Map<string, number>()

  constructor(now: () => number, monotonic: () => number, timers: NetTimers) {
    this.#now = now
    this.#monotonic = monotonic
    this.#timers = timers
  }

  /** Waits for a turn. Errors: `rate_limited` when the host is closed or the wait too long; the reason of `signal`. */
  async enter(url: URL, key: string, signal: AbortSignal): Promise<void> {
    this.#assertOpen(url, key)
    let bucket = this.#buckets.get(url.host)
    if (!bucket) {
      bucket = new TokenBucket(CAPACITY, WINDOW, this.#monotonic)
      this.#buckets.set(url.host, bucket)
    }
    const turn = bucket.take(PATIENCE)
    if (!turn.granted) throw this.#limited(url, this.#now() + turn.retryAfterSeconds * 1000)
    if (turn.waitMs === 0) return
    await this.#timers.pause(turn.waitMs, signal)
    this.#assertOpen(url, key)
  }

  /** Heeds what an answer says. Errors: `rate_limited` when the answer is nothing but that. */
  heard(url: URL, key: string, answer: LimitedAnswer): void {
    const until = limitedUntil(answer, this.#now())
    if (until === null) return
    this.#closedUntil.set(key, until)
    if (answer.status !== 200 && answer.status !== 304) throw this.#limited(url, until)
  }

  #assertOpen(url: URL, key: string): void {
    const until = this.#closedUntil.get(key) ?? 0
    if (until > this.#now()) throw this.#limited(url, until)
  }

  #limited(url: URL, retryAt: number): NetError {
    return new NetError('rate_limited', `${redactUrl(url.origin)} wants to be asked less often.`, {
      retryAt,
      transient: true,
    })
  }
}
