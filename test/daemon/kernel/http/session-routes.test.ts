import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  type CookieOptions,
  sessionCookie,
  sessionSource,
} from '../../../../daemon/kernel/http/session-cookie.ts'
import { sessionRoutes } from '../../../../daemon/kernel/http/session-routes.ts'
import { Sessions } from '../../../../daemon/kernel/http/sessions.ts'
import { SignInCodes } from '../../../../daemon/kernel/http/sign-in-codes.ts'
import { httpLab } from '../../../support/http-lab.ts'

const DAY_MS = 86_400_000

async function signInLab(options: Partial<CookieOptions> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'smd-sign-in-'))
  const clock = { now: Date.now() }
  const now = (): number => clock.now
  const codes = new SignInCodes(now)
  const file = join(folder, 'web-sessions.json')
  const sessions = new Sessions({ file, now, days: () => 30, onError: expect.unreachable })
  onTestFinished(async () => {
    await sessions.settled
    rmSync(folder, { recursive: true })
  })
  const cookie = sessionCookie({ port: () => 7463, basePath: '/', days: () => 30, ...options })
  const routes = sessionRoutes({ sessions, codes, cookie })
  const lab = await httpLab({ routes, sources: [sessionSource(sessions, cookie)] })
  const own = { origin: lab.origin }
  const exchange = (code: unknown) =>
    lab.ask('/api/session', { method: 'POST', headers: own, body: JSON.stringify({ code }) })
  return { ...lab, clock, codes, sessions, own, exchange }
}

/** `name=value` of the cookie that a reply sets. */
const cookieOf = (headers: { 'set-cookie'?: string[] | undefined }): string =>
  headers['set-cookie']?.[0]?.split(';')[0] ?? ''

describe('POST /api/session', () => {
  it('exchanges a code for a cookie that scripts and other sites cannot use (S6)', async () => {
    const { codes, exchange, ask } = await signInLab()
    const { status, body, headers } = await exchange(codes.make().code)
    expect([status, body]).toEqual([204, ''])
    expect(headers['set-cookie']).toEqual([
      expect.stringMatching(/^smd_7463=[\w-]{43}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Strict$/),
    ])
    const session = await ask('/api/session', { headers: { cookie: cookieOf(headers) } })
    expect(JSON.parse(session.body)).toMatchObject({ scope: 'write', expiresAt: expect.any(Number) })
  })

  it('takes a code once: whoever saw it comes too late', async () => {
    const { codes, exchange, sessions } = await signInLab()
    const { code } = codes.make()
    expect((await exchange(code)).status).toBe(204)
    const again = await exchange(code)
    expect([again.status, JSON.parse(again.body).error]).toEqual([401, 'auth.code'])
    expect(again.headers).not.toHaveProperty('set-cookie')
    expect(sessions.count).toBe(1)
  })

  it('takes one of two that come at the same time', async () => {
    const { codes, exchange } = await signInLab()
    const { code } = codes.make()
    const both = await Promise.all([exchange(code), exchange(code)])
    expect(both.map(({ status }) => status).toSorted()).toEqual([204, 401])
  })

  it.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['no code', '{}'],
    ['a number', '{"code":7}'],
    ['null', 'null'],
  ])('wants a code, and not %s', async (_, body) => {
    const { ask, own } = await signInLab()
    const answer = await ask('/api/session', { method: 'POST', headers: own, body })
    expect([answer.status, JSON.parse(answer.body).error]).toEqual([422, 'http.invalid'])
  })

  it.each([[{ origin: 'http://evil.example' }], [{ 'sec-fetch-site': 'cross-site' }], [{}]])(
    'signs nobody in whom another site sends: %j',
    async (headers) => {
      const { ask, codes } = await signInLab()
      const { code } = codes.make()
      const answer = await ask('/api/session', { method: 'POST', headers, body: JSON.stringify({ code }) })
      expect([answer.status, JSON.parse(answer.body).error]).toEqual([403, 'http.origin'])
      // The code is still good for its owner.
      expect(codes.take(code)).toBe(true)
    },
  )
})

describe('GET and DELETE /api/session', () => {
  it('say that nobody is signed in, and how one may be', async () => {
    const { ask } = await signInLab()
    for (const headers of [{}, { cookie: 'smd_7463=made-up' }, { cookie: 'smd_7463=' }]) {
      const answer = await ask('/api/session', { headers })
      expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, 'Bearer realm="smd"'])
      expect(JSON.parse(answer.body)).toMatchObject({
        error: 'auth.required',
        hint: expect.stringContaining('smd open'),
      })
    }
  })

  it('sign this browser out, and no other', async () => {
    const { ask, exchange, codes, own } = await signInLab()
    const one = cookieOf((await exchange(codes.make().code)).headers)
    const other = cookieOf((await exchange(codes.make().code)).headers)
    const out = await ask('/api/session', { method: 'DELETE', headers: { ...own, cookie: one } })
    expect([out.status, out.headers['set-cookie']]).toEqual([
      204,
      ['smd_7463=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict'],
    ])
    expect((await ask('/api/session', { headers: { cookie: one } })).status).toBe(401)
    expect((await ask('/api/session', { headers: { cookie: other } })).status).toBe(200)
  })

  it('renew the cookie of a browser that comes back after a day', async () => {
    const { ask, exchange, codes, clock } = await signInLab()
    const cookie = cookieOf((await exchange(codes.make().code)).headers)
    expect((await ask('/api/session', { headers: { cookie } })).headers).not.toHaveProperty('set-cookie')
    clock.now += DAY_MS
    const later = await ask('/api/session', { headers: { cookie } })
    expect(later.headers['set-cookie']).toEqual([
      expect.stringContaining(`${cookie}; Path=/; Max-Age=2592000`),
    ])
    clock.now += 30 * DAY_MS
    expect((await ask('/api/session', { headers: { cookie } })).status).toBe(401)
  })
})

describe('sessionCookie', () => {
  it('is named after the port, since cookies know none, and lies where the page does', () => {
    const days = (): number => 2
    const cookie = sessionCookie({ port: () => 81, basePath: '/tools/smd/', days })
    expect(cookie.name()).toBe('smd_81')
    expect(cookie.set('x')).toBe('smd_81=x; Path=/tools/smd; Max-Age=172800; HttpOnly; SameSite=Strict')
  })
})
