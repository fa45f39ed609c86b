import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { oldCaches } from '../../../../daemon/domains/cleanup/work/old-caches.ts'

describe('old copies of the cache', () => {
  const folder = mkdtempSync(join(tmpdir(), 'smd-old-'))
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('are those that smd made, with their logs, and never the cache itself', () => {
    const write = (name: string, bytes: number): void =>
      writeFileSync(join(folder, name), Buffer.alloc(bytes))
    write('cache.db', 100)
    write('cache.db-wal', 10)
    write('cache.db.corrupt-20260101T000000000Z', 7)
    write('cache.db.corrupt-20260101T000000000Z-wal', 3)
    write('cache.v5.db', 20)
    write('cache.v5.db.unfinished', 20)
    write('mycache.v5.db', 20)
    write('cachexdb.corrupt-1', 20)
    const found = oldCaches(join(folder, 'cache.db'))
    expect(found.map(({ path, sizeBytes }) => [basename(path), sizeBytes])).toEqual([
      ['cache.db.corrupt-20260101T000000000Z', 10],
      ['cache.v5.db', 20],
    ])
  })
})
