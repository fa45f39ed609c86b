/** What a daemon does by itself while time passes: looks at itself, and ends when nobody needs it. */
import { existsSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSandbox, type Sandbox } from '../support/daemon.ts'
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

/** A daemon whose minutes last a fraction of a second. */
async function start(env: NodeJS.ProcessEnv = {}): Promise<DaemonProcess> {
  const started = await startProcess(box, preloaded('quick-minutes', { SMD_TEST_MINUTE_MS: '150', ...env }))
  closing.push(async () => {
    started.child.kill('SIGKILL')
    await started.ended
  })
  return started
}
async function connected(): Promise<RawClient> {
  const client = new RawClient(box.paths.socket)
  closing.push(() => client.socket.destroy())
  client.greet()
  await client.until(1)
  return client
}
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await wait(10)
}
/** Each minute the daemon forgets failed starts: that tells that one has passed. */
async function minutesPass(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    writeFileSync(box.paths.startFailuresFile, '')
    await until(() => !existsSync(box.paths.startFailuresFile))
  }
}
const registered = (): { instance?: string } | null =>
  existsSync(box.paths.registrationFile) ? JSON.parse(readFileSync(box.paths.registrationFile, 'utf8')) : null

describe('the look at itself, each minute (L5)', () => {
  it('puts a deleted socket back under load, and loses no connection and no answer', async () => {
    const { report } = await start()
    const clients = await Promise.all(Array.from({ length: 8 }, connected))
    let over = false
    const load = clients.map(async (client) => {
      let sent = 0
      while (!over) {
        client.send(request(++sent, 'artifacts.list', { limit: 5 }))
        await client.until(sent + 1)
      }
      return sent
    })
    unlinkSync(box.paths.socket)
    await until(() => existsSync(box.paths.socket))
    const newcomer = await connected()
    over = true
    const sent = await Promise.all(load)
    expect(newcomer.replies[0]).toMatchObject({ result: { instance: report?.ready?.instance } })
    for (const [i, client] of clients.entries()) {
      expect(client.replies).toHaveLength((sent[i] as number) + 1)
      expect(client.replies.filter(({ error }) => error)).toEqual([])
    }
  })

  it('puts back a registration that somebody removed or overwrote', async () => {
    const { report } = await start()
    rmSync(box.paths.registrationFile)
    await until(() => registered()?.instance === report?.ready?.instance)
    writeFileSync(box.paths.registrationFile, '{"pid":1,"instance":"another"}')
    await until(() => registered()?.instance === report?.ready?.instance)
  })

  it('ends a daemon whose lock was deleted when another one serves since, and harms nothing of that one (L4)', async () => {
    const old = await start()
    rmSync(box.paths.lockFile)
    const newer = await start()
    expect(newer.report?.ready?.pid).toBe(newer.child.pid)
    expect(await old.ended).toBe(0)
    expect(logged(box, 'stopping')).toMatchObject([{ reason: 'another daemon serves' }])
    expect(registered()?.instance).toBe(newer.report?.ready?.instance)
    const client = await connected()
    expect(client.replies[0]).toMatchObject({ result: { instance: newer.report?.ready?.instance } })
  })

  it('forgets failed starts once it has lived for a minute', async () => {
    await start()
    writeFileSync(box.paths.startFailuresFile, '{"failures":[{"at":1,"message":"x"}]}')
    await until(() => !existsSync(box.paths.startFailuresFile))
  })
})

describe('the end for want of use (L11)', () => {
  const paused = 'backup,discover,maintenance,refresh'
  const env = { SMD_DAEMON_IDLE_EXIT_MINUTES: '5', SMD_JOBS_PAUSED: paused }

  it('comes after the minutes that are set, in order', async () => {
    const { ended } = await start(env)
    expect(await ended).toBe(0)
    expect(logged(box, 'stopping')).toMatchObject([{ reason: 'not used for 5 min' }])
    expect(existsSync(box.paths.socket)).toBe(false)
  })

  it('does not come while somebody is connected, however silent, and comes when he has gone', async () => {
    const { child, ended } = await start(env)
    const client = await connected()
    await minutesPass(20)
    client.send(request(1, 'daemon.status'))
    expect(await client.until(2)).toMatchObject([{}, { result: { pid: child.pid } }])
    client.socket.destroy()
    expect(await ended).toBe(0)
  })

  it('does not come while somebody follows events, and comes when he has ended that and gone', async () => {
    const { ended } = await start(env)
    const client = await connected()
    client.send(request(1, 'events.subscribe'))
    await client.until(2)
    await minutesPass(20)
    expect(logged(box, 'stopping')).toEqual([])
    client.send({ jsonrpc: '2.0', method: '$/cancel', params: { id: 1 } })
    const replies = (): unknown[] => client.replies.filter(({ id }) => id === 1)
    for (let count = 3; replies().length === 0; count++) await client.until(count)
    expect(replies()).toMatchObject([{ error: { data: { slug: 'request.cancelled' } } }])
    client.socket.destroy()
    expect(await ended).toBe(0)
  })

  it.each([
    ['under a service manager', { INVOCATION_ID: 'x' }, false],
    ['when the setting is 0', { SMD_DAEMON_IDLE_EXIT_MINUTES: '0' }, true],
    ['while a job is due soon', { SMD_JOBS_PAUSED: 'backup', SMD_DISCOVERY_INTERVAL_MINUTES: '9' }, true],
  ])('does not come %s', async (_, more, byClient) => {
    const { child } = await startProcess(
      box,
      preloaded('quick-minutes', { SMD_TEST_MINUTE_MS: '50', ...env, ...more }),
      { report: byClient },
    )
    closing.push(() => child.kill('SIGKILL'))
    await until(() => logged(box, 'serving').length > 0)
    await minutesPass(20)
    expect(child.exitCode).toBeNull()
    expect(logged(box, 'stopping')).toEqual([])
  })
})
