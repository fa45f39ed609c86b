import { mkdirSync, renameSync } from 'node:fs'
import { connect } from 'node:net'
import { dirname } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { composeInline } from '../../../../daemon/compose-inline.ts'
import { openInMemory } from '../../../../daemon/kernel/db/open.ts'
import type { Logger } from '../../../../daemon/kernel/log/logger.ts'
import { createLogger } from '../../../../daemon/kernel/log/pino-logger.ts'
import { RotatingFile } from '../../../../daemon/kernel/log/rotate.ts'
import { listenOnSocket } from '../../../../daemon/kernel/rpc/socket-server.ts'
import { createClient, helloParams, type Notification } from '../../../../protocol/client.ts'
import { SmdError } from '../../../../protocol/errors.ts'
import { LineSplitter } from '../../../../protocol/framing.ts'
import { useTestHome } from '../../../support/test-daemon.ts'

const makeHome = useTestHome()
const closing: Array<() => unknown> = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

/** The daemon's methods over a real socket, with a real log that counts its listeners. */
async function startServer() {
  const { around } = makeHome()
  const { paths } = around
  for (const folder of [dirname(paths.logFile), paths.runtimeDir])
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  const written = createLogger(new RotatingFile(paths.logFile, { maxBytes: 2_000 }), {
    level: 'info',
    now: () => 7,
  })
  let listeners = 0
  let changed = (): void => undefined
  const log: Logger = {
    ...written,
    onLine(listener) {
      const stop = written.onLine(listener)
      listeners++
      changed()
      return () => {
        stop()
        listeners--
        changed()
      }
    },
  }
  const composed = await composeInline({ ...around, log }, openInMemory(), {
    kind: 'memory',
    path: ':memory:',
  })
  const server = await listenOnSocket(paths.socket, composed.dispatcher, { logFile: paths.logFile })
  closing.push(composed.close, server.close)
  /** Resolves when so many follow the log. */
  const followers = async (count: number): Promise<void> => {
    while (listeners !== count) await new Promise<void>((resolve) => (changed = resolve))
  }
  return { log, paths, followers, dispatcher: composed.dispatcher }
}

/** A client of the socket that keeps what it is sent unasked. */
function connectTo(path: string) {
  const socket = connect(path)
  const heard: Notification[] = []
  let wake = (): void => undefined
  const client = createClient(
    (line) => void socket.write(`${line}\n`),
    (notification) => {
      heard.push(notification)
      wake()
    },
  )
  const lines = new LineSplitter(1e8)
  socket.on('data', (chunk: Buffer) => {
    for (const line of lines.push(chunk)) client.receive(line)
  })
  socket.on('error', () => undefined)
  client.call('daemon.hello', helloParams('test')).catch(() => undefined)
  closing.push(() => socket.destroy())
  const messages = (): string[] => heard.map(({ params }) => ('message' in params ? params.message : ''))
  const until = async (count: number): Promise<string[]> => {
    while (heard.length < count) await new Promise<void>((resolve) => (wake = resolve))
    return messages()
  }
  return { socket, call: client.call, heard, until, messages }
}

const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => `line ${from + i}`)

describe('logs.read', () => {
  it('gives the last lines that pass, oldest first', async () => {
    const { log, paths } = await startServer()
    const { call } = connectTo(paths.socket)
    log.warn('one', { a: 1 })
    log.info('two')
    log.error('three')
    expect(await call('logs.read', { level: 'warn', limit: 5 })).toEqual({
      items: [
        { loggedAt: 7, level: 'warn', message: 'one', requestId: null, fields: { a: 1 } },
        { loggedAt: 7, level: 'error', message: 'three', requestId: null, fields: {} },
      ],
      total: 2,
    })
  })
})

describe('logs.follow (P6)', () => {
  it('sends old lines and then new ones, without gap or repetition, while files are rotated', async () => {
    const { log, paths, followers } = await startServer()
    const { call, until } = connectTo(paths.socket)
    for (let i = 0; i < 10; i++) log.info(`line ${i}`)
    const end = new AbortController()
    const followed = call('logs.follow', { limit: 5 }, { signal: end.signal })
    await followers(1)
    for (let i = 10; i < 200; i++) log.info(`line ${i}`)
    renameSync(paths.logFile, `${paths.logFile}.moved`)
    log.info('line 200')
    expect(await until(196)).toEqual(numbers(5, 201))
    end.abort()
    await expect(followed).rejects.toThrow(new SmdError('request.cancelled'))
    await followers(0)
  })

  it('sends each follower what passes its filter', async () => {
    const { log, paths, followers } = await startServer()
    const [errors, one] = [connectTo(paths.socket), connectTo(paths.socket)]
    const failed = [
      errors.call('logs.follow', { level: 'error' }),
      one.call('logs.follow', { request: 'mine' }),
    ]
    for (const call of failed) call.catch(() => undefined)
    await followers(2)
    log.info('not for them')
    log.error('for one')
    log.setLevel('debug')
    await one.call('config.list', {}, { meta: { requestId: 'mine' } })
    await one.call('config.list', {}, { meta: { requestId: 'other' } })
    expect(await errors.until(1)).toEqual(['for one'])
    expect(await one.until(1)).toEqual(['request'])
    expect(one.heard[0]?.params).toMatchObject({ requestId: 'mine', fields: { method: 'config.list' } })
  })

  it('ends when the client goes', async () => {
    const { paths, followers, log } = await startServer()
    const { call, socket } = connectTo(paths.socket)
    call('logs.follow', {}).catch(() => undefined)
    await followers(1)
    socket.destroy()
    await followers(0)
    log.info('to nobody')
  })

  it('refuses to go on for ever for a caller that could not end it', async () => {
    const { dispatcher, followers } = await startServer()
    expect(await dispatcher.call('logs.follow', {})).toEqual({ followed: false })
    await followers(0)
  })
})
