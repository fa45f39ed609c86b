import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TokenBucket } from '../../../../daemon/kernel/net/token-bucket.ts'

const granted = { granted: true, waitMs: 0 }

function bucketOf(capacity: number, windowMs: number) {
  const clock = { at: 0 }
  return { clock, bucket: new TokenBucket(capacity, windowMs, () => clock.at) }
}

describe('TokenBucket (formats spec 19)', () => {
  it('has the check values of 100 per 60 s', () => {
    const { bucket, clock } = bucketOf(100, 60_000)
    const takeMany = (count: number): number =>
      Array.from({ length: count }, () => bucket.take()).filter((turn) => turn.granted).length
    expect(takeMany(100)).toBe(100)
    expect(bucket.take()).toEqual({ granted: false, retryAfterSeconds: 1 })
    clock.at = 600
    expect(takeMany(2)).toBe(1)
    clock.at = 60_600
    expect(takeMany(101)).toBe(100)
  })

  it('lets those who wait have their turns one after the other', () => {
    const { bucket } = bucketOf(1, 1_000)
    expect(bucket.take(5_000)).toEqual(granted)
    expect([bucket.take(5_000), bucket.take(5_000)]).toEqual([
      { granted: true, waitMs: 1_000 },
      { granted: true, waitMs: 2_000 },
    ])
    expect(bucket.take(2_999)).toEqual({ granted: false, retryAfterSeconds: 3 })
  })

  it('takes nothing from whoever is refused', () => {
    const { bucket, clock } = bucketOf(1, 1_000)
    bucket.take()
    for (let i = 0; i < 50; i++) bucket.take()
    clock.at = 1_000
    expect(bucket.take()).toEqual(granted)
  })

  it('never grants more in any span of time than the capacity and what it refills meanwhile', () => {
    const steps = fc.array(fc.record({ pauseMs: fc.nat(3_000), takes: fc.nat(20) }), { maxLength: 40 })
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 5_000 }),
        steps,
        (capacity, windowMs, all) => {
          const { bucket, clock } = bucketOf(capacity, windowMs)
          const at: number[] = []
          for (const { pauseMs, takes } of all) {
            clock.at += pauseMs
            for (let i = 0; i < takes; i++) if (bucket.take().granted) at.push(clock.at)
          }
          for (const [i, from] of at.entries())
            for (const [j, to] of at.entries())
              if (j >= i)
                expect(j - i + 1).toBeLessThanOrEqual(capacity + ((to - from) * capacity) / windowMs)
        },
      ),
    )
  })

  it('grants the next one after the wait that it names, and not a second before', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 100_000 }),
        (capacity, windowMs) => {
          const { bucket, clock } = bucketOf(capacity, windowMs)
          for (let i = 0; i < capacity; i++) bucket.take()
          const refused = bucket.take()
          if (refused.granted) return expect.fail('there was one too many')
          clock.at = (refused.retryAfterSeconds - 1) * 1000 * (1 - Number.EPSILON)
          const early = bucket.take()
          if (early.granted) expect(clock.at).toBeGreaterThanOrEqual(windowMs / capacity)
          clock.at = refused.retryAfterSeconds * 1000
          expect(early.granted || bucket.take().granted).toBe(true)
        },
      ),
    )
  })

  it('is not moved by a clock that goes back', () => {
    const { bucket, clock } = bucketOf(1, 1_000)
    clock.at = 5_000
    bucket.take()
    clock.at = 0
    expect(bucket.take().granted).toBe(false)
    clock.at = 1_000
    expect(bucket.take()).toEqual(granted)
  })
})
