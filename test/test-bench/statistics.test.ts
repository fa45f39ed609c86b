import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { interleave, median, p99, quantile } from '../bench/statistics.ts'

describe('quantile', () => {
  it('is one of the samples, with at least its share of them not above it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer(), { minLength: 1, maxLength: 200 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (samples, share) => {
          const found = quantile(samples, share)
          expect(samples).toContain(found)
          const below = samples.filter((sample) => sample <= found).length
          expect(below).toBeGreaterThanOrEqual(share * samples.length - 1e-9)
        },
      ),
    )
  })

  it('does not depend on the order and leaves the samples as they are', () => {
    const samples = [3, 1, 2]
    expect([median(samples), samples]).toEqual([2, [3, 1, 2]])
  })

  it('takes the largest for p99 of a hundred samples but one', () => {
    const samples = Array.from({ length: 100 }, (_, i) => i + 1)
    expect(p99(samples)).toBe(99)
    expect(quantile(samples, 1)).toBe(100)
  })

  it('refuses an empty list instead of inventing a figure', () => {
    expect(() => median([])).toThrow('no samples')
  })
})

describe('interleave', () => {
  it('takes the tasks in turns and leaves the first rounds out', async () => {
    const order: string[] = []
    let calls = 0
    const samples = await interleave(
      { rounds: 2, warmUp: 1 },
      {
        a: () => {
          order.push('a')
          return ++calls
        },
        b: async () => {
          order.push('b')
          return [10, 20]
        },
      },
    )
    expect(order.join('')).toBe('ababab')
    expect(samples).toEqual({ a: [2, 3], b: [10, 20, 10, 20] })
  })
})
