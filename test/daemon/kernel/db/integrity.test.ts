import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cacheWrites } from '../../../../daemon/domains/cache/writes.ts'
import type { OpenedCache } from '../../../../daemon/kernel/db/integrity.ts'
import { moveAside, openAnew, openCache } from '../../../../daemon/kernel/db/integrity.ts'
import { openForWriting } from '../../../../daemon/kernel/db/open.ts'
import { useTestHome } from '../../../support/test-daemon.ts'

const makeHome = useTestHome()
let folder: string
let file: string
const opened: OpenedCache[] = []
beforeEach(() => {
  folder = join(makeHome().home, 'data')
  file = join(folder, 'cache.db')
})
afterEach(() => {
  for (const { db, storage, file: where } of opened.splice(0)) {
    db.close()
    if (storage === 'memory') rmSync(join(where, '..'), { recursive: true, force: true })
  }
})

const open = (stamp = 'T1'): OpenedCache => {
  const cache = openCache(file, stamp)
  opened.push(cache)
  return cache
}
/** A cache of some pages; every row says which file it is in. */
const fill = (): void => {
  const db = openForWriting(file)
  db.transaction(() => {
    for (let i = 0; i < 500; i++)
      db.runSql('INSERT INTO cache_metadata (key, value) VALUES (?, ?)', `key ${i}`, 'v'.repeat(200))
  })
  db.pragma('wal_checkpoint(TRUNCATE)')
  db.close()
}
const rows = (cache: OpenedCache): number =>
  cache.db.valueSql<number>('SELECT count(*) FROM cache_metadata') ?? -1
const overwrite = (at: number, bytes: Buffer): void => {
  const content = readFileSync(file)
  bytes.copy(content, at)
  writeFileSync(file, content)
}
/** Leaves the changes in the log beside the file, as a killed writer does. */
const leaveLog = (): void => {
  const db = openForWriting(file)
  db.runSql("INSERT INTO cache_metadata (key) VALUES ('in the log')")
  for (const suffix of ['', '-wal']) copyFileSync(file + suffix, `${file}.kept${suffix}`)
  db.close()
  for (const suffix of ['', '-wal']) {
    copyFileSync(`${file}.kept${suffix}`, file + suffix)
    rmSync(`${file}.kept${suffix}`)
  }
}

describe('openCache (CACHE-2.1c, CACHE-2.1g, D2-D4)', () => {
  it('creates a missing file, private, in a private folder', () => {
    const before = process.umask(0)
    const cache = open()
    process.umask(before)
    expect(cache).toMatchObject({ storage: 'file', file, memoryReason: null, setAside: null })
    expect(rows(cache)).toBe(0)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(cache.db.pragma('foreign_keys')).toBe(1)
    expect(cache.db.pragma('journal_mode')).toBe('wal')
  })

  it('opens what is there, with the rows still in the log', () => {
    fill()
    leaveLog()
    const cache = open()
    expect(cache.setAside).toBeNull()
    expect(rows(cache)).toBe(501)
  })

  it('fills an empty file', () => {
    mkdirSync(folder)
    writeFileSync(file, '')
    expect(open().setAside).toBeNull()
  })

  it.each([
    ['whose header is overwritten', 'corrupt', () => overwrite(0, Buffer.from('garbage!garbage!'))],
    ['that is text', 'corrupt', () => writeFileSync(file, 'notes of mine\n'.repeat(500))],
    ['that ends within its first page', 'corrupt', () => truncateSync(file, 300)],
    ['whose schema is overwritten', 'corrupt', () => overwrite(100, Buffer.alloc(900, 0xff))],
    [
      'of another program',
      'foreign',
      () => {
        rmSync(file)
        new Sqlite(file).exec('CREATE TABLE theirs (a)').close()
      },
    ],
    [
      'of another program that marks its files',
      'foreign',
      () => {
        rmSync(file)
        new Sqlite(file).exec('PRAGMA application_id = 4711').close()
      },
    ],
    [
      'that is a folder',
      'foreign',
      () => {
        rmSync(file)
        mkdirSync(file)
      },
    ],
  ])('sets a file aside %s, says so once and starts anew', (_, problem, spoil) => {
    fill()
    spoil()
    const before = statSync(file).isFile() ? readFileSync(file) : null
    const cache = open()
    const to = `${file}.${problem}-T1`
    expect(cache).toMatchObject({ storage: 'file', file, setAside: { problem, to } })
    expect(rows(cache)).toBe(0)
    if (before) expect(readFileSync(to).equals(before)).toBe(true)
    expect(open('T2').setAside).toBeNull()
  })

  it('finds damage in the middle by the quick check, not by opening (D3)', () => {
    fill()
    const db = openForWriting(file)
    expect(cacheWrites.check(db, {})).toBeNull()
    const size = db.pragma('page_size') as number
    const root = db.valueSql<number>("SELECT rootpage FROM sqlite_schema WHERE name = 'cache_metadata'") ?? 0
    db.close()
    overwrite((root - 1) * size, Buffer.alloc(size, 0xa5))
    const cache = open()
    expect(cache.setAside).toBeNull()
    let noticed = 0
    cache.db.onCorrupt = () => {
      noticed++
    }
    expect(() => cache.db.allSql('SELECT * FROM cache_metadata')).toThrow(
      expect.objectContaining({
        slug: 'cache.unavailable',
        details: expect.objectContaining({ problem: 'corrupt' }),
      }),
    )
    expect(noticed).toBe(1)
    const writer = openForWriting(file)
    expect(cacheWrites.check(writer, {})).toMatch(/cache_metadata|page|btree/i)
    writer.close()
  })

  it('opens a file cut off anywhere, or with any byte flipped, as it is or anew', () => {
    fill()
    const whole = readFileSync(file)
    for (let i = 0; i < 200; i++) {
      for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true })
      const at = (i * 7_919) % whole.length
      const content = i % 4 === 0 ? whole.subarray(0, at) : Buffer.from(whole)
      if (i % 4 !== 0) content[at] = (content[at] ?? 0) ^ 0xff
      writeFileSync(file, content)
      const cache = openCache(file, `T${i}`)
      expect(cache.storage).toBe('file')
      try {
        expect(rows(cache)).toBeGreaterThanOrEqual(0)
      } catch (error) {
        expect(error).toMatchObject({ details: { problem: 'corrupt' } })
      }
      cache.db.close()
    }
  })
})

describe('openCache where nothing can be written', () => {
  it('lives in memory when the parent is a file, and says why', () => {
    writeFileSync(folder, 'in the way')
    const cache = open()
    expect(cache.storage).toBe('memory')
    expect(cache.memoryReason).toMatch(/EEXIST|ENOTDIR/)
    expect(rows(cache)).toBe(0)
    const writer = openForWriting(cache.file)
    writer.runSql("INSERT INTO cache_metadata (key) VALUES ('a')")
    writer.close()
    expect(rows(cache)).toBe(1)
  })

  it.runIf(process.getuid?.() === 0)('lives in memory when another user owns the folder', () => {
    fill()
    chmodSync(folder, 0o555)
    chmodSync(join(folder, '..'), 0o755)
    const program = `
      process.setgid(65534); process.setuid(65534)
      const { openCache } = await import(${JSON.stringify(new URL('../../../../daemon/kernel/db/integrity.ts', import.meta.url).href)})
      const { db, ...rest } = openCache(${JSON.stringify(file)}, 'T1')
      console.log(JSON.stringify(rest))
      db.close()
    `
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })
    expect(child.stderr).toBe('')
    const cache = JSON.parse(child.stdout)
    expect(cache).toMatchObject({ storage: 'memory', setAside: null })
    expect(cache.memoryReason).toMatch(/EACCES/)
    rmSync(join(cache.file, '..'), { recursive: true, force: true })
    expect(readdirSync(folder)).toEqual(['cache.db'])
  })
})

describe('moveAside', () => {
  it('takes the companions along and keeps the two newest', () => {
    mkdirSync(folder)
    for (const [i, problem] of ['corrupt', 'foreign', 'newer'].entries()) {
      for (const suffix of ['', '-wal', '-shm']) writeFileSync(file + suffix, `${i}`)
      moveAside(file, problem, `2026010${i}T000000000Z`)
      expect(existsSync(file)).toBe(false)
    }
    writeFileSync(`${file}.corrupt.txt`, 'not ours')
    expect(readdirSync(folder).sort()).toEqual([
      'cache.db.corrupt.txt',
      ...['foreign-20260101', 'newer-20260102'].flatMap((name) =>
        ['', '-shm', '-wal'].map((suffix) => `cache.db.${name}T000000000Z${suffix}`),
      ),
    ])
  })
})

describe('openAnew', () => {
  it('sets a file aside that can still be opened', () => {
    fill()
    const cache = openAnew(file, 'T1')
    opened.push(cache)
    expect(cache).toMatchObject({
      storage: 'file',
      setAside: { problem: 'corrupt', to: `${file}.corrupt-T1` },
    })
    expect(rows(cache)).toBe(0)
  })

  it('lives in memory when the file cannot be moved', () => {
    const cache = openAnew(join(folder, 'missing', 'cache.db'), 'T1')
    opened.push(cache)
    expect(cache.storage).toBe('memory')
  })
})

describe.runIf(process.platform !== 'win32')('openCache, among the files of others (S1)', () => {
  it('closes a file that was open to them, with its log', () => {
    fill()
    const writer = openForWriting(file)
    writer.runSql("INSERT INTO cache_metadata (key, value) VALUES ('a', 'b')")
    for (const suffix of ['', '-wal', '-shm']) chmodSync(file + suffix, 0o666)
    expect(rows(open())).toBe(501)
    for (const suffix of ['', '-wal', '-shm']) expect(statSync(file + suffix).mode & 0o777).toBe(0o600)
    writer.close()
  })

  it.runIf(process.getuid?.() === 0)('sets a file aside that somebody else put there', () => {
    fill()
    chownSync(file, 12_345, 12_345)
    const cache = open()
    expect(cache.setAside).toMatchObject({ problem: 'foreign' })
    expect(rows(cache)).toBe(0)
    expect(statSync(file).uid).toBe(0)
  })
})
