import { existsSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { composeInline } from '../../../../daemon/compose-inline.ts'
import { openInMemory } from '../../../../daemon/kernel/db/open.ts'
import { createGate } from '../../../../daemon/kernel/rpc/gate.ts'
import { listenOnSocket, type SocketServer } from '../../../../daemon/kernel/rpc/socket-server.ts'
import { greet } from '../../../../daemon/kernel/service/greet.ts'
import { acquireInstanceLock, type InstanceLock } from '../../../../daemon/kernel/service/instance-lock.ts'
import {
  type Registration,
  readRegistration,
  thisPlace,
  writeRegistration,
} from '../../../../daemon/kernel/service/registration.ts'
import { checkSelf, type Outcome } from '../../../../daemon/kernel/service/self-check.ts'
import { RawClient, request } from '../../../support/raw-client.ts'
import { recordLog } from '../../../support/record-log.ts'
import { useTestHome } from '../../../support/test-daemon.ts'

const makeHome = useTestHome()
const closing: Array<() => unknown> = []
let folder: string
let socket: string
let registrationFile: string
beforeEach(() => {
  folder = makeHome().home
  socket = join(folder, 's')
  registrationFile = join(folder, 'daemon.json')
})
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

type Serving = {
  own: Registration
  server: SocketServer
  lock: InstanceLock
  check(): Promise<Outcome>
}

/** A daemon that serves in this folder: real socket, lock and registration, in this process. */
async function serve(): Promise<Serving> {
  const { around } = makeHome()
  const composed = await composeInline(around, openInMemory(), { kind: 'memory', path: ':memory:' })
  const { instance, pid } = composed.ctx.identity
  const lock = acquireInstanceLock(join(folder, 'daemon.lock'))
  if (!lock) throw new Error('the lock is held')
  const server = await listenOnSocket(
    socket,
    createGate(composed.dispatcher, () => 0),
    { logFile: '' },
  )
  const own: Registration = {
    protocol: 1,
    version: '0',
    pid,
    instance,
    socket,
    startedAt: 0,
    state: 'serving',
    startedBy: 'cli',
    ...thisPlace(),
  }
  writeRegistration(registrationFile, own)
  closing.push(composed.close, lock.release, server.close)
  const { log } = recordLog()
  return { own, server, lock, check: () => checkSelf({ own, registrationFile, server, lock, greet, log }) }
}

const instanceAt = async (): Promise<unknown> => greet(socket)

describe('checkSelf (L5)', () => {
  it('is content when clients reach this daemon', async () => {
    const { own, check } = await serve()
    expect(await check()).toBe('well')
    expect(await instanceAt()).toEqual({ instance: own.instance })
  })

  it.each([
    ['deleted', () => unlinkSync(socket)],
    [
      'replaced by a file',
      () => {
        unlinkSync(socket)
        writeFileSync(socket, '')
      },
    ],
    ['moved away', () => renameSync(socket, `${socket}2`)],
  ])('puts a socket that was %s in its place again, and open connections go on', async (_, harm) => {
    const { own, check } = await serve()
    const client = new RawClient(socket)
    client.greet()
    await client.until(1)
    harm()
    client.send(request(1, 'daemon.status'))
    expect(await check()).toBe('mended')
    expect(await instanceAt()).toEqual({ instance: own.instance })
    client.send(request(2, 'daemon.status'))
    expect((await client.until(3)).map(({ id }) => id)).toEqual(['hello', 1, 2])
    client.socket.destroy()
    expect(await check()).toBe('well')
  })

  it.each([
    ['is silent', () => undefined],
    ['talks otherwise', (client: { write(text: string): void }) => client.write('220 mail.example.com\r\n')],
    ['hangs up', (client: { end(): void }) => client.end()],
  ])('takes its place back from a stranger that %s', async (_, talk) => {
    const { own, server, lock } = await serve()
    unlinkSync(socket)
    const stranger = createServer(talk as never)
    await new Promise<void>((resolve) => stranger.listen(socket, resolve))
    closing.push(() => stranger.close())
    const { log } = recordLog()
    const parts = { own, registrationFile, server, lock, greet: (at: string) => greet(at, 200), log }
    expect(await checkSelf(parts)).toBe('mended')
    expect(await instanceAt()).toEqual({ instance: own.instance })
  })

  it.each([
    ['deleted', () => rmSync(registrationFile)],
    ['overwritten', () => writeFileSync(registrationFile, 'nonsense')],
    [
      'of a daemon that was killed',
      () => writeFileSync(registrationFile, JSON.stringify({ pid: 2 ** 22 + 1, instance: 'dead', socket })),
    ],
    [
      'of a living process that does not answer for it',
      () =>
        writeFileSync(
          registrationFile,
          JSON.stringify({ pid: process.ppid, instance: 'liar', socket: join(folder, 'nowhere') }),
        ),
    ],
  ])('registers again when the registration is %s', async (_, harm) => {
    const { own, check } = await serve()
    harm()
    expect(await check()).toBe('mended')
    expect(readRegistration(registrationFile)).toEqual(own)
  })

  it('gives way to another daemon that serves since the lock file was deleted, and harms nothing of it (L4)', async () => {
    const old = await serve()
    expect(old.lock.isInPlace()).toBe(true)
    rmSync(join(folder, 'daemon.lock'))
    expect(old.lock.isInPlace()).toBe(false)
    const newer = await serve()
    expect(await old.check()).toBe('usurped')
    expect(await newer.check()).toBe('well')
    rmSync(registrationFile)
    expect(await old.check(), 'also before the other one has registered itself again').toBe('usurped')
    await old.server.close()
    expect(existsSync(socket)).toBe(true)
    expect(await newer.check()).toBe('mended')
    expect(await instanceAt()).toEqual({ instance: newer.own.instance })
  })
})
