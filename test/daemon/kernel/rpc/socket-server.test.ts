import { existsSync, lstatSync, mkdirSync, readdirSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { createConnection, createServer } from 'node:net'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Dispatcher } from '../../../../daemon/kernel/rpc/dispatch.ts'
import { checkSocketPath } from '../../../../daemon/kernel/rpc/socket-path.ts'
import { listenOnSocket } from '../../../../daemon/kernel/rpc/socket-server.ts'
import { useTestHome } from '../../../support/test-daemon.ts'

/** Nobody is served here. */
const dispatcher = {} as Dispatcher
const makeHome = useTestHome()
let folder: string
let path: string
beforeEach(() => {
  folder = makeHome().home
  path = join(folder, 'smd.sock')
})

const reach = (): Promise<'connected' | string> =>
  new Promise((resolve) => {
    const socket = createConnection(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve('connected')
    })
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
  })

describe('listenOnSocket', () => {
  it('makes a socket that is ours alone, and nothing else in the folder (S1)', async () => {
    const before = process.umask(0)
    const server = await listenOnSocket(path, dispatcher, { logFile: 'log' }).finally(() =>
      process.umask(before),
    )
    expect(lstatSync(path).isSocket()).toBe(true)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual(['smd.sock'])
    expect(await reach()).toBe('connected')
    await server.close()
    expect(readdirSync(folder)).toEqual([])
  })

  it('tells how many are connected', async () => {
    const numbers: number[] = []
    let changed = (): void => undefined
    const server = await listenOnSocket(path, dispatcher, {
      logFile: 'log',
      onConnections(open) {
        numbers.push(open)
        changed()
      },
    })
    const until = async (count: number): Promise<void> => {
      while (numbers.length < count) await new Promise<void>((resolve) => (changed = resolve))
    }
    const sockets = [createConnection(path), createConnection(path)]
    await until(2)
    for (const socket of sockets) socket.destroy()
    await until(4)
    expect(numbers).toEqual([1, 2, 1, 0])
    await server.close()
  })

  it.each([
    ['a file', () => writeFileSync(path, 'left over')],
    ['the socket of a dead daemon', () => writeFileSync(path, '', { mode: 0o600 })],
  ])('takes the place of %s', async (_, leave) => {
    leave()
    const server = await listenOnSocket(path, dispatcher, { logFile: 'log' })
    expect(await reach()).toBe('connected')
    await server.close()
    expect(existsSync(path)).toBe(false)
  })

  it('removes what a former start left under its private name', async () => {
    writeFileSync(join(folder, `.${process.pid.toString(36)}`), '')
    const server = await listenOnSocket(path, dispatcher, { logFile: 'log' })
    expect(readdirSync(folder)).toEqual(['smd.sock'])
    await server.close()
  })

  it('leaves a newer socket at its path alone when it closes (L4)', async () => {
    const old = await listenOnSocket(path, dispatcher, { logFile: 'log' })
    const newer = await listenOnSocket(path, dispatcher, { logFile: 'log' })
    await old.close()
    expect(await reach()).toBe('connected')
    await newer.close()
    expect(existsSync(path)).toBe(false)
  })

  it('closes in peace when somebody removed its socket, or put something else there', async () => {
    const first = await listenOnSocket(path, dispatcher, { logFile: 'log' })
    unlinkSync(path)
    await first.close()
    const second = await listenOnSocket(path, dispatcher, { logFile: 'log' })
    unlinkSync(path)
    writeFileSync(path, 'not ours')
    await second.close()
    expect(statSync(path).isFile()).toBe(true)
  })

  it('reports a place where the system allows no socket', async () => {
    const missing = join(folder, 'missing', 'smd.sock')
    await expect(listenOnSocket(missing, dispatcher, { logFile: 'log' })).rejects.toMatchObject({
      slug: 'daemon.not_allowed',
    })
  })

  it('reports a folder at its path, and leaves no socket behind', async () => {
    mkdirSync(path)
    await expect(listenOnSocket(path, dispatcher, { logFile: 'log' })).rejects.toMatchObject({
      slug: 'daemon.start_failed',
      hint: 'Read the log: log',
    })
    expect(readdirSync(folder)).toEqual(['smd.sock'])
  })
})

describe('checkSocketPath', () => {
  it.each([
    ['linux', 107],
    ['darwin', 103],
  ] as const)('takes what %s takes, %i bytes, and refuses a byte more', (platform, limit) => {
    const path = `/${'é'.repeat((limit - 3) / 2)}/s`
    expect(Buffer.byteLength(path)).toBe(limit)
    expect(() => checkSocketPath(path, platform)).not.toThrow()
    expect(() => checkSocketPath(`${path}s`, platform)).toThrow(
      expect.objectContaining({
        slug: 'daemon.path_too_long',
        details: { path: `${path}s`, bytes: limit + 1, limit },
      }),
    )
  })

  it('knows no limit for named pipes', () => {
    expect(() => checkSocketPath(`\\\\.\\pipe\\${'x'.repeat(200)}`, 'win32')).not.toThrow()
  })

  it.runIf(process.platform === 'linux')('draws the line where the system does', async () => {
    const longest = `${folder}/${'s'.repeat(107 - folder.length - 1)}`
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(longest, resolve))
    expect(existsSync(longest)).toBe(true)
    await new Promise((resolve) => server.close(resolve))
  })
})
