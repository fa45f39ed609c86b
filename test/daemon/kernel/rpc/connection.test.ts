import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createDispatcher, type Handlers } from '../../../../daemon/kernel/rpc/dispatch.ts'
import { RawJson } from '../../../../daemon/kernel/rpc/raw-json.ts'
import type { Caller, RequestContext } from '../../../../daemon/kernel/rpc/request.ts'
import { listenOnSocket, type SocketServer } from '../../../../daemon/kernel/rpc/socket-server.ts'
import { validateParams } from '../../../../daemon/kernel/rpc/validate.ts'
import { SmdError } from '../../../../protocol/errors.ts'
import {
  HELLO_DEADLINE_MS,
  MAX_FRAME_BYTES,
  MAX_IN_FLIGHT,
  MAX_QUEUE_BYTES,
  MAX_WAITING_BYTES,
} from '../../../../protocol/version.ts'
import { RawClient, request } from '../../../support/raw-client.ts'
import { recordLog } from '../../../support/record-log.ts'
import { useTestHome } from '../../../support/test-daemon.ts'

const PARTS = 40
const PART = `"${'x'.repeat(20_000)}"`
/** Handlers as the daemon has them: at once, later, in parts. */
const released: Array<() => void> = []
const counts = { started: 0 }
const callers: Caller[] = []
const LARGE = 1_000_000
const handlers = {
  'daemon.hello': (_: object, { client }: { client: string }, { caller }: RequestContext) => {
    if (client === 'refused') throw new SmdError('protocol.version')
    caller.greeted = true
    return { greeted: client }
  },
  'config.get': (_: object, { key }: { key: string }) => ({ key }),
  'config.set': (_: object, { key }: { key: string }) => ({ bytes: key.length }),
  'cache.status': () => new RawJson(parts()),
  'cache.clear': () =>
    new Promise((resolve) => {
      counts.started++
      released.push(() => resolve({ done: true }))
    }),
  'config.unset': () => {
    const start = performance.now()
    while (performance.now() - start < 3);
    return {}
  },
  'config.list': (_: object, _params: object, { caller }: RequestContext) => {
    callers.push(caller)
    return {}
  },
  'artifacts.list': () => new RawJson([`"${'x'.repeat(LARGE)}"`]),
  'daemon.stop': () =>
    new RawJson(
      (function* () {
        yield '{"cut":'
        throw new Error('disk gone')
      })(),
    ),
}

function* parts(): Generator<string> {
  yield '['
  for (let i = 0; i < PARTS; i++) yield i === 0 ? PART : `,${PART}`
  yield ']'
}

const get = (id: number) => request(id, 'config.get', { key: `k${id}` })

const makeHome = useTestHome()
let server: SocketServer
let path: string
let log: ReturnType<typeof recordLog>
const clients: RawClient[] = []
const connect = (): RawClient => {
  const client = new RawClient(path)
  clients.push(client)
  return client
}

beforeEach(async () => {
  path = `${makeHome().home}/s`
  log = recordLog()
  released.length = 0
  callers.length = 0
  counts.started = 0
  const dispatcher = createDispatcher({}, handlers as unknown as Handlers<object>, {
    validate: validateParams,
    log: log.log,
    logFile: '',
  })
  server = await listenOnSocket(path, dispatcher, { logFile: '' })
})
afterEach(async () => {
  vi.useRealTimers()
  for (const { socket } of clients.splice(0)) socket.destroy()
  await server.close()
})

/** A client that is served while others misbehave. */
async function expectServed(): Promise<void> {
  const other = connect()
  other.greet()
  other.send(get(1))
  expect((await other.until(2))[1]).toMatchObject({ id: 1, result: { key: 'k1' } })
}

describe('Connection, handshake', () => {
  it('answers a greeting and the first question sent together with it', async () => {
    const client = connect()
    client.greet()
    client.send(get(1), get(2))
    expect(await client.until(3)).toMatchObject([
      { id: 'hello', result: { greeted: 'test' } },
      { id: 1, result: { key: 'k1' } },
      { id: 2, result: { key: 'k2' } },
    ])
  })

  it('answers nothing else before the greeting, and still takes that afterwards', async () => {
    const client = connect()
    client.send(get(1), [get(2)], 5, null)
    client.greet()
    client.send(get(3))
    const replies = await client.until(6)
    expect(replies.slice(0, 4).map((reply) => [reply.id, reply.error?.data.slug])).toEqual([
      [1, 'protocol.handshake_required'],
      [null, 'protocol.handshake_required'],
      [null, 'protocol.handshake_required'],
      [null, 'protocol.handshake_required'],
    ])
    expect(replies[5]).toMatchObject({ id: 3, result: { key: 'k3' } })
  })

  it('answers nothing after a greeting that was refused', async () => {
    const client = connect()
    client.greet('refused')
    client.send(get(1))
    expect((await client.until(2)).map((reply) => reply.error?.data.slug)).toEqual([
      'protocol.version',
      'protocol.handshake_required',
    ])
  })

  it('ends a connection without a greeting after 2 s, and no greeted one', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const silent = connect()
    const greeted = connect()
    greeted.greet()
    await greeted.until(1)
    silent.send(get(1))
    await silent.until(1)
    vi.advanceTimersByTime(HELLO_DEADLINE_MS - 1)
    await turn()
    expect(silent.socket.destroyed).toBe(false)
    vi.advanceTimersByTime(1)
    await silent.ended
    greeted.send(get(1))
    expect(await greeted.until(2)).toHaveLength(2)
  })

  it('takes 64 KiB before the greeting and refuses more', async () => {
    const fits = connect()
    fits.socket.write(`${' '.repeat(64 * 1024 - 2)}{}\n`)
    expect((await fits.until(1))[0]?.error?.data.slug).toBe('protocol.handshake_required')
    const tooMuch = connect()
    tooMuch.socket.write('x'.repeat(64 * 1024 + 1))
    expect((await tooMuch.until(1))[0]?.error?.data.slug).toBe('protocol.frame_too_large')
    await tooMuch.ended
    await expectServed()
  })
})

describe('Connection, hostile clients (P4)', () => {
  it('answers garbage with a parse error and goes on', async () => {
    const client = connect()
    client.greet()
    client.socket.write(Buffer.from([0xff, 0x00, 0x0a, 0x7b, 0x0a, 0x0a, 0x0d, 0x0a]))
    client.send(get(1))
    const replies = await client.until(4)
    expect(replies.slice(1, 3).map((reply) => [reply.id, reply.error?.code])).toEqual([
      [null, -32_700],
      [null, -32_700],
    ])
    expect(replies[3]).toMatchObject({ id: 1, result: { key: 'k1' } })
  })

  it('takes a message of 16 MiB, and refuses 20 MB in words before it ends the connection', async () => {
    const client = connect()
    client.greet()
    await client.until(1)
    const frame = JSON.stringify(request(1, 'config.set', { key: '', value: '' }))
    const key = 'x'.repeat(MAX_FRAME_BYTES - frame.length)
    client.send(request(1, 'config.set', { key, value: '' }))
    expect((await client.until(2))[1]).toMatchObject({ id: 1, result: { bytes: key.length } })
    client.socket.write(Buffer.alloc(20_000_000, 'x'))
    client.send(get(2))
    expect((await client.until(3))[2]).toMatchObject({
      id: null,
      error: { data: { slug: 'protocol.frame_too_large' } },
    })
    await client.ended
    expect(client.replies).toHaveLength(3)
    await expectServed()
  })

  it('cuts the connection of a client that never stops sending a line that is too long', async () => {
    const client = connect()
    client.socket.on('drain', () => client.socket.write(Buffer.alloc(1_000_000, 'x')))
    client.socket.write(Buffer.alloc(1_000_000, 'x'))
    await new Promise((resolve) => client.socket.once('close', resolve))
    expect(client.replies[0]?.error?.data.slug).toBe('protocol.frame_too_large')
    await expectServed()
  })

  it('forgets half a message when the client goes away', async () => {
    const client = connect()
    client.greet()
    await client.until(1)
    client.socket.write('{"jsonrpc":"2.0","id":1,"meth')
    client.socket.end()
    await client.ended
    expect(client.replies).toHaveLength(1)
    const abrupt = connect()
    abrupt.greet()
    abrupt.socket.write('{"jsonrpc"')
    await abrupt.until(1)
    abrupt.socket.destroy()
    await expectServed()
  })

  it('still answers a client that ended its side', async () => {
    const client = connect()
    client.greet()
    client.send(request(1, 'cache.status'), get(2))
    client.socket.end()
    await client.ended
    expect(client.replies.map((reply) => reply.id)).toEqual(['hello', 1, 2])
  })

  it('never cuts a reply of many parts in two, however many others are ready meanwhile', async () => {
    const client = connect()
    client.greet()
    client.send(request(1, 'cache.status'), get(2), request(3, 'cache.status'), get(4), [get(5)])
    const replies = await client.until(6)
    expect(replies.slice(1, 5).map((reply) => reply.id)).toEqual([1, 2, 3, 4])
    expect(replies[1]?.result).toHaveLength(PARTS)
    expect(replies[3]?.result).toHaveLength(PARTS)
    expect(client.rest).toBe('')
  })

  it('answers others between the parts of a long reply', async () => {
    const busy = connect()
    busy.greet()
    const quick = connect()
    quick.greet()
    await Promise.all([busy.until(1), quick.until(1)])
    busy.send(...Array.from({ length: 20 }, (_, i) => request(i, 'cache.status')))
    quick.send(get(1))
    await quick.until(2)
    expect(busy.replies.length).toBeLessThan(20)
    expect(await busy.until(21)).toHaveLength(21)
  })

  it('lets timers run between the answers to many clients that ask at once (P2)', async () => {
    const crowd = Array.from({ length: 40 }, () => {
      const client = connect()
      client.greet()
      return client
    })
    await Promise.all(crowd.map((client) => client.until(1)))
    let timers = 0
    const timer = setInterval(() => timers++, 1)
    // 40 x 3 ms of work.
    for (const client of crowd) client.send(request(1, 'config.unset', { key: 'k' }))
    await Promise.all(crowd.map((client) => client.until(2)))
    clearInterval(timer)
    expect(timers).toBeGreaterThan(10)
  })

  it('waits for a slow reader without holding up anybody, and loses nothing', async () => {
    const slow = connect()
    slow.greet()
    await slow.until(1)
    slow.socket.pause()
    slow.send(...Array.from({ length: 10 }, (_, i) => request(i, 'cache.status')))
    await expectServed()
    slow.socket.resume()
    const replies = await slow.until(11)
    expect(replies.slice(1).map((reply) => [reply.id, (reply.result as unknown[]).length])).toEqual(
      Array.from({ length: 10 }, (_, i) => [i, PARTS]),
    )
  })

  it('starts at most 64 requests of one client at a time, and the others when those are done', async () => {
    const client = connect()
    client.greet()
    await client.until(1)
    client.send(...Array.from({ length: MAX_IN_FLIGHT + 10 }, (_, i) => request(i, 'cache.clear')))
    while (counts.started < MAX_IN_FLIGHT) await turn()
    await expectServed()
    expect(counts.started).toBe(MAX_IN_FLIGHT)
    while (client.replies.length < MAX_IN_FLIGHT + 11) {
      for (const release of released.splice(0)) release()
      await turn()
    }
    expect(counts.started).toBe(MAX_IN_FLIGHT + 10)
  })

  it('looks for what is cancelled without reading all that waits again and again', async () => {
    const client = connect()
    client.greet()
    await client.until(1)
    client.send(...Array.from({ length: MAX_IN_FLIGHT + 12_000 }, (_, i) => request(i, 'cache.clear')))
    while (counts.started < MAX_IN_FLIGHT) await turn()
    const cancel = (id: number | string) => ({ jsonrpc: '2.0', method: '$/cancel', params: { id } })
    client.send(
      ...Array.from({ length: 4_000 }, (_, i) => cancel(`none ${i}`)),
      cancel(MAX_IN_FLIGHT + 11_999),
    )
    expect((await client.until(2))[1]).toMatchObject({
      id: MAX_IN_FLIGHT + 11_999,
      error: { data: { slug: 'request.cancelled' } },
    })
    await expectServed()
  })

  it('keeps no answers to what a client cancels and never reads of', async () => {
    const client = connect()
    client.greet()
    await client.until(1)
    client.socket.pause()
    const rounds = 100
    const key = 'x'.repeat(1_000)
    // As many as may be worked on, so that what follows waits.
    client.send(...Array.from({ length: MAX_IN_FLIGHT }, (_, i) => request(`part ${i}`, 'cache.status')))
    await expectServed()
    let written = 0
    for (let round = 0; round < rounds && client.socket.writableLength === 0; round++) {
      for (let i = 0; i < 100; i++) {
        const id = `${round}-${i}-${key}`
        client.send(request(id, 'config.get', { key: 'k' }), {
          jsonrpc: '2.0',
          method: '$/cancel',
          params: { id },
        })
      }
      await expectServed()
      written = round
    }
    // It is not read any further long before all of it was sent.
    expect(client.socket.writableLength).toBeGreaterThan(0)
    expect(written).toBeLessThan(rounds - 1)
  })

  it('cancels a request that is worked on, and one that waits behind 64 others', async () => {
    const client = connect()
    client.greet()
    await client.until(1)
    client.send(...Array.from({ length: MAX_IN_FLIGHT + 2 }, (_, i) => request(i, 'cache.clear')))
    while (counts.started < MAX_IN_FLIGHT) await turn()
    const waiting = MAX_IN_FLIGHT + 1
    client.send(...[waiting, 3].map((id) => ({ jsonrpc: '2.0', method: '$/cancel', params: { id } })))
    const replies = await client.until(3)
    expect(replies.slice(1).map((reply) => [reply.id, reply.error?.data.slug])).toEqual([
      [waiting, 'request.cancelled'],
      [3, 'request.cancelled'],
    ])
    while (client.replies.length < MAX_IN_FLIGHT + 3) {
      for (const release of released.splice(0)) release()
      await turn()
    }
    expect(counts.started).toBe(MAX_IN_FLIGHT + 1)
  })

  it('reads no further than 1 MiB of requests that wait', async () => {
    const client = connect()
    client.greet()
    await client.until(1)
    const clear = (i: number) => request(i, 'cache.clear', { filler: 'x'.repeat(1_000) })
    const sent = MAX_IN_FLIGHT + Math.ceil((3 * MAX_WAITING_BYTES) / 1_000)
    client.send(...Array.from({ length: sent }, (_, i) => clear(i)))
    while (counts.started < MAX_IN_FLIGHT) await turn()
    await expectServed()
    expect(client.socket.writableLength).toBeGreaterThan(0)
    while (client.replies.length < sent + 1) {
      for (const release of released.splice(0)) release()
      await turn()
    }
    expect(counts.started).toBe(sent)
  })

  it('answers no more than 8 MiB ahead of a client that does not take it', async () => {
    const slow = connect()
    slow.greet()
    await slow.until(1)
    slow.socket.pause()
    const before = process.memoryUsage().rss
    slow.send(
      ...Array.from({ length: 60 }, (_, i) => request(i, 'artifacts.list')),
      request('last', 'config.list'),
    )
    await expectServed()
    expect(callers).toEqual([])
    expect(process.memoryUsage().rss - before).toBeLessThan(40 * LARGE)
    slow.socket.resume()
    expect((await slow.until(62)).at(-1)).toMatchObject({ id: 'last' })
  })

  it('ends a client that takes nothing for a minute while something waits for it', async () => {
    const stuck = connect()
    stuck.greet()
    await stuck.until(1)
    stuck.socket.pause()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    stuck.send(
      ...Array.from({ length: 20 }, (_, i) => request(i, 'artifacts.list')),
      request('last', 'config.list'),
    )
    while (vi.getTimerCount() === 0) await turn()
    vi.advanceTimersByTime(59_999)
    await expectServed()
    expect(stuck.socket.destroyed).toBe(false)
    vi.advanceTimersByTime(1)
    stuck.socket.resume()
    await stuck.ended
    expect(stuck.replies.length).toBeLessThan(21)
    await expectServed()
  })

  it('tells a handler when its client has gone', async () => {
    const client = connect()
    client.greet()
    client.send(request(1, 'config.list'), request(2, 'cache.clear'))
    while (counts.started === 0) await turn()
    const [caller] = callers
    const open = [...(caller?.open.values() ?? [])]
    expect(open).toHaveLength(1)
    const gone = new Promise((resolve) => caller?.gone.addEventListener('abort', resolve))
    client.socket.destroy()
    await gone
    expect(open[0]?.signal.reason).toMatchObject({ slug: 'request.cancelled' })
    expect(caller?.notify('daemon.closing', { reason: 'stopping' })).toBe(false)
  })

  it('cuts the connection, and that one only, when a reply breaks off halfway', async () => {
    const client = connect()
    client.greet()
    client.send(request(1, 'daemon.stop'))
    await client.ended
    expect(client.replies).toHaveLength(1)
    expect(log.lines.some((line) => line.level === 'error')).toBe(true)
    await expectServed()
  })
})

describe('Connection, what comes unasked', () => {
  /** A client and what a handler may send it. */
  async function subscribed(): Promise<{ client: RawClient; caller: Caller }> {
    const client = connect()
    client.greet()
    client.send(request(1, 'config.list'))
    await client.until(2)
    return { client, caller: callers.at(-1) as Caller }
  }

  it('comes in order, between replies and never inside of one', async () => {
    const { client, caller } = await subscribed()
    client.send(request(2, 'cache.status'))
    for (let i = 0; i < 5; i++) {
      caller.notify('daemon.closing', { reason: 'stopping' })
      await turn()
    }
    const lines = await client.until(8)
    expect(lines.filter((line) => line.id === undefined)).toEqual(
      Array(5).fill({ jsonrpc: '2.0', method: 'daemon.closing', params: { reason: 'stopping' } }),
    )
    expect(lines.find((line) => line.id === 2)?.result).toHaveLength(PARTS)
    expect(client.rest).toBe('')
  })

  it('ends a client that lets 8 MiB of it pile up, says so, and harms nobody else', async () => {
    const { client, caller } = await subscribed()
    client.socket.pause()
    const reason = 'x'.repeat(100_000) as 'stopping'
    let sent = 0
    while (caller.notify('daemon.closing', { reason })) sent++
    expect(sent * reason.length).toBeGreaterThan(MAX_QUEUE_BYTES)
    expect(sent * reason.length).toBeLessThan(MAX_QUEUE_BYTES * 1.5)
    expect(caller.notify('daemon.closing', { reason })).toBe(false)
    await expectServed()
    client.socket.resume()
    await client.ended
    expect(client.replies.at(-1)).toEqual({
      jsonrpc: '2.0',
      method: 'daemon.closing',
      params: { reason: 'too_slow' },
    })
  })
})

describe('SocketServer.close', () => {
  it('says why to those who greeted, after their answers', async () => {
    const client = connect()
    client.greet()
    client.send(get(1))
    const stranger = connect()
    await client.until(2)
    await server.close()
    await client.ended
    expect(client.replies.at(-1)).toMatchObject({ method: 'daemon.closing', params: { reason: 'stopping' } })
    expect(stranger.replies).toEqual([])
  })

  it('ends open connections, also one that does not read', async () => {
    const stuck = connect()
    stuck.greet()
    await stuck.until(1)
    stuck.socket.pause()
    stuck.send(...Array.from({ length: 10 }, (_, i) => request(i, 'cache.status')))
    await expectServed()
    await server.close()
    stuck.socket.resume()
    await stuck.ended
  })
})
