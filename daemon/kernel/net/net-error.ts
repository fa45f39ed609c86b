/**
 * Why there is no answer. `offline`: the setting forbids to ask; `unreachable`: no network, or no such name; `broken`: the
 * other side takes no connection, broke it, or is not who it should be; `status`: an answer that is none; `refused`: we
 * do not go where we were sent; `bad_body`: what came cannot be read.
 */
export type NetFailure =
  | 'offline'
  | 'unreachable'
  | 'broken'
  | 'timeout'
  | 'status'
  | 'rate_limited'
  | 'too_large'
  | 'refused'
  | 'bad_body'

type Details = { status?: number; retryAt?: number; transient?: boolean; cause?: unknown }

/** A request that failed. The message holds no secret. */
export class NetError extends Error {
  readonly kind: NetFailure
  /** HTTP status, for the kind `status`; else 0. */
  readonly status: number
  /** Not to be asked again before, Unix ms; null: whenever. */
  readonly retryAt: number | null
  /** Whether it may well be gone when one asks again soon. */
  readonly transient: boolean

  constructor(kind: NetFailure, message: string, details: Details = {}) {
    const { status = 0, retryAt = null, transient = false, cause } = details
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'NetError'
    this.kind = kind
    this.status = status
    this.retryAt = retryAt
    this.transient = transient
  }
}
