/** The job `maintenance`, on a real file. */
import { existsSync, statSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import type { Composed } from '../../../../daemon/compose.ts'
import { composeInline } from '../../../../daemon/compose-inline.ts'
import type { Database } from '../../../../daemon/kernel/db/database.ts'
import { openForWriting } from '../../../../daemon/kernel/db/open.ts'
import { fillWithArtifacts } from '../../../support/many-artifacts.ts'
import { skill, type TestHome, type TestOptions, useTestHome } from '../../../support/test-daemon.ts'

const DAY = 86_400_000
const makeHome = useTestHome()
type Kept = Composed & {
  home: TestHome
  db: Database
  file: string
  maintain(): Promise<Record<string, unknown>>
}
const open: Kept[] = []
afterEach(async () => {
  for (const kept of open.splice(0)) await kept.close()
})

async function start(options: TestOptions = {}, prepare?: (file: string) => void): Promise<Kept> {
  const home = makeHome(options)
  const file = home.around.paths.cacheDb
  prepare?.(file)
  const db = openForWriting(file)
  const composed = await composeInline(home.around, db, { kind: 'file', path: file })
  const maintain = async (): Promise<Record<string, unknown>> => {
    const run = await composed.ctx.jobs.run('maintenance')
    expect(run).toMatchObject({ outcome: 'success', error: null })
    return run.detail ?? {}
  }
  const kept = { ...composed, home, db, file, maintain }
  open.push(kept)
  return kept
}

function fillEvents({ db, home }: Kept, count: number, daysAgo: number, text = '{}'): void {
  db.transaction(() => {
    for (let i = 0; i < count; i++)
      db.runSql(
        "INSERT INTO events (at, topic, data) VALUES (?, 'artifacts.changed', ?)",
        home.clock.now - daysAgo * DAY - i,
        text,
      )
  })
}
function fillRuns({ db, home }: Kept, count: number, daysAgo: number, job = 'refresh'): void {
  db.transaction(() => {
    for (let i = 0; i < count; i++) {
      const at = home.clock.now - daysAgo * DAY - i
      db.runSql(
        `INSERT INTO job_runs (job, instance, cause, scheduled_for, jitter_ms, started_at, ended_at, outcome)
         VALUES (?, 'former', 'schedule', ?, 0, ?, ?, 'success')`,
        job,
        at,
        at,
        at,
      )
    }
  })
}
const count = ({ db }: Kept, table: string): number =>
  db.valueSql<number>(`SELECT count(*) FROM ${table}`) ?? 0
const metadata = ({ db }: Kept, key: string): string | undefined =>
  db.valueSql('SELECT value FROM cache_metadata WHERE key = ?', key)
function leaveMissing({ db, home }: Kept, name: string, daysAgo: number): void {
  db.transaction(() =>
    db.runSql(
      "INSERT INTO projects (uid, name, path, origins, status, updated_at) VALUES (?, ?, ?, '', 'missing', ?)",
      Buffer.from(name.padEnd(8, '-')),
      name,
      `/gone/${name}`,
      home.clock.now - daysAgo * DAY,
    ),
  )
}

describe('retention', () => {
  it('keeps events for a week, runs for a month, answers for a day, missing projects for a month', async () => {
    const kept = await start()
    fillEvents(kept, 1_200, 7.1)
    fillEvents(kept, 30, 6.9)
    fillRuns(kept, 700, 30.1)
    fillRuns(kept, 20, 29.9)
    leaveMissing(kept, 'long-ago', 30.1)
    leaveMissing(kept, 'lately', 29.9)
    for (const [key, at] of [
      ['old', kept.home.clock.now - DAY],
      ['new', kept.home.clock.now - DAY + 1],
    ] as const)
      kept.db.transaction(() =>
        kept.db.runSql("INSERT INTO answers VALUES (?, zeroblob(32), '{}', ?)", key, at),
      )
    const detail = await kept.maintain()
    expect(detail).toMatchObject({ events: 1_200, runs: 700, projects: 1, answers: 1, left: null })
    expect(count(kept, 'events')).toBe(30)
    expect(count(kept, "job_runs WHERE job = 'refresh'")).toBe(20)
    expect(kept.db.valueSql('SELECT key FROM answers')).toBe('new')
    expect(kept.db.allSql('SELECT name FROM projects')).toEqual([{ name: 'lately' }])
  })

  it('keeps the last run of each job and the last one by its schedule, however old they are', async () => {
    const kept = await start()
    fillRuns(kept, 3, 400, 'backup')
    kept.db.transaction(() =>
      kept.db.runSql(
        `INSERT INTO job_runs (job, instance, cause, jitter_ms, started_at, ended_at, outcome)
         VALUES ('backup', 'former', 'manual', 0, 1, 2, 'failure')`,
      ),
    )
    await kept.maintain()
    const left = kept.db.allSql<{ cause: string }>(
      "SELECT cause FROM job_runs WHERE job = 'backup' ORDER BY id",
    )
    expect(left.map(({ cause }) => cause)).toEqual(['schedule', 'manual'])
  })

  it('keeps everything for ever where the settings say 0', async () => {
    const kept = await start({
      env: {
        SMD_EVENTS_RETENTION_DAYS: '0',
        SMD_JOBS_RETENTION_DAYS: '0',
        SMD_CACHE_CLEANUP_RETENTION_DAYS: '0',
      },
    })
    fillEvents(kept, 10, 5_000)
    fillRuns(kept, 10, 5_000)
    leaveMissing(kept, 'long-ago', 5_000)
    expect(await kept.maintain()).toMatchObject({ events: 0, runs: 0, projects: 0 })
  })
})

describe('the time budget', () => {
  it('ends the work after the slice at hand and says what is left, which is done next time', async () => {
    const kept = await start({ env: { SMD_MAINTENANCE_BUDGET_MS: '15000' } })
    fillEvents(kept, 5_000, 8)
    // Each look at the clock takes a second.
    const { home } = kept
    home.around.now = () => (home.clock.now += 1_000)
    const slow = await composeInline(home.around, kept.db, { kind: 'file', path: kept.file })
    const first = await slow.ctx.jobs.run('maintenance')
    expect(first).toMatchObject({ outcome: 'success' })
    expect(first.detail?.events).toBeGreaterThan(0)
    expect(first.detail?.events).toBeLessThan(5_000)
    expect(String(first.detail?.left).split(', ')).toEqual(
      expect.arrayContaining(['events', 'search index', 'statistics', 'free pages', 'write-ahead log']),
    )
    expect(await kept.maintain()).toMatchObject({ left: null })
    expect(count(kept, 'events')).toBe(0)
  })

  it('does nothing more once it is told to end', async () => {
    const kept = await start()
    fillEvents(kept, 10, 8)
    const job = kept.ctx.jobs.states.find((state) => state.job.name === 'maintenance')?.job
    const signal = AbortSignal.abort()
    const detail = await job?.run({ signal, cause: 'manual', scheduledFor: null, note: () => undefined })
    expect(detail).toMatchObject({ events: 0, left: expect.stringContaining('events') })
    expect(count(kept, 'events')).toBe(10)
  })
})

describe('the file', () => {
  it('gives free pages back in slices, and has its log folded in', async () => {
    const kept = await start()
    expect(kept.db.pragma('auto_vacuum')).toBe(2)
    fillEvents(kept, 20_000, 8, 'x'.repeat(400))
    kept.db.pragma('wal_checkpoint(TRUNCATE)')
    const before = statSync(kept.file).size
    const detail = await kept.maintain()
    expect(detail.freedPages).toBeGreaterThan(2_000)
    expect(kept.db.pragma('freelist_count')).toBe(0)
    expect(statSync(kept.file).size).toBeLessThan(before / 10)
    expect(existsSync(`${kept.file}-wal`) ? statSync(`${kept.file}-wal`).size : 0).toBeLessThan(200_000)
    expect(metadata(kept, 'last_vacuum')).toBe(String(kept.home.clock.now))
    expect(metadata(kept, 'last_analyze')).toBe(String(kept.home.clock.now))
    expect(kept.db.pragma('integrity_check')).toBe('ok')
  })

  it('of an older smd is rewritten once as one that shrinks in slices, when much of it is free', async () => {
    const kept = await start({}, (file) => {
      const older = openForWriting(file)
      older.exec('PRAGMA journal_mode = DELETE; PRAGMA auto_vacuum = NONE; VACUUM')
      older.close()
    })
    expect(kept.db.pragma('auto_vacuum')).toBe(0)
    fillEvents(kept, 20_000, 8, 'x'.repeat(400))
    const before = kept.db.pragma('page_count') as number
    await kept.maintain()
    expect(kept.db.pragma('auto_vacuum')).toBe(2)
    expect(kept.db.pragma('page_count')).toBeLessThan(before / 10)
    expect(kept.db.pragma('integrity_check')).toBe('ok')
  })

  it('is left alone when little of it is free', async () => {
    const kept = await start()
    fillWithArtifacts(kept.db, 20, 20)
    await kept.maintain()
    expect(metadata(kept, 'last_vacuum')).toBeUndefined()
  })

  it('has its search index merged, and answers as before', async () => {
    const kept = await start()
    const { call } = kept.dispatcher
    for (let round = 0; round < 5; round++) {
      for (let i = 0; i < 10; i++) {
        const name = `skill-${round}-${i}`
        kept.home.write(
          `projects/shop/.claude/skills/${name}/SKILL.md`,
          skill(name, `Round ${round} of many.`),
        )
      }
      await call('cache.refresh', { force: true })
    }
    const found = async () => (await call('artifacts.search', { query: 'round many', limit: 100 })).items
    const before = await found()
    expect(before).toHaveLength(50)
    expect((await kept.maintain()).mergedParts).toBeGreaterThan(0)
    expect(await found()).toEqual(before)
    expect(await kept.maintain()).toMatchObject({ mergedParts: 0 })
  })
})

describe('the size limit', () => {
  it('removes events first, then runs, then missing projects, no more than needed, and warns of the rest', async () => {
    const kept = await start({ env: { SMD_CACHE_MAX_SIZE_MB: '10' } })
    fillEvents(kept, 30_000, 1, 'x'.repeat(400))
    fillRuns(kept, 50, 1)
    leaveMissing(kept, 'lately', 1)
    const detail = await kept.maintain()
    expect(detail.events).toBeGreaterThan(0)
    expect(detail.events).toBeLessThan(30_000)
    expect(detail).toMatchObject({ runs: 0, projects: 0, left: null })
    expect(statSync(kept.file).size).toBeLessThan(10_000_000)
    expect(kept.ctx.health.warnings).toEqual([])
    // Oldest first.
    const oldest = kept.db.valueSql<number>('SELECT min(at) FROM events') ?? 0
    expect(oldest).toBeGreaterThan(kept.home.clock.now - DAY - 30_000)
  })

  it('goes through all of them and warns when what cannot be removed is too large', async () => {
    const kept = await start({ env: { SMD_CACHE_MAX_SIZE_MB: '10' } })
    fillEvents(kept, 10, 1)
    fillRuns(kept, 10, 1)
    leaveMissing(kept, 'lately', 1)
    kept.db.transaction(() =>
      kept.db.runSql(
        "INSERT INTO answers VALUES ('large', zeroblob(32), ?, ?)",
        'x'.repeat(12_000_000),
        kept.home.clock.now,
      ),
    )
    expect(await kept.maintain()).toMatchObject({ events: 10, runs: 9, projects: 1 })
    expect(kept.ctx.health.warnings.map(({ code }) => code)).toEqual(['cache.too_large'])
    kept.db.transaction(() => kept.db.runSql('DELETE FROM answers'))
    await kept.maintain()
    expect(kept.ctx.health.warnings).toEqual([])
  })
})
