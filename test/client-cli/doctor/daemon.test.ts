import { chmodSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { examineDaemon } from '../../../client-cli/doctor/daemon.ts'
import {
  type Registration,
  readRegistration,
  thisPlace,
  writeRegistration,
} from '../../../daemon/kernel/service/registration.ts'
import { VERSION } from '../../../protocol/version.ts'
import { lines, useMachine } from './machine.ts'

describe('examineDaemon', () => {
  const here = useMachine()
  const servers: Server[] = []
  const open = new Set<Socket>()
  afterEach(() => {
    for (const socket of open) socket.destroy()
    for (const server of servers.splice(0)) server.close()
  })

  /** Something that listens on the socket and does `talk` with every connection. */
  const listen = (talk: (socket: Socket) => void): Promise<void> => {
    const server = createServer((socket) => {
      open.add(socket)
      socket.on('error', () => socket.destroy())
      talk(socket)
    })
    servers.push(server)
    return new Promise((resolve) =>
      server.listen(here.machine.paths.socket, () => {
        chmodSync(here.machine.paths.socket, 0o600)
        resolve()
      }),
    )
  }
  /** Answers each method with a result, as lines of JSON-RPC. */
  const daemonThatSays = (results: Record<string, unknown>) => (socket: Socket) => {
    socket.on('data', (chunk: Buffer) => {
      for (const line of chunk.toString('utf8').split('\n').filter(Boolean)) {
        const { id, method } = JSON.parse(line)
        const error = { code: -32_601, message: '', data: { slug: 'rpc.unknown_method', hint: '' } }
        const answer = method in results ? { result: results[method] } : { error }
        socket.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...answer })}\n`)
      }
    })
  }
  const status = (more: object = {}) => ({
    'daemon.hello': { protocol: 1 },
    'daemon.status': {
      pid: 1,
      version: VERSION,
      socket: here.machine.paths.socket,
      health: { state: 'ok', warnings: [] },
      cache: { path: here.machine.paths.cacheDb, lastRefreshAt: 5 },
      ...more,
    },
  })
  const register = (pid: number, state: Registration['state'] = 'serving'): void => {
    const { socket, registrationFile } = here.machine.paths
    writeRegistration(registrationFile, {
      protocol: 1,
      version: VERSION,
      pid,
      instance: 'x',
      socket,
      startedAt: 0,
      state,
      startedBy: 'cli',
      ...thisPlace(),
    })
  }
  const check = async (): Promise<string[]> => {
    const { findings } = await examineDaemon(here.machine)
    for (const { state, fix } of findings) if (state === 'fault') expect(fix).toBeTruthy()
    return lines(findings)
  }

  it('is content with a daemon that answers and is of the same version', async () => {
    await listen(daemonThatSays(status()))
    expect(await check()).toEqual([
      `ok socket: The daemon (pid 1) answers on ${here.machine.paths.socket}`,
      `ok version: Daemon and command line are both ${VERSION}`,
    ])
  })

  it('finds a daemon of another version', async () => {
    await listen(daemonThatSays(status({ version: '0.0.1' })))
    expect(await check()).toContain(
      `fault version: The daemon is smd 0.0.1, this command line is ${VERSION}.`,
    )
  })

  it('finds a daemon of another protocol', async () => {
    await listen((socket) => {
      const data = { slug: 'protocol.version', hint: '', details: {} }
      socket.on('data', () => {
        for (const id of [1, 2, 3]) {
          const error = { code: 911, message: 'This client speaks protocol 1 to 1, …', data }
          socket.write(`${JSON.stringify({ jsonrpc: '2.0', id, error })}\n`)
        }
      })
    })
    expect(await check()).toEqual(['fault version: This client speaks protocol 1 to 1, …'])
  })

  it('learns from the daemon what it knows of its cache, unless it is too old to say', async () => {
    await listen(daemonThatSays({ ...status(), 'cache.check': { checkedAt: 1, problem: 'page 5 is odd' } }))
    expect(await examineDaemon(here.machine)).toMatchObject({
      cache: { path: here.machine.paths.cacheDb, problem: 'page 5 is odd' },
      lastRefreshAt: 5,
    })
  })

  it('is content with a daemon that cannot say it', async () => {
    await listen(daemonThatSays(status()))
    expect(await examineDaemon(here.machine)).toMatchObject({ cache: null, lastRefreshAt: 5 })
  })

  it('passes on what the daemon says of itself', async () => {
    const warnings = [
      {
        code: 'cache.memory',
        severity: 'warning',
        text: 'The cache lives in memory.',
        fix: 'Free the disk.',
      },
      { code: 'cache.rebuilt', severity: 'info', text: 'cache.db was rebuilt.', fix: 'Nothing to do.' },
    ]
    await listen(daemonThatSays(status({ health: { state: 'degraded', warnings } })))
    expect((await check()).slice(2)).toEqual([
      'fault cache.memory: The cache lives in memory.',
      'note cache.rebuilt: cache.db was rebuilt.',
    ])
  })

  it('finds a daemon that accepts and never answers', async () => {
    await listen(() => undefined)
    expect(await check()).toEqual([
      `fault socket: The daemon at ${here.machine.paths.socket} accepts connections but does not answer.`,
    ])
  })

  it('finds something else that listens there', async () => {
    await listen((socket) => void socket.write('220 mail.example.com ESMTP\r\n'))
    expect(await check()).toEqual([
      `fault socket: What listens on ${here.machine.paths.socket} does not talk as smd does: it sent no JSON-RPC response.`,
    ])
  })

  it('finds a daemon that ends every connection', async () => {
    await listen((socket) => socket.end())
    expect((await check())[0]).toMatch(
      /^fault socket: .* does not talk as smd does: it ended the connection\.$/,
    )
  })

  it('finds a file, a link or an open door where the socket should be', async () => {
    const { socket } = here.machine.paths
    writeFileSync(socket, '')
    expect(await check()).toEqual([`fault socket: ${socket} is not a socket.`])
    symlinkSync(socket, `${socket}2`)
    const paths = { ...here.machine.paths, socket: `${socket}2` }
    expect(lines((await examineDaemon({ ...here.machine, paths })).findings)[0]).toContain('is not a socket')
  })

  it('finds a socket that others may use', async () => {
    await listen(daemonThatSays(status()))
    chmodSync(here.machine.paths.socket, 0o666)
    expect(await check()).toEqual([`fault socket: Others may use ${here.machine.paths.socket}.`])
  })

  it('finds a socket of somebody else', async () => {
    await listen(daemonThatSays(status()))
    const uid = (here.machine.uid ?? 0) + 1
    expect(lines((await examineDaemon({ ...here.machine, uid })).findings)[0]).toContain(
      `not to you (${uid})`,
    )
  })

  it('says that a daemon is not running, and what a dead one left behind', async () => {
    expect(await check()).toEqual(['note socket: The daemon is not running.'])
    // The number of no process: Linux has at most 2^22.
    register(2 ** 22 + 1)
    expect(await check()).toEqual([
      'note socket: The daemon is not running. What a former one left behind is cleared at the next start.',
    ])
  })

  it.each(['starting', 'stopping'] as const)('finds no fault in a daemon that is %s', async (state) => {
    register(process.pid, state)
    expect(await check()).toEqual([`note socket: The daemon (pid ${process.pid}) is ${state}.`])
  })

  it('does not take another process of the same number for the daemon (L6)', async () => {
    const { registrationFile } = here.machine.paths
    register(process.pid)
    const registered = readRegistration(registrationFile) as Registration
    writeRegistration(registrationFile, { ...registered, processStart: '1' })
    expect((await check())[0]).toContain('The daemon is not running. What a former one left behind')
  })

  it('finds a daemon that lives and has lost its socket', async () => {
    register(process.pid)
    expect(await check()).toEqual([
      `fault socket: A daemon is registered (pid ${process.pid}), but nobody listens on ${here.machine.paths.socket}.`,
    ])
  })
})
