/**
 * What a power cut may leave of cache.db: its log cut off or spoilt anywhere behind what was synced, the file itself
 * half checkpointed (D1). Copies of real files are cut; nothing is mocked.
 */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findDamage } from '../../daemon/domains/cache/damage.ts'
import { cacheWrites } from '../../daemon/domains/cache/writes.ts'
import type { Database } from '../../daemon/kernel/db/database.ts'
import { type OpenedCache, openCache } from '../../daemon/kernel/db/integrity.ts'
import { openForWriting } from '../../daemon/kernel/db/open.ts'
import { createRandom } from '../demo/random.ts'

const COMMITS = 150
const CUTS = 200
const random = createRandom('power')

let folder: string
let file: string
/** The file before the log was folded in, after, and the whole log. */
let old: Buffer
let folded: Buffer
let log: Buffer
/** Length of the log when each commit was acknowledged; everything up to there had been synced. */
const acknowledged: number[] = []

/** Several rows of several tables per commit, so that half a commit can be told from a whole one. */
function commit(db: Database, number: number): void {
  db.durably(() => {
    for (let part = 0; part < 3; part++)
      db.runSql(
        'INSERT INTO cache_metadata (key, value, updated_at) VALUES (?, ?, ?)',
        `${number}.${part}`,
        `${number}`.repeat(1 + ((number * 37) % 400)),
        number,
      )
    db.runSql(
      `INSERT INTO projects (uid, name, path) VALUES (?, ?, ?)`,
      Buffer.alloc(8, `${number}`.padStart(8)),
      `p${number}`,
      `/p${number}`,
    )
    db.runSql("UPDATE cache_metadata SET value = ? WHERE key = 'newest'", `${number}`)
  })
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'smd-power-'))
  file = join(folder, 'cache.db')
  const db = openForWriting(file)
  db.pragma('wal_autocheckpoint = 0')
  db.runSql("INSERT INTO cache_metadata (key, value) VALUES ('newest', '0')")
  db.pragma('wal_checkpoint(TRUNCATE)')
  old = readFileSync(file)
  for (let number = 1; number <= COMMITS; number++) {
    commit(db, number)
    acknowledged.push(statSync(`${file}-wal`).size)
  }
  log = readFileSync(`${file}-wal`)
  db.pragma('wal_checkpoint(TRUNCATE)')
  folded = readFileSync(file)
  db.close()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Opens what the cut left, as a daemon does when it starts. */
function openAfter(db: Buffer, wal: Buffer | null, stamp: string): OpenedCache {
  for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true })
  writeFileSync(file, db)
  if (wal) writeFileSync(`${file}-wal`, wal)
  return openCache(file, stamp)
}

/** How many commits are there. Throws when one is there in part, or one of them differs from what was written. */
function commitsIn(db: Database): number {
  const newest = Number(db.valueSql("SELECT value FROM cache_metadata WHERE key = 'newest'"))
  const rows = db.allSql<{ key: string; value: string }>(
    "SELECT key, value FROM cache_metadata WHERE key <> 'newest' ORDER BY updated_at, key",
  )
  const expected = Array.from({ length: newest }, (_, i) => i + 1).flatMap((number) =>
    [0, 1, 2].map((part) => ({
      key: `${number}.${part}`,
      value: `${number}`.repeat(1 + ((number * 37) % 400)),
    })),
  )
  expect(rows).toEqual(expected)
  expect(db.allSql('SELECT name FROM projects ORDER BY id')).toEqual(
    Array.from({ length: newest }, (_, i) => ({ name: `p${i + 1}` })),
  )
  return newest
}

describe('a power cut (D1)', () => {
  it('that cuts the log anywhere leaves every commit synced before, whole, and no part of another', () => {
    for (let i = 0; i < CUTS; i++) {
      const at = random.int(0, log.length)
      // Behind the cut: nothing, zeros, or what the sectors held before.
      const tail = Buffer.alloc(i % 3 === 0 ? 0 : random.int(0, 20_000), i % 3 === 1 ? 0 : 0xa5)
      const cache = openAfter(old, Buffer.concat([log.subarray(0, at), tail]), `T${i}`)
      expect(cache, `cut at ${at}`).toMatchObject({ storage: 'file', setAside: null })
      expect(findDamage(cache.db), `cut at ${at}`).toBeNull()
      const synced = acknowledged.filter((length) => length <= at).length
      expect(commitsIn(cache.db), `cut at ${at}`).toBe(synced)
      cache.db.close()
    }
  })

  it('that spoils a sector of the log behind what was synced takes nothing that was acknowledged', () => {
    for (let i = 0; i < CUTS / 2; i++) {
      const spoilt = Buffer.from(log)
      const at = random.int(0, log.length - 1)
      spoilt.fill(random.int(0, 255), at, Math.min(log.length, at + 512))
      const cache = openAfter(old, spoilt, `T${i}`)
      expect(cache, `spoilt at ${at}`).toMatchObject({ storage: 'file', setAside: null })
      expect(findDamage(cache.db)).toBeNull()
      const before = acknowledged.filter((length) => length <= at).length
      expect(commitsIn(cache.db), `spoilt at ${at}`).toBeGreaterThanOrEqual(before)
      cache.db.close()
    }
  })

  it('in the middle of folding the log into the file loses nothing: the log has it all', () => {
    const size = 4_096
    for (let i = 0; i < CUTS / 2; i++) {
      // Some pages are written, some not, some in part; the file may have grown or not.
      const mixed = Buffer.from(i % 2 === 0 ? folded : old)
      for (let page = 0; page * size < mixed.length; page++) {
        const source = random.chance(0.5) ? folded : old
        const end = random.chance(0.2) ? page * size + random.int(1, size) : (page + 1) * size
        // A page the file did not have yet was not written then.
        if (page * size < source.length)
          source.copy(mixed, page * size, page * size, Math.min(end, source.length))
      }
      const cache = openAfter(mixed, log, `T${i}`)
      expect(cache, `round ${i}`).toMatchObject({ storage: 'file', setAside: null })
      expect(findDamage(cache.db), `round ${i}`).toBeNull()
      expect(commitsIn(cache.db), `round ${i}`).toBe(COMMITS)
      cache.db.close()
    }
  })

  it('that cuts the file itself is found: no row of a torn page is believed', () => {
    let found = 0
    for (let i = 0; i < CUTS / 2; i++) {
      const at = random.int(0, folded.length - 1)
      const torn = Buffer.from(folded.subarray(0, i % 2 === 0 ? at : folded.length))
      if (i % 2 === 1) torn.fill(random.int(0, 255), at, Math.min(torn.length, at + 512))
      const cache = openAfter(torn, null, `T${i}`)
      try {
        if (cache.setAside !== null || cache.newer !== null) {
          found++
          expect(findDamage(cache.db)).toBeNull()
        } else if (damageOf(cache.db) !== null) found++
        else if (i % 2 === 0) expect(commitsIn(cache.db), `cut at ${at}`).toBe(COMMITS)
      } finally {
        cache.db.close()
      }
    }
    expect(found).toBeGreaterThan(CUTS / 4)
  })

  it('keeps an answer that was acknowledged: the log holds it, synced, before the command is answered', () => {
    const db = openForWriting(file)
    db.pragma('wal_autocheckpoint = 0')
    const answer = { key: 'k', requestHash: Buffer.alloc(32), result: '{"a":1}', at: 1 }
    const before = readFileSync(file)
    cacheWrites.keepAnswer(db, answer)
    const synced = readFileSync(`${file}-wal`)
    cacheWrites.invalidate(db, { id: null })
    db.close()
    const cache = openAfter(before, synced, 'T')
    expect(cache.db.valueSql("SELECT result FROM answers WHERE key = 'k'")).toBe('{"a":1}')
    cache.db.close()
  })
})

function damageOf(db: Database): string | null {
  try {
    return findDamage(db)
  } catch (error) {
    return String((error as Error).message)
  }
}

describe('what the test itself relies on', () => {
  it('a reader of the file without its log sees none of the commits', () => {
    const copy = join(folder, 'copy.db')
    writeFileSync(copy, old)
    const sqlite = new Sqlite(copy)
    expect(sqlite.prepare('SELECT count(*) FROM projects').pluck().get()).toBe(0)
    sqlite.close()
    rmSync(copy)
  })
})
