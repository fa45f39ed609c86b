/** How the daemon starts, answers and ends, whatever happens to its process and its files. */
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSandbox, type Sandbox } from '../support/daemon.ts'
import { type DaemonProcess, logged, startProcess } from '../support/daemon-process.ts'
import { RawClient, request } from '../support/raw-client.ts'

let box: Sandbox
const processes: DaemonProcess[] = []
beforeEach(() => {
  box = createSandbox()
})
afterEach(async () => {
  for (const { child, ended } of processes.splice(0)) {
    child.kill('SIGKILL')
    await ended
  }
  await box.dispose()
})

const start = async (env: NodeJS.ProcessEnv = {}): Promise<DaemonProcess> => {
  const started = await startProcess(box, env)
  processes.push(started)
  return started
}
/** One question to the daemon that listens, through a connection of its own. */
async function ask(method: string, params: object = {}) {
  const client = new RawClient(box.paths.socket)
  client.greet()
  client.send(request(1, method, params))
  const reply = (await client.until(2))[1]
  client.socket.destroy()
  return reply?.result as Record<string, never>
}
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await wait(10)
}

describe('the daemon process', () => {
  it('reports when it serves, in private folders and files, whatever the umask (S1)', async () => {
    const before = process.umask(0)
    const { report, child } = await start().finally(() => process.umask(before))
    expect(report?.ready).toMatchObject({ pid: child.pid, socket: box.paths.socket })
    expect(await ask('artifacts.list', { limit: 1 })).toMatchObject({ total: 32 })
    const mode = (path: string): number => statSync(path).mode & 0o777
    for (const folder of [box.paths.stateDir, box.paths.runtimeDir, box.paths.dataDir]) {
      expect(mode(folder), folder).toBe(0o700)
      for (const name of readdirSync(folder)) {
        if (statSync(join(folder, name)).isFile()) expect(mode(join(folder, name)), name).toBe(0o600)
      }
    }
    expect(mode(box.paths.socket)).toBe(0o600)
  })

  it('is one: a second process says who runs already, and changes nothing (L1)', async () => {
    const first = await start()
    const second = await start()
    expect(second.report?.error).toMatchObject({
      message: `A daemon runs already (pid ${first.child.pid}).`,
      data: { slug: 'daemon.already_running' },
    })
    expect(await second.ended).toBe(4)
    expect((await ask('daemon.status')).pid).toBe(first.child.pid)
  })

  it('is one for ten clients that find none (L1)', async () => {
    const runs = await Promise.all(Array.from({ length: 10 }, () => box.smd('status --json')))
    const listed = await Promise.all(Array.from({ length: 10 }, () => box.smd('list --limit 1 --json')))
    expect(listed.map(({ code }) => code)).toEqual(Array(10).fill(0))
    expect(runs.map(({ code }) => code)).toEqual(Array(10).fill(1))
    expect(new Set(listed.map(({ stdout }) => stdout)).size).toBe(1)
    expect(logged(box, 'serving')).toHaveLength(1)
  })

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'ends in order on %s and leaves no trace of running (L7)',
    async (signal) => {
      const { child, ended } = await start()
      await ask('artifacts.list')
      const connected = new RawClient(box.paths.socket)
      connected.greet()
      await connected.until(1)
      child.kill(signal)
      expect(await ended).toBe(0)
      await connected.ended
      expect(readdirSync(box.paths.runtimeDir)).toEqual([])
      expect(existsSync(box.paths.registrationFile)).toBe(false)
      expect(readdirSync(box.paths.dataDir)).toEqual(['cache.db'])
      expect(logged(box, 'stopped')).toHaveLength(1)
    },
  )

  it('answers daemon.stop before it ends, and a client that is connected and silent does not hold it up', async () => {
    const { ended, child } = await start()
    const silent = new RawClient(box.paths.socket)
    silent.greet()
    await silent.until(1)
    silent.socket.pause()
    expect(await ask('daemon.stop')).toMatchObject({ pid: child.pid })
    expect(await ended).toBe(0)
    silent.socket.destroy()
  })

  it('ends in order in the middle of a scan', async () => {
    const { child, ended } = await start()
    await until(() => logged(box, 'refresh started').length > 0)
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    await start()
    expect(await ask('artifacts.list', { limit: 1 })).toMatchObject({ total: 32 })
  })

  it('serves also when who started it is gone before it is ready', async () => {
    const program = `
      const { spawn } = await import('node:child_process')
      const child = spawn(process.execPath, process.argv.slice(1), { detached: true, stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
      child.unref()
      process.exit(0)
    `
    const { spawnSync } = await import('node:child_process')
    const entry = join(import.meta.dirname, '../../daemon/main.ts')
    spawnSync(process.execPath, ['--input-type=module', '-e', program, entry, '--report'], { env: box.env })
    await until(() => existsSync(box.paths.socket))
    expect(await ask('artifacts.list', { limit: 1 })).toMatchObject({ total: 32 })
  })

  it('says why it cannot serve: a folder that others may write to, a path that is too long', async () => {
    const long = join(box.root, 'x'.repeat(100))
    const tooLong = await start({ SMD_HOME: long })
    expect(tooLong.report?.error?.message).toMatch(
      /^The socket path is \d+ bytes long, the system allows \d+: /,
    )
    expect(await tooLong.ended).toBe(2)
    expect(existsSync(long)).toBe(false)
    writeFileSync(join(box.root, 'smd'), 'in the way')
    const blocked = await start()
    expect(blocked.report?.error?.data?.slug).toBe('daemon.unsafe_folder')
    expect(await blocked.ended).toBe(5)
    rmSync(join(box.root, 'smd'))
  })
})

describe('after SIGKILL (L3)', () => {
  it('serves again, at whatever moment it was killed, without repair', async () => {
    for (let round = 0; round < 8; round++) {
      const { child, ended } = await start()
      // From before the first scan to long after it.
      await wait(round * 40)
      child.kill('SIGKILL')
      expect(await ended).toBe('SIGKILL')
    }
    await start()
    expect(await ask('artifacts.list', { limit: 1 })).toMatchObject({ total: 32 })
    const { health } = await ask('daemon.status')
    expect(health).toEqual({ state: 'ok', warnings: [] })
  })

  it.each([
    ['socket'],
    ['lockFile'],
    ['registrationFile'],
    ['logFile'],
    ['socket', 'registrationFile'],
    ['lockFile', 'socket', 'registrationFile', 'cacheDb'],
  ] as const)('serves again without %s', async (...names) => {
    const first = await start()
    await ask('artifacts.list')
    first.child.kill('SIGKILL')
    await first.ended
    for (const name of names) rmSync(box.paths[name])
    await start()
    expect(await ask('artifacts.list', { limit: 1 })).toMatchObject({ total: 32 })
  })

  it('serves again with nonsense in its files', async () => {
    const first = await start()
    await ask('artifacts.list')
    first.child.kill('SIGKILL')
    await first.ended
    for (const name of ['lockFile', 'registrationFile'] as const)
      writeFileSync(box.paths[name], 'nonsense '.repeat(100))
    rmSync(box.paths.socket)
    writeFileSync(box.paths.socket, 'a file')
    await start()
    expect(await ask('artifacts.list', { limit: 1 })).toMatchObject({ total: 32 })
    expect(statSync(box.paths.socket).isSocket()).toBe(true)
  })
})
