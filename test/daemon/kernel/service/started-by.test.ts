import { describe, expect, it } from 'vitest'
import { startedBy } from '../../../../daemon/kernel/service/started-by.ts'

describe('startedBy (L11)', () => {
  it.each<[string, string[], NodeJS.ProcessEnv, NodeJS.Platform, string]>([
    [
      'a client that waits for the report',
      ['--report'],
      { INVOCATION_ID: 'of the terminal' },
      'linux',
      'cli',
    ],
    ['a unit that says so', ['--started-by=systemd'], {}, 'linux', 'systemd'],
    ['an agent that says so', ['--started-by=launchd'], {}, 'darwin', 'launchd'],
    ['a task that says so', ['--started-by=windows-task'], {}, 'win32', 'windows-task'],
    ['a unit written by hand', [], { INVOCATION_ID: '1f' }, 'linux', 'systemd'],
    ['an agent written by hand', [], { XPC_SERVICE_NAME: 'me.smd' }, 'darwin', 'launchd'],
    ['a terminal of macOS', [], { XPC_SERVICE_NAME: '0' }, 'darwin', 'terminal'],
    ['somebody at a terminal', [], {}, 'linux', 'terminal'],
    ['something a newer smd knows', ['--started-by=runit'], {}, 'linux', 'terminal'],
  ])('%s', (_, words, env, platform, expected) => {
    expect(startedBy(['node', 'daemon.cjs', ...words], env, platform)).toBe(expected)
  })
})
