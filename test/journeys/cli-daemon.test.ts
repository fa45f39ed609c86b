/** start, stop, status and doctor; and what a client does when something is wrong with the daemon. */
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSandbox, isAlive, type Sandbox } from '../support/daemon.ts'

let box: Sandbox
beforeEach(() => {
  box = createSandbox()
})
afterEach(() => box.dispose())

describe('smd start, status and stop', () => {
  it('start the daemon once, say how it is, and end it', async () => {
    const start = await box.smd('start')
    expect(start.code).toBe(0)
    // How long it took is said only when that was long.
    expect(box.tidy(start.stdout).replace(' in <time>', '')).toMatchInlineSnapshot(`
      "smd <version> listens on <root>/smd/run/smd.sock (pid <pid>)
      Found 32 artifacts of 5 projects: 8 skills, 6 commands, 4 MCP servers, 4 memory files, 3 agents, 3 hooks, 2 rules, 1 output style, 1 plugin
      Look at them: smd list, smd search WORD, smd show NAME
      "
    `)
    const pid = box.daemonPid()

    const again = await box.smd('start')
    expect(box.tidy(again.stdout)).toMatch(
      /^smd \S+ runs already and listens on <root>\/smd\/run\/smd\.sock \(pid <pid>\)\n/,
    )
    expect(box.daemonPid()).toBe(pid)

    expect(box.tidy((await box.smd('status')).stdout)).toMatchInlineSnapshot(`
      "smd <version> runs for <time> (pid <pid>)
      Socket  <root>/smd/run/smd.sock
      Holds   32 artifacts of 5 projects
      Cache   <size> in <root>/smd/data/cache.db, read <time>
      Watches <count> folders
      Health  ok
      "
    `)
    const status = await box.json('status')
    expect(Object.keys(status)).toEqual([
      'schema',
      'pid',
      'instance',
      'version',
      'protocol',
      'uptimeMs',
      'socket',
      'projects',
      'artifacts',
      'cache',
      'watch',
      'web',
      'health',
    ])
    expect(status).toMatchObject({ pid, projects: 5, artifacts: 32, health: { state: 'ok', warnings: [] } })

    expect(box.tidy((await box.smd('stop')).stdout)).toBe('The daemon (pid <pid>) has ended.\n')
    expect(isAlive(pid ?? 0)).toBe(false)
  })

  it('say that none runs, and start none to find out', async () => {
    expect(await box.smd('status')).toEqual({
      code: 1,
      stdout: '',
      stderr: `The daemon is not running: nobody listens on ${box.paths.socket}.\nStart it with: smd start\n`,
    })
    expect(await box.json('stop')).toEqual({ schema: 1, stopped: false })
    expect(box.daemonPid()).toBeNull()
  })

  it('answer as JSON', async () => {
    expect(await box.json('start')).toMatchObject({ schema: 1, started: true, projects: 5, artifacts: 32 })
    expect(await box.json('start')).toMatchObject({ started: false })
    const pid = box.daemonPid()
    expect(await box.json('stop')).toEqual({ schema: 1, stopped: true, pid, killed: false })
  })

  it('give every one of many clients at once an answer, from one daemon', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => box.json('list --limit 1')))
    expect(answers.map((answer) => answer.total)).toEqual(answers.map(() => 32))
    const status = await box.json('status')
    expect(status.pid).toBe(box.daemonPid())
  })

  it('say why the daemon does not start', async () => {
    mkdirSync(dirname(box.paths.runtimeDir), { recursive: true, mode: 0o700 })
    writeFileSync(box.paths.runtimeDir, '')
    const { code, stderr } = await box.smd('start')
    expect(code).toBe(5)
    expect(stderr).toBe(
      `The folder ${box.paths.runtimeDir} is not safe: it is not a folder.\nIt must be a real folder that is yours alone; or set SMD_HOME to another one.\n`,
    )
  })
})

describe('smd doctor', () => {
  it('is content with a running daemon, and with none', async () => {
    const before = await box.smd('doctor')
    expect(before).toMatchObject({ code: 0, stderr: 'No fault found.\n' })
    expect(box.daemonPid()).toBeNull()
    await box.smd('start')
    const running = await box.json('doctor')
    expect(running).toMatchObject({ schema: 1, ok: true, faults: 0 })
    const items = running.items as Array<{ check: string; state: string }>
    expect(items).toHaveLength(running.total as number)
    expect(items.map(({ check }) => check)).toEqual([
      'node',
      'sqlite',
      'config folder',
      'data folder',
      'state folder',
      'runtime folder',
      'file system',
      'disk space',
      'config.toml',
      'cache.db',
      'clock',
      ...(process.platform === 'linux' ? ['inotify'] : []),
      'socket',
      'version',
    ])
  })

  it('names faults with their fixes and fails', async () => {
    // A daemon that watches would tell of the mistake in config.toml, too.
    await box.smd('start', { env: { SMD_WATCH_MODE: 'off' } })
    chmodSync(box.paths.dataDir, 0o755)
    mkdirSync(dirname(box.paths.configFile), { mode: 0o700 })
    writeFileSync(box.paths.configFile, '[cache]\nttl_minutes = 0\n')
    const { code, stdout, stderr } = await box.smd('doctor')
    expect(code).toBe(1)
    expect(stderr).toBe('2 faults found.\n')
    const faults = stdout
      .split('\n')
      .flatMap((line, i, all) => (line.startsWith('fault') ? [line, all[i + 1]] : []))
    expect(box.tidy(faults.join('\n'))).toMatchInlineSnapshot(`
      "fault  data folder: <root>/smd/data is open to others (mode 0755).
             chmod 700 <root>/smd/data
      fault  config.toml: <root>/smd/config/config.toml:2: cache.ttl_minutes is 0, expected a whole number from 1 to 525600.
             Correct the line, or remove the key to use the default."
    `)
  })

  it('tells of a daemon that hangs', async () => {
    mkdirSync(box.paths.runtimeDir, { recursive: true, mode: 0o700 })
    const hanging = createServer(() => undefined)
    await new Promise<void>((resolve) => hanging.listen(box.paths.socket, resolve))
    try {
      chmodSync(box.paths.socket, 0o600)
      const { code, stdout } = await box.smd('doctor')
      expect(code).toBe(1)
      expect(stdout).toContain('accepts connections but does not answer')
      expect(await box.json('list')).toMatchObject({ error: { slug: 'daemon.timeout' } })
    } finally {
      hanging.close()
    }
  })
})

describe('a client', () => {
  it('gets on after the daemon was killed and left everything behind', async () => {
    await box.smd('start')
    const pid = box.daemonPid() ?? 0
    process.kill(pid, 'SIGKILL')
    expect(await box.json('list --limit 1')).toMatchObject({ total: 32 })
    expect(box.daemonPid()).not.toBe(pid)
  })

  it('gets on after the socket was removed from under a dead daemon', async () => {
    await box.smd('start')
    process.kill(box.daemonPid() ?? 0, 'SIGKILL')
    rmSync(box.paths.socket)
    expect(await box.json('list --limit 1')).toMatchObject({ total: 32 })
  })
})

describe('a user whom file modes bind', () => {
  let confined: Sandbox
  beforeEach(() => {
    confined = createSandbox({ plainUser: true })
  })
  afterEach(async () => {
    chmodSync(confined.paths.runtimeDir, 0o700)
    await confined.dispose()
  })

  it('is told which project cannot be read', async () => {
    const folder = join(confined.home, 'projects/notes')
    await confined.smd('start')
    chmodSync(folder, 0o000)
    try {
      const refused = await confined.smd(['projects', 'add', folder])
      expect(refused).toEqual({
        code: 5,
        stdout: '',
        stderr: `${folder} cannot be read: EACCES.\nCheck the permissions of the folder.\n`,
      })
      expect(await confined.json(['projects', 'add', folder])).toMatchObject({
        error: { slug: 'project.unreadable' },
      })
    } finally {
      chmodSync(folder, 0o755)
    }
  })

  it('answers from the cache where the socket may not be used, and is told by doctor what to allow (L14)', async () => {
    const { socket, runtimeDir } = confined.paths
    const before = await confined.smd('list --json')
    const pid = confined.daemonPid()
    chmodSync(runtimeDir, 0o000)
    const list = await confined.smd('list --json')
    expect(list).toMatchObject({ code: 0, stdout: before.stdout })
    expect(list.stderr).toContain(`This process may not reach the daemon socket ${socket} (EACCES).`)
    expect(await confined.smd('cache refresh')).toMatchObject({ code: 5, stdout: '' })
    expect(confined.daemonPid()).toBe(pid)
    expect(await confined.smd(['__complete', '--word=', '--', 'show'])).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    })

    const { items } = (await confined.json('doctor')) as { items: Array<Record<string, string>> }
    expect(items.find(({ check }) => check === 'sandbox')).toMatchObject({
      state: 'fault',
      fix: expect.stringContaining(`{"sandbox":{"network":{"allowUnixSockets":["${socket}"]}}}`),
    })
  })
})
