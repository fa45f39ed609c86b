import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { beforeEach, describe, expect, it } from 'vitest'
import { copyDatabase, inspectCopy, putInPlace } from '../../../../daemon/kernel/db/backup.ts'
import { openForReading, openForWriting } from '../../../../daemon/kernel/db/open.ts'
import { migrations } from '../../../../migrations/index.ts'
import { useTestHome } from '../../../support/test-daemon.ts'

const makeHome = useTestHome()
let folder: string
let file: string
beforeEach(() => {
  folder = join(makeHome().home, 'data')
  mkdirSync(folder)
  file = join(folder, 'cache.db')
})

/** A cache that says its name. */
const make = (path: string, name: string): void => {
  const db = openForWriting(path)
  db.runSql("INSERT INTO cache_metadata (key, value) VALUES ('name', ?)", name)
  db.close()
}
const nameOf = (path: string): unknown => {
  const db = openForReading(path)
  const name = db.valueSql("SELECT value FROM cache_metadata WHERE key = 'name'")
  db.close()
  return name
}

describe('copyDatabase', () => {
  it('makes one private file, also of what is only in the log', async () => {
    const db = openForWriting(file)
    db.runSql("INSERT INTO cache_metadata (key, value) VALUES ('name', 'in the log')")
    const umask = process.umask(0)
    await copyDatabase(db, join(folder, 'copy.db')).finally(() => process.umask(umask))
    expect(readdirSync(folder).filter((name) => name.startsWith('copy'))).toEqual(['copy.db'])
    expect(statSync(join(folder, 'copy.db')).mode & 0o777).toBe(0o600)
    db.close()
    expect(nameOf(join(folder, 'copy.db'))).toBe('in the log')
  })

  it('fails where there is no place for it', async () => {
    const db = openForWriting(file)
    await expect(copyDatabase(db, join(folder, 'none', 'copy.db'))).rejects.toThrow(/directory/)
    db.close()
  })
})

describe('inspectCopy', () => {
  it('tells the schema of a cache', () => {
    make(file, 'a')
    expect(inspectCopy(file)).toBe(migrations.length)
  })

  it.each([
    ['that is missing', () => undefined],
    ['that is text', () => writeFileSync(file, 'text '.repeat(1_000))],
    ['of another program', () => void new Sqlite(file).exec('CREATE TABLE theirs (a)').close()],
    [
      'that is cut short',
      () => {
        make(file, 'a')
        writeFileSync(file, readFileSync(file).subarray(0, 40_000))
      },
    ],
  ])('refuses a file %s, as a copy and not as the cache in use', (_, prepare) => {
    prepare()
    expect(() => inspectCopy(file)).toThrow(
      expect.objectContaining({
        slug: 'cache.unavailable',
        details: expect.objectContaining({ problem: 'copy' }),
      }),
    )
  })
})

describe('putInPlace', () => {
  it('takes the log of the former file away with it, which would spoil the new one', () => {
    const writer = openForWriting(file)
    writer.runSql("INSERT INTO cache_metadata (key, value) VALUES ('name', 'former')")
    // As a killed daemon leaves it: rows in the log only.
    for (const suffix of ['', '-wal']) copyFileSync(file + suffix, `${join(folder, 'kept')}${suffix}`)
    writer.close()
    for (const suffix of ['', '-wal']) copyFileSync(`${join(folder, 'kept')}${suffix}`, file + suffix)
    make(join(folder, 'new.db'), 'new')
    putInPlace(file, join(folder, 'new.db'), 'T1')
    expect(existsSync(`${file}-wal`)).toBe(false)
    expect(nameOf(file)).toBe('new')
    expect(readdirSync(folder).filter((name) => name.includes('replaced'))).toEqual([])
  })

  it('puts the former file back when the new one cannot be moved', () => {
    make(file, 'former')
    expect(() => putInPlace(file, join(folder, 'none.db'), 'T1')).toThrow(/ENOENT/)
    expect(nameOf(file)).toBe('former')
    expect(readdirSync(folder)).toEqual(['cache.db'])
  })
})
