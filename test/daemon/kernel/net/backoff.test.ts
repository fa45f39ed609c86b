import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backoffMs } from '../../../../daemon/kernel/net/backoff.ts'

describe('backoffMs', () => {
  it('doubles its bound up to a limit', () => {
    const bounds = [0, 1, 2, 3, 4, 5, 2_000].map((retry) => backoffMs(retry, () => 1))
    expect(bounds).toEqual([500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000])
  })

  it('takes any part of the bound, so that many do not come back together (CACHE-2.2d)', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.double({ min: 0, max: 0.999, noNaN: true }), (retry, part) => {
        expect(backoffMs(retry, () => part)).toBe(part * backoffMs(retry, () => 1))
      }),
    )
  })
})
