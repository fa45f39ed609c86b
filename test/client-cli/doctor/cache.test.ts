import { chmodSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import Sqlite from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { checkCache } from '../../../client-cli/doctor/cache.ts'
import { openForWriting } from '../../../daemon/kernel/db/open.ts'
import { lines, useMachine } from './machine.ts'

const isRoot = process.getuid?.() === 0

describe('checkCache', () => {
  const here = useMachine()
  const file = (): string => here.machine.paths.cacheDb
  const found = async (): Promise<string[]> => lines(await checkCache(here.machine, null))
  const makeCache = (): void => openForWriting(file()).close()
  const change = (sql: string): void => {
    const db = new Sqlite(file())
    db.exec(sql)
    db.close()
  }

  it('is content with a file that is not there yet, and does not make it', async () => {
    expect(await found()).toEqual([`note cache.db: There is no ${file()} yet; the daemon makes it.`])
    expect(() => readFileSync(file())).toThrow('ENOENT')
  })

  it('is content with a good one', async () => {
    makeCache()
    expect(await found()).toEqual([`ok cache.db: ${file()}`])
  })

  it('looks where the settings say', async () => {
    makeCache()
    writeFileSync(here.machine.paths.configFile, `[cache]\npath = "${file()}2"\n`)
    expect((await found())[0]).toContain(`There is no ${file()}2`)
  })

  it('finds a file that is no database', async () => {
    writeFileSync(file(), 'not a database, but long enough to be looked at '.repeat(200), { mode: 0o600 })
    expect((await found())[0]).toMatch(/^fault cache\.db: .* is damaged: /)
  })

  it('finds a damaged page', async () => {
    makeCache()
    const bytes = readFileSync(file())
    bytes.fill(0xa5, 4_096, 8_192)
    writeFileSync(file(), bytes)
    expect((await found())[0]).toMatch(/^fault cache\.db: .* is damaged: /)
  })

  it('finds a file that was cut off', async () => {
    makeCache()
    truncateSync(file(), 8_192)
    expect((await found())[0]).toMatch(/^fault cache\.db: .* is damaged: /)
  })

  it('finds a database of another program', async () => {
    writeFileSync(file(), '', { mode: 0o600 })
    change('CREATE TABLE theirs (x)')
    expect((await found())[0]).toMatch(/^fault cache\.db: .* is a database of another program/)
  })

  it('finds the file of a newer smd', async () => {
    makeCache()
    change('PRAGMA user_version = 9999')
    expect((await found())[0]).toMatch(/^fault cache\.db: cache\.db was written by a newer smd \(schema 9999/)
  })

  it('takes note of the file of an older smd', async () => {
    makeCache()
    change('PRAGMA user_version = 1')
    expect((await found())[0]).toMatch(/^note cache\.db: .*schema 1 is older/)
  })

  it('finds a file whose schema has an impossible number', async () => {
    makeCache()
    change('PRAGMA user_version = 0')
    expect((await found())[0]).toMatch(/^fault cache\.db: .* is damaged/)
  })

  it('finds a file that others may read', async () => {
    makeCache()
    chmodSync(file(), 0o644)
    expect(await found()).toContain(`fault cache.db: ${file()} can be read by others.`)
  })

  it.skipIf(isRoot)('finds a file that cannot be written', async () => {
    makeCache()
    chmodSync(file(), 0o400)
    expect((await found())[0]).toMatch(/^fault cache\.db: .* cannot be written \(EACCES\)/)
  })

  it('takes the word of the daemon for its own file instead of reading it', async () => {
    writeFileSync(file(), 'damaged '.repeat(2_000), { mode: 0o600 })
    const known = (path: string, problem: string | null) => checkCache(here.machine, { path, problem })
    expect(lines(await known(file(), null))).toEqual([`ok cache.db: ${file()}`])
    expect(lines(await known(file(), 'page 5 is odd'))).toEqual([
      `fault cache.db: ${file()} is damaged: page 5 is odd`,
    ])
    expect(lines(await known(`${file()}.other`, null))[0]).toMatch(/^fault cache\.db: .* is damaged: /)
  })

  it('names a fix for each fault', async () => {
    writeFileSync(file(), 'x'.repeat(9_000), { mode: 0o644 })
    for (const finding of await checkCache(here.machine, null)) {
      if (finding.state === 'fault') expect(finding.fix).toBeTruthy()
    }
  })
})
