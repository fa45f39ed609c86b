import { systemTimers, type Timers } from '../timers.ts'
import { digest, isSame, newSecret } from './secrets.ts'

/** How long a code is good, ms: as long as a browser takes to start. */
export const CODE_LIFETIME_MS = 60_000
/** Older ones go when more are asked for. */
const MAX_CODES = 32

type Code = {
  digest: Buffer
  /** It is good no more. */
  forget(): void
}

/** Codes that sign one browser in, once. Kept in memory alone: they are gone with the daemon, or after a minute. */
export class SignInCodes {
  readonly #now: () => number
  readonly #timers: Timers
  readonly #codes = new Set<Code>()

  constructor(now: () => number, timers: Timers = systemTimers) {
    this.#now = now
    this.#timers = timers
  }

  /** `onGone` is called when the code was used, or is too old. */
  make(onGone: () => void = () => undefined): { code: string; expiresAt: number } {
    const secret = newSecret()
    const cancel = this.#timers.after(CODE_LIFETIME_MS, () => code.forget())
    const code: Code = {
      digest: digest(secret),
      forget: () => {
        cancel()
        if (this.#codes.delete(code)) onGone()
      },
    }
    this.#codes.add(code)
    const [oldest] = this.#codes
    if (this.#codes.size > MAX_CODES) oldest?.forget()
    return { code: secret, expiresAt: this.#now() + CODE_LIFETIME_MS }
  }

  /** Whether the code is good; it is not any more then. */
  take(secret: string): boolean {
    const given = digest(secret)
    const taken = [...this.#codes].filter((code) => isSame(code.digest, given))
    for (const code of taken) code.forget()
    return taken.length > 0
  }
}
