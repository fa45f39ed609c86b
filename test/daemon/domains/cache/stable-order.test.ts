import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stableOrder } from '../../../../daemon/domains/cache/stable-order.ts'

describe('stableOrder', () => {
  it('sorts as JavaScript does, equal keys in the order they have', () => {
    const key = fc.oneof(fc.nat(5), fc.nat(), fc.maxSafeNat(), fc.constantFrom(0, 2_047, 2_048, 2 ** 53 - 1))
    fc.assert(
      fc.property(fc.array(key, { maxLength: 300 }), (keys) => {
        const rows = Uint32Array.from(keys, (_, at) => keys.length - at)
        const expected = keys
          .map((value, at) => ({ value, row: keys.length - at }))
          .toSorted((a, b) => a.value - b.value)
        expect([...stableOrder(rows, Float64Array.from(keys))]).toEqual(expected.map(({ row }) => row))
      }),
    )
  })
})
