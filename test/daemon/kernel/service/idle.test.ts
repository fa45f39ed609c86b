import { describe, expect, it } from 'vitest'
import { isForgotten } from '../../../../daemon/kernel/service/idle.ts'

const HOUR = 3_600_000
const unused = { connections: 0, busy: 0, lastUsedAt: 0, nextJobAt: null }

describe('isForgotten (L11)', () => {
  it('is true once nobody needed it for that long', () => {
    expect(isForgotten(unused, 240, 4 * HOUR - 1)).toBe(false)
    expect(isForgotten(unused, 240, 4 * HOUR)).toBe(true)
  })

  it.each([
    ['a connection, silent or not', { connections: 1 }],
    ['a request or a scan', { busy: 1 }],
  ])('is never true with %s', (_, use) => {
    expect(isForgotten({ ...unused, ...use }, 1, 1_000 * HOUR)).toBe(false)
  })

  it('waits for a job that is due within ten minutes, and for no other one', () => {
    const now = 4 * HOUR
    const dueIn = (minutes: number): boolean =>
      isForgotten({ ...unused, nextJobAt: now + minutes * 60_000 }, 240, now)
    expect([dueIn(-1), dueIn(0), dueIn(10), dueIn(10.1)]).toEqual([false, false, false, true])
  })

  it('is never true with 0 minutes, nor when the clock was set back', () => {
    expect(isForgotten(unused, 0, 1_000 * HOUR)).toBe(false)
    expect(isForgotten({ ...unused, lastUsedAt: 10 * HOUR }, 60, HOUR)).toBe(false)
  })
})
