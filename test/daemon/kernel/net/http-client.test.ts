import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  createHttpClient,
  type HttpRequest,
  type NetOptions,
} from '../../../../daemon/kernel/net/http-client.ts'
import { quickNet, serve, stillClock } from '../../../support/loopback.ts'

const canary = 'Bearer ghp_canaryCanaryCanary'

function client(options: Partial<NetOptions> = {}, clock = stillClock(), env: NodeJS.ProcessEnv = {}) {
  return createHttpClient({ ...quickNet(clock), now: clock.now, env, ...options })
}

const asking = (more: Partial<HttpRequest> = {}): HttpRequest => ({
  accept: 'application/json',
  signal: new AbortController().signal,
  ...more,
})

/** Answers with each of the statuses in turn, the last one for ever. */
function inTurn(...answers: Array<[status: number, headers?: Record<string, string>, body?: string]>) {
  let at = 0
  return (_: IncomingMessage, response: ServerResponse): void => {
    const [status, headers = {}, body = ''] = answers[Math.min(at++, answers.length - 1)] ?? [500]
    response.writeHead(status, headers).end(body)
  }
}

describe('an HTTP client', () => {
  it('gets what is there, and asks with the ETag the next time', async () => {
    const server = await serve((request, response) => {
      const isKnown = request.headers['if-none-match'] === 'W/"1"'
      response.writeHead(isKnown ? 304 : 200, { etag: 'W/"1"' }).end(isKnown ? undefined : '{"a":1}')
    })
    const net = client()
    const first = await net.get(`${server.origin}/x?y=1`, asking())
    expect(first).toMatchObject({ status: 200, etag: 'W/"1"', body: Buffer.from('{"a":1}') })
    const second = await net.get(`${server.origin}/x?y=1`, asking({ etag: first.etag }))
    expect(second).toMatchObject({ status: 304, etag: 'W/"1"' })
    expect(second.body).toHaveLength(0)
    expect(server.heard).toMatchObject([
      {
        method: 'GET',
        path: '/x?y=1',
        headers: { accept: 'application/json', 'user-agent': expect.stringMatching(/^smd\/\d/) },
      },
      { headers: { 'if-none-match': 'W/"1"' } },
    ])
    expect(server.heard[0]?.headers).not.toHaveProperty('authorization')
    expect([net.requests, server.connections]).toEqual([2, 1])
  })

  it('sends no ETag that would break the request', async () => {
    const server = await serve(inTurn([200]))
    await client().get(server.origin, asking({ etag: '"a"\r\nx: y' }))
    expect(server.heard[0]?.headers).not.toHaveProperty('if-none-match')
  })

  it('unpacks gzip, and counts the unpacked bytes', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(100_000)))
    })
    expect((await client().get(server.origin, asking())).body).toHaveLength(100_000)
    await expect(client().get(server.origin, asking({ maxBytes: 99_999 }))).rejects.toMatchObject({
      kind: 'too_large',
    })
  })

  it.each([
    [
      'announces',
      (response: ServerResponse) => response.writeHead(200, { 'content-length': '11' }).end('x'.repeat(11)),
    ],
    ['sends', (response: ServerResponse) => response.write('x'.repeat(6)) && response.end('x'.repeat(5))],
  ])('refuses an answer that %s too much', async (_, answer) => {
    const server = await serve((_request, response) => void answer(response))
    const net = client()
    await expect(net.get(server.origin, asking({ maxBytes: 10 }))).rejects.toMatchObject({
      kind: 'too_large',
    })
    expect(net.requests).toBe(1)
    expect((await net.get(server.origin, asking({ maxBytes: 11 }))).body).toHaveLength(11)
  })

  it.each([
    ['gzip that is none', { 'content-encoding': 'gzip' }, 'hello'],
    ['an encoding nobody asked for', { 'content-encoding': 'br' }, 'hello'],
  ])('refuses %s', async (_, headers, body) => {
    const server = await serve(inTurn([200, headers, body]))
    await expect(client().get(server.origin, asking())).rejects.toMatchObject({ kind: 'bad_body' })
  })

  it('refuses what is no HTTP', async () => {
    const server = createServer((socket) => socket.end('220 mail.example.invalid ESMTP\r\n'))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const { port } = server.address() as { port: number }
    await expect(client().get(`http://127.0.0.1:${port}`, asking())).rejects.toMatchObject({
      kind: 'bad_body',
    })
  })

  it.each(['ftp://example.invalid/', 'file:///etc/passwd', 'nonsense', ''])(
    'refuses the address "%s"',
    async (url) => {
      const net = client()
      await expect(net.get(url, asking())).rejects.toMatchObject({ kind: 'refused' })
      expect(net.requests).toBe(0)
    },
  )
})

describe('repetitions (CACHE-2.2d)', () => {
  it.each([500, 502, 503, 504])('gets over a passing %i', async (status) => {
    const clock = stillClock()
    const server = await serve(inTurn([status], [status], [200, {}, 'ok']))
    expect((await client({}, clock).get(server.origin, asking())).body.toString()).toBe('ok')
    expect(clock.pauses).toEqual([250, 500])
  })

  it('ends after the third failure', async () => {
    const server = await serve(inTurn([502]))
    await expect(client().get(server.origin, asking())).rejects.toMatchObject({ kind: 'status', status: 502 })
    expect(server.heard).toHaveLength(3)
  })

  it.each([400, 401, 403, 404, 410, 422, 501])('does not repeat after a %i', async (status) => {
    const server = await serve(inTurn([status]))
    await expect(client().get(server.origin, asking())).rejects.toMatchObject({ kind: 'status', status })
    expect(server.heard).toHaveLength(1)
  })

  it('gets over a connection that breaks in the middle of the answer', async () => {
    let first = true
    const server = await serve((_, response) => {
      if (!first) return void response.end('whole')
      first = false
      response.writeHead(200, { 'content-length': '100' }).write('part')
      response.socket?.end()
    })
    expect((await client().get(server.origin, asking())).body.toString()).toBe('whole')
  })

  it('says that nobody listens', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    await new Promise((resolve) => server.close(resolve))
    const net = client()
    await expect(net.get(`http://127.0.0.1:${port}`, asking())).rejects.toMatchObject({
      kind: 'broken',
      message: expect.stringContaining('ECONNREFUSED'),
    })
    expect(net.requests).toBe(3)
  })
})

describe('without network', () => {
  it('is known by what the system says', async () => {
    // No TCP leads to the address of everybody.
    await expect(client().get('http://255.255.255.255/', asking())).rejects.toMatchObject({
      kind: 'unreachable',
      message: expect.stringMatching(/ENETUNREACH|EHOSTUNREACH/),
    })
  })
})

describe('limits', () => {
  it('waits as long as a server asks when that is short', async () => {
    const clock = stillClock()
    const server = await serve(inTurn([429, { 'retry-after': '2' }], [200, {}, 'ok']))
    expect((await client({}, clock).get(server.origin, asking())).status).toBe(200)
    expect(clock.pauses).toEqual([2_000])
  })

  it('says when to come back otherwise, and asks nobody until then', async () => {
    const clock = stillClock()
    const reset = clock.time / 1000 + 600
    const server = await serve(
      inTurn(
        [
          403,
          {
            date: new Date(clock.time).toUTCString(),
            'x-ratelimit-remaining': '0',
            'x-ratelimit-reset': `${reset}`,
          },
        ],
        [200, {}, 'ok'],
      ),
    )
    const net = client({}, clock)
    const limited = { kind: 'rate_limited', retryAt: reset * 1000 + 1_000 }
    await expect(net.get(server.origin, asking())).rejects.toMatchObject(limited)
    await expect(net.get(`${server.origin}/other`, asking())).rejects.toMatchObject(limited)
    expect(net.requests).toBe(1)
    clock.time = limited.retryAt
    expect((await net.get(server.origin, asking())).status).toBe(200)
  })

  it('hands out the last answer before a limit and stops there', async () => {
    const clock = stillClock()
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(clock.time / 1000 + 600) }
    const server = await serve(inTurn([200, { ...headers, date: new Date(clock.time).toUTCString() }, 'ok']))
    const net = client({}, clock)
    expect((await net.get(server.origin, asking())).body.toString()).toBe('ok')
    await expect(net.get(server.origin, asking())).rejects.toMatchObject({ kind: 'rate_limited' })
    expect(server.heard).toHaveLength(1)
  })

  it('keeps the limits of one who is known apart from those of a stranger', async () => {
    const clock = stillClock()
    const server = await serve((request, response) => {
      response.writeHead(request.headers.authorization ? 200 : 429, { 'retry-after': '600' }).end()
    })
    const net = client({}, clock)
    await expect(net.get(server.origin, asking())).rejects.toMatchObject({ kind: 'rate_limited' })
    const authorization = { origin: server.origin, value: canary }
    expect((await net.get(server.origin, asking({ authorization }))).status).toBe(200)
  })

  it('asks one host a hundred times at once and then as fast as the bucket fills, however many ask', async () => {
    const clock = stillClock()
    const server = await serve(inTurn([200]))
    const net = client({}, clock)
    await Promise.all(Array.from({ length: 103 }, () => net.get(server.origin, asking())))
    // The still clock moves with each pause, so that one turn comes after the other.
    expect(clock.pauses).toEqual([600, 600, 600])
    expect(server.heard).toHaveLength(103)
  })
})

describe('redirects', () => {
  it('are followed, with the token on the same host', async () => {
    const server = await serve((request, response) => {
      if (request.url === '/new') response.end('moved')
      else response.writeHead(301, { location: '/new' }).end()
    })
    const authorization = { origin: server.origin, value: canary }
    const net = client()
    expect((await net.get(`${server.origin}/old`, asking({ authorization }))).body.toString()).toBe('moved')
    expect(server.heard.map(({ headers }) => headers.authorization)).toEqual([canary, canary])
    expect(net.requests).toBe(2)
  })

  it.each([301, 302, 303, 307, 308])('take no token to another host (%i)', async (status) => {
    const other = await serve(inTurn([200, {}, 'theirs']))
    const server = await serve(inTurn([status, { location: `${other.origin}/?a` }]))
    const authorization = { origin: server.origin, value: canary }
    const answer = await client().get(server.origin, asking({ authorization }))
    expect(answer.body.toString()).toBe('theirs')
    expect(server.heard[0]?.headers.authorization).toBe(canary)
    expect(JSON.stringify(other.heard)).not.toContain('canary')
  })

  it('take no name and password of the address to another host', async () => {
    const other = await serve(inTurn([200]))
    const server = await serve(inTurn([302, { location: other.origin }]))
    await client().get(server.origin.replace('//', '//user:secretWord@'), asking())
    expect(server.heard[0]?.headers.authorization).toMatch(/^Basic /)
    expect(other.heard[0]?.headers).not.toHaveProperty('authorization')
  })

  it('end after five', async () => {
    const server = await serve((request, response) => {
      response.writeHead(302, { location: `${request.url}x` }).end()
    })
    const net = client()
    await expect(net.get(`${server.origin}/`, asking())).rejects.toMatchObject({ kind: 'refused' })
    expect(net.requests).toBe(6)
  })

  it.each(['file:///etc/passwd', 'ftp://example.invalid/', 'data:,x'])(
    'are not followed to %s',
    async (location) => {
      const server = await serve(inTurn([302, { location }]))
      await expect(client().get(server.origin, asking())).rejects.toMatchObject({ kind: 'refused' })
    },
  )
})

describe('time', () => {
  it('is up when the other side says nothing', async () => {
    const clock = stillClock()
    const server = await serve(() => clock.ring())
    const net = client({ timers: clock.timers }, clock)
    await expect(net.get(server.origin, asking())).rejects.toMatchObject({ kind: 'timeout' })
    expect(net.requests).toBe(1)
  })

  it('is up when it stops in the middle', async () => {
    const clock = stillClock()
    const server = await serve((_, response) => {
      response.write('some', () => setImmediate(() => clock.ring()))
    })
    await expect(client({ timers: clock.timers }, clock).get(server.origin, asking())).rejects.toMatchObject({
      kind: 'timeout',
    })
  })

  it('is up for one that goes on and on without coming to an end', async () => {
    const clock = stillClock()
    const server = await serve((_, response) => {
      const drip = (): void => {
        // More than the longest silence has gone by, but not in silence.
        if (!response.write('x', () => setImmediate(drip))) response.once('drain', drip)
        if (server.drops++ === 100) clock.ring(4 * 30_000)
      }
      drip()
    }).then((loopback) => Object.assign(loopback, { drops: 0 }))
    await expect(client({ timers: clock.timers }, clock).get(server.origin, asking())).rejects.toMatchObject({
      kind: 'timeout',
    })
    expect(server.drops).toBeGreaterThan(100)
  })

  it('is over at once when nobody wants the answer any more', async () => {
    const controller = new AbortController()
    const reason = new Error('nobody waits')
    const server = await serve(() => controller.abort(reason))
    await expect(client().get(server.origin, asking({ signal: controller.signal }))).rejects.toBe(reason)
  })
})

describe('offline (P10)', () => {
  it('opens no socket', async () => {
    const opened: unknown[] = []
    const note = (socket: unknown): void => void opened.push(socket)
    subscribe('net.client.socket', note)
    onTestFinished(() => void unsubscribe('net.client.socket', note))
    const server = await serve(inTurn([200]))
    const net = client({ offline: true })
    for (let i = 0; i < 5; i++)
      await expect(net.get(server.origin, asking())).rejects.toMatchObject({ kind: 'offline' })
    expect([opened.length, server.connections, net.requests]).toEqual([0, 0, 0])
    // The same way of counting sees the socket of one that is not offline.
    await client().get(server.origin, asking())
    expect([opened.length, server.connections]).toEqual([1, 1])
  })
})

describe('errors', () => {
  it('hold nothing secret of an address', async () => {
    const server = await serve(inTurn([404]))
    const url = `${server.origin.replace('//', '//user:hunter2@')}/a?access_token=hunter2#hunter2`
    const error = await client()
      .get(url, asking())
      .catch((thrown: Error) => thrown)
    expect(`${error}${JSON.stringify(error)}`).not.toContain('hunter2')
  })
})

describe('proxies', () => {
  it.each(['http_proxy', 'HTTP_PROXY'])('are those that %s names', async (variable) => {
    const proxy = await serve(inTurn([200, {}, 'by proxy']))
    const net = client({}, stillClock(), { [variable]: proxy.origin })
    const answer = await net.get('http://registry.example.invalid/x', asking())
    expect(answer.body.toString()).toBe('by proxy')
    expect(proxy.heard[0]?.path).toBe('http://registry.example.invalid/x')
  })

  it('are not asked for what NO_PROXY names', async () => {
    const proxy = await serve(inTurn([200, {}, 'by proxy']))
    const server = await serve(inTurn([200, {}, 'straight']))
    const net = client({}, stillClock(), { HTTP_PROXY: proxy.origin, NO_PROXY: '127.0.0.1' })
    expect((await net.get(server.origin, asking())).body.toString()).toBe('straight')
    expect(proxy.heard).toEqual([])
  })
})
