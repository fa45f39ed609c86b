import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  forgetStartFailures,
  HOLD_MS,
  heldUntil,
  MAX_FAILURES,
  readStartFailures,
  recordStartFailure,
} from '../../../../daemon/kernel/service/start-failures.ts'
import { useTestHome } from '../../../support/test-daemon.ts'

const makeHome = useTestHome()
let home: string
let file: string
beforeEach(() => {
  home = makeHome().home
  file = join(home, 'start-failures.json')
})
const failures = (...times: number[]) => times.map((at) => ({ at, message: `at ${at}` }))

describe('start failures (L10)', () => {
  it('are remembered in a private file, the last few of them', () => {
    expect(readStartFailures(file)).toEqual([])
    for (const failure of failures(1, 2, 3, 4, 5, 6)) recordStartFailure(file, failure)
    expect(readStartFailures(file)).toEqual(failures(3, 4, 5, 6))
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(home)).toEqual(['start-failures.json'])
    forgetStartFailures(file)
    forgetStartFailures(file)
    expect(readStartFailures(file)).toEqual([])
  })

  it.each(['', '{', 'null', '{"failures":{}}', '{"failures":[{"at":"1","message":"x"},null,7]}'])(
    'are none in a file that reads %j, which the next failure replaces',
    (text) => {
      writeFileSync(file, text)
      expect(readStartFailures(file)).toEqual([])
      recordStartFailure(file, { at: 1, message: 'x' })
      expect(readStartFailures(file)).toEqual([{ at: 1, message: 'x' }])
    },
  )

  it('hold for a while when there were too many within a minute', () => {
    expect(MAX_FAILURES).toBe(4)
    expect(heldUntil(failures(0, 1, 2), 3)).toBeNull()
    expect(heldUntil(failures(0, 20_000, 40_000, 60_000), 60_001)).toBe(60_000 + HOLD_MS)
    expect(heldUntil(failures(0, 20_000, 40_000, 60_001), 60_002)).toBeNull()
    expect(heldUntil(failures(-900_000, 0, 1, 2, 3), 4)).toBe(3 + HOLD_MS)
    expect(heldUntil(failures(0, 1, 2, 3), 3 + HOLD_MS)).toBeNull()
  })

  it('hold nobody when the clock was set back', () => {
    expect(heldUntil(failures(1_000, 1_001, 1_002, 1_003), 500)).toBeNull()
  })
})
