/** How a browser keeps its session: out of reach of scripts and of other sites. */
import type { IdentitySource } from './identity.ts'
import type { Sessions } from './sessions.ts'

export type SessionCookie = {
  name(): string
  /** `Set-Cookie` for a session that was just made, or put off. */
  set(secret: string): string
  /** `Set-Cookie` that takes it away. */
  clear(): string
}

export type CookieOptions = {
  /** Where the page is served, once that is known. */
  port(): number
  /** As of `normaliseBasePath`. */
  basePath: string
  days(): number
}

/**
 * Browsers hand the cookies of a host to each of its ports, so its name holds ours: two daemons do not sign each
 * other's pages out.
 */
export function sessionCookie({ port, basePath, days }: CookieOptions): SessionCookie {
  const name = (): string => `smd_${port()}`
  const path = basePath === '/' ? '/' : basePath.slice(0, -1)
  const as = (value: string, seconds: number): string =>
    `${name()}=${value}; Path=${path}; Max-Age=${seconds}; HttpOnly; SameSite=Strict`
  return { name, set: (secret) => as(secret, days() * 86_400), clear: () => as('', 0) }
}

/** Browsers may look and change things; what ends the daemon or lets others in is for the command line. */
export function sessionSource(sessions: Sessions, cookie: SessionCookie): IdentitySource {
  return ({ cookie: sent }) => {
    const secret = sent(cookie.name())
    const found = secret ? sessions.find(secret) : null
    if (!found) return null
    const { isPutOff, ...session } = found
    return {
      kind: 'session',
      scope: 'write',
      ...session,
      setCookie: isPutOff ? cookie.set(secret as string) : null,
    }
  }
}
