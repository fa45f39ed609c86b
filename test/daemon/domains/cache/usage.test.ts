import { describe, expect, it } from 'vitest'
import { CacheUsage } from '../../../../daemon/domains/cache/usage.ts'

describe('CacheUsage (CACHE-2.1f)', () => {
  it('knows no rate and no times before the first read', () => {
    expect(new CacheUsage()).toMatchObject({
      hitRate: null,
      queries: { count: 0, meanMs: null, maxMs: null },
    })
  })

  it('adds up hits, misses and times', () => {
    const usage = new CacheUsage()
    usage.hits += 3
    usage.misses += 1
    for (const ms of [1, 2, 6]) usage.recordQuery(ms)
    expect(usage).toMatchObject({ hitRate: 0.75, queries: { count: 3, meanMs: 3, maxMs: 6 } })
  })
})
