/** A sandbox that forbids Unix sockets by a seccomp filter, as those of agents do (daemon spec L14; Linux). */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createSandbox, type RunResult, type Sandbox } from '../support/daemon.ts'
import { type Installed, install } from '../support/installed.ts'

const filter = ['python3', join(import.meta.dirname, '../support/deny-unix-sockets.py')]
let box: Sandbox
let smd: Installed
beforeAll(() => {
  if (process.platform !== 'linux') return
  const { error, status, stderr } = spawnSync('python3', [filter[1] as string, 'true'], { encoding: 'utf8' })
  if (error)
    throw new Error('There is no python3, which sets the filter. Install it: apt-get install python3')
  if (status !== 0) throw new Error(`The filter cannot be set here: ${stderr}`)
  smd = install('0.1.0')
})
afterAll(() => smd?.dispose())
beforeEach(() => {
  box = createSandbox()
})
afterEach(() => box.dispose())

const inside = (words: string, cwd?: string): Promise<RunResult> =>
  box.smd(words, { cli: smd.cli, within: filter, ...(cwd !== undefined && { cwd }) })
const outside = (words: string): Promise<RunResult> => box.smd(words, { cli: smd.cli })
/** What is to be added to the settings of Claude Code, as documented there. */
const entry = (): string => JSON.stringify({ sandbox: { network: { allowUnixSockets: [box.paths.socket] } } })

describe.runIf(process.platform === 'linux')('in a sandbox without Unix sockets (L14)', () => {
  it('queries answer from the file, with its age and the entry to allow the socket', async () => {
    const before = await outside('list --json')
    const pid = box.daemonPid()
    for (const words of ['list', 'search review', 'show code-review --project webshop', 'projects list']) {
      const { code, stdout, stderr } = await inside(words)
      expect(code, words).toBe(0)
      expect(stdout, words).not.toBe('')
      expect(stderr, words).toContain(
        `This process may not reach the daemon socket ${box.paths.socket} (EPERM).`,
      )
      expect(stderr, words).toContain(entry())
      expect(stderr, words).toContain('Read from the cache of')
    }
    expect((await inside('list --json')).stdout).toBe(before.stdout)
    expect(box.daemonPid()).toBe(pid)
  })

  it('commands that change something fail with the entry, and the daemon is not touched', async () => {
    await outside('start')
    const pid = box.daemonPid()
    for (const words of ['cache refresh', 'projects remove webshop', 'start', 'stop', 'restart', 'status']) {
      const { code, stdout, stderr } = await inside(words)
      expect({ code, stdout }, words).toEqual({ code: 5, stdout: '' })
      expect(stderr, words).toContain(entry())
    }
    expect(box.daemonPid()).toBe(pid)
  })

  it('no daemon is started, with a cache or without one', async () => {
    const project = box.sample?.projects[0] as string
    const { code, stdout, stderr } = await inside('list', project)
    expect(code).toBe(0)
    expect(stdout).not.toBe('')
    expect(stderr).toContain(`There is no cache either: ${project} is read now.`)
    expect((await inside('cache refresh')).code).toBe(5)
    expect(existsSync(box.paths.logFile)).toBe(false)
    expect(existsSync(box.paths.startFailuresFile)).toBe(false)
    await outside('start')
    await outside('stop')
    const log = readFileSync(box.paths.logFile, 'utf8')
    rmSync(box.paths.socket, { force: true })
    expect((await inside('list --limit 1')).code).toBe(0)
    expect(readFileSync(box.paths.logFile, 'utf8')).toBe(log)
  })

  it('a daemon that is started there all the same says what it may not do', async () => {
    const { code, stderr } = await inside('start --foreground')
    expect(code).toBe(5)
    expect(stderr).toContain('may not reach the daemon socket')
    expect(existsSync(box.paths.registrationFile)).toBe(false)
  })

  it('smd doctor names it', async () => {
    await outside('start')
    const { code, stdout } = await inside('doctor')
    expect(code).toBe(1)
    expect(stdout).toContain(`may not use the socket ${box.paths.socket} (EPERM)`)
    expect(stdout).toContain(entry())
  })
})
