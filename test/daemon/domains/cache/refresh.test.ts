import { renameSync, truncateSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeSampleHome } from '../../../../client-cli/demo/sample-home.ts'
import type { ResultOf } from '../../../../protocol/methods.ts'
import { skill, type TestDaemon, type TestHome, useTestDaemon } from '../../../support/test-daemon.ts'

const start = useTestDaemon()
const startSample = () => start({ prepare: ({ home }) => void writeSampleHome(home) })
const MINUTE = 60_000
const DAY = 1_440 * MINUTE

const shop = ({ write }: TestHome): void => {
  for (const name of ['a', 'b', 'c']) write(`projects/shop/.claude/skills/${name}/SKILL.md`, skill(name))
  write('projects/notes/.claude/commands/publish.md', 'Publish.')
}
const refresh = async (daemon: TestDaemon, params: object = {}) => {
  const { result } = await daemon.call('cache.refresh', { force: true, ...params })
  return result as NonNullable<ResultOf<'cache.refresh'>['result']>
}
const skills = async (daemon: TestDaemon): Promise<string[]> =>
  (await daemon.call('artifacts.list', { type: 'skill' })).items.map((item) => item.name)
const refreshes = (daemon: TestDaemon): number =>
  daemon.log.filter((line) => line.message === 'refresh started').length

describe('the first read (CACHE-2.1e, CACHE-2.5a)', () => {
  it('of an empty cache reads the disk, answers, and keeps what it found', async () => {
    const daemon = await start({ prepare: shop })
    expect(await skills(daemon)).toEqual(['a', 'b', 'c'])
    expect(await skills(daemon)).toEqual(['a', 'b', 'c'])
    expect(refreshes(daemon)).toBe(1)
  })

  it('is shared by all who ask at the same time', async () => {
    const daemon = await start({ prepare: shop })
    const answers = await Promise.all(Array.from({ length: 10 }, () => skills(daemon)))
    expect(new Set(answers.map(String)).size).toBe(1)
    expect(refreshes(daemon)).toBe(1)
  })

  it('waits for everything, also when one project is being read already', async () => {
    const daemon = await start({ prepare: shop })
    const adding = daemon.call('projects.add', { path: join(daemon.home, 'projects/notes') })
    expect(await skills(daemon)).toEqual(['a', 'b', 'c'])
    await adding
  })

  it('of a machine without projects answers with nothing, and does not search again', async () => {
    const daemon = await start()
    expect(await daemon.call('projects.list', {})).toMatchObject({ items: [], total: 0 })
    expect(await daemon.call('artifacts.list', {})).toMatchObject({ items: [], total: 0 })
    expect(refreshes(daemon)).toBe(1)
  })

  it('reads the disk every time when the cache is switched off', async () => {
    const daemon = await start({ prepare: shop, env: { FEATURE_CACHE_ENABLED: 'false' } })
    expect(await skills(daemon)).toEqual(['a', 'b', 'c'])
    daemon.remove('projects/shop/.claude/skills/b')
    expect(await skills(daemon)).toEqual(['a', 'c'])
    expect(await daemon.call('cache.status', {})).toMatchObject({ hits: 0, misses: 2, hitRate: 0 })
  })
})

describe('cache.refresh (CACHE-2.1b, CACHE-2.1c, CACHE-2.2g, CACHE-2.2h)', () => {
  it('counts what it did, and finds nothing to do the second time', async () => {
    const daemon = await startSample()
    const first = await refresh(daemon)
    expect(first).toMatchObject({ success: true, projectsRefreshed: 4, errors: [] })
    const { counters } = first
    expect(counters).toMatchObject({ changed: 0, removed: 0, unchanged: 0 })
    expect(first.changesDetected).toBe(counters.added)
    expect(counters.added).toBe((await daemon.call('daemon.status', {})).artifacts)
    const second = await refresh(daemon)
    expect(second).toMatchObject({
      changesDetected: 0,
      counters: { added: 0, changed: 0, removed: 0, unchanged: counters.added, units: counters.units },
    })
    expect(second.counters.filesRead).toBeLessThan(counters.filesRead / 2)
  })

  it('sees what was added, changed and removed, and only that', async () => {
    const daemon = await start({ prepare: shop })
    await refresh(daemon)
    const before = await daemon.call('artifacts.show', { name: 'a' })
    daemon.write('projects/shop/.claude/skills/d/SKILL.md', skill('d'))
    daemon.write('projects/shop/.claude/skills/a/SKILL.md', skill('a', 'Says more.'))
    daemon.remove('projects/shop/.claude/skills/b')
    const result = await refresh(daemon)
    expect(result).toMatchObject({
      changesDetected: 3,
      counters: { added: 1, changed: 1, removed: 1, unchanged: 2 },
    })
    expect(await skills(daemon)).toEqual(['a', 'c', 'd'])
    const after = await daemon.call('artifacts.show', { name: 'a' })
    expect(after).toMatchObject({ id: before.id, description: 'Says more.' })
    expect(after.hash).not.toBe(before.hash)
    expect(
      (await daemon.call('artifacts.search', { query: 'says more' })).items.map((item) => item.name),
    ).toEqual(['a'])
    expect((await daemon.call('artifacts.search', { query: 'b', type: 'skill' })).items).toEqual([])
  })

  it('leaves alone what is fresh, unless forced', async () => {
    const daemon = await start({ prepare: shop })
    await refresh(daemon)
    const untouched = { refreshed: false, started: false, result: null }
    expect(await daemon.call('cache.refresh', {})).toEqual(untouched)
    expect(await daemon.call('cache.refresh', { project: 'shop' })).toEqual(untouched)
    daemon.clock.now += 361 * MINUTE
    expect(await daemon.call('cache.refresh', { project: 'shop' })).toMatchObject({
      refreshed: true,
      result: { projectsRefreshed: 1 },
    })
    expect(await daemon.call('cache.refresh', {})).toMatchObject({ result: { projectsRefreshed: 1 } })
    expect(await daemon.call('cache.refresh', {})).toEqual(untouched)
  })

  it('of one project reads no other', async () => {
    const daemon = await start({ prepare: shop })
    await refresh(daemon)
    daemon.write('projects/shop/.claude/skills/d/SKILL.md', skill('d'))
    daemon.write('projects/notes/.claude/skills/e/SKILL.md', skill('e'))
    daemon.clock.now += MINUTE
    expect(await refresh(daemon, { project: 'notes' })).toMatchObject({
      projectsRefreshed: 1,
      changesDetected: 1,
    })
    expect(await skills(daemon)).toEqual(['a', 'b', 'c', 'e'])
    const { items } = await daemon.call('projects.list', {})
    expect(items.map((project) => [project.name, project.lastFetchedAt])).toEqual([
      ['notes', daemon.clock.now],
      ['shop', daemon.clock.now - MINUTE],
    ])
  })

  it('returns at once in the background, and shows how far it is', async () => {
    const daemon = await start({ prepare: shop })
    const started = await daemon.call('cache.refresh', { force: true, background: true })
    expect(started).toEqual({ refreshed: true, started: true, result: null })
    expect(await daemon.call('cache.status', {})).toMatchObject({
      refresh: { unitsDone: expect.any(Number) },
    })
    expect(await daemon.call('daemon.status', {})).toMatchObject({ cache: { refreshing: true } })
    await refresh(daemon)
    expect(await daemon.call('cache.status', {})).toMatchObject({ refresh: null })
  })

  it('runs one at a time, joins those who ask for the same, and queues the others', async () => {
    const daemon = await start({ prepare: shop })
    const { refresher } = daemon.ctx
    const all = { only: null, force: false }
    const one = { only: join(daemon.home, 'projects/notes'), force: true }
    const first = refresher.refresh(all)
    await Promise.resolve()
    expect(refresher.refresh(all)).toBe(first)
    const forced = refresher.refresh({ ...all, force: true })
    expect(forced).not.toBe(first)
    expect(refresher.refresh(one)).toBe(forced)
    // A caller who goes on as soon as the first is done must not run beside the one in the queue.
    const next = first.then(() => refresher.refresh(one))
    const results = await Promise.all([first, forced, next])
    expect(results.map((result) => result.success)).toEqual([true, true, true])
    expect(refreshes(daemon)).toBe(2)
    expect(daemon.log.filter((line) => line.level === 'error')).toEqual([])
  })

  it('does not join one that began with other settings', async () => {
    const daemon = await start({ prepare: shop })
    const { refresher } = daemon.ctx
    const all = { only: null, force: false }
    const first = refresher.refresh(all)
    await Promise.resolve()
    const anew = refresher.refresh({ ...all, anew: true })
    expect(anew).not.toBe(first)
    expect(refresher.refresh({ ...all, anew: true })).toBe(anew)
    await anew
    expect(refreshes(daemon)).toBe(2)
  })

  it('runs after one that failed', async () => {
    const daemon = await start({ prepare: shop })
    const { engine, refresher } = daemon.ctx
    const { discover } = engine
    engine.discover = () => Promise.reject(new Error('disk on fire'))
    const failed = daemon.call('artifacts.list', {})
    await expect(failed).rejects.toMatchObject({ slug: 'internal' })
    engine.discover = discover
    expect(refresher.progress).toBeNull()
    expect(await skills(daemon)).toEqual(['a', 'b', 'c'])
  })

  it('keeps the old rows of a unit that fails unforeseen, marks its project and goes on (CACHE-1.5b)', async () => {
    const daemon = await start({ prepare: shop })
    await refresh(daemon)
    daemon.write('projects/shop/.claude/skills/a/SKILL.md', skill('a', 'New.'))
    daemon.write('projects/notes/.claude/skills/e/SKILL.md', skill('e'))
    daemon.ctx.db.exec(
      "CREATE TRIGGER refuse BEFORE UPDATE ON artifacts BEGIN SELECT raise(ABORT, 'no more room'); END",
    )
    const result = await refresh(daemon)
    expect(result).toMatchObject({
      success: false,
      errors: [
        { path: join(daemon.home, 'projects/shop'), message: expect.stringContaining('no more room') },
      ],
    })
    expect(await skills(daemon)).toEqual(['a', 'b', 'c', 'e'])
    expect(await daemon.call('artifacts.show', { name: 'a' })).toMatchObject({ description: 'What a does.' })
    expect(await daemon.call('projects.show', { project: 'shop' })).toMatchObject({
      status: 'error',
      errorMessage: expect.stringContaining('no more room'),
    })
    expect(daemon.log.find((line) => line.level === 'warn')).toMatchObject({
      stack: expect.stringContaining('at '),
    })
    daemon.ctx.db.exec('DROP TRIGGER refuse')
    await daemon.call('cache.refresh', {})
    expect(await daemon.call('projects.show', { project: 'shop' })).toMatchObject({
      status: 'active',
      errorMessage: null,
    })
  })

  it('gives the same ids and rows after the cache was lost (D2)', async () => {
    const daemon = await startSample()
    await refresh(daemon)
    const rows = () => daemon.call('artifacts.list', { limit: 1_000 })
    const before = await rows()
    await daemon.call('cache.clear', {})
    expect(await rows()).toEqual(before)
  })
})

describe('vanished projects', () => {
  it('become missing, keep their rows, and are forgotten after the retention time', async () => {
    const daemon = await start({ prepare: shop })
    await refresh(daemon)
    daemon.remove('projects/shop')
    await refresh(daemon)
    const gone = { status: 'missing', artifactCount: 3, errorMessage: expect.stringContaining('gone') }
    expect(await daemon.call('projects.show', { project: 'shop' })).toMatchObject(gone)
    daemon.clock.now += 29 * DAY
    await refresh(daemon)
    expect(await daemon.call('projects.show', { project: 'shop' })).toMatchObject(gone)
    daemon.clock.now += 2 * DAY
    await refresh(daemon)
    await expect(daemon.call('projects.show', { project: 'shop' })).rejects.toMatchObject({
      slug: 'project.not_found',
    })
    expect(await skills(daemon)).toEqual([])
    const unused = 'SELECT count(*) FROM descriptions WHERE id NOT IN (SELECT description_id FROM artifacts)'
    expect(daemon.ctx.db.valueSql(unused)).toBe(0)
  })

  it('stay for ever when the retention time is 0', async () => {
    const daemon = await start({ prepare: shop, env: { SMD_CACHE_CLEANUP_RETENTION_DAYS: '0' } })
    await refresh(daemon)
    daemon.remove('projects/shop')
    daemon.clock.now += 4_000 * DAY
    await refresh(daemon)
    await refresh(daemon)
    expect(await daemon.call('projects.show', { project: 'shop' })).toMatchObject({ status: 'missing' })
  })

  it('count from when they vanished, not from when they were last changed', async () => {
    const daemon = await start({ prepare: shop })
    await refresh(daemon)
    daemon.ctx.db.runSql('UPDATE projects SET updated_at = 1000')
    const { engine } = daemon.ctx
    const { discover } = engine
    // Found by the search, gone when it is read.
    engine.discover = async (options) => {
      const discovery = await discover(options)
      daemon.remove('projects/shop')
      return discovery
    }
    const result = await refresh(daemon)
    expect(result).toMatchObject({ success: false, errors: [{ path: join(daemon.home, 'projects/shop') }] })
    expect(await daemon.call('projects.show', { project: 'shop' })).toMatchObject({
      status: 'missing',
      artifactCount: 3,
    })
  })

  it('are active again when they are back', async () => {
    const daemon = await start({ prepare: shop })
    await refresh(daemon)
    renameSync(join(daemon.home, 'projects/shop'), join(daemon.home, '.away'))
    await refresh(daemon)
    renameSync(join(daemon.home, '.away'), join(daemon.home, 'projects/shop'))
    expect(await refresh(daemon)).toMatchObject({ counters: { added: 0, unchanged: 4 } })
    expect(await daemon.call('projects.show', { project: 'shop' })).toMatchObject({
      status: 'active',
      errorMessage: null,
    })
  })

  it('are forgotten at once when the user excludes them', async () => {
    const daemon = await start({ prepare: shop })
    await refresh(daemon)
    await daemon.call('config.set', { key: 'projects.exclude', value: join(daemon.home, 'projects/shop') })
    await refresh(daemon)
    expect((await daemon.call('projects.list', {})).items.map((project) => project.name)).toEqual(['notes'])
    expect(await skills(daemon)).toEqual([])
  })
})

describe('projects.remove while a refresh looks for projects (D1)', () => {
  it.each([
    ['added', 'a/b/c/d/e/f/g/h/far', 'include'],
    ['found', 'projects/notes', 'exclude'],
  ])('a project that was %s stays forgotten', async (_, folder, list) => {
    const daemon = await start({
      prepare: (home) => {
        shop(home)
        home.write('a/b/c/d/e/f/g/h/far/.claude/commands/c.md', 'Do it.')
      },
    })
    const path = join(daemon.home, folder)
    if (list === 'include') await daemon.call('projects.add', { path })
    await refresh(daemon)
    const { engine } = daemon.ctx
    const discover = engine.discover.bind(engine)
    engine.discover = async (options) => {
      const found = await discover(options)
      await daemon.call('projects.remove', { project: path })
      engine.discover = discover
      return found
    }
    await refresh(daemon)
    const { items } = await daemon.call('projects.list', {})
    expect(items.map((project) => project.path)).toContain(join(daemon.home, 'projects/shop'))
    expect(items.map((project) => project.path)).not.toContain(path)
  })
})

describe('plugins and collections that are gone', () => {
  it('disappear with their artifacts', async () => {
    const daemon = await startSample()
    await refresh(daemon)
    expect((await daemon.call('artifacts.list', { scope: 'plugin' })).total).toBeGreaterThan(0)
    daemon.remove('.claude/plugins')
    daemon.remove('.skillmeat')
    await refresh(daemon)
    for (const scope of ['plugin', 'collection'] as const)
      expect((await daemon.call('artifacts.list', { scope })).total).toBe(0)
  })
})

describe('cache.invalidate (CACHE-2.1c)', () => {
  it('makes one project stale, or all, while their rows are still served', async () => {
    const daemon = await startSample()
    await refresh(daemon)
    expect(await daemon.call('cache.invalidate', { project: 'notes' })).toEqual({ invalidatedCount: 1 })
    expect(await daemon.call('projects.show', { project: 'notes' })).toMatchObject({
      status: 'stale',
      lastFetchedAt: null,
      artifactCount: 3,
    })
    expect(await daemon.call('cache.status', {})).toMatchObject({ staleProjects: 1 })
    expect(await daemon.call('cache.refresh', {})).toMatchObject({ result: { projectsRefreshed: 1 } })
    expect(await daemon.call('cache.invalidate', {})).toEqual({ invalidatedCount: 5 })
    expect(await daemon.call('cache.refresh', {})).toMatchObject({ result: { projectsRefreshed: 4 } })
    expect((await daemon.call('projects.show', { project: 'old-prototype' })).status).toBe('missing')
  })
})

describe('cache.clear (CACHE-2.1c)', () => {
  it('empties everything; the next read fills it again', async () => {
    const daemon = await startSample()
    await refresh(daemon)
    const { projects, artifacts } = await daemon.call('daemon.status', {})
    expect(await daemon.call('cache.clear', {})).toEqual({
      removedProjects: projects,
      removedArtifacts: artifacts,
    })
    const { db } = daemon.ctx
    for (const table of [
      'projects',
      'scan_units',
      'artifacts',
      'descriptions',
      'marketplace',
      'artifact_names',
      'artifact_text',
    ])
      expect(db.valueSql(`SELECT count(*) FROM ${table}`), table).toBe(0)
    expect(await daemon.call('daemon.status', {})).toMatchObject({
      artifacts: 0,
      cache: { lastRefreshAt: null },
    })
    expect((await daemon.call('artifacts.list', { limit: 1_000 })).total).toBe(artifacts)
  })

  it('during a refresh leaves a cache that the next read fills', async () => {
    const daemon = await startSample()
    await refresh(daemon)
    const { artifacts } = await daemon.call('daemon.status', {})
    const running = refresh(daemon)
    await new Promise((resolve) => setImmediate(resolve))
    await daemon.call('cache.clear', {})
    await running
    expect((await daemon.call('artifacts.list', { limit: 1_000 })).total).toBe(artifacts)
    expect((await daemon.call('projects.list', {})).total).toBe(5)
  })
})

describe('cache.status (CACHE-2.1f, CACHE-2.5a)', () => {
  it('counts hits and misses, and measures queries', async () => {
    const daemon = await startSample()
    expect(await daemon.call('cache.status', {})).toMatchObject({
      artifacts: 0,
      hits: 0,
      misses: 0,
      hitRate: null,
      ageMs: null,
      lastRefreshAt: null,
      queries: { count: 0, meanMs: null, maxMs: null },
    })
    await Promise.all([daemon.call('artifacts.list', {}), daemon.call('projects.list', {})])
    for (let i = 0; i < 6; i++) await daemon.call('artifacts.list', {})
    await daemon.call('artifacts.show', { name: 'none' }).catch(() => undefined)
    const status = await daemon.call('cache.status', {})
    expect(status).toMatchObject({ hits: 7, misses: 2, hitRate: 7 / 9, queries: { count: 9 } })
    expect(status.queries.maxMs).toBeGreaterThanOrEqual(status.queries.meanMs as number)
  })

  it('tells age and counts by a clock that stands still', async () => {
    const daemon = await startSample()
    await refresh(daemon)
    const at = daemon.clock.now
    daemon.clock.now += 10 * MINUTE
    await refresh(daemon, { project: 'notes' })
    daemon.clock.now += MINUTE
    const status = await daemon.call('cache.status', {})
    expect(status).toMatchObject({
      projects: 5,
      failedProjects: 1,
      staleProjects: 0,
      oldestFetchedAt: at,
      newestFetchedAt: at + 10 * MINUTE,
      lastRefreshAt: at,
      ageMs: 11 * MINUTE,
      ttlMs: 360 * MINUTE,
      outdatedArtifacts: (await daemon.call('artifacts.list', { outdated: true })).total,
      modifiedArtifacts: (await daemon.call('artifacts.list', { modified: true })).total,
    })
    expect(Object.values(status.countsByType).reduce((sum, n) => sum + n, 0)).toBe(status.artifacts)
  })

  it('counts anew after each write', async () => {
    const daemon = await start({ prepare: shop })
    expect((await daemon.call('artifacts.list', { type: 'skill' })).total).toBe(3)
    daemon.remove('projects/shop/.claude/skills/a')
    await refresh(daemon)
    expect((await daemon.call('artifacts.list', { type: 'skill' })).total).toBe(2)
  })
})

describe('marketplace.list', () => {
  it('lists the registered marketplaces as cached, by page and type', async () => {
    const daemon = await startSample()
    const all = await daemon.call('marketplace.list', {})
    expect(all).toMatchObject({
      total: 1,
      nextCursor: null,
      items: [{ name: 'sample-market', cachedAt: daemon.clock.now, pluginCount: 1 }],
    })
    expect(await daemon.call('marketplace.list', { type: 'none' })).toEqual({
      items: [],
      total: 0,
      nextCursor: null,
    })
    for (let i = 0; i < 5; i++)
      daemon.ctx.db.runSql(
        'INSERT INTO marketplace (id, name, type, cached_at) VALUES (?, ?, ?, 1)',
        `m${i}`,
        'm',
        'git',
      )
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const page: ResultOf<'marketplace.list'> = await daemon.call('marketplace.list', {
        limit: 2,
        ...(cursor && { cursor }),
      })
      seen.push(...page.items.map((item) => item.id))
      cursor = page.nextCursor
    } while (cursor)
    expect(seen).toEqual(['m0', 'm1', 'm2', 'm3', 'm4', all.items[0]?.id].sort())
  })
})

describe('a file whose time changes only', () => {
  it('is read again and counts as changed in time, not in content', async () => {
    const daemon = await start({ prepare: shop })
    await refresh(daemon)
    const before = await daemon.call('artifacts.show', { name: 'a' })
    utimesSync(join(daemon.home, 'projects/shop/.claude/skills/a/SKILL.md'), 1_000, 2_000)
    await refresh(daemon)
    expect(await daemon.call('artifacts.show', { name: 'a' })).toMatchObject({
      hash: before.hash,
      updatedAt: 2_000_000,
    })
  })
})

describe('cache.max_size_mb (CACHE-2.1h)', () => {
  it('warns when the file has grown beyond it, until it no longer is', async () => {
    const daemon = await start({ prepare: shop, env: { SMD_CACHE_MAX_SIZE_MB: '10' } })
    const file = daemon.write('large.db')
    daemon.ctx.storage.path = file
    truncateSync(file, 11_000_000)
    await refresh(daemon)
    expect(daemon.ctx.health.warnings.map((warning) => warning.code)).toEqual(['cache.too_large'])
    truncateSync(file, 9_000_000)
    await refresh(daemon)
    expect(daemon.ctx.health.warnings).toEqual([])
  })
})

describe('refresh.failed', () => {
  it('is warned of when it lasts, and is over with the next refresh that works', async () => {
    const daemon = await start({ prepare: shop })
    const codes = (): string[] => daemon.ctx.health.warnings.map(({ code }) => code)
    const { discover } = daemon.ctx.engine
    daemon.ctx.engine.discover = () => Promise.reject(new Error('disk on fire'))
    await expect(refresh(daemon)).rejects.toMatchObject({ slug: 'internal' })
    expect(codes()).toEqual([])
    daemon.clock.now += 60_000
    expect(codes()).toEqual(['refresh.failed'])
    expect(daemon.ctx.health.warnings[0]?.text).toBe(
      'The last refresh failed: disk on fire. What is shown may be old.',
    )
    daemon.ctx.engine.discover = discover
    await refresh(daemon)
    expect(codes()).toEqual([])
  })
})
