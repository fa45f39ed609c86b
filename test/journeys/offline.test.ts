/** A machine without a network, and a user who wants none used: in a network namespace that counts what is tried. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { createDemoBox, type DemoBox } from '../support/demo-box.ts'

const within = ['unshare', '--user', '--map-root-user', '--net']
const mayUnshare = spawnSync('unshare', [...within.slice(1), 'true']).status === 0

let box: DemoBox
afterEach(() => box.dispose())

/** How often the kernel was asked to reach something from the daemon's namespace: that is refused, and counted. */
function attempts(): number {
  const lines = readFileSync(`/proc/${box.daemonPid()}/net/snmp`, 'utf8').split('\n')
  const value = (protocol: string, counter: string): number => {
    const [names = '', values = ''] = lines.filter((line) => line.startsWith(`${protocol}: `))
    const at = names.split(' ').indexOf(counter)
    expect(at).toBeGreaterThan(0)
    return Number(values.split(' ')[at])
  }
  return value('Ip', 'OutNoRoutes') + value('Tcp', 'ActiveOpens') + value('Udp', 'OutDatagrams')
}

describe.skipIf(!mayUnshare)('without a network', () => {
  it('the sources are not reached, which is said, and everything else is answered', async () => {
    box = createDemoBox()
    await box.smd('start', { within })
    const check = await box.json('upstream check')
    expect(check.sources).toBeGreaterThan(0)
    expect(check).toMatchObject({ asked: 0, offline: check.sources, failed: [] })
    expect(attempts()).toBeGreaterThan(0)
    expect((await box.json('outdated')).states).toMatchObject({ unknown: expect.any(Number) })
    expect((await box.json('list --limit 1')).total).toBeGreaterThan(100)
  })

  it('and nothing is even tried when it is told to stay offline (P10)', async () => {
    box = createDemoBox({ env: { SMD_OFFLINE: '1' } })
    await box.smd('start', { within })
    expect(await box.smd('upstream check --force')).toMatchObject({
      code: 0,
      stdout: 'No source was asked.\n',
      stderr: expect.stringMatching(/^\d+ sources not asked: there is no network, or it is not to be used/),
    })
    expect(await box.json('jobs run upstream')).toMatchObject({ outcome: 'success' })
    expect((await box.smd('outdated --refresh')).code).toBe(0)
    expect(attempts()).toBe(0)
  })
})
