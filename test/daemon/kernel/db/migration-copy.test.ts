import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '../../../../daemon/kernel/db/database.ts'
import { type OpenedCache, openCache } from '../../../../daemon/kernel/db/integrity.ts'
import { copyBeforeMigrating, versionedFile } from '../../../../daemon/kernel/db/migration-copy.ts'
import { openForReading, openForWriting } from '../../../../daemon/kernel/db/open.ts'
import type { Migration } from '../../../../migrations/migration.ts'
import { useTestHome } from '../../../support/test-daemon.ts'

const makeHome = useTestHome()
let folder: string
let file: string
beforeEach(() => {
  folder = join(makeHome().home, 'data')
  mkdirSync(folder)
  file = join(folder, 'cache.db')
})

/** Four releases of a schema that has nothing to do with the real one; its last statement is a change of rows. */
const steps: readonly Migration[] = [
  {
    version: 1,
    name: 'notes',
    up: 'CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;\nCREATE INDEX notes_text ON notes (text);',
    down: 'DROP TABLE notes;',
  },
  {
    version: 2,
    name: 'tags',
    up: "CREATE TABLE tags (note INTEGER REFERENCES notes (id), tag TEXT) STRICT;\nALTER TABLE notes ADD COLUMN length INTEGER;\nUPDATE notes SET length = length(text);\nINSERT INTO tags SELECT id, 'old' FROM notes;",
    down: 'DROP TABLE tags;\nALTER TABLE notes DROP COLUMN length;',
  },
  {
    version: 3,
    name: 'search',
    up: "CREATE VIRTUAL TABLE words USING fts5 (text, content = '', contentless_delete = 1);\nINSERT INTO words (rowid, text) SELECT id, text FROM notes;\nCREATE VIEW tagged AS SELECT n.text, t.tag FROM notes n JOIN tags t ON t.note = n.id;",
    down: 'DROP VIEW tagged;\nDROP TABLE words;',
  },
  {
    version: 4,
    name: 'rows-only',
    up: 'UPDATE notes SET text = upper(text);\nDELETE FROM tags WHERE note % 2 = 0;',
    down: 'UPDATE notes SET text = lower(text);',
  },
]
const release = (version: number): { steps: readonly Migration[] } => ({ steps: steps.slice(0, version) })

const opened: Database[] = []
afterEach(() => {
  for (const db of opened.splice(0)) db.close()
})
const open = (version: number, stamp = 'T1'): OpenedCache => {
  const cache = openCache(file, stamp, release(version))
  opened.push(cache.db)
  return cache
}
/** A cache as release `version` left it, with rows and the log folded in. */
const fill = (version: number, count = 300): void => {
  const db = openForWriting(file, release(version))
  db.transaction(() => {
    for (let i = 1; i <= count; i++)
      db.runSql('INSERT INTO notes (id, text) VALUES (?, ?)', i, `note ${i} ${'x'.repeat(100)}`)
  })
  db.close()
}
const statementsOf = (sql: string): string[] => sql.split(/(?<=;)\n/)
/** Everything the file says: schema and rows. */
const contentOf = (path: string): unknown => {
  const sqlite = new Sqlite(path, { readonly: true })
  try {
    const schema = sqlite
      .prepare("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'words_%' ORDER BY name")
      .all()
    const tables = (schema as Array<{ type: string; name: string }>).filter(
      ({ type, name }) => type === 'table' && name !== 'words',
    )
    const rows = tables.map(({ name }) => [name, sqlite.prepare(`SELECT * FROM "${name}"`).all()])
    return { version: sqlite.pragma('user_version', { simple: true }), schema, rows }
  } finally {
    sqlite.close()
  }
}

describe('a migration of a filled cache (D4)', () => {
  it('leaves schema and rows as they were when any statement of any step fails, and runs whole next time', () => {
    for (const [index, step] of steps.entries()) {
      if (index === 0) continue
      file = join(folder, `at-${step.name}.db`)
      fill(index)
      const before = contentOf(file)
      const statements = statementsOf(step.up)
      for (let failing = 0; failing <= statements.length; failing++) {
        const up = [...statements.slice(0, failing), 'INSERT INTO nowhere VALUES (1);'].join('\n')
        const broken = [...steps.slice(0, index), { ...step, up }]
        expect(() => openForWriting(file, { steps: broken })).toThrow(
          expect.objectContaining({ details: expect.objectContaining({ problem: 'unmigrated' }) }),
        )
        expect(contentOf(file), `${step.name}, statement ${failing}`).toEqual(before)
      }
      openForWriting(file, release(index + 1)).close()
      expect(contentOf(file)).toMatchObject({ version: index + 1 })
    }
  })

  it('keeps the steps that were finished when a later one fails, and resumes behind them', () => {
    fill(1)
    const broken = [
      ...steps.slice(0, 2),
      { ...(steps[2] as Migration), up: 'INSERT INTO nowhere VALUES (1)' },
    ]
    expect(() => openForWriting(file, { steps: broken })).toThrow(/could not be changed/)
    expect(contentOf(file)).toMatchObject({ version: 2 })
    const db = openForWriting(file, release(4))
    expect(db.valueSql('SELECT count(*) FROM words')).toBe(300)
    db.close()
  })

  it('makes a copy first that the former release opens as its own, private and whole', () => {
    fill(2)
    const before = contentOf(file)
    const umask = process.umask(0)
    openForWriting(file, release(4)).close()
    process.umask(umask)
    const copy = join(folder, 'cache.v2.db')
    expect(versionedFile(file, 2)).toBe(copy)
    expect(contentOf(copy)).toEqual(before)
    expect(statSync(copy).mode & 0o777).toBe(0o600)
    openForReading(copy, release(2)).close()
    expect(readdirSync(folder).sort()).toEqual(['cache.db', 'cache.v2.db'])
  })

  it('makes no copy of an empty or current file', () => {
    writeFileSync(file, '')
    openForWriting(file, release(2)).close()
    openForWriting(file, release(2)).close()
    expect(readdirSync(folder)).toEqual(['cache.db'])
  })

  it('keeps one copy, of the schema before the last migration', () => {
    fill(1)
    for (const version of [2, 3, 4]) openForWriting(file, release(version)).close()
    expect(readdirSync(folder).sort()).toEqual(['cache.db', 'cache.v3.db'])
  })

  it('copies what is only in the log yet', () => {
    fill(2)
    const writer = openForWriting(file, release(2))
    writer.runSql("INSERT INTO notes (id, text) VALUES (9999, 'in the log')")
    openForWriting(file, release(3)).close()
    writer.close()
    expect(JSON.stringify(contentOf(join(folder, 'cache.v2.db')))).toContain('in the log')
  })

  it('does not start where the disk has no room for it, and says how much it takes', () => {
    fill(2)
    const before = readFileSync(file)
    const size = before.length
    const attempt = (free: number): Database => openForWriting(file, { ...release(3), freeBytes: () => free })
    expect(() => attempt(2 * size - 1)).toThrow(
      expect.objectContaining({ slug: 'cache.no_space', details: { needed: 2 * size, free: 2 * size - 1 } }),
    )
    expect(readFileSync(file).equals(before)).toBe(true)
    expect(readdirSync(folder)).toEqual(['cache.db'])
    const cache = openCache(file, 'T1', { ...release(3), freeBytes: () => 0 })
    expect(cache).toMatchObject({
      storage: 'memory',
      setAside: null,
      memoryReason: expect.stringMatching(/takes \d+ bytes/),
    })
    cache.db.close()
    attempt(2 * size).close()
    expect(contentOf(file)).toMatchObject({ version: 3 })
  })

  it('is not begun on a file whose copy turns out damaged', () => {
    fill(2)
    const sqlite = new Sqlite(file)
    const root = sqlite.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'notes'").pluck().get()
    const size = sqlite.pragma('page_size', { simple: true }) as number
    sqlite.close()
    const content = readFileSync(file)
    content.fill(0xa5, ((root as number) - 1) * size, (root as number) * size)
    writeFileSync(file, content)
    expect(() => openForWriting(file, release(3))).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ problem: 'corrupt' }) }),
    )
    expect(readFileSync(file).equals(content)).toBe(true)
    expect(readdirSync(folder).filter((name) => name.includes('.v2'))).toEqual([])
  })

  it('replaces what a copy that was cut short left behind', () => {
    fill(2)
    writeFileSync(join(folder, 'cache.v2.db.unfinished'), 'half a copy')
    const db = openForWriting(file, release(2))
    copyBeforeMigrating(db, file, 2)
    db.close()
    expect(readdirSync(folder).sort()).toEqual(['cache.db', 'cache.v2.db'])
  })

  it('sets a file aside whose steps cannot run on it, instead of failing at every start', () => {
    fill(2)
    const broken = [
      ...steps.slice(0, 2),
      { ...(steps[2] as Migration), up: 'INSERT INTO nowhere VALUES (1)' },
    ]
    new Sqlite(file).exec('CREATE TABLE words (a)').close()
    const cache = openCache(file, 'T1', release(3))
    opened.push(cache.db)
    expect(cache).toMatchObject({
      storage: 'file',
      setAside: { problem: 'unmigrated', to: `${file}.unmigrated-T1` },
    })
    expect(cache.db.valueSql('SELECT count(*) FROM notes')).toBe(0)
    expect(() => openForWriting(join(folder, 'new.db'), { steps: broken })).toThrow(/could not be changed/)
  })
})

describe('a cache of a newer smd (D4, ADR 0012)', () => {
  it('is not touched: the older one fills a cache of its own beside it, and finds that again', () => {
    fill(3)
    const before = readFileSync(file)
    const first = open(2)
    const beside = join(folder, 'cache.v2.db')
    expect(first).toMatchObject({
      file: beside,
      storage: 'file',
      memoryReason: null,
      setAside: null,
      newer: { file, found: 3, known: 2 },
    })
    const writer = openForWriting(beside, release(2))
    writer.runSql("INSERT INTO notes (text) VALUES ('of the older one')")
    writer.close()
    expect(open(2).db.valueSql('SELECT text FROM notes')).toBe('of the older one')
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  it('loses nothing by an upgrade, a downgrade and an upgrade', () => {
    fill(2)
    const old = contentOf(file)
    open(3)
    const upgraded = contentOf(file)
    // The older one goes on with the copy made before the upgrade.
    const back = open(2)
    expect(back.file).toBe(join(folder, 'cache.v2.db'))
    expect(contentOf(back.file)).toEqual(old)
    const forth = open(3)
    expect(forth).toMatchObject({ file, newer: null, setAside: null })
    expect(contentOf(file)).toEqual(upgraded)
  })

  it('sets aside only its own file when that is damaged', () => {
    fill(3)
    const beside = join(folder, 'cache.v2.db')
    writeFileSync(beside, 'garbage '.repeat(1000))
    const cache = open(2)
    expect(cache).toMatchObject({
      file: beside,
      setAside: { problem: 'corrupt', to: `${beside}.corrupt-T1` },
    })
    expect(existsSync(file)).toBe(true)
  })

  it('has a file beside it that is damaged when it, too, says that it is newer', () => {
    fill(3)
    const beside = join(folder, 'cache.v2.db')
    openForWriting(beside, release(3)).close()
    const cache = open(2)
    expect(cache).toMatchObject({
      file: beside,
      newer: { found: 3, known: 2 },
      setAside: { problem: 'corrupt', to: `${beside}.corrupt-T1` },
    })
    expect(cache.db.valueSql('SELECT count(*) FROM notes')).toBe(0)
  })

  it('is not believed of a number that no smd has', () => {
    for (const version of [-1, 0, 10_001, 0x7fffffff]) {
      fill(2, 3)
      new Sqlite(file).exec(`PRAGMA user_version = ${version}`).close()
      expect(open(2, `T${version >= 0 ? version : 'minus'}`).setAside?.problem, `${version}`).toBe('corrupt')
      opened.pop()?.close()
      for (const name of readdirSync(folder))
        if (name.startsWith('cache.db')) writeFileSync(join(folder, name), '')
    }
  })
})
