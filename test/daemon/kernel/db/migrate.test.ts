import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Database } from '../../../../daemon/kernel/db/database.ts'
import { APPLICATION_ID, migrate, schemaVersion } from '../../../../daemon/kernel/db/migrate.ts'
import { migrations } from '../../../../migrations/index.ts'
import type { Migration } from '../../../../migrations/migration.ts'

let db: Database
beforeEach(() => {
  db = new Database(new Sqlite(':memory:'))
})
afterEach(() => db.close())

/** Everything the schema says, by name. */
const schema = (): string[] =>
  db
    .allSql<{ type: string; name: string; sql: string | null }>('SELECT type, name, sql FROM sqlite_schema')
    .map(({ type, name, sql }) => `${type} ${name} ${sql}`)
    .sort()

const newest = migrations.length
const extra: Migration = {
  version: newest + 1,
  name: 'extra',
  up: 'CREATE TABLE extra (a TEXT); ALTER TABLE projects ADD COLUMN extra TEXT;',
  down: 'ALTER TABLE projects DROP COLUMN extra; DROP TABLE extra;',
}

describe('migrate (CACHE-1.2a)', () => {
  it('builds the schema on an empty file and marks the file as ours', () => {
    expect(migrate(db)).toEqual({ from: 0, to: newest })
    expect(schemaVersion(db)).toBe(newest)
    expect(db.pragma('application_id')).toBe(APPLICATION_ID)
    const tables = schema().filter((line) => /^(table|view) /.test(line))
    for (const name of ['projects', 'artifacts', 'artifact_metadata', 'marketplace', 'cache_metadata'])
      expect(tables.some((line) => line.includes(` ${name} `))).toBe(true)
  })

  it('changes nothing when it runs again', () => {
    migrate(db)
    const before = schema()
    db.runSql("INSERT INTO cache_metadata (key) VALUES ('kept')")
    expect(migrate(db)).toEqual({ from: newest, to: newest })
    expect(schema()).toEqual(before)
    expect(db.valueSql('SELECT key FROM cache_metadata')).toBe('kept')
  })

  it('leaves the former state when a step fails halfway, and can go on from there (D4)', () => {
    migrate(db)
    const before = schema()
    const broken = { ...extra, up: `${extra.up} CREATE TABLE projects (a)` }
    expect(() => migrate(db, { steps: [...migrations, broken] })).toThrow(/already exists/)
    expect(schema()).toEqual(before)
    expect(schemaVersion(db)).toBe(newest)
    expect(db.pragma('foreign_keys')).toBe(1)
    expect(migrate(db, { steps: [...migrations, extra] })).toEqual({ from: newest, to: newest + 1 })
  })

  it('fails at every statement of the first step without a trace', () => {
    const [first] = migrations as readonly [Migration]
    const statements = first.up.split(/;\n/).filter((text) => text.trim() !== '')
    expect(statements.length).toBeGreaterThan(15)
    for (let i = 0; i <= statements.length; i++) {
      const up = [...statements.slice(0, i), 'SELECT * FROM nowhere'].join(';\n')
      expect(() => migrate(db, { steps: [{ ...first, up }] })).toThrow(/no such table/)
      expect(schema()).toEqual([])
      expect(schemaVersion(db)).toBe(0)
    }
  })

  it('fails at every statement of every step, up and down, on a filled cache without a trace (D4)', () => {
    for (const [index, step] of migrations.entries()) {
      for (const direction of ['up', 'down'] as const) {
        const from = direction === 'up' ? index : index + 1
        const target = direction === 'up' ? index + 1 : index
        const statements = step[direction].split(/;\n/).filter((text) => text.trim() !== '')
        for (let i = 0; i <= statements.length; i++) {
          const filled = new Database(new Sqlite(':memory:'))
          migrate(filled, { target: from })
          if (from > 0) {
            filled.exec(`INSERT INTO projects (id, uid, name, path) VALUES (1, x'0000000000000001', 'a', '/a');
              INSERT INTO artifact_names (rowid, name, tags) VALUES (1, 'a', 'b');`)
          }
          const content = () => [
            filled.allSql('SELECT type, name, sql FROM sqlite_schema ORDER BY name'),
            from > 0 ? filled.allSql('SELECT * FROM projects') : [],
            schemaVersion(filled),
          ]
          const before = content()
          const text = [...statements.slice(0, i), 'INSERT INTO nowhere VALUES (1)'].join(';\n')
          const steps = migrations.with(index, { ...step, [direction]: text })
          expect(() => migrate(filled, { steps, target })).toThrow(/no such table/)
          expect(content(), `${step.name} ${direction}, statement ${i}`).toEqual(before)
          expect(migrate(filled, { target })).toEqual({ from, to: target })
          filled.close()
        }
      }
    }
  })

  it('refuses a step that leaves references to nothing, and keeps the rows', () => {
    migrate(db)
    db.exec(`INSERT INTO projects (id, uid, name, path) VALUES (1, x'0000000000000001', 'a', '/a');
      INSERT INTO scan_units (kind, path, name, project_id) VALUES ('project', '/a', 'a', 1);`)
    const careless = { ...extra, up: 'DELETE FROM projects' }
    expect(() => migrate(db, { steps: [...migrations, careless] })).toThrow(/1 broken references/)
    expect(db.valueSql('SELECT count(*) FROM projects')).toBe(1)
    expect(db.pragma('foreign_keys')).toBe(1)
  })

  it('refuses steps that are missing or out of order', () => {
    expect(() => migrate(db, { steps: [{ ...extra, version: 2 }] })).toThrow(/missing or out of order/)
    expect(schema()).toEqual([])
  })

  it('refuses a schema that is newer than it knows (D4)', () => {
    migrate(db, { steps: [...migrations, extra] })
    const before = schema()
    expect(() => migrate(db)).toThrow(
      expect.objectContaining({ slug: 'cache.newer', details: { found: newest + 1, known: newest } }),
    )
    expect(schema()).toEqual(before)
  })
})

describe('migrate, down (CACHE-1.2b)', () => {
  it('gives back the schema before each step, and goes up again to the same', () => {
    const steps = [...migrations, extra]
    const seen = [schema()]
    for (let target = 1; target <= steps.length; target++) {
      migrate(db, { steps, target })
      seen.push(schema())
    }
    for (let target = steps.length - 1; target >= 0; target--) {
      expect(migrate(db, { steps, target })).toEqual({ from: target + 1, to: target })
      expect(schema()).toEqual(seen[target])
    }
    migrate(db, { steps })
    expect(schema()).toEqual(seen.at(-1))
  })

  it('takes a filled cache down to nothing', () => {
    migrate(db)
    db.exec(`INSERT INTO projects (id, uid, name, path) VALUES (1, x'0000000000000001', 'a', '/a');
      INSERT INTO scan_units (kind, path, name, project_id) VALUES ('project', '/a', 'a', 1);
      INSERT INTO artifact_names (rowid, name, tags) VALUES (1, 'a', 'b');`)
    migrate(db, { target: 0 })
    expect(schema()).toEqual([])
  })

  it('keeps a step that cannot be taken back', () => {
    const steps = [...migrations, { ...extra, down: 'DROP TABLE extra; DROP TABLE nowhere' }]
    migrate(db, { steps })
    const before = schema()
    expect(() => migrate(db, { steps, target: newest })).toThrow(/no such table/)
    expect(schema()).toEqual(before)
    expect(schemaVersion(db)).toBe(newest + 1)
  })
})

describe('migrations', () => {
  it('are numbered without gaps and named once', () => {
    expect(migrations.map((step) => step.version)).toEqual(migrations.map((_, i) => i + 1))
    expect(new Set(migrations.map((step) => step.name)).size).toBe(newest)
  })
})
