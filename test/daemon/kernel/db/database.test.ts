import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Database } from '../../../../daemon/kernel/db/database.ts'
import { openForReading, openForWriting, openInMemory } from '../../../../daemon/kernel/db/open.ts'
import { qb } from '../../../../daemon/kernel/db/query-builder.ts'
import { SmdError } from '../../../../protocol/errors.ts'
import { useTestHome } from '../../../support/test-daemon.ts'

const makeHome = useTestHome()
let db: Database
beforeEach(() => {
  db = openInMemory()
})
afterEach(() => db.close())

const put = (key: string, value = 'v'): unknown =>
  db.runSql('INSERT INTO cache_metadata (key, value) VALUES (?, ?)', key, value)
const keys = (from = db): string[] =>
  from.allSql<{ key: string }>('SELECT key FROM cache_metadata ORDER BY key').map((row) => row.key)

describe('Database', () => {
  it('runs what kysely builds', () => {
    db.run(qb.insertInto('cache_metadata').values({ key: 'a', value: '1' }))
    const query = qb.selectFrom('cache_metadata').select(['key', 'value'])
    expect(db.all(query)).toEqual([{ key: 'a', value: '1' }])
    expect(db.get(query.where('key', '=', 'a'))).toEqual({ key: 'a', value: '1' })
    expect(db.get(query.where('key', '=', 'b'))).toBeUndefined()
  })

  it('takes parameters by place and by name', () => {
    put('a', '1')
    expect(db.getSql('SELECT value FROM cache_metadata WHERE key = ?', 'a')).toEqual({ value: '1' })
    expect(db.valueSql('SELECT value FROM cache_metadata WHERE key = :key', { key: 'a' })).toBe('1')
    expect(db.valueSql('SELECT value FROM cache_metadata WHERE key = ?', 'b')).toBeUndefined()
  })

  it('counts changes and tells the id of a new row', () => {
    const sql = "INSERT INTO projects (uid, name, path) VALUES (x'0000000000000001', 'a', '/a')"
    expect(db.runSql(sql)).toEqual({ changes: 1, lastInsertRowid: 1 })
    expect(db.runSql('DELETE FROM projects')).toMatchObject({ changes: 1 })
  })

  it('gives rows as objects and single values from one and the same text, in any order', () => {
    const sql = 'SELECT key, value FROM cache_metadata'
    put('a', '1')
    expect(db.getSql(sql)).toEqual({ key: 'a', value: '1' })
    expect(db.valueSql(sql)).toBe('a')
    expect(db.getSql(sql)).toEqual({ key: 'a', value: '1' })
    expect(db.allSql(sql)).toEqual([{ key: 'a', value: '1' }])
  })

  it('goes on when more statements were used than it keeps', () => {
    put('a')
    for (let i = 0; i < 600; i++) expect(db.valueSql(`SELECT ${i} FROM cache_metadata`)).toBe(i)
    expect(db.valueSql('SELECT 0 FROM cache_metadata')).toBe(0)
  })
})

describe('Database.transaction (CACHE-1.4f)', () => {
  it('keeps all of it, and gives back what the work returns', () => {
    expect(
      db.transaction(() => {
        put('a')
        put('b')
        return 'done'
      }),
    ).toBe('done')
    expect(keys()).toEqual(['a', 'b'])
  })

  it.each([
    [
      'an error',
      () => {
        throw new Error('stop')
      },
      'stop',
    ],
    ['a broken rule', () => put('a'), 'UNIQUE'],
    ['asynchronous work', () => Promise.resolve(), 'asynchronous'],
    ['a transaction inside', () => db.transaction(() => put('b')), 'already running'],
  ])('keeps nothing after %s, and works again', (_, fail, message) => {
    expect(() =>
      db.transaction(() => {
        put('a')
        return fail()
      }),
    ).toThrow(message)
    expect(keys()).toEqual([])
    db.transaction(() => put('a'))
    expect(keys()).toEqual(['a'])
  })
})

describe('Database.snapshot (CACHE-2.1d)', () => {
  it('sees one picture while the writer commits, and the new one afterwards', () => {
    const file = join(makeHome().home, 'cache.db')
    const writer = openForWriting(file)
    const reader = openForReading(file)
    const write = (key: string) => writer.runSql('INSERT INTO cache_metadata (key) VALUES (?)', key)
    write('a')
    reader.snapshot(() => {
      expect(keys(reader)).toEqual(['a'])
      write('b')
      expect(keys(reader)).toEqual(['a'])
      reader.snapshot(() => expect(keys(reader)).toEqual(['a']))
    })
    expect(keys(reader)).toEqual(['a', 'b'])
    expect(() =>
      reader.snapshot(() => {
        throw new Error('stop')
      }),
    ).toThrow('stop')
    write('c')
    expect(keys(reader)).toEqual(['a', 'b', 'c'])
    reader.close()
    writer.close()
  })
})

describe('Database errors (CACHE-1.4g)', () => {
  it.each([
    ['a key that is there', "INSERT INTO cache_metadata (key) VALUES ('a')", 'cache.constraint'],
    ['an unknown status', "UPDATE projects SET status = 'fine'", 'cache.constraint'],
    [
      'a reference to nothing (CACHE-1.1c)',
      "INSERT INTO scan_units (kind, path, name, project_id) VALUES ('project', '/x', 'x', 99)",
      'cache.constraint',
    ],
    ['a text for a number', "UPDATE projects SET last_fetched = 'yesterday'", 'cache.constraint'],
  ])('%s is reported, with its cause', (_, sql, slug) => {
    put('a')
    db.runSql("INSERT INTO projects (uid, name, path) VALUES (x'0000000000000001', 'a', '/a')")
    expect(() => db.runSql(sql)).toThrow(expect.objectContaining({ slug, cause: expect.anything() }))
  })

  it('a write on a connection for reading is refused', () => {
    const file = join(makeHome().home, 'cache.db')
    openForWriting(file).close()
    const reader = openForReading(file)
    expect(() => reader.runSql('DELETE FROM projects')).toThrow(
      expect.objectContaining({ slug: 'cache.read_only' }),
    )
    reader.close()
  })

  it('a file that stays locked is reported, after it was waited for', () => {
    const file = join(makeHome().home, 'cache.db')
    openForWriting(file).close()
    const holder = new Sqlite(file)
    const waiting = new Database(new Sqlite(file, { timeout: 20 }))
    holder.exec('BEGIN IMMEDIATE')
    expect(() => waiting.transaction(() => 1)).toThrow(
      expect.objectContaining({ slug: 'cache.unavailable', message: expect.stringContaining('SQLITE_BUSY') }),
    )
    holder.exec('COMMIT')
    expect(waiting.transaction(() => 1)).toBe(1)
    waiting.close()
    holder.close()
  })

  it('a statement that is wrong stays a bug', () => {
    expect(() => db.allSql('SELECT a FROM nowhere')).toThrow(/no such table/)
    try {
      db.allSql('SELECT a FROM nowhere')
    } catch (error) {
      expect(error).not.toBeInstanceOf(SmdError)
    }
  })
})

describe('Database.takeOver', () => {
  it('goes on with another connection, statements included', () => {
    const { home } = makeHome()
    const files = [join(home, 'old.db'), join(home, 'new.db')] as const
    for (const [i, file] of files.entries()) {
      const writer = openForWriting(file)
      writer.runSql('INSERT INTO cache_metadata (key) VALUES (?)', `of ${i}`)
      writer.close()
    }
    const reader = openForReading(files[0])
    const before = reader.version
    expect(keys(reader)).toEqual(['of 0'])
    reader.takeOver(openForReading(files[1]))
    expect(keys(reader)).toEqual(['of 1'])
    expect(reader.version).not.toBe(before)
    reader.close()
  })
})
