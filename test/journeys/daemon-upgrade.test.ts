/** smd is updated while its daemon runs, and clients and daemons of different versions meet (daemon spec L8, L9). */

import { mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { methods } from '../../protocol/methods.ts'
import { createSandbox, isAlive, type RunResult, type Sandbox } from '../support/daemon.ts'
import { logged } from '../support/daemon-process.ts'
import { type Installed, install } from '../support/installed.ts'
import { RawClient, request } from '../support/raw-client.ts'

let box: Sandbox
let smd: Installed
const closing: Array<() => unknown> = []
beforeEach(() => {
  box = createSandbox()
  smd = install('0.1.0')
})
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
  await box.dispose()
  smd.dispose()
})

const run = (words: string, by = smd): Promise<RunResult> => box.smd(words, { cli: by.cli })
const json = (words: string, by = smd): Promise<Record<string, never>> =>
  box.json(words, { cli: by.cli }) as never
async function connected(): Promise<RawClient> {
  const client = new RawClient(box.paths.socket)
  closing.push(() => client.socket.destroy())
  client.greet()
  await client.until(1)
  return client
}
const another = (version: string): Installed => {
  const made = install(version)
  closing.push(() => made.dispose())
  return made
}

describe('files that are replaced under a running daemon (L9)', () => {
  it('leave it answering from memory: nothing is loaded from them, and it says that it has to be restarted', async () => {
    await run('start')
    const pid = box.daemonPid()
    const client = await connected()
    let over = false
    let sent = 0
    const load = (async () => {
      while (!over) {
        client.send(request(++sent, 'artifacts.list', { limit: 5 }))
        await client.until(sent + 1)
      }
    })()
    smd.replaceBy('0.2.0')
    expect(await json('list --limit 1')).toMatchObject({ total: 32 })
    over = true
    await load
    expect(client.replies.filter(({ error }) => error)).toEqual([])

    const { health } = await json('status')
    expect(health).toMatchObject({
      state: 'degraded',
      warnings: [
        {
          code: 'daemon.restart_needed',
          text: expect.stringContaining('replaced (0.1.0 by 0.2.0) while the daemon ran'),
          fix: 'Restart it: smd restart',
        },
      ],
    })
    expect(await json('cache refresh --force')).toMatchObject({ error: { slug: 'daemon.restart_needed' } })

    // Every method once more: a module loaded from the new files would be missing, or fit nothing.
    const before = client.replies.length
    const others = Object.keys(methods).filter((name) => name !== 'daemon.stop')
    const params = {
      name: 'x',
      id: 'art_0000000000000000',
      key: 'log.level',
      value: 'info',
      query: 'x',
      prefix: 'x',
      path: box.home,
      project: 'webshop',
    }
    for (const [i, method] of others.entries()) client.send(request(`m${i}`, method, params))
    const replies = (await client.until(before + others.length)).slice(before)
    const internal = replies.filter(({ error }) => error?.data.slug === 'internal')
    expect(internal).toEqual([])
    expect(box.daemonPid()).toBe(pid)
    client.socket.destroy()

    const started = await run('start')
    expect(started.stdout).toMatch(/^smd 0\.2\.0 listens on /)
    expect(isAlive(pid as number)).toBe(false)
    expect(await json('status')).toMatchObject({ version: '0.2.0', health: { state: 'ok' } })
  })

  it('change nothing when the same build was put there again', async () => {
    await run('start')
    const pid = box.daemonPid()
    smd.replaceBy('0.1.0')
    expect(await json('cache refresh --force')).toMatchObject({ started: true })
    expect((await json('status')).health).toEqual({ state: 'ok', warnings: [] })
    expect((await run('start')).stdout).toMatch(/^smd 0\.1\.0 runs already/)
    expect(box.daemonPid()).toBe(pid)
  })
})

describe('command line and daemon of different versions (L8)', () => {
  it('work together, and status names both and the command', async () => {
    await run('start')
    const newer = another('0.2.0')
    expect(await json('list --limit 1', newer)).toMatchObject({ total: 32 })
    const { stdout } = await run('status', newer)
    expect(stdout).toContain('smd 0.1.0 runs for')
    expect(stdout).toContain('This command line is smd 0.2.0. To run the daemon of this version: smd restart')
    expect((await run('doctor', newer)).stdout).toContain(
      'The daemon is smd 0.1.0, this command line is 0.2.0.',
    )
  })

  it('smd start replaces an older daemon that is idle', async () => {
    await run('start')
    const pid = box.daemonPid()
    const newer = another('0.2.0')
    expect((await run('start', newer)).stdout).toMatch(/^smd 0\.2\.0 listens on /)
    expect(isAlive(pid as number)).toBe(false)
    expect(await json('status', newer)).toMatchObject({ version: '0.2.0' })
  })

  it('smd start leaves a newer daemon alone, and says which side to update', async () => {
    const newer = another('0.2.0')
    await run('start', newer)
    const pid = box.daemonPid()
    const { stdout, stderr } = await run('start')
    expect(stdout).toMatch(/^smd 0\.2\.0 runs already/)
    expect(stderr).toContain('The daemon is smd 0.2.0, newer than this command line (0.1.0). Update it:')
    expect(box.daemonPid()).toBe(pid)
  })

  /** A daemon of another age, as far as a client sees it. */
  async function stub(answer: (method: string) => object): Promise<string[]> {
    const asked: string[] = []
    mkdirSync(box.paths.runtimeDir, { recursive: true, mode: 0o700 })
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy())
      socket.on('data', (chunk) => {
        for (const line of chunk.toString().trimEnd().split('\n')) {
          const { id, method } = JSON.parse(line)
          asked.push(method)
          socket.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...answer(method) })}\n`)
        }
      })
    })
    await new Promise<void>((resolve) => server.listen(box.paths.socket, resolve))
    closing.push(() => server.close())
    return asked
  }
  const hello = (capabilities: string[]): object => ({
    result: {
      protocol: 1,
      capabilities,
      instance: 'x',
      version: '0.0.1',
      limits: { frameBytes: 1, batch: 1 },
    },
  })
  const olderAtWork = (capabilities: string[]) => (method: string) => {
    if (method === 'daemon.hello') return hello(capabilities)
    if (method === 'daemon.stop')
      return {
        error: { code: 919, message: 'It reads.', data: { slug: 'daemon.busy', hint: '', details: {} } },
      }
    if (method === 'projects.list') return { result: { items: [], total: 0, nextCursor: null } }
    const cache = { storage: 'file', path: '/c', sizeBytes: 0, lastRefreshAt: null, refreshing: true }
    const status = { pid: 1, version: '0.0.1', socket: box.paths.socket, cache, health: { warnings: [] } }
    return { result: { ...status, projects: 0, artifacts: 0, misses: 0, countsByType: {} } }
  }

  it.each([
    ['that can be asked whether it is idle', ['stop.if-idle'], true],
    ['of before that could be asked', [], false],
  ])('smd start never ends an older daemon %s and is at work', async (_, capabilities, asks) => {
    const asked = await stub(olderAtWork(capabilities))
    const { code, stderr } = await run('start')
    expect(code).toBe(0)
    expect(stderr).toContain(
      'The daemon is still smd 0.0.1, because it is at work. Replace it when that is done: smd restart',
    )
    expect(asked.includes('daemon.stop')).toBe(asks)
  })

  it('that have no protocol in common: smd stop ends the daemon in order all the same', async () => {
    await run('start')
    const pid = box.daemonPid()
    const future = another('2.0.0')
    future.patchClient('protocol:{min:1,max:1}', 'protocol:{min:2,max:2}')
    const list = await run('list', future)
    expect(list).toMatchObject({ code: 4, stdout: '' })
    expect(list.stderr).toBe(
      'This client speaks protocol 2 to 2, the daemon 0.1.0 speaks 1 to 1.\nIf the daemon is the older one: smd restart. If it is the newer one, update this client.\n',
    )
    expect(await json('stop', future)).toEqual({ schema: 1, stopped: true, pid, killed: false })
    expect(logged(box, 'stopped')).toHaveLength(1)
  })

  it('that have no protocol in common name both sides and what to do', async () => {
    await run('start')
    const client = new RawClient(box.paths.socket)
    closing.push(() => client.socket.destroy())
    const greeting = { protocol: { min: 2, max: 3 }, client: 'future' }
    client.send(request(1, 'daemon.hello', greeting))
    expect((await client.until(1))[0]).toMatchObject({
      error: {
        message: 'This client speaks protocol 2 to 3, the daemon 0.1.0 speaks 1 to 1.',
        data: { hint: expect.stringContaining('If the daemon is the older one: smd restart.') },
      },
    })
  })
})
