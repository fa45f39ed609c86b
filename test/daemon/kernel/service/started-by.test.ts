import { describe, expect, it } from 'vitest'
import { startedBy } from '../../../../daemon/kernel/service/started-by.ts'

describe('startedBy', () => {
  it.each([
    [['node', 'daemon.cjs', '--report'], 'cli'],
    [['node', 'daemon.cjs', '--started-by=systemd'], 'systemd'],
    [['node', 'daemon.cjs', '--started-by=launchd'], 'launchd'],
    [['node', 'daemon.cjs', '--started-by=windows-task'], 'windows-task'],
    [['node', 'daemon.cjs', '--started-by=runit'], 'cli'],
  ])('%j is %s', (argv, expected) => {
    expect(startedBy(argv)).toBe(expected)
  })
})
