import { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { claimStart, isClaimed } from '../../../client-cli/lifecycle/start-claim.ts'
import type { Paths } from '../../../daemon/kernel/config/paths.ts'
import { processStart } from '../../../daemon/kernel/service/process-start.ts'
import { useTestHome } from '../../support/test-daemon.ts'

const makeHome = useTestHome()
let paths: Paths
let file: string
beforeEach(() => {
  const { home, around } = makeHome()
  file = join(home, 'daemon.starting')
  paths = { ...around.paths, startClaimFile: file }
})
const claimOf = (pid: number, start: string | null): void =>
  writeFileSync(file, JSON.stringify({ pid, start }))

describe('claimStart (L1)', () => {
  it('goes to one, and is free again when that one gives it up', () => {
    expect(isClaimed(paths)).toBe(false)
    const release = claimStart(paths)
    expect(release).not.toBeNull()
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(isClaimed(paths)).toBe(true)
    expect(claimStart(paths)).toBeNull()
    release?.()
    expect(isClaimed(paths)).toBe(false)
    expect(existsSync(file)).toBe(false)
  })

  it.each([
    ['of a process that is gone', () => claimOf(2 ** 22 + 1, '1')],
    ['of a number that another process has now', () => claimOf(process.pid, '1')],
    [
      'that is old',
      () => {
        claimOf(process.pid, processStart(process.pid))
        utimesSync(file, 1, 1)
      },
    ],
    [
      'that says nothing, and is not of this very moment',
      () => {
        writeFileSync(file, '')
        utimesSync(file, Date.now() / 1_000 - 5, Date.now() / 1_000 - 5)
      },
    ],
  ])('takes over a claim %s', (_, leave) => {
    leave()
    expect(isClaimed(paths)).toBe(false)
    const release = claimStart(paths)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ pid: process.pid })
    release?.()
    expect(existsSync(file)).toBe(false)
  })

  it('waits for one that is just being written, and removes none but its own', () => {
    writeFileSync(file, '')
    expect(claimStart(paths)).toBeNull()
    claimOf(2 ** 22 + 1, '1')
    const release = claimStart(paths)
    claimOf(1, '1')
    release?.()
    expect(existsSync(file)).toBe(true)
  })
})
