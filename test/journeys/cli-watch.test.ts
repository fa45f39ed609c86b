/** smd watch and smd history with real processes: what is printed, and what becomes of it when the daemon goes. */
import { renameSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSandbox, isAlive, type Sandbox } from '../support/daemon.ts'
import { startEventServer } from '../support/event-server.ts'
import { makeTestHome } from '../support/test-daemon.ts'
import { type WatchLine, watchProcess } from '../support/watch-process.ts'

let box: Sandbox
const closing: Array<() => unknown> = []
beforeEach(() => {
  box = createSandbox()
})
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
  await box.dispose()
})

/** `smd watch …`, until the test is over. */
function watch(words?: readonly string[], env: NodeJS.ProcessEnv = box.env) {
  const started = watchProcess(box, words, { env })
  closing.push(() => started.child.kill('SIGKILL'))
  return started
}

const kind =
  (name: WatchLine['kind']) =>
  (line: WatchLine): boolean =>
    line.kind === name

/** Makes a running daemon warn that its log cannot be written, and no longer warn. */
async function breakLog(): Promise<void> {
  await box.smd('config set log.level debug')
  renameSync(box.paths.logFile, `${box.paths.logFile}.away`)
  symlinkSync('/dev/full', box.paths.logFile)
  await box.json('list --limit 1')
}
async function mendLog(): Promise<void> {
  rmSync(box.paths.logFile)
  await box.json('list --limit 1')
}

describe('smd watch (D9)', () => {
  it.runIf(process.platform === 'linux')(
    'prints how things stand and what happens, until it is ended',
    async () => {
      await box.smd('start')
      const { child, until, ended, stderr } = watch(['--json', '--topic', 'health', '--topic', 'artifacts'])
      const { projects, at, instance } = await until(kind('snapshot'))
      expect(projects).toBe(5)
      expect(at).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/)
      await breakLog()
      const broken = await until(({ topic }) => topic === 'health.changed')
      expect(broken).toMatchObject({
        schema: 1,
        kind: 'event',
        instance,
        at: expect.stringMatching(/Z$/),
        data: { state: 'degraded', warnings: ['log.unwritable'] },
      })
      await mendLog()
      expect(await until(({ topic }) => topic === 'health.changed')).toMatchObject({
        data: { state: 'ok', warnings: [] },
      })
      child.kill('SIGINT')
      expect(await ended).toEqual([null, 'SIGINT'])
      expect(stderr()).toBe('')
      const again = watch(['--json', '--since', `${instance}:${broken.seq}`, '--topic', 'health'])
      expect(await again.until(() => true)).toMatchObject({ kind: 'event', data: { state: 'ok' } })
    },
  )

  it('goes on with the next daemon, and says that something is missing', async () => {
    await box.smd('start')
    const { until, next } = watch()
    const first = await until(kind('snapshot'))
    await box.smd('restart')
    expect(await until(kind('lost'))).toMatchObject({ error: { slug: 'daemon.stopping' } })
    const gap: WatchLine = JSON.parse(await next())
    expect(gap).toMatchObject({ kind: 'gap', to: null, reason: 'restarted' })
    expect(gap.from).toBeGreaterThan(first.seq ?? 0)
    const second: WatchLine = JSON.parse(await next())
    expect(second.kind).toBe('snapshot')
    expect(second.instance).not.toBe(first.instance)
  })

  it('waits for a daemon that was killed, and starts none itself', async () => {
    const { until } = watch()
    const first = await until(kind('snapshot'))
    const pid = box.daemonPid() ?? 0
    process.kill(pid, 'SIGKILL')
    expect(await until(kind('lost'))).toMatchObject({ error: { slug: 'daemon.unavailable' } })
    expect(isAlive(pid)).toBe(false)
    expect(box.daemonPid()).toBeNull()
    await box.smd('start')
    await until(kind('gap'))
    expect((await until(kind('snapshot'))).instance).not.toBe(first.instance)
  })

  it('tells people in lines, and on stderr what is the matter with the connection', async () => {
    const { next, stderr } = watch([])
    expect(await next()).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} snapshot +\d+ projects?, \d+ artifacts?, /,
    )
    await box.smd('restart')
    for (let line = ''; !line.includes(' gap '); ) line = await next()
    expect(await next()).toContain(' snapshot ')
    expect(stderr()).toBe('The daemon is shutting down. Waiting until it is back; Ctrl+C ends.\n')
  })

  it('ends without a word when nobody reads on', async () => {
    await box.smd('start')
    const { child, next, ended, stderr } = watch()
    await next()
    child.stdout?.destroy()
    await box.smd('restart')
    expect(await ended).toEqual([0, null])
    expect(stderr()).toBe('')
  })

  it('fails where no daemon runs and none may be started', async () => {
    const { code, stdout, stderr } = await box.smd('watch --no-spawn')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('Start it with: smd start')
    expect(box.daemonPid()).toBeNull()
  })

  it('refuses a place that is none', async () => {
    expect(await box.smd('watch --since yesterday')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--since cannot be "yesterday"'),
    })
    await box.smd('start')
    const { instance } = await box.json('status')
    const { code, stderr } = await box.smd(['watch', '--since', `${instance}:999999`])
    expect(code).toBe(2)
    expect(stderr).toMatch(/^This daemon has told no event 999999 yet; the last one is \d+\.\n/)
  })

  it('misses nothing silently when its output is not taken for a while (P4)', async () => {
    const home = makeTestHome()
    closing.push(() => rmSync(home.home, { recursive: true, force: true }))
    const server = await startEventServer(home)
    closing.push(server.close)
    const { followers } = server.ctx.events
    const env = { ...box.env, HOME: home.home, SMD_HOME: join(home.home, '.smd') }
    const { child, until } = watch(['--json', '--no-spawn'], env)
    await until(kind('snapshot'))
    child.stdout?.pause()
    const long = 'x'.repeat(20_000)
    const subscriber = [...followers][0] as object
    while (followers.has(subscriber)) {
      server.publish(long)
      await new Promise(setImmediate)
    }
    const cutAt = server.ctx.events.head
    expect(cutAt * long.length).toBeGreaterThan(8 * 1024 * 1024)
    child.stdout?.resume()
    // What was told, and what was said to be missing, is all there was: in order, and once.
    let seq = 0
    let losses = 0
    while (seq < cutAt) {
      const line = await until(() => true)
      if (line.kind === 'lost') losses++
      else if (line.kind === 'gap') expect(line).toMatchObject({ from: seq + 1, reason: 'too_old' })
      else {
        if (line.kind === 'event') expect(line.seq).toBe(seq + 1)
        seq = line.seq ?? 0
      }
    }
    expect(losses).toBe(1)
    server.publish('after')
    expect(await until(({ data }) => data?.name === 'after')).toMatchObject({ seq: cutAt + 1 })
  })
})

describe('smd history', () => {
  it('answers from the daemon and from the file alike', async () => {
    await box.smd('start')
    await box.json('list --limit 1')
    const answer = await box.json('history')
    expect(answer).toEqual({ schema: 1, items: expect.any(Array), total: expect.any(Number) })
    await box.smd('stop')
    expect(await box.json('history --no-spawn')).toEqual(answer)
    expect(await box.smd('history nowhere')).toMatchObject({ code: 3 })
  })
})
