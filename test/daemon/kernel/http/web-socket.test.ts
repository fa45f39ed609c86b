import { once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { createWebSockets } from '../../../../daemon/kernel/http/web-socket.ts'
import { createDispatcher, type Handlers } from '../../../../daemon/kernel/rpc/dispatch.ts'
import type { RequestContext } from '../../../../daemon/kernel/rpc/request.ts'
import { type FakeTimers, fakeTimers } from '../../../support/fake-timers.ts'
import { httpLab, knownVisitor } from '../../../support/http-lab.ts'
import { recordLog } from '../../../support/record-log.ts'

type Handler = (ctx: object, params: never, request: RequestContext) => unknown

/** The real connection over a real WebSocket; methods of the test. */
async function socketLab({
  methods = {},
  scope = 'write',
  clock,
  until = Number.POSITIVE_INFINITY,
}: {
  methods?: Record<string, Handler>
  scope?: 'read' | 'write'
  clock?: FakeTimers
  /** When the session is over, by the clock. */
  until?: number
} = {}) {
  const { log } = recordLog()
  const handlers = {
    'daemon.hello': (_: object, _params: never, { caller }: RequestContext) => {
      caller.greeted = true
      return { protocol: 1 }
    },
    ...methods,
  }
  const dispatcher = createDispatcher({}, handlers as unknown as Handlers<object>, {
    validate: (_, params) => params,
    log,
    logFile: 'smd.log',
  })
  const counts: number[] = []
  const timers = clock ? { timers: clock.timers } : {}
  const sockets = createWebSockets(dispatcher, { ...timers, onConnections: (open) => counts.push(open) })
  const known = knownVisitor('session', scope)
  const lab = await httpLab({
    sources: [(proof) => (clock && clock.now() >= until ? null : known.source(proof))],
    webSocket: { path: '/ws', scope: 'read', accept: sockets.accept },
    clock,
  })
  onTestFinished(async () => {
    const ended = sockets.end(0)
    clock?.advance(0)
    await ended
  })
  const own = { cookie: 'who=open-sesame', origin: lab.origin }
  const open = (headers: Record<string, string> = own, path = '/ws') =>
    new WebSocket(`ws://127.0.0.1:${lab.port}${path}`, { headers, autoPong: true })
  return { ...lab, ...known, sockets, counts, own, open }
}

/** What a page does with it: lines out, lines in. */
function speak(socket: WebSocket) {
  const lines: Array<Record<string, unknown>> = []
  const kinds = new Set<boolean>()
  const waiting: Array<() => void> = []
  let rest = ''
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    kinds.add(isBinary)
    const parts = (rest + data.toString('utf8')).split('\n')
    rest = parts.pop() ?? ''
    for (const part of parts) lines.push(JSON.parse(part))
    for (const wake of waiting.splice(0)) wake()
  })
  const send = (message: object): void => socket.send(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  return {
    lines,
    kinds,
    send,
    /** The first line that fits, once it has come. */
    async line(fits: (line: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> {
      for (;;) {
        const found = lines.find(fits)
        if (found) return found
        await new Promise<void>((resolve) => waiting.push(resolve))
      }
    },
    async greet(): Promise<void> {
      await once(socket, 'open')
      send({ id: 0, method: 'daemon.hello' })
      await this.line(({ id }) => id === 0)
    },
  }
}

const statusOf = (socket: WebSocket): Promise<number> =>
  new Promise((resolve, reject) => {
    socket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0))
    socket.on('open', () => reject(new Error('it was let in')))
    socket.on('error', () => undefined)
  })

describe('a WebSocket is opened', () => {
  it.each([
    ['by nobody', { cookie: '' }, 401],
    ['with a made-up session', { cookie: 'who=me' }, 401],
    ['by another site', { origin: 'http://evil.example' }, 403],
    ['by another port of this machine', { origin: 'http://127.0.0.1:1' }, 403],
    ['by a browser that does not say who asks', { origin: undefined }, 403],
    ['by a frame without a name', { origin: 'null' }, 403],
    ['across sites, as the browser says', { 'sec-fetch-site': 'cross-site' }, 403],
    ['under another name', { host: 'evil.example' }, 421],
  ])('not %s (S5)', async (_, headers, status) => {
    const { open, own, counts } = await socketLab()
    const given = Object.entries({ ...own, ...headers }).filter(([, value]) => value !== undefined)
    expect(await statusOf(open(Object.fromEntries(given) as Record<string, string>))).toBe(status)
    expect(counts).toEqual([])
  })

  it('at its own path alone', async () => {
    const { open, own } = await socketLab()
    for (const path of ['/', '/wsx', '/ws/', '/rpc', '/api/hello'])
      expect(await statusOf(open(own, path)), path).toBe(404)
  })
})

describe('a WebSocket carries the protocol of the socket', () => {
  it('as text, greeting first, with the name and the scope of who asks', async () => {
    const callers: unknown[] = []
    const methods = {
      'cache.status': (_: object, _p: never, { caller }: RequestContext) => {
        callers.push([caller.name, caller.scope])
        return { answered: 'ä€😀' }
      },
      'daemon.stop': () => ({}),
    }
    const { open } = await socketLab({ methods })
    const socket = open()
    const page = speak(socket)
    await once(socket, 'open')
    page.send({ id: 1, method: 'cache.status' })
    expect(await page.line(({ id }) => id === 1)).toMatchObject({
      error: { data: { slug: 'protocol.handshake_required' } },
    })
    page.send({ id: 2, method: 'daemon.hello' })
    page.send({ id: 3, method: 'cache.status' })
    page.send({ id: 4, method: 'daemon.stop' })
    expect(await page.line(({ id }) => id === 3)).toMatchObject({ result: { answered: 'ä€😀' } })
    expect(await page.line(({ id }) => id === 4)).toMatchObject({ error: { data: { slug: 'auth.scope' } } })
    expect(callers).toEqual([['page#1 session test', 'write']])
    expect([...page.kinds]).toEqual([false])
  })

  it('whatever way lines are cut into messages', async () => {
    const { open } = await socketLab({ methods: { 'config.get': (_: object, params: never) => params } })
    const socket = open()
    const page = speak(socket)
    await page.greet()
    const line = `${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'config.get', params: { key: 'ä€😀' } })}\n`
    const bytes = Buffer.from(line)
    for (const byte of bytes) socket.send(Buffer.from([byte]))
    socket.send(line.replace('"id":1', '"id":2') + line.replace('"id":1', '"id":3'))
    for (const wanted of [1, 2, 3])
      expect(await page.line(({ id }) => id === wanted)).toMatchObject({ result: { key: 'ä€😀' } })
  })

  it('with answers that are longer than one message', async () => {
    const items = Array.from({ length: 5_000 }, (_, i) => ({ i, text: 'ä€😀'.repeat(20) }))
    const { open } = await socketLab({ methods: { 'artifacts.list': () => ({ items, total: 5_000 }) } })
    const page = speak(open())
    await page.greet()
    page.send({ id: 1, method: 'artifacts.list' })
    expect((await page.line(({ id }) => id === 1)).result).toEqual({ items, total: 5_000 })
  })

  it('and what happens in between; a page that takes nothing is cut off (P4)', async () => {
    const cut = Promise.withResolvers<void>()
    const methods = {
      'logs.follow': async (_: object, _p: never, { caller }: RequestContext) => {
        const entry = { level: 'info', time: 0, message: 'x'.repeat(100_000) }
        while (caller.notify('logs.line', entry as never))
          await new Promise((resolve) => setImmediate(resolve))
        cut.resolve()
        return { followed: false }
      },
    }
    const { open } = await socketLab({ methods })
    const socket = open()
    const page = speak(socket)
    await page.greet()
    page.send({ id: 1, method: 'logs.follow' })
    await page.line(({ method }) => method === 'logs.line')
    socket.pause()
    await cut.promise
    socket.resume()
    await once(socket, 'close')
  })

  it('and gives up what was asked when it ends', async () => {
    const given = Promise.withResolvers<void>()
    const methods = {
      'cache.refresh': (_: object, _p: never, { signal }: RequestContext) => {
        signal.addEventListener('abort', () => given.resolve())
        return new Promise(() => undefined)
      },
    }
    const { open, counts } = await socketLab({ methods })
    const socket = open()
    const page = speak(socket)
    await page.greet()
    page.send({ id: 1, method: 'cache.refresh' })
    page.send({ id: 2, method: 'daemon.hello' })
    await page.line(({ id }) => id === 2)
    socket.terminate()
    await given.promise
    expect(counts).toEqual([1, 0])
  })
})

describe('a WebSocket ends', () => {
  it('with the session, at once', async () => {
    const { open, end } = await socketLab()
    const socket = open()
    await speak(socket).greet()
    end()
    const [code, reason] = await once(socket, 'close')
    expect([code, String(reason)]).toEqual([4401, 'signed out'])
  })

  it('within half a minute when the time of the session is over', async () => {
    const clock = fakeTimers()
    const { open, counts } = await socketLab({ clock, until: clock.now() + 45_000 })
    const socket = open()
    const page = speak(socket)
    await page.greet()
    clock.advance(30_000)
    page.send({ id: 1, method: 'daemon.hello' })
    await page.line(({ id }) => id === 1)
    expect(counts).toEqual([1])
    clock.advance(30_000)
    const [code] = await once(socket, 'close')
    expect(code).toBe(4401)
  })

  it('when a page does not answer to a ping', async () => {
    const clock = fakeTimers()
    const { port, own, counts } = await socketLab({ clock })
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { headers: own, autoPong: false })
    await speak(socket).greet()
    clock.advance(30_000)
    await once(socket, 'ping')
    expect(counts).toEqual([1])
    clock.advance(30_000)
    const [code] = await once(socket, 'close')
    expect(code).toBe(1006)
  })

  it('not when it answers', async () => {
    const clock = fakeTimers()
    const { open, counts } = await socketLab({ clock })
    const socket = open()
    const page = speak(socket)
    await page.greet()
    for (let i = 1; i <= 5; i++) {
      const pinged = once(socket, 'ping')
      clock.advance(30_000)
      await pinged
      // The answer to the ping is on its way before this question.
      page.send({ id: i, method: 'daemon.hello' })
      await page.line(({ id }) => id === i)
    }
    expect(counts).toEqual([1])
  })

  it('when a message is longer than 1 MiB', async () => {
    const { open } = await socketLab()
    const socket = open()
    await speak(socket).greet()
    socket.send('x'.repeat(1024 * 1024 + 1))
    const [code] = await once(socket, 'close')
    expect(code).toBe(1009)
  })

  it('with the daemon, after it has said so', async () => {
    const { open, sockets, counts } = await socketLab()
    const socket = open()
    const page = speak(socket)
    await page.greet()
    const closed = once(socket, 'close')
    await sockets.end(60_000)
    await closed
    expect(page.lines.at(-1)).toMatchObject({ method: 'daemon.closing', params: { reason: 'stopping' } })
    expect([counts, sockets.connections]).toEqual([[1, 0], 0])
  })
})
