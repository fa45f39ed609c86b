/** Clients that break, stretch or abuse the protocol, while another one goes on with its work (P4). */
import { readdirSync } from 'node:fs'
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MAX_BATCH, MAX_CONNECTIONS } from '../../protocol/version.ts'
import { memoryOf } from '../bench/processes.ts'
import { createSandbox, type Sandbox } from '../support/daemon.ts'
import { logged } from '../support/daemon-process.ts'
import { servedDuring } from '../support/good-client.ts'
import { RawClient, type Reply, request } from '../support/raw-client.ts'

const MB = 1024 * 1024

let box: Sandbox
let pid: number
const clients: RawClient[] = []
beforeEach(async () => {
  box = createSandbox()
  // Afterwards nothing changes any more by itself.
  await box.smd('cache refresh')
  pid = box.daemonPid() ?? 0
})
afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.destroy()
  await box.dispose()
})

const connect = (): RawClient => {
  const client = new RawClient(box.paths.socket)
  clients.push(client)
  return client
}
const connectMany = (count: number): RawClient[] => Array.from({ length: count }, connect)
/** Resolves when the system has taken the bytes, and the daemon had a chance to read them by themselves. */
async function put(client: RawClient, bytes: Buffer | string): Promise<void> {
  await new Promise((resolve) => client.socket.write(bytes, resolve))
  await turn()
}
const get = (id: number | string) => request(id, 'config.get', { key: 'cache.ttl_minutes' })
const line = (...messages: unknown[]): string =>
  messages.map((message) => `${JSON.stringify(message)}\n`).join('')
const byId = (replies: readonly Reply[]): Reply[] =>
  replies.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))

afterEach(() => {
  expect(box.daemonPid() ?? pid).toBe(pid)
})

describe('what a client sends', () => {
  it('may be cut anywhere: a session is answered the same wherever its bytes are split', async () => {
    const session = Buffer.from(
      line(
        request('hello', 'daemon.hello', { protocol: { min: 1, max: 1 }, client: 'é€😀' }),
        get(1),
        request(2, 'no.such.é€😀'),
        [get(3), request(4, 'artifacts.list', { limit: 1 }), { jsonrpc: '2.0', method: 'config.get' }],
      ),
    )
    const expectedReplies = 4
    const whole = connect()
    whole.socket.write(session)
    const expected = byId(await whole.until(expectedReplies))
    await servedDuring(box.paths.socket, async () => {
      for (let cut = 1; cut < session.length; cut++) {
        const client = connect()
        await put(client, session.subarray(0, cut))
        client.socket.write(session.subarray(cut))
        expect(byId(await client.until(expectedReplies)), `cut at ${cut}`).toEqual(expected)
        client.socket.destroy()
      }
      const drip = connect()
      for (const byte of session) await put(drip, Buffer.from([byte]))
      expect(byId(await drip.until(expectedReplies))).toEqual(expected)
    })
  })

  const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
  const text = (id: string, more: string): string =>
    `{"jsonrpc":"2.0","id":${id},"method":"config.get",${more}}`
  const good = '"params":{"key":"cache.ttl_minutes"}'
  /** Line, id of the answer, error code or null. */
  const lines: Array<[string, string | Buffer, string | number | null, number | null]> = [
    ['a number that is infinite', text('7', '"params":{"key":"cache.ttl_minutes","x":1e999}'), 7, null],
    ['an id that is infinite', text('1e999', good), null, null],
    ['an id of 300 digits', text('1'.repeat(300), good), Number('1'.repeat(300)), null],
    ['an id of negative zero', text('-0', good), 0, null],
    ['an id of a megabyte', text(`"${'x'.repeat(MB)}"`, good), 'x'.repeat(MB), null],
    ['the same key twice', text('1', `"id":2,"method":"no.such","method":"config.get",${good}`), 2, null],
    [
      'a prototype for a message',
      '{"__proto__":{"jsonrpc":"2.0","id":1,"method":"daemon.stop"}}',
      null,
      -32_600,
    ],
    [
      'a prototype for the parameters',
      text('8', '"params":{"__proto__":{"key":"cache.ttl_minutes"}}'),
      8,
      -32_602,
    ],
    ['a key of the prototype', text('9', '"params":{"key":"__proto__"}'), 9, 921],
    ['a method of every object', '{"jsonrpc":"2.0","id":1,"method":"toString"}', 1, -32_601],
    ['a constructor for a method', '{"jsonrpc":"2.0","id":1,"method":"constructor"}', 1, -32_601],
    ['NUL bytes', '\0\0\0', null, -32_700],
    ['NUL inside of a text', text('"a\\u0000b"', good), 'a\0b', null],
    ['half of a surrogate pair', text('"\\ud83d"', good), '\ud83d', null],
    ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0xed, 0xa0, 0x80, 0x22]), null, -32_600],
    ['a byte order mark', `\ufeff${text('1', good)}`, null, -32_700],
    ['a line end of another system', `${text('3', good)}\r`, 3, null],
    ['spaces around', `  \t${text('4', good)}  `, 4, null],
    ['two messages in a line', text('1', good) + text('2', good), null, -32_700],
    ['a comment', `/* */${text('1', good)}`, null, -32_700],
    ['parameters 100,000 levels deep', text('5', `"params":{"key":${deep(100_000)}}`), 5, -32_602],
    [
      'ignored parameters 1,000,000 levels deep',
      text('6', `"params":{"key":"log.level","x":${deep(1e6)}}`),
      6,
      null,
    ],
    ['an id 100,000 levels deep', text(deep(100_000), good), null, -32_600],
    ['a method 100,000 levels deep', `{"jsonrpc":"2.0","id":1,"method":${deep(100_000)}}`, 1, -32_600],
    ['objects 100,000 levels deep', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`, null, -32_600],
    ['a level that is missing', '['.repeat(100_000), null, -32_700],
    [
      '100,000 keys',
      text('10', `"params":{${Array.from({ length: 1e5 }, (_, i) => `"k${i}":1`)}}`),
      10,
      -32_602,
    ],
    ['a list of numbers', `[${Array.from({ length: MAX_BATCH + 1 }, (_, i) => i)}]`, null, 913],
  ]
  it('may be nasty in many ways: each has one answer, and the next is right', async () => {
    await servedDuring(box.paths.socket, async () => {
      for (const [what, sent, id, code] of lines) {
        const client = connect()
        client.greet()
        client.socket.write(sent)
        client.socket.write(`\n${line(get('next'))}`)
        const [, answer, next, more] = await client.until(3)
        expect(answer, what).toMatchObject(code === null ? { id } : { id, error: { code } })
        if (code === null) expect(answer, what).toHaveProperty('result')
        expect(next, what).toMatchObject({ id: 'next', result: { key: 'cache.ttl_minutes' } })
        expect(more, what).toBeUndefined()
        client.socket.destroy()
      }
    })
  })

  it('may be anything at all: each line has one answer of JSON-RPC, none of them a bug', async () => {
    const valid = Buffer.from(JSON.stringify(get(1)))
    const flipped = fc.tuple(fc.nat({ max: valid.length - 1 }), fc.nat({ max: 255 })).map(([at, byte]) => {
      const bytes = Buffer.from(valid)
      bytes[at] = byte
      return bytes
    })
    const sent = fc
      .oneof(
        flipped,
        fc.uint8Array({ minLength: 1, maxLength: 60 }),
        fc.json().map((json) => Buffer.from(json)),
        fc.array(fc.constantFrom(valid, Buffer.from('{}')), { minLength: 1, maxLength: 5 }).map(joined),
        fc.constantFrom(
          ...lines.map(([, bytes]) => Buffer.from(bytes)).filter((bytes) => bytes.length < 1_000),
        ),
      )
      // One line each, and not one that is empty.
      .map((bytes) => Buffer.from(bytes.map((byte) => (byte === 0x0a ? 0x20 : byte))))
      .filter((bytes) => bytes.toString() !== '' && bytes.toString() !== '\r')
    await servedDuring(box.paths.socket, () =>
      fc.assert(
        fc.asyncProperty(fc.array(sent, { maxLength: 30 }), fc.nat(), async (all, cut) => {
          const bytes = Buffer.concat(all.flatMap((one) => [one, Buffer.from('\n')]))
          const client = connect()
          client.greet()
          await client.until(1)
          await put(client, bytes.subarray(0, cut % (bytes.length + 1)))
          client.socket.write(bytes.subarray(cut % (bytes.length + 1)))
          // Notifications have no answer, which a flipped byte may make.
          client.socket.write(line(get('last')))
          client.socket.end()
          await client.ended
          client.socket.destroy()
          expect(client.rest).toBe('')
          const replies = client.replies.slice(1).flat()
          expect(replies.some((reply) => reply.id === 'last' && reply.result !== undefined)).toBe(true)
          for (const reply of replies) {
            expect(reply).toMatchObject({ jsonrpc: '2.0' })
            if (reply.error)
              expect([-32_700, -32_600, -32_601, -32_602, 913, 921]).toContain(reply.error.code)
            else expect(reply).toHaveProperty('result')
          }
        }),
        { numRuns: 100 },
      ),
    )
    expect(logged(box, 'request failed')).toEqual([])
  })

  it('may be a batch of 100, of deep things too; not of 101', async () => {
    const client = connect()
    client.greet()
    const numbers = Array.from({ length: MAX_BATCH }, (_, i) => i)
    client.socket.write(`${JSON.stringify(numbers.map(get))}\n`)
    client.socket.write(`${JSON.stringify([...numbers, 100].map(get))}\n`)
    client.socket.write(`[${numbers.map(() => deep(10_000))}]\n`)
    client.socket.write(`[${numbers.map((i) => text(`${i}`, `"params":${deep(10_000)}`))}]\n`)
    // They are answered as they get ready.
    const answers = (await client.until(5)).slice(1) as Array<Reply | Reply[]>
    const of = (one: Reply[]): Array<string | number | undefined> =>
      one.map((reply) => reply.error?.code ?? 'ok')
    expect(answers.map((answer) => (Array.isArray(answer) ? of(answer) : answer.error?.data.slug))).toEqual(
      expect.arrayContaining([
        numbers.map(() => 'ok'),
        'protocol.batch_too_large',
        numbers.map(() => -32_600),
        numbers.map(() => -32_602),
      ]),
    )
  })
})

const joined = (requests: readonly Buffer[]): Buffer => Buffer.from(`[${requests.join(',')}]`)

describe('how a client behaves', () => {
  it('too slow to greet: it is cut off; slow after the greeting: it is answered in the end', async () => {
    await servedDuring(box.paths.socket, async () => {
      const greeted = connectMany(20)
      for (const client of greeted) client.greet()
      await Promise.all(greeted.map((client) => client.until(1)))
      const message = line(get('slow'))
      const dripping = Promise.all(
        greeted.map(async (client) => {
          for (const byte of Buffer.from(message)) await put(client, Buffer.from([byte]))
          return (await client.until(2))[1]
        }),
      )
      const never = connectMany(20)
      let cut = 0
      for (const { ended } of never) void ended.then(() => cut++)
      // Each gets one byte of a greeting at a time, and would need a thousand of them.
      const endless = (async () => {
        while (cut < never.length) {
          await wait(20)
          for (const { socket } of never) if (socket.writable) socket.write('{')
        }
      })()
      for (const answer of await dripping) expect(answer).toMatchObject({ id: 'slow', result: {} })
      await endless
      expect(never.flatMap((client) => client.replies)).toEqual([])
    })
  })

  it('asks for megabytes and reads nothing: the daemon keeps no more than 8 MiB for it', async () => {
    const greedy = 10
    await servedDuring(box.paths.socket, async (served) => {
      await served.rounds(20)
      const before = memoryOf(pid, 'VmRSS') ?? 0
      const asking = connectMany(greedy)
      for (const client of asking) {
        client.greet()
        await client.until(1)
        client.socket.pause()
        for (let i = 0; i < 2_000; i++) client.send(request(i, 'rpc.discover'))
      }
      // Until the daemon takes no more of what they ask.
      const unsent = (): number => asking.reduce((sum, { socket }) => sum + socket.writableLength, 0)
      for (let last = -1; last !== unsent(); ) {
        last = unsent()
        await served.rounds(10)
      }
      const grown = (memoryOf(pid, 'VmRSS') ?? 0) - before
      expect(grown).toBeLessThan(greedy * 8 * MB + 32 * MB)
    })
  })

  it('comes with 300 connections: 256 are served, and a new one as soon as there is room', async () => {
    await servedDuring(box.paths.socket, async (served) => {
      const outcomes = await Promise.all(
        connectMany(300).map(async (client) => {
          client.greet()
          const greeted = await client.until(1).then(
            ([reply]) => reply?.result !== undefined,
            () => false,
          )
          return { client, greeted }
        }),
      )
      // The one with manners was there first.
      const accepted = outcomes.filter(({ greeted }) => greeted)
      expect(accepted).toHaveLength(MAX_CONNECTIONS - 1)
      for (const { client } of accepted) client.send(get('still'))
      for (const { client } of accepted) expect((await client.until(2))[1]).toMatchObject({ id: 'still' })
      for (const { client } of accepted.slice(0, 10)) client.socket.destroy()
      await served.rounds(2)
      for (const client of connectMany(10)) {
        client.greet()
        expect((await client.until(1))[0]).toMatchObject({ id: 'hello', result: {} })
      }
    })
  })

  it.runIf(process.platform === 'linux')(
    'leaves in every way there is: nothing of it stays open',
    async () => {
      const open = (): number => readdirSync(`/proc/${pid}/fd`).length
      await servedDuring(box.paths.socket, async (served) => {
        await served.rounds(2)
        const before = open()
        const [half, silent, ended, abrupt] = [
          connectMany(20),
          connectMany(20),
          connectMany(20),
          connectMany(20),
        ]
        for (const client of [...half, ...abrupt]) {
          client.greet()
          await client.until(1)
        }
        // Ends its side in the middle of a message, or before it said a word, and keeps the other one open.
        for (const { socket } of half) socket.end('{"jsonrpc":')
        for (const { socket } of ended) socket.end()
        for (const client of abrupt) {
          client.send(request(1, 'rpc.discover'), request(2, 'rpc.discover'))
          client.socket.destroy()
        }
        await Promise.all([...half, ...ended, ...silent].map((client) => client.ended))
        while (open() > before) await wait(10)
      })
    },
  )
})
