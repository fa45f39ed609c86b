import { once } from 'node:events'
import { createConnection } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { IdentitySource } from '../../../../daemon/kernel/http/identity.ts'
import type { Route } from '../../../../daemon/kernel/http/route.ts'
import { SmdError } from '../../../../protocol/errors.ts'
import { fakeTimers } from '../../../support/fake-timers.ts'
import { httpLab, knownVisitor } from '../../../support/http-lab.ts'

const get = (path: string, handle: Route['handle'], scope: Route['scope'] = 'none'): Route => ({
  method: 'GET',
  path,
  scope,
  handle,
})
const post = (path: string, handle: Route['handle'], scope: Route['scope'] = 'none'): Route => ({
  method: 'POST',
  path,
  scope,
  handle,
})
const text = (body: string) => ({ status: 200, headers: { 'content-type': 'text/plain' }, body })
const hello = get('/api/hello', () => text('hello'))
const echo = post('/api/echo', async (request) => text((await request.body()).toString('utf8')))

const program = { authorization: 'Bearer open-sesame' }
const statusIn = (heard: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(heard)?.[1])

describe('createHttpServer, what it says to everybody (S7)', () => {
  it.each([
    ['the page', '/', 200],
    ['a route', '/api/hello', 200],
    ['nothing', '/api/nothing', 404],
    ['a route that needs somebody', '/api/closed', 401],
    ['a bug', '/api/bug', 500],
  ])('has the same headers on %s', async (_, path, status) => {
    const bug = get('/api/bug', () => {
      throw new Error('a secret of the daemon')
    })
    const { ask } = await httpLab({ routes: [hello, get('/api/closed', () => text('x'), 'read'), bug] })
    const answer = await ask(path)
    expect(answer.status).toBe(status)
    expect(answer.headers).toMatchObject({
      'content-security-policy':
        "default-src 'self'; object-src 'none'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'",
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    })
    expect(answer.headers['permissions-policy']).toContain('camera=()')
    expect(
      Object.keys(answer.headers).filter((name) => /^access-control|^server$|^x-powered/.test(name)),
    ).toEqual([])
  })

  it('tells a failure in one shape, and of a bug only where to look', async () => {
    const { ask, lines } = await httpLab({
      routes: [
        get('/api/known', () => {
          throw new SmdError('project.not_found', { project: 'x' })
        }),
        get('/api/bug', () => {
          throw new Error('a secret of the daemon')
        }),
      ],
    })
    const known = await ask('/api/known')
    expect([known.status, known.headers['content-type']]).toEqual([404, 'application/json; charset=utf-8'])
    expect(JSON.parse(known.body)).toEqual({
      error: 'project.not_found',
      code: 'NOT_FOUND',
      message: expect.stringContaining('x'),
      details: { project: 'x' },
      hint: expect.stringMatching(/\S/),
    })
    const bug = await ask('/api/bug')
    expect(bug.body).not.toContain('secret')
    const { code, details } = JSON.parse(bug.body)
    const { reference } = details
    // Not where the log lies: that is for those who can read it (S8).
    expect({ code, details }).toEqual({
      code: 'INTERNAL_ERROR',
      details: { reference, log: 'smd logs --level error' },
    })
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 'error', reference, error: expect.stringContaining('a secret') }),
    )
  })
})

describe('createHttpServer, the order of its questions', () => {
  const asked: string[] = []
  const routes = [
    get('/api/read', () => text('read'), 'read'),
    post('/api/write', () => text(`${asked.push('write')}`), 'write'),
    post('/api/admin', () => text(`${asked.push('admin')}`), 'admin'),
  ]

  it('asks for the name before anything else', async () => {
    const { ask } = await httpLab({ routes })
    for (const path of ['/', '/api/read', '/api/nothing', '/rpc']) {
      const answer = await ask(path, { headers: { host: 'evil.example' } })
      expect([path, answer.status, JSON.parse(answer.body).error]).toEqual([path, 421, 'http.host'])
    }
  })

  it('asks where it comes from before it says what there is', async () => {
    const { ask } = await httpLab({ routes })
    for (const path of ['/api/read', '/api/nothing', '/app.js']) {
      const answer = await ask(path, { headers: { origin: 'http://evil.example' } })
      expect([path, answer.status, JSON.parse(answer.body).error]).toEqual([path, 403, 'http.origin'])
    }
  })

  it.each([
    ['read', [200, 403, 403]],
    ['write', [200, 200, 403]],
    ['admin', [200, 200, 200]],
  ] as const)('lets a token of scope %s do what it is for (S9)', async (scope, statuses) => {
    asked.length = 0
    const { source } = knownVisitor('token', scope)
    const { ask } = await httpLab({ routes, sources: [source] })
    const answers = [
      await ask('/api/read', { headers: program }),
      await ask('/api/write', { headers: program, method: 'POST' }),
      await ask('/api/admin', { headers: program, method: 'POST' }),
    ]
    expect(answers.map(({ status }) => status)).toEqual(statuses)
    const refused = answers.find(({ status }) => status === 403)
    if (refused) expect(JSON.parse(refused.body)).toMatchObject({ error: 'auth.scope', details: { scope } })
    expect(asked).toHaveLength(statuses.filter((status) => status === 200).length - 1)
  })

  it('judges a request with a token by that alone, whatever cookie comes along', async () => {
    const { source } = knownVisitor('session', 'write')
    const { ask, origin } = await httpLab({ routes, sources: [source] })
    const cookie = { cookie: 'who=open-sesame', origin }
    expect((await ask('/api/write', { method: 'POST', headers: cookie })).status).toBe(200)
    expect((await ask('/api/write', { method: 'POST', headers: { ...cookie, ...program } })).status).toBe(401)
    expect(
      (await ask('/api/write', { method: 'POST', headers: { ...cookie, authorization: 'Basic x' } })).status,
    ).toBe(401)
  })

  it('takes no change from a browser that does not say which page asks', async () => {
    const { source } = knownVisitor('session', 'write')
    const { ask } = await httpLab({ routes, sources: [source] })
    const answer = await ask('/api/write', { method: 'POST', headers: { cookie: 'who=open-sesame' } })
    expect(JSON.parse(answer.body).error).toBe('http.origin')
  })

  it('hands over a cookie that has to be renewed', async () => {
    const { source, visitor } = knownVisitor('session', 'write')
    visitor.setCookie = 'who=open-sesame; Max-Age=60'
    const { ask } = await httpLab({ routes, sources: [source] })
    const answer = await ask('/api/read', { headers: { cookie: 'who=open-sesame' } })
    expect(answer.headers['set-cookie']).toEqual([visitor.setCookie])
  })
})

describe('createHttpServer, methods and paths', () => {
  it('answers HEAD without a body, and 405 with what may be done', async () => {
    const { ask } = await httpLab({ routes: [hello, echo] })
    const head = await ask('/api/hello', { method: 'HEAD' })
    expect([head.status, head.body, head.headers['content-length']]).toEqual([200, '', '5'])
    const wrong = await ask('/api/echo', { method: 'GET' })
    expect([wrong.status, wrong.headers.allow, JSON.parse(wrong.body).error]).toEqual([
      405,
      'POST',
      'http.method',
    ])
    const options = await ask('/api/hello', { method: 'OPTIONS', headers: program })
    expect([options.status, options.headers.allow]).toEqual([405, 'GET, HEAD'])
  })

  it('gives the query, the values of the path and the headers', async () => {
    const route = get('/api/of/:name', (request) =>
      text(
        JSON.stringify([
          request.path,
          request.params,
          [...request.query],
          request.header('x-one'),
          request.method,
        ]),
      ),
    )
    const { ask } = await httpLab({ routes: [route] })
    const { body } = await ask('/api/of/a%20b?x=1&y=a%26b&x=2', { headers: { 'X-One': 'yes' } })
    expect(JSON.parse(body)).toEqual([
      '/api/of/a b',
      { name: 'a b' },
      [
        ['x', '1'],
        ['y', 'a&b'],
        ['x', '2'],
      ],
      'yes',
      'GET',
    ])
  })

  it('lies below a path, and leads there from the path without its slash', async () => {
    const { ask } = await httpLab({ base: '/tools/smd', routes: [hello] })
    expect((await ask('/tools/smd/api/hello')).body).toBe('hello')
    expect((await ask('/tools/smd/')).body).toBe('the page')
    const short = await ask('/tools/smd')
    expect([short.status, short.headers.location]).toEqual([308, '/tools/smd/'])
    for (const path of ['/', '/api/hello', '/tools/smdx/api/hello', '/tools/api/hello'])
      expect((await ask(path)).status, path).toBe(404)
  })
})

describe('createHttpServer, bodies', () => {
  const send = { method: 'POST', headers: program }

  it('takes one of 1 MiB and none that is longer, announced or not', async () => {
    const { ask, raw, port } = await httpLab({ routes: [echo] })
    const largest = 'x'.repeat(1024 * 1024)
    expect((await ask('/api/echo', { ...send, body: largest })).body).toBe(largest)
    const announced = await ask('/api/echo', { ...send, body: `${largest}x` })
    expect([announced.status, JSON.parse(announced.body).error]).toEqual([413, 'http.too_large'])
    const chunk = 'x'.repeat(64 * 1024)
    const chunked = await raw(
      `POST /api/echo HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n` +
        `Authorization: Bearer x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n` +
        `10000\r\n${chunk}\r\n`.repeat(17) +
        '0\r\n\r\n',
    )
    expect(statusIn(chunked)).toBe(413)
  })

  it('serves the next request on a connection whose body nobody wanted', async () => {
    const { raw, port } = await httpLab({ routes: [hello, post('/api/deaf', () => text('not read'))] })
    const head = `Host: 127.0.0.1:${port}\r\nAuthorization: Bearer x\r\n`
    const heard = await raw(
      `POST /api/deaf HTTP/1.1\r\n${head}Content-Length: 5\r\n\r\nhello` +
        `GET /api/hello HTTP/1.1\r\n${head}Connection: close\r\n\r\n`,
    )
    expect(heard.match(/HTTP\/1\.1 200/g)).toHaveLength(2)
    expect(heard.endsWith('hello')).toBe(true)
  })
})

describe('createHttpServer, clients that misbehave (P4)', () => {
  it.each([
    ['what is no HTTP', 'GARBAGE\r\n\r\n', 400],
    ['another version', 'GET / HTTP/3.7\r\nHost: h\r\n\r\n', 400],
    ['a header without a colon', 'GET / HTTP/1.1\r\nHost HOST\r\n\r\n', 400],
    ['a header that goes on in the next line', 'GET / HTTP/1.1\r\nHost: HOST\r\nX: a\r\n b\r\n\r\n', 400],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      400,
    ],
    ['headers beyond 16 KiB', `GET / HTTP/1.1\r\nHost: HOST\r\nX: ${'x'.repeat(17_000)}\r\n\r\n`, 431],
    ['no host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 421],
    ['no host in HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n', 421],
    ['two hosts', 'GET / HTTP/1.1\r\nHost: HOST\r\nHost: HOST\r\nConnection: close\r\n\r\n', 421],
    ['two hosts that differ', 'GET / HTTP/1.1\r\nHost: HOST\r\nHost: evil\r\nConnection: close\r\n\r\n', 421],
    ['an address as target', 'GET http://HOST/ HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n', 421],
    [
      'another address as target',
      'GET http://evil/ HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n',
      421,
    ],
    ['OPTIONS of everything', 'OPTIONS * HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n', 421],
  ])('answers %s, and goes on', async (_, bytes, status) => {
    const { raw, ask, port } = await httpLab({ routes: [hello] })
    const heard = await raw(bytes.replaceAll('HOST', `127.0.0.1:${port}`))
    expect(statusIn(heard)).toBe(status)
    expect(heard).toContain("content-security-policy: default-src 'self'")
    expect(JSON.parse(heard.slice(heard.indexOf('{')))).toMatchObject({
      error: expect.stringMatching(/^http\./),
    })
    expect((await ask('/api/hello')).body).toBe('hello')
  })

  it.each([
    ['the lines before the body', 'GET / HTTP/1.1\r\nHost: HOST\r\nX: '],
    [
      'a body',
      'POST /api/echo HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer x\r\nContent-Length: 9\r\n\r\nslow',
    ],
  ])('waits for %s only so long', async (_, bytes) => {
    const times = { headers: 100, request: 100, check: 20 }
    const { raw, ask, port } = await httpLab({ routes: [hello, echo], times })
    // Never finished by the client: it is the server that ends the connection.
    const heard = await raw(bytes.replaceAll('HOST', `127.0.0.1:${port}`))
    expect(statusIn(heard)).toBe(408)
    expect((await ask('/api/hello')).body).toBe('hello')
  })

  it('keeps so many connections and no more', async () => {
    const { port } = await httpLab({ routes: [hello] })
    const open = Array.from({ length: 257 }, () => createConnection({ host: '127.0.0.1', port }))
    for (const socket of open) socket.on('error', () => undefined)
    await Promise.race(open.map((socket) => once(socket, 'close')))
    await Promise.all(open.filter((socket) => socket.connecting).map((socket) => once(socket, 'connect')))
    const ends = open.filter((socket) => socket.destroyed)
    expect(ends).toHaveLength(1)
    for (const socket of open) socket.destroy()
  })

  it('gives up what nobody waits for any more', async () => {
    const given = Promise.withResolvers<unknown>()
    const begun = Promise.withResolvers<void>()
    const route = get('/api/long', ({ caller }) => {
      caller.gone.addEventListener('abort', () => given.resolve(caller.gone.reason))
      begun.resolve()
      return new Promise(() => undefined)
    })
    const { port } = await httpLab({ routes: [route] })
    const socket = createConnection({ host: '127.0.0.1', port })
    socket.write(`GET /api/long HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`)
    await begun.promise
    socket.destroy()
    expect(await given.promise).toMatchObject({ slug: 'request.cancelled' })
  })

  it('takes up WebSockets and nothing else', async () => {
    const { ask } = await httpLab({ routes: [hello] })
    const h2c = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABk' }
    expect((await ask('/api/hello', { headers: h2c })).body).toBe('hello')
  })
})

describe('createHttpServer, replies in parts', () => {
  it('sends them as they come, in turns with others, no faster than they are taken', async () => {
    let made = 0
    function* parts(): Generator<string> {
      for (; made < 2_000; made++) yield 'x'.repeat(10_000)
    }
    const route = get('/api/parts', () => ({ status: 200, body: parts() }))
    const { port, ask } = await httpLab({ routes: [route, hello] })
    const socket = createConnection({ host: '127.0.0.1', port })
    socket.write(`GET /api/parts HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`)
    await once(socket, 'readable')
    socket.pause()
    // Others are answered while it waits, and what is not taken is not made.
    for (let i = 0; i < 20; i++) await ask('/api/hello')
    expect(made).toBeLessThan(2_000)
    let size = 0
    for await (const chunk of socket) size += (chunk as Buffer).length
    expect(made).toBe(2_000)
    expect(size).toBeGreaterThan(20_000_000)
  })

  it('cuts the connection when one cannot be made', async () => {
    function* parts(): Generator<string> {
      yield 'x'.repeat(100_000)
      throw new Error('the disk is gone')
    }
    const { ask, lines } = await httpLab({
      routes: [get('/api/parts', () => ({ status: 200, body: parts() }))],
    })
    await expect(ask('/api/parts')).rejects.toThrow(/aborted|hang up/)
    expect(lines).toContainEqual(expect.objectContaining({ message: 'reply broken off' }))
  })
})

describe('createHttpServer, replies without an end', () => {
  /** A stream that says once that it has begun, and when it has ended. */
  const aStream = () => {
    const begun = Promise.withResolvers<void>()
    const ended = Promise.withResolvers<void>()
    const route = get(
      '/api/stream',
      () => ({
        status: 200,
        headers: { 'content-type': 'text/event-stream' },
        async stream({ write, gone }) {
          write('one\n')
          begun.resolve()
          await new Promise((resolve) => gone.addEventListener('abort', resolve, { once: true }))
          ended.resolve()
        },
      }),
      'read',
    )
    return { begun: begun.promise, ended: ended.promise, route }
  }

  it('end with the client', async () => {
    const { route, ended } = aStream()
    const { source } = knownVisitor('token', 'read')
    const { port } = await httpLab({ routes: [route], sources: [source] })
    const socket = createConnection({ host: '127.0.0.1', port })
    const head = `Host: 127.0.0.1:${port}\r\nAuthorization: ${program.authorization}`
    socket.write(`GET /api/stream HTTP/1.1\r\n${head}\r\n\r\n`)
    await once(socket, 'data')
    socket.destroy()
    await ended
  })

  it('end with the token', async () => {
    const { route, begun } = aStream()
    const known = knownVisitor('token', 'read')
    const { ask } = await httpLab({ routes: [route], sources: [known.source] })
    const answer = ask('/api/stream', { headers: program })
    await begun
    known.end()
    expect(await answer).toMatchObject({ status: 200, body: 'one\n' })
  })

  it('end within half a minute when the time of the token is over', async () => {
    const { route, begun } = aStream()
    const { visitor } = knownVisitor('token', 'read')
    const clock = fakeTimers()
    const end = clock.now() + 45_000
    const source: IdentitySource = () => (clock.now() < end ? visitor : null)
    const { ask } = await httpLab({ routes: [route], sources: [source], clock })
    const answer = ask('/api/stream', { headers: program })
    await begun
    clock.advance(30_000)
    expect(await Promise.race([answer, ask('/api/nothing')])).toMatchObject({ status: 404 })
    clock.advance(30_000)
    expect(await answer).toMatchObject({ status: 200, body: 'one\n' })
    expect(clock.pending).toBe(0)
  })
})
