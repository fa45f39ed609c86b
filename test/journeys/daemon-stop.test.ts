/** The end of the daemon: in order, sooner, by force; and never that of a process that is not it. */
import { type ChildProcess, spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { processStart } from '../../daemon/kernel/service/process-start.ts'
import { type Registration, readRegistration } from '../../daemon/kernel/service/registration.ts'
import { createSandbox, isAlive, type Sandbox } from '../support/daemon.ts'
import { type DaemonProcess, logged, preloaded, startProcess } from '../support/daemon-process.ts'
import { RawClient, request } from '../support/raw-client.ts'

let box: Sandbox
const closing: Array<() => unknown> = []
beforeEach(() => {
  box = createSandbox()
})
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
  await box.dispose()
})

async function start(env: NodeJS.ProcessEnv = {}): Promise<DaemonProcess> {
  const started = await startProcess(box, env)
  closing.push(async () => {
    started.child.kill('SIGKILL')
    await started.ended
  })
  return started
}
const wedged = (what: string): NodeJS.ProcessEnv => preloaded('wedge', { SMD_TEST_WEDGE: what })
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await wait(10)
}
async function connected(): Promise<RawClient> {
  const client = new RawClient(box.paths.socket)
  closing.push(() => client.socket.destroy())
  client.greet()
  await client.until(1)
  return client
}
const registration = (): Registration => readRegistration(box.paths.registrationFile) as Registration
const register = (more: Partial<Registration>): void =>
  writeFileSync(box.paths.registrationFile, JSON.stringify({ ...registration(), ...more }))

describe('the registration', () => {
  it('says who runs where since when, and by whom it was started', async () => {
    const { child } = await start()
    expect(registration()).toMatchObject({
      pid: child.pid,
      state: 'serving',
      startedBy: 'cli',
      socket: box.paths.socket,
      nodeAbi: process.versions.modules,
      host: expect.stringMatching(/./),
      processStart: expect.stringMatching(/./),
    })
  })
})

describe('an end in order (L7)', () => {
  it('refuses new work, lets running work finish, and leaves nothing behind', async () => {
    const { child, ended } = await start()
    const client = await connected()
    client.send(request(1, 'cache.refresh', { force: true }))
    await until(() => logged(box, 'refresh started').length > 0)
    child.kill('SIGTERM')
    await until(() => registration()?.state === 'stopping' || logged(box, 'stopped').length > 0)
    client.send(request(2, 'artifacts.list'))
    const replies = await client.until(3)
    const byId = new Map(replies.map((reply) => [reply.id, reply]))
    expect(byId.get(1)).toMatchObject({ result: { result: { success: true } } })
    expect(byId.get(2)).toMatchObject({ error: { data: { slug: 'daemon.stopping' } } })
    expect(await ended).toBe(0)
    expect(existsSync(box.paths.registrationFile)).toBe(false)
    expect(readdirSync(box.paths.runtimeDir)).toEqual([])
    expect(readdirSync(box.paths.dataDir)).toEqual(['cache.db'])
  })

  it('is waited for by who wants the next one: stop and list at the same time', async () => {
    await box.smd('start')
    const first = box.daemonPid()
    const [stopped, ...lists] = await Promise.all([
      box.json('stop'),
      ...Array.from({ length: 4 }, () => box.json('list --limit 1')),
    ])
    expect(stopped).toMatchObject({ stopped: true, pid: first })
    expect(lists.map(({ total }) => total)).toEqual([32, 32, 32, 32])
  })

  /** A daemon whose threads hang, with a client that waits for them. */
  const hanging = async (): Promise<DaemonProcess> => {
    const started = await start(wedged('writer'))
    const client = await connected()
    client.send(request(1, 'cache.refresh', { force: true }))
    await until(() => logged(box, 'refresh started').length > 0)
    return started
  }

  it('comes sooner with the second signal, though threads hang for ever', async () => {
    const { child, ended } = await hanging()
    child.kill('SIGTERM')
    await until(() => logged(box, 'stopping').length > 0)
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    expect(logged(box, 'stopping sooner')).toHaveLength(1)
    expect(existsSync(box.paths.registrationFile)).toBe(false)
    expect(existsSync(box.paths.socket)).toBe(false)
  })

  it('comes at once with the third signal, with 128 and its number', async () => {
    const { child, ended } = await hanging()
    child.kill('SIGINT')
    await until(() => logged(box, 'stopping').length > 0)
    child.kill('SIGINT')
    await until(() => logged(box, 'stopping sooner').length > 0)
    child.kill('SIGINT')
    expect(await ended).toBe(130)
    expect((await box.json('list --limit 1')).total).toBe(32)
  })

  it('comes within its 15 s though threads hang for ever and nobody hurries it', async () => {
    const { child, ended } = await hanging()
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    expect(logged(box, 'a step of the end took too long').map(({ step }) => step)).toEqual([
      'finish',
      'endThreads',
    ])
  })

  it('comes though the event loop hangs in the middle of it; the next daemon finds nothing in its way', async () => {
    const { child, ended } = await start(wedged('loop-at-end'))
    await (await connected()).until(1)
    child.kill('SIGTERM')
    expect(await ended).toBe('SIGKILL')
    expect((await box.json('list --limit 1')).total).toBe(32)
  })
})

describe('smd stop --force (L6)', () => {
  it('ends a daemon in order when it answers', async () => {
    await box.smd('start')
    const pid = box.daemonPid()
    expect(await box.json('stop --force')).toEqual({ schema: 1, stopped: true, pid, killed: false })
    expect(logged(box, 'stopped')).toHaveLength(1)
  })

  it('kills one that hangs, which smd stop alone does not', async () => {
    const { child, ended } = await start(wedged('loop'))
    child.kill('SIGUSR2')
    const stop = await box.smd('stop')
    expect(stop).toMatchObject({ code: 1, stdout: '' })
    expect(stop.stderr).toContain('or end it with: smd stop --force')
    expect(isAlive(child.pid as number)).toBe(true)
    const forced = await box.smd('stop --force')
    expect(forced).toMatchObject({ code: 0, stdout: `The daemon (pid ${child.pid}) was killed.\n` })
    expect(await ended).toBe('SIGKILL')
    expect((await box.json('list --limit 1')).total).toBe(32)
  })

  it('ends one that hangs before it listens', async () => {
    const starting = startProcess(box, wedged('start'))
    await until(() => box.daemonPid() !== null)
    const pid = box.daemonPid()
    expect(registration().state).toBe('starting')
    expect(await box.json('stop --force')).toMatchObject({ stopped: true, pid })
    expect((await starting).report).toBeNull()
    expect((await box.json('list --limit 1')).total).toBe(32)
  })

  it('restarts one that hangs', async () => {
    const { child } = await start(wedged('loop'))
    child.kill('SIGUSR2')
    const restarted = await box.smd('restart --force')
    expect(restarted.code).toBe(0)
    expect(restarted.stderr).toContain(`The daemon (pid ${child.pid}) was killed.`)
    expect(box.daemonPid()).not.toBe(child.pid)
  })

  describe('never signals a stranger', () => {
    let stranger: ChildProcess
    beforeEach(async () => {
      const { child } = await start()
      // The kernel counts in hundredths of a second.
      do {
        stranger?.kill('SIGKILL')
        stranger = spawn('sleep', ['600'], { stdio: 'ignore' })
      } while (processStart(stranger.pid as number) === processStart(child.pid as number))
      closing.unshift(() => stranger.kill('SIGKILL'))
    })
    /** A server that accepts and says nothing, where the daemon listened. */
    const hang = async (): Promise<void> => {
      rmSync(box.paths.socket, { force: true })
      const server = createServer(() => undefined)
      await new Promise<void>((resolve) => server.listen(box.paths.socket, resolve))
      chmodSync(box.paths.socket, 0o600)
      closing.push(() => server.close())
    }
    const kill = async (): Promise<void> => {
      await closing.pop()?.()
    }
    it.each<[string, Partial<Registration>]>([
      ['whose number the daemon had', {}],
      ['that is named without proof', { processStart: null }],
      ['on this machine when the daemon ran on another', { host: 'another.example' }],
    ])('%s, when nobody listens', async (_, more) => {
      await kill()
      register({ ...more, pid: stranger.pid as number })
      for (const words of ['stop', 'stop --force'])
        expect(await box.json(words), words).toEqual({ schema: 1, stopped: false })
      expect((await box.json('restart --force')).started).toBe(true)
      expect(isAlive(stranger.pid as number)).toBe(true)
    })

    it('whose number the daemon had, when something hangs on the socket', async () => {
      await kill()
      register({ pid: stranger.pid as number })
      await hang()
      expect(await box.json('restart --force')).toMatchObject({
        error: {
          slug: 'daemon.unidentified',
          message: `The daemon was not ended: ${stranger.pid}, its registered number, belongs to another process now.`,
        },
      })
      expect(isAlive(stranger.pid as number)).toBe(true)
    })

    it('when something hangs on the socket and nothing is registered', async () => {
      await kill()
      rmSync(box.paths.registrationFile)
      await hang()
      const { stderr } = await box.smd('stop --force')
      expect(stderr).toContain('names no process')
      expect(stderr).toContain(`lsof ${box.paths.socket}`)
    })
  })
})

describe('smd restart', () => {
  it('replaces the daemon that runs, and starts one where none does', async () => {
    expect(await box.json('restart')).toMatchObject({ started: true, artifacts: 32 })
    const first = box.daemonPid()
    const again = await box.smd('restart')
    expect(again.code).toBe(0)
    expect(again.stderr).toBe(`The daemon (pid ${first}) has ended.\n`)
    expect(again.stdout).toMatch(/^smd \S+ listens on /)
    expect(box.daemonPid()).not.toBe(first)
    expect(isAlive(first as number)).toBe(false)
  })

  it('replaces one that has lost its socket, or its registration, or both', async () => {
    for (const lost of [['socket'], ['registrationFile']] as const) {
      await box.smd('start')
      const first = box.daemonPid() as number
      for (const name of lost) unlinkSync(box.paths[name])
      expect(await box.json('restart'), lost.join()).toMatchObject({ started: true })
      expect(isAlive(first)).toBe(false)
    }
  })
})

describe('a daemon that is told to end while others ask', () => {
  it('does not count in the way of the user: config.toml stays, the log tells why', async () => {
    mkdirSync(box.paths.stateDir, { recursive: true })
    await box.smd('start')
    await box.smd('stop')
    expect(logged(box, 'stopping')).toMatchObject([{ reason: 'asked' }])
    expect(readFileSync(box.paths.logFile, 'utf8')).not.toContain('"level":"error"')
  })
})
