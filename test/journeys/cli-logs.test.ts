/** smd logs and smd metrics, and the way of a request id from the command line into the log. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cli, createSandbox, type Sandbox } from '../support/daemon.ts'
import { readMetrics } from '../support/prometheus.ts'

let box: Sandbox
const children: ChildProcess[] = []
beforeEach(() => {
  box = createSandbox()
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await box.dispose()
})

type Entry = { loggedAt: string | null; level: string; message: string; requestId: string | null }

/** `smd logs -f --json …` as it goes on. */
function follow() {
  const child = spawn(process.execPath, [cli, 'logs', '-f', '--json'], {
    env: box.env,
    cwd: box.root,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  children.push(child)
  return {
    child,
    ended: once(child, 'exit'),
    /** The next line for which `wanted` holds. */
    async until(wanted: (entry: Entry) => boolean): Promise<Entry> {
      for (;;) {
        const { value, done } = await lines.next()
        if (done) throw new Error('it ended')
        const entry: Entry = JSON.parse(value)
        if (wanted(entry)) return entry
      }
    },
  }
}

describe('smd logs', () => {
  it('shows what the daemon did', async () => {
    await box.smd('start')
    const { code, stdout, stderr } = await box.smd('logs')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.split('\n')[0]).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} info {2}serving pid=\d+ instance=\S+ version=/,
    )
    const { items, total } = await box.json('logs --lines 1 --level info')
    expect(total).toBe(1)
    expect(items).toMatchObject([{ loggedAt: expect.stringMatching(/^\d{4}-.*Z$/), level: 'info' }])
    expect(await box.json('logs --request none')).toEqual({ schema: 1, items: [], total: 0 })
  })

  it('reads the files where no daemon runs, says so, and starts none', async () => {
    await box.smd('start')
    await box.smd('stop')
    const { code, stdout, stderr } = await box.smd('logs')
    expect(code).toBe(0)
    expect(stdout).toMatch(/ info {2}stopped/)
    expect(stderr).toBe(
      `The daemon is not running: nobody listens on ${box.paths.socket}. Read from ${box.paths.logFile}.\n`,
    )
    expect(box.daemonPid()).toBeNull()
  })

  it('follows a running daemon over the socket, through a rotation, until it is interrupted', async () => {
    await box.smd('start')
    await box.smd('config set log.level debug')
    const { child, until, ended } = follow()
    // Old lines come first; when they are here, new ones come too.
    await until(({ message }) => message === 'serving')
    await box.json('list --limit 1')
    await until((entry) => JSON.stringify(entry).includes('artifacts.list'))
    renameSync(box.paths.logFile, `${box.paths.logFile}.1`)
    await box.smd('config get log.level')
    const { requestId } = await until((entry) => JSON.stringify(entry).includes('config.get'))
    expect(requestId).toMatch(/^[a-z0-9]{6,8}$/)
    expect(existsSync(box.paths.logFile)).toBe(true)
    child.kill('SIGINT')
    expect(await ended).toEqual([null, 'SIGINT'])
    expect(await box.json('status')).toMatchObject({ health: { state: 'ok' } })
  })

  it('follows the files where no daemon runs, and the daemon that starts then', async () => {
    mkdirSync(dirname(box.paths.logFile), { recursive: true, mode: 0o700 })
    const { child, until, ended } = follow()
    await box.smd('start')
    expect(await until(({ message }) => message === 'serving')).toMatchObject({ level: 'info' })
    await box.smd('stop')
    await until(({ message }) => message === 'stopped')
    child.kill('SIGINT')
    expect(await ended).toEqual([null, 'SIGINT'])
  })

  it('goes on with the next daemon when the one that is followed ends, and shows each line once', async () => {
    await box.smd('start')
    const { child, until, ended } = follow()
    const first = await until(({ message }) => message === 'serving')
    await box.smd('restart')
    const shown: Entry[] = []
    const second = await until((entry) => {
      shown.push(entry)
      return entry.message === 'serving'
    })
    expect(second.loggedAt).not.toBe(first.loggedAt)
    expect(shown.map(({ message }) => message).filter((message) => /^(stopp|serv)/.test(message))).toEqual([
      'stopping',
      'stopped',
      'serving',
    ])
    expect(new Set(shown.map((entry) => JSON.stringify(entry))).size).toBe(shown.length)
    child.kill('SIGINT')
    expect(await ended).toEqual([null, 'SIGINT'])
  })
})

describe('a request id', () => {
  it('leads from the failure a command prints to the line of the log that explains it', async () => {
    await box.smd('start')
    mkdirSync(box.paths.configFile, { recursive: true })
    const { code, stderr } = await box.smd('config set log.level debug')
    expect(code).toBe(1)
    const reference = /\(reference (\w+)\)/.exec(stderr)?.[1] ?? ''
    expect(reference).toMatch(/^[a-z0-9]{6,8}$/)
    expect(stderr).not.toContain('EISDIR')
    const { items } = await box.json(['logs', '--request', reference])
    expect(items).toMatchObject([
      { level: 'error', message: 'request failed', requestId: reference, fields: { method: 'config.set' } },
    ])
    expect(JSON.stringify(items)).toContain('EISDIR')
  })
})

describe('smd metrics', () => {
  it('prints figures that Prometheus reads', async () => {
    await box.smd('start')
    await box.json('list --limit 1')
    const { code, stdout } = await box.smd('metrics')
    expect(code).toBe(0)
    const families = readMetrics(stdout)
    const sample = (name: string, labels: Record<string, string> = {}): number | undefined =>
      families.get(name)?.samples.find((each) => JSON.stringify(each.labels) === JSON.stringify(labels))
        ?.value
    expect(sample('smd_cache_projects')).toBe(5)
    expect(sample('smd_cache_artifacts', { type: 'skill' })).toBe(8)
    expect(sample('smd_requests_total', { method: 'artifacts.list' })).toBeGreaterThan(0)
    expect(sample('smd_connections')).toBeGreaterThan(0)
    expect(sample('smd_health_state', { state: 'ok' })).toBe(1)
    expect(sample('smd_log_lines_total', { level: 'info' })).toBeGreaterThan(0)
    expect(sample('process_resident_memory_bytes')).toBeGreaterThan(10_000_000)
    expect(sample('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThanOrEqual(0)
    expect(families.get('smd_refresh_duration_seconds')?.samples.at(-1)?.value).toBeGreaterThan(0)
    expect(await box.json('metrics')).toMatchObject({
      contentType: 'text/plain; version=0.0.4; charset=utf-8',
    })
  })

  it('says that no daemon runs, and starts none', async () => {
    expect(await box.smd('metrics')).toMatchObject({ code: 1, stdout: '' })
    expect(box.daemonPid()).toBeNull()
  })
})

describe('a log that cannot be written', () => {
  it.runIf(process.platform === 'linux')('is warned of by status, doctor and metrics (P8)', async () => {
    mkdirSync(dirname(box.paths.logFile), { recursive: true, mode: 0o700 })
    symlinkSync('/dev/full', box.paths.logFile)
    await box.smd('start')
    expect(await box.json('status')).toMatchObject({
      health: {
        state: 'degraded',
        warnings: [{ code: 'log.unwritable', text: expect.stringContaining('ENOSPC') }],
      },
    })
    const doctor = await box.smd('doctor')
    expect(doctor.code).toBe(1)
    expect(doctor.stdout).toContain('fault  log.unwritable: The log cannot be written: ENOSPC')
    expect((await box.smd('metrics')).stdout).toContain(
      'smd_health_warning{code="log.unwritable",severity="warning"} 1\n',
    )
    rmSync(box.paths.logFile)
    await box.smd('config set log.level debug')
    await box.json('list --limit 1')
    expect(await box.json('status')).toMatchObject({ health: { state: 'ok', warnings: [] } })
    expect(readFileSync(box.paths.logFile, 'utf8')).toContain('"lostLines":')
  })
})
