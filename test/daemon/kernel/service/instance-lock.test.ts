import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { acquireInstanceLock } from '../../../../daemon/kernel/service/instance-lock.ts'
import { useTestHome } from '../../../support/test-daemon.ts'

const makeHome = useTestHome()
const lockModule = new URL('../../../../daemon/kernel/service/instance-lock.ts', import.meta.url).href
const program = `
  const { acquireInstanceLock } = await import(${JSON.stringify(lockModule)})
  const lock = acquireInstanceLock(process.argv[1])
  process.stdout.write(lock ? 'held' : 'refused')
  setInterval(() => lock, 1000)
`
/** Tries to take the lock in a process of its own, which then stays. */
function tryElsewhere(file: string) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const said = once(child.stdout, 'data').then(([text]) => String(text))
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }
  return { said, kill }
}

describe('acquireInstanceLock (L1)', () => {
  it('is held by one at a time, and free again after release', () => {
    const file = join(makeHome().home, 'daemon.lock')
    const lock = acquireInstanceLock(file)
    expect(acquireInstanceLock(file)).toBeNull()
    lock?.release()
    const next = acquireInstanceLock(file)
    expect(next).not.toBeNull()
    next?.release()
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('goes to exactly one of several processes, and is free right after SIGKILL (L3)', async () => {
    const file = join(makeHome().home, 'daemon.lock')
    const racers = Array.from({ length: 5 }, () => tryElsewhere(file))
    try {
      const said = await Promise.all(racers.map((racer) => racer.said))
      expect(said.toSorted()).toEqual(['held', ...Array(4).fill('refused')])
      expect(acquireInstanceLock(file)).toBeNull()
      await racers[said.indexOf('held')]?.kill()
      const lock = acquireInstanceLock(file)
      expect(lock).not.toBeNull()
      lock?.release()
    } finally {
      await Promise.all(racers.map((racer) => racer.kill()))
    }
  })

  it('serves on a file into which something was written', () => {
    const file = join(makeHome().home, 'daemon.lock')
    writeFileSync(file, 'this is no database, and longer than a header would be '.repeat(20))
    const lock = acquireInstanceLock(file)
    expect(lock).not.toBeNull()
    expect(acquireInstanceLock(file)).toBeNull()
    lock?.release()
  })
})
