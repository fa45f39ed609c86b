/** smd as a service of a real systemd user session, from installing to leaving nothing behind (L12). */
import { cpSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cli, createSandbox, type Sandbox } from '../support/daemon.ts'
import { canRunUserManager, startUserManager, type UserManager } from '../support/user-manager.ts'

let box: Sandbox
let env: NodeJS.ProcessEnv
let session: UserManager | null

beforeEach(() => {
  box = createSandbox()
  const { SMD_HOME: _, ...usual } = box.env
  env = usual
  session = null
})
afterEach(async () => {
  await session?.end()
  await box.dispose()
})

const units = (): string => join(box.home, '.config/systemd/user')
const stateFile = (name: string): string => join(box.home, '.local/state/smd', name)

async function login(): Promise<UserManager> {
  await session?.end()
  session = await startUserManager(env)
  return session
}

async function smd(words: string, more: NodeJS.ProcessEnv = {}) {
  const run = session?.run(process.execPath, [cli, ...words.split(' ')], { ...env, ...more })
  return (await run) ?? { code: null, stdout: '', stderr: 'no session' }
}
async function json(words: string, more: NodeJS.ProcessEnv = {}) {
  const { stdout, stderr } = await smd(`${words} --json`, more)
  if (stdout === '') throw new Error(stderr)
  return JSON.parse(stdout)
}
const systemctl = async (...args: string[]): Promise<string> =>
  ((await session?.run('systemctl', ['--user', ...args], env))?.stdout ?? '').trim()

/** Everything below a folder that is a file or a link. */
const filesBelow = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
        (name) => !lstatSync(join(folder, name)).isDirectory(),
      )
    : []

describe.skipIf(!canRunUserManager())('smd service in a systemd user session (L12)', () => {
  it('is installed, starts with the first command, stops, and leaves nothing', async () => {
    await login()
    expect((await smd('service status')).code).toBe(3)
    const before = filesBelow(box.home)
    const first = await json('service install')
    expect(first).toMatchObject({
      kind: 'systemd',
      changed: true,
      manager: { reachable: true },
      active: 'listening',
    })
    expect(await json('service install')).toMatchObject({ changed: false, active: 'listening' })
    expect(await systemctl('is-enabled', 'smd.socket')).toBe('enabled')

    const lists = await Promise.all(['list --limit 1', 'list --limit 1'].map((words) => json(words)))
    expect(lists.map(({ total }) => total)).toEqual([32, 32])
    const running = await json('service status')
    expect(running).toMatchObject({
      installed: true,
      enabled: true,
      current: true,
      missing: [],
      active: 'running',
    })
    // What the unit forbids keeps smd from nothing: projects, here below the folder for temporary files, are all read.
    await json('projects scan --force')
    expect(await json('status')).toMatchObject({
      pid: running.pid,
      socket: '/run/user/0/smd/smd.sock',
      artifacts: 32,
      health: { state: 'ok', warnings: [] },
    })
    expect((await smd('service status')).code).toBe(0)
    // Running and unchanged: installing again does not disturb it.
    expect(await json('service install')).toMatchObject({ changed: false, active: 'running' })
    expect((await json('service status')).pid).toBe(running.pid)

    expect(await json('service stop')).toEqual({ schema: 1, was: 'running', pid: running.pid })
    expect(await json('service status')).toMatchObject({ active: 'stopped', pid: null })
    const started = await json('service start')
    expect(started).toMatchObject({ active: 'running', pid: expect.any(Number) })
    expect(await json('status')).toMatchObject({ pid: started.pid })

    const { removed, left } = await json('service uninstall')
    expect({ removed: removed.toSorted(), left }).toEqual({
      removed: ['smd.service', 'smd.socket', 'sockets.target.wants/smd.socket'].map((name) =>
        join(units(), name),
      ),
      left: [],
    })
    expect(existsSync(join(box.home, '.config/systemd'))).toBe(false)
    expect(await systemctl('list-units', '--all', '--plain', '--no-legend', 'smd.*')).toBe('')
    const own = (name: string): boolean =>
      !name.startsWith('.local/state/smd/') && !name.startsWith('.local/share/smd/')
    expect(filesBelow(box.home).filter(own)).toEqual(before)
    expect(existsSync(stateFile('daemon.json'))).toBe(false)
    expect(await json('service uninstall')).toMatchObject({ removed: [], left: [] })
  })

  it('takes over from a daemon that a command started, and is there at the next login', async () => {
    await login()
    const { pid } = await json('start')
    const installed = await json('service install')
    expect(installed).toMatchObject({ replacedPid: pid, active: 'listening' })
    await login()
    expect(await json('service status')).toMatchObject({ enabled: true, active: 'listening' })
    expect(await json('list --limit 1')).toMatchObject({ total: 32 })
    expect(await json('service status')).toMatchObject({ active: 'running' })
  })

  it('starts the daemon again when it is killed, and not when it was told to end', async () => {
    await login()
    await json('service install')
    const first = await json('service start')
    await session?.run('kill', ['-KILL', String(first.pid)], env)
    const after = await json('status')
    expect(after.pid).not.toBe(first.pid)
    expect(await json('stop')).toMatchObject({ stopped: true, pid: after.pid })
    expect(await json('service status')).toMatchObject({ active: 'listening' })
  })

  it('stays down after four starts in a minute, commands go on without it, and it can be started again (L10)', async () => {
    await login()
    await json('service install')
    await json('service start')
    const killed = new Set<number>()
    for (;;) {
      const { active, pid } = await json('service status')
      if (active === 'failed') break
      if (pid !== null && !killed.has(pid)) {
        killed.add(pid)
        await session?.run('kill', ['-KILL', String(pid)], env)
      } else await wait(20)
    }
    expect(killed.size).toBe(4)
    expect((await smd('service status')).code).toBe(1)
    expect(await json('list --limit 1')).toMatchObject({ total: 32 })
    expect(await json('service status')).toMatchObject({ active: 'failed' })
    const started = await json('service start')
    expect(started).toMatchObject({ active: 'running', pid: expect.any(Number) })
    expect((await json('status')).pid).toBe(started.pid)
  })

  it('ends the daemon that was told other things, when it is installed anew', async () => {
    await login()
    await json('service install')
    const { pid } = await json('service start')
    const other = { SKILLMEAT_COLLECTION_DIR: join(box.root, 'collection') }
    expect(await json('service status', other)).toMatchObject({ installed: true, current: false })
    expect(await json('service install', other)).toMatchObject({ changed: true, active: 'listening' })
    const restarted = await json('status', other)
    expect(restarted.pid).not.toBe(pid)
    expect(await json('service status', other)).toMatchObject({ current: true, active: 'running' })
  })

  it('goes away also when somebody has removed a part of it', async () => {
    await login()
    await json('service install')
    await json('service start')
    rmSync(join(units(), 'smd.socket'))
    await systemctl('daemon-reload')
    expect(await json('service status')).toMatchObject({ installed: true, current: false })
    expect(await json('service uninstall')).toMatchObject({ left: [] })
    expect(existsSync(join(box.home, '.config/systemd'))).toBe(false)
    expect(await json('status')).toMatchObject({ error: { slug: 'daemon.unavailable' } })
  })

  it('works with folders of any names', async () => {
    const odd = join(box.root, `odd %h $HOME \${x} "q" 'q' \\ ü 家`)
    const own = { SMD_HOME: join(box.root, "50% 'ü'"), CLAUDE_CONFIG_DIR: join(odd, 'claude') }
    mkdirSync(odd)
    cpSync(process.execPath, join(odd, 'node'))
    await login()
    const other = { ...env, ...own }
    const install = await session?.run(join(odd, 'node'), [cli, 'service', 'install', '--json'], other)
    expect(JSON.parse(install?.stdout || install?.stderr || '')).toMatchObject({ active: 'listening' })
    const status = await json('status', own)
    expect(status.socket).toBe(join(own.SMD_HOME, 'run/smd.sock'))
    expect((await json('list --limit 1', own)).total).toBeGreaterThan(0)
    const environ = readFileSync(`/proc/${hostPid(join(odd, 'node'))}/environ`, 'utf8').split('\0')
    expect(environ).toContain(`CLAUDE_CONFIG_DIR=${own.CLAUDE_CONFIG_DIR}`)
    expect(environ).toContain(`SMD_HOME=${own.SMD_HOME}`)
    // Seen from another Node, the installed service is not what this one would install; and then its Node goes away.
    expect(await json('service status', own)).toMatchObject({ current: false, missing: [] })
    rmSync(join(odd, 'node'))
    expect(await json('service status', own)).toMatchObject({ missing: [join(odd, 'node')] })
  })

  it('is what systemd itself finds in order', async () => {
    await login()
    await json('service install')
    const verified = await session?.run(
      'systemd-analyze',
      ['verify', '--user', join(units(), 'smd.socket'), join(units(), 'smd.service')],
      env,
    )
    expect(verified).toEqual({ code: 0, stdout: '', stderr: '' })
  })
})

/** The number, outside of the session, of the daemon that a Node of this path runs. */
function hostPid(node: string): string {
  const found = readdirSync('/proc').find((pid) => {
    if (!/^\d+$/.test(pid)) return false
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(`${node}\0`)
    } catch {
      return false
    }
  })
  if (found === undefined) throw new Error(`no process of ${node}`)
  return found
}
