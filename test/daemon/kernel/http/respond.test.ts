import { describe, expect, it } from 'vitest'
import type { HttpReply, Route } from '../../../../daemon/kernel/http/route.ts'
import { httpLab } from '../../../support/http-lab.ts'

const served = (reply: HttpReply, method: Route['method'] = 'GET') =>
  httpLab({ routes: [{ method, path: '/api/x', scope: 'none', handle: () => reply }] })

describe('ETag and 304', () => {
  it.each([
    ['a text', 'hello'],
    ['bytes', Buffer.from([1, 2, 3])],
    ['nothing', ''],
  ])('are there for %s', async (_, body) => {
    const { ask } = await served({ status: 200, headers: { 'content-type': 'text/plain' }, body })
    const { etag } = (await ask('/api/x')).headers
    expect(etag).toMatch(/^"[\w-]{22}"$/)
    for (const known of [`${etag}`, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await ask('/api/x', { headers: { 'if-none-match': known } })
      expect([again.status, again.body, again.headers.etag], known).toEqual([304, '', etag])
      expect(again.headers).toMatchObject({ 'x-content-type-options': 'nosniff' })
      expect(again.headers).not.toHaveProperty('content-type')
    }
    const other = await ask('/api/x', { headers: { 'if-none-match': '"other"' } })
    expect(other.status).toBe(200)
  })

  it('differ when the body does, and are the same for GET and HEAD', async () => {
    let body = 'one'
    const route: Route = {
      method: 'GET',
      path: '/api/x',
      scope: 'none',
      handle: () => ({ status: 200, body }),
    }
    const { ask } = await httpLab({ routes: [route] })
    const first = (await ask('/api/x')).headers.etag
    expect((await ask('/api/x', { method: 'HEAD' })).headers.etag).toBe(first)
    body = 'two'
    expect((await ask('/api/x', { headers: { 'if-none-match': `${first}` } })).body).toBe('two')
  })

  it('come from the route where it knows better, and are not made of large bodies', async () => {
    const own = await served({ status: 200, headers: { etag: '"v7"' }, body: 'x'.repeat(300_000) })
    expect((await own.ask('/api/x')).headers.etag).toBe('"v7"')
    expect((await own.ask('/api/x', { headers: { 'if-none-match': '"v7"' } })).status).toBe(304)
    const large = await served({ status: 200, body: 'x'.repeat(300_000) })
    expect((await large.ask('/api/x')).headers).not.toHaveProperty('etag')
  })

  it.each([
    [{ status: 404, body: 'x' }, 'GET'],
    [{ status: 200, body: 'x' }, 'POST'],
    [{ status: 200, body: ['x'] }, 'GET'],
  ] as const)('are not there for %j to %s', async (reply, method) => {
    const { ask } = await served(reply, method)
    const answer = await ask('/api/x', {
      method,
      headers: { authorization: 'Bearer x', 'if-none-match': '*' },
    })
    // Parts end with a line.
    expect([answer.status, answer.body.trimEnd()]).toEqual([reply.status, 'x'])
    expect(answer.headers).not.toHaveProperty('etag')
  })
})

describe('lengths', () => {
  it('are said in bytes, and not where there is no content', async () => {
    const umlauts = await served({ status: 200, body: 'äöü€😀' })
    const answer = await umlauts.ask('/api/x')
    expect([answer.body, answer.headers['content-length']]).toEqual(['äöü€😀', '13'])
    const nothing = await served({ status: 204 })
    expect((await nothing.ask('/api/x')).headers).not.toHaveProperty('content-length')
  })
})
