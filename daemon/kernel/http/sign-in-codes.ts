import { digest, isSame, newSecret } from './secrets.ts'

/** How long a code is good, ms: as long as a browser takes to start. */
export const CODE_LIFETIME_MS = 60_000
/** Older ones go when more are asked for. */
const MAX_CODES = 32

type Code = { digest: Buffer; expiresAt: number }

/** Codes that sign one browser in, once. Kept in memory alone: they are gone with the daemon, or after a minute. */
export class SignInCodes {
  readonly #now: () => number
  #codes: Code[] = []

  constructor(now: () => number) {
    this.#now = now
  }

  make(): { code: string; expiresAt: number } {
    const code = newSecret()
    const expiresAt = this.#now() + CODE_LIFETIME_MS
    this.#codes = [...this.#valid(), { digest: digest(code), expiresAt }].slice(-MAX_CODES)
    return { code, expiresAt }
  }

  /** Whether the code is good; it is not any more then. */
  take(code: string): boolean {
    const given = digest(code)
    const valid = this.#valid()
    this.#codes = valid.filter((known) => !isSame(known.digest, given))
    return this.#codes.length < valid.length
  }

  #valid(): Code[] {
    const now = this.#now()
    // A clock that was set back makes none last longer.
    return this.#codes.filter(({ expiresAt }) => now < expiresAt && expiresAt - now <= CODE_LIFETIME_MS)
  }
}
