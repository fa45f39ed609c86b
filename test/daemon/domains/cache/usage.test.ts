import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CacheUsage } from '../../../../daemon/domains/cache/usage.ts'
import { openForReading, openForWriting, openInMemory } from '../../../../daemon/kernel/db/open.ts'
import { useTestHome } from '../../../support/test-daemon.ts'

const makeHome = useTestHome()

describe('CacheUsage (CACHE-2.1f)', () => {
  it('knows no rate and no times before the first read', () => {
    const db = openInMemory()
    expect(new CacheUsage(db)).toMatchObject({
      hitRate: null,
      queries: { count: 0, meanMs: null, maxMs: null },
    })
    db.close()
  })

  it('adds up hits, misses and times', () => {
    const db = openInMemory()
    const usage = new CacheUsage(db)
    usage.hits += 3
    usage.misses += 1
    for (const ms of [1, 2, 6]) usage.recordQuery(ms)
    expect(usage).toMatchObject({ hitRate: 0.75, queries: { count: 3, meanMs: 3, maxMs: 6 } })
    db.close()
  })

  it('counts again after any connection wrote, and not before', () => {
    const file = join(makeHome().home, 'cache.db')
    const writer = openForWriting(file)
    const reader = openForReading(file)
    for (const [db, write] of [
      [reader, (key: string) => writer.runSql('INSERT INTO cache_metadata (key) VALUES (?)', key)],
      [writer, (key: string) => writer.runSql('INSERT INTO cache_metadata (key) VALUES (?)', key)],
    ] as const) {
      const usage = new CacheUsage(db)
      let counted = 0
      const count = () =>
        usage.counted('all', () => {
          counted++
          return db.valueSql<number>('SELECT count(*) FROM cache_metadata') ?? -1
        })
      const before = count()
      expect([count(), counted]).toEqual([before, 1])
      write(`${counted} ${before}`)
      expect([count(), counted]).toEqual([before + 1, 2])
      usage.forgetCounts()
      expect([count(), counted]).toEqual([before + 1, 3])
    }
    reader.close()
    writer.close()
  })

  it('keeps a bounded number of counts', () => {
    const db = openInMemory()
    const usage = new CacheUsage(db)
    for (let i = 0; i < 2_500; i++) expect(usage.counted(`${i}`, () => i)).toBe(i)
    expect(usage.counted('2499', () => -1)).toBe(2_499)
    expect(usage.counted('0', () => -1)).toBe(-1)
    db.close()
  })
})
