/** smd jobs with a real daemon: listed, run, paused, and what is left of a run that was cut off. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSandbox, isAlive, type Sandbox } from '../support/daemon.ts'
import { preloaded, startProcess } from '../support/daemon-process.ts'
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

type Run = {
  job: string
  cause: string
  outcome: string | null
  endedAt: string | null
  detail: object | null
}
const history = async (job: string): Promise<Run[]> =>
  (await box.json(['jobs', 'history', job])).items as Run[]

describe('smd jobs', () => {
  it('lists what there is, runs it by hand, and shows what came of it', async () => {
    const list = await box.smd('jobs')
    expect(list.code, list.stderr).toBe(0)
    const lines = list.stdout.trimEnd().split('\n')
    expect(lines[0]).toMatch(/^JOB +STATE +SCHEDULE +NEXT +LAST +OUTCOME +WHAT$/)
    expect(lines.slice(1).map((line) => line.split(' ')[0])).toEqual([
      'refresh',
      'discover',
      'upstream',
      'marketplaces',
      'backup',
      'usage',
      'maintenance',
    ])
    expect(await box.json('jobs')).toEqual(await box.json('jobs list'))
    const ran = await box.smd('jobs run maintenance')
    expect(ran.code, ran.stderr).toBe(0)
    expect(ran.stdout).toMatch(/^maintenance: success after .* \(events 0, .*\)\n$/)
    expect(await history('maintenance')).toMatchObject([
      { job: 'maintenance', cause: 'manual', outcome: 'success', detail: { left: null } },
    ])
    expect(await box.json('jobs run backup')).toMatchObject({ schema: 1, outcome: 'success' })
    expect(await box.json('backup list')).toMatchObject({ total: 1, items: [{ reason: 'daily' }] })
    const table = await box.smd('jobs history')
    expect(
      table.stdout
        .split('\n')
        .slice(1, 3)
        .map((line) => line.split(' ')[0]),
    ).toEqual(['backup', 'maintenance'])
  })

  it('fails with what to do, and with 1 when the job does', async () => {
    const unknown = await box.smd('jobs run refesh')
    expect(unknown).toMatchObject({ code: 3, stdout: '' })
    expect(unknown.stderr).toContain('There is no job "refesh"; there are refresh, discover')

    writeFileSync(box.paths.backupsDir, 'in the way')
    const failed = await box.smd('jobs run backup')
    expect(failed.code).toBe(1)
    expect(failed.stdout).toMatch(/^backup: failure after /)
    expect(failed.stderr).toContain('The backup could not be made')
  })

  it('calls a run interrupted that a kill -9 has cut off, and goes on', async () => {
    // A job may be quicker than the signal; then it is tried again.
    for (;;) {
      const { child, ended } = await startProcess(box)
      const client = new RawClient(box.paths.socket)
      client.greet()
      await client.until(1)
      client.send(request(1, 'jobs.run', { name: 'refresh', background: true }))
      await client.until(2)
      child.kill('SIGKILL')
      await ended
      client.socket.destroy()
      await box.smd('start')
      const [run] = await history('refresh')
      expect(run).toMatchObject({ cause: 'manual', endedAt: expect.any(String) })
      if (run?.outcome === 'interrupted') break
      expect(run?.outcome).toBe('success')
      await box.smd('stop')
    }
    const again = await box.json('jobs run refresh')
    expect(again).toMatchObject({ outcome: 'success' })
    expect((await history('refresh')).map(({ outcome }) => outcome).slice(0, 2)).toEqual([
      'success',
      'interrupted',
    ])
  })

  it('keeps a pause where it outlives cache.db', async () => {
    const paused = await box.smd('jobs pause discover')
    expect(paused).toMatchObject({ code: 0, stdout: 'discover is paused.\n' })
    expect(readFileSync(box.paths.configFile, 'utf8')).toContain('paused = ["discover"]')
    await box.smd('stop')
    for (const end of ['', '-wal', '-shm']) rmSync(`${box.paths.cacheDb}${end}`, { force: true })
    const states = async () =>
      ((await box.json('jobs')).items as Array<{ name: string; state: string }>)
        .filter(({ state }) => state === 'paused')
        .map(({ name }) => name)
    expect(await states()).toEqual(['discover'])
    expect((await box.smd('jobs resume discover')).stdout).toMatch(/^discover runs by its schedule, next in /)
    expect(await states()).toEqual([])
  })

  it('run by themselves while the daemon lives, each as its schedule says', async () => {
    const { child, ended } = await startProcess(box, preloaded('quick-minutes', { SMD_TEST_MINUTE_MS: '20' }))
    closing.push(async () => {
      child.kill('SIGKILL')
      await ended
    })
    const succeeded = async (job: string): Promise<number> =>
      (await history(job)).filter(({ cause, outcome }) => cause !== 'manual' && outcome === 'success').length
    for (const [job, times] of [
      ['backup', 1],
      ['maintenance', 1],
      ['discover', 2],
      ['refresh', 1],
    ] as const)
      while ((await succeeded(job)) < times) await wait(50)
    expect(isAlive(child.pid ?? 0)).toBe(true)
  })
})
