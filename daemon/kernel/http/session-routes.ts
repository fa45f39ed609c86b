/** How a browser is signed in and out. */
import { SmdError } from '../../../protocol/errors.ts'
import type { HttpReply, Route } from './route.ts'
import type { SessionCookie } from './session-cookie.ts'
import type { Sessions } from './sessions.ts'
import type { SignInCodes } from './sign-in-codes.ts'

type Parts = { sessions: Sessions; codes: SignInCodes; cookie: SessionCookie }

export function sessionRoutes({ sessions, codes, cookie }: Parts): Route[] {
  return [
    {
      method: 'POST',
      path: '/api/session',
      scope: 'none',
      /** The code from the address that `web.link` made, for a session. Errors: `http.invalid`, `auth.code`. */
      async handle(request) {
        const code = codeIn(await request.body())
        if (!codes.take(code)) throw new SmdError('auth.code')
        const { secret } = await sessions.create()
        return { status: 204, headers: { 'set-cookie': cookie.set(secret) } }
      },
    },
    {
      method: 'GET',
      path: '/api/session',
      scope: 'read',
      handle: ({ visitor }) => json({ scope: visitor?.scope, expiresAt: visitor?.expiresAt }),
    },
    {
      method: 'DELETE',
      path: '/api/session',
      scope: 'read',
      async handle({ proof }) {
        const secret = proof.cookie(cookie.name())
        if (secret) await sessions.end(secret)
        return { status: 204, headers: { 'set-cookie': cookie.clear() } }
      },
    },
  ]
}

function codeIn(body: Buffer): string {
  try {
    const { code } = JSON.parse(body.toString('utf8'))
    if (typeof code === 'string') return code
  } catch {
    // Said below.
  }
  throw new SmdError('http.invalid', { reason: 'its body is not {"code": "…"}' })
}

function json(value: unknown): HttpReply {
  const headers = { 'content-type': 'application/json; charset=utf-8' }
  return { status: 200, headers, body: JSON.stringify(value) }
}
