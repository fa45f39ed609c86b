/** The cache commands with a faked client: what they ask for, what they print, how they end (CACHE-4.4a). */
import { describe, expect, it } from 'vitest'
import { cacheClearCommand } from '../../../client-cli/commands/cache/clear.ts'
import { cacheConfigGetCommand } from '../../../client-cli/commands/cache/config-get.ts'
import { cacheConfigSetCommand } from '../../../client-cli/commands/cache/config-set.ts'
import { cacheRefreshCommand } from '../../../client-cli/commands/cache/refresh.ts'
import { cacheStatusCommand } from '../../../client-cli/commands/cache/status.ts'
import { projectsScanCommand } from '../../../client-cli/commands/projects/scan.ts'
import { SmdError } from '../../../protocol/errors.ts'
import type { ResultOf } from '../../../protocol/methods.ts'
import { runWithFakeClient } from '../../support/fake-client.ts'

const status: ResultOf<'cache.status'> = {
  storage: 'file',
  path: '/data/cache.db',
  sizeBytes: 13_943_792,
  schemaVersion: 1,
  ttlMs: 21_600_000,
  projects: 103,
  staleProjects: 2,
  failedProjects: 3,
  artifacts: 10_297,
  countsByType: { skill: 10_297 },
  outdatedArtifacts: 36,
  modifiedArtifacts: 61,
  oldestFetchedAt: 0,
  newestFetchedAt: 0,
  lastRefreshAt: null,
  ageMs: 90_000,
  hits: 7,
  misses: 1,
  hitRate: 0.875,
  queries: { count: 1_200, meanMs: 1.744, maxMs: 4.681, slow: 0 },
  refresh: null,
}

const result: NonNullable<ResultOf<'cache.refresh'>['result']> = {
  success: true,
  projectsRefreshed: 3,
  changesDetected: 3,
  errors: [],
  durationMs: 1_234,
  counters: {
    units: 4,
    directories: 10,
    filesStatted: 20,
    filesRead: 5,
    bytesRead: 5_100,
    added: 1,
    changed: 2,
    removed: 0,
    unchanged: 1_400,
  },
  recovered: [],
}

const setting: ResultOf<'config.get'> = {
  key: 'cache.ttl_minutes',
  value: 360,
  origin: 'default',
  line: null,
  default: 360,
  type: 'integer',
  min: 1,
  max: 525_600,
  choices: null,
  applies: 'at once',
  describe: '',
  variable: 'SMD_CACHE_TTL_MINUTES',
  aliases: [],
}

/** How things stand before a refresh. */
const standing = {
  instance: 'x',
  seq: 0,
  at: 0,
  refresh: null,
  lastRefreshAt: null,
  projects: 0,
  artifacts: 0,
  outdatedArtifacts: 0,
  modifiedArtifacts: 0,
  health: { state: 'ok' as const, warnings: [] },
}

describe('cache status', () => {
  it('prints a table (CACHE-4.2a)', async () => {
    const { terminal, done } = runWithFakeClient(cacheStatusCommand, {}, { 'cache.status': status })
    expect(await done).toBe(0)
    expect(terminal.stdout()).toMatchInlineSnapshot(`
      "CACHE
      Age           2 min
      Last refresh  -
      Time to live  6 h
      Size          13.9 MB
      File          /data/cache.db
      Projects      103, 2 stale, 3 failed
      Artifacts     10,297, 36 outdated, 61 modified
      Hit rate      88 % of 8 reads
      Query time    1.74 ms on average, 4.68 ms at most (1,200)
      "
    `)
  })

  it('has words for a cache that is empty, in memory and being filled (CACHE-4.2a)', async () => {
    const empty: typeof status = {
      ...status,
      storage: 'memory',
      projects: 0,
      failedProjects: 0,
      ageMs: null,
      hitRate: null,
      queries: { count: 0, meanMs: null, maxMs: null, slow: 0 },
      refresh: { startedAt: 0, unitsDone: 3, unitsTotal: 0, artifacts: 0 },
    }
    const { terminal, done } = runWithFakeClient(cacheStatusCommand, {}, { 'cache.status': empty })
    await done
    const lines = terminal.stdout().split('\n')
    expect(lines).toContain('Age           empty, being read now (3 of ?)')
    expect(lines).toContain('Size          13.9 MB in memory')
    expect(lines).toContain('Hit rate      -')
    expect(lines).toContain('Query time    -')
  })

  it('passes the answer on as JSON', async () => {
    const { terminal, done } = runWithFakeClient(
      cacheStatusCommand,
      {},
      { 'cache.status': status },
      { json: true },
    )
    await done
    expect(JSON.parse(terminal.stdout())).toEqual({
      schema: 1,
      ...status,
      oldestFetchedAt: '1970-01-01T00:00:00.000Z',
      newestFetchedAt: '1970-01-01T00:00:00.000Z',
    })
  })
})

describe('cache clear', () => {
  const answers = { 'cache.clear': { removedProjects: 1, removedArtifacts: 1_200 } }

  it.each([
    ['y', 0, ['cache.clear']],
    ['n', 1, []],
  ])('asks, and does as told: %s (CACHE-4.2b)', async (typed, code, called) => {
    const { terminal, calls, done } = runWithFakeClient(cacheClearCommand, {}, answers, { tty: true })
    terminal.type(typed)
    expect(await done).toBe(code)
    expect(calls.map(([method]) => method)).toEqual(called)
  })

  it('does not ask with --yes (CACHE-4.2b)', async () => {
    const { terminal, done } = runWithFakeClient(cacheClearCommand, { yes: true }, answers)
    expect(await done).toBe(0)
    expect(terminal.stdout()).toBe('The cache is empty: 1,200 artifacts of 1 project removed.\n')
  })

  it.each([{ json: true, tty: true }, { json: false }])('needs --yes with %o', async (options) => {
    const { calls, done } = runWithFakeClient(cacheClearCommand, {}, answers, options)
    await expect(done).rejects.toMatchObject({ slug: 'cli.confirmation_needed' })
    expect(calls).toEqual([])
  })
})

describe('cache refresh', () => {
  const refreshed = { refreshed: true, started: true, result }

  it('refreshes what is stale, and says what it did (CACHE-4.2c)', async () => {
    const { terminal, calls, done } = runWithFakeClient(
      cacheRefreshCommand,
      {},
      { 'cache.refresh': refreshed },
    )
    expect(await done).toBe(0)
    expect(calls).toEqual([['cache.refresh', { force: false }]])
    expect(terminal.stdout()).toBe(
      'Read 3 projects in 1 s\n1 added, 2 changed, 0 removed, 1,400 unchanged (5 files, 5.1 kB read)\n',
    )
  })

  it.each([
    ['webshop', 'webshop'],
    ['.', '/home/me'],
    ['../you', '/home/you'],
    ['/srv/x/', '/srv/x'],
  ])('refreshes one project: %s (CACHE-4.2c)', async (typed, meant) => {
    const args = { project: typed, force: true }
    const { calls, done } = runWithFakeClient(cacheRefreshCommand, args, { 'cache.refresh': refreshed })
    await done
    expect(calls).toEqual([['cache.refresh', { project: meant, force: true }]])
  })

  it('says that nothing was to do (CACHE-4.2c)', async () => {
    const fresh = { refreshed: false, started: false, result: null }
    const { terminal, done } = runWithFakeClient(cacheRefreshCommand, {}, { 'cache.refresh': fresh })
    expect(await done).toBe(0)
    expect(terminal.stdout()).toContain('Everything is fresh')
  })

  it('fails when a project could not be read, and names it (CACHE-4.2e)', async () => {
    const errors = [{ projectId: null, path: '/srv/x', message: 'EACCES' }]
    const partly = { ...refreshed, result: { ...result, success: false, errors } }
    const { terminal, done } = runWithFakeClient(cacheRefreshCommand, {}, { 'cache.refresh': partly })
    expect(await done).toBe(1)
    expect(terminal.stderr()).toBe('/srv/x: EACCES\n')
  })

  it('shows how far the daemon is, as that tells it (CACHE-4.2c)', async () => {
    const progress = { startedAt: 0, unitsDone: 1, unitsTotal: 24, artifacts: 0 }
    const finish = Promise.withResolvers<void>()
    const run = runWithFakeClient(
      cacheRefreshCommand,
      { force: true },
      {
        'cache.refresh': () => finish.promise.then(() => refreshed),
        'events.subscribe': ({ topics }) => {
          expect(topics).toEqual(['refresh'])
          const tell = (seq: number, data: typeof progress): void =>
            run.notify({ method: 'events.event', params: { seq, at: 0, topic: 'refresh.progress', data } })
          run.notify({ method: 'events.snapshot', params: { ...standing, refresh: progress } })
          tell(1, { ...progress, unitsDone: 12 })
          tell(2, { ...progress, unitsDone: 24 })
          finish.resolve()
          return new Promise(() => undefined)
        },
      },
      { tty: true },
    )
    expect(await run.done).toBe(0)
    const bars = run.terminal.stderr().split('\r\u001b[K')
    expect(bars.filter((text) => text !== '')).toEqual([
      'Reading projects █░░░░░░░░░░░░░░░░░░░░░░░ 1/24',
      'Reading projects ████████████░░░░░░░░░░░░ 12/24',
      'Reading projects ████████████████████████ 24/24',
    ])
    expect(bars.at(-1)).toBe('')
  })

  it('asks a daemon that tells nothing how far it is (CACHE-4.2c)', async () => {
    let asked = 0
    const finish = Promise.withResolvers<void>()
    const { terminal, done } = runWithFakeClient(
      cacheRefreshCommand,
      { force: true },
      {
        'cache.refresh': () => finish.promise.then(() => refreshed),
        'events.subscribe': new SmdError('rpc.unknown_method', { method: 'events.subscribe' }),
        'cache.status': () => {
          asked++
          if (asked === 2) finish.resolve()
          return { ...status, refresh: { startedAt: 0, unitsDone: asked, unitsTotal: 24, artifacts: 0 } }
        },
      },
      { tty: true },
    )
    expect(await done).toBe(0)
    expect(terminal.stderr()).toContain('Reading projects █░░░░░░░░░░░░░░░░░░░░░░░ 1/24')
    expect(terminal.stderr().endsWith('\r\u001b[K')).toBe(true)
  })

  it('passes the failure of the daemon on', async () => {
    const unknown = new SmdError('project.not_found', { project: 'x' })
    const { done } = runWithFakeClient(cacheRefreshCommand, { project: 'x' }, { 'cache.refresh': unknown })
    await expect(done).rejects.toBe(unknown)
  })

  it('is forced by projects scan', async () => {
    const { calls, done } = runWithFakeClient(projectsScanCommand, {}, { 'cache.refresh': refreshed })
    await done
    expect(calls).toEqual([['cache.refresh', { force: true }]])
  })
})

describe('cache config', () => {
  it.each(['cache-ttl', 'cache.ttl_minutes', 'ttl_minutes', 'cache.cache-ttl'])(
    'gets the time to live as %s (CACHE-4.2d)',
    async (key) => {
      const { terminal, calls, done } = runWithFakeClient(
        cacheConfigGetCommand,
        { key },
        { 'config.get': setting },
      )
      await done
      expect(calls).toEqual([['config.get', { key: 'cache.ttl_minutes' }]])
      expect(terminal.stdout()).toBe('360\n')
    },
  )

  it.each(['log.level', 'agents', 'nothing'])('has no %s', async (key) => {
    const { calls, done } = runWithFakeClient(cacheConfigGetCommand, { key }, {})
    await expect(done).rejects.toMatchObject({ slug: 'config.unknown_key', details: { key } })
    expect(calls).toEqual([])
  })

  it('sets it (CACHE-4.2d)', async () => {
    const args = { key: 'cache-ttl', value: '90' }
    const changed = { ...setting, value: 90 }
    const { terminal, calls, done } = runWithFakeClient(cacheConfigSetCommand, args, {
      'config.set': changed,
    })
    await done
    expect(calls).toEqual([['config.set', { key: 'cache.ttl_minutes', value: '90' }]])
    expect(terminal.stdout()).toBe('cache.ttl_minutes is now 90\n')
  })

  it('tells a value that is none from a mistake in the file (CACHE-4.2e)', async () => {
    const args = { key: 'cache-ttl', value: 'soon' }
    const details = { key: 'cache.ttl_minutes', found: '"soon"', expected: 'a whole number' }
    const typed = new SmdError('config.invalid', { file: 'request', line: 'value', ...details })
    await expect(
      runWithFakeClient(cacheConfigSetCommand, args, { 'config.set': typed }).done,
    ).rejects.toMatchObject({
      slug: 'cli.usage',
      message: 'cache.ttl_minutes cannot be "soon"; expected a whole number.',
    })
    const written = new SmdError('config.invalid', { file: '/etc/config.toml', line: 3, ...details })
    await expect(runWithFakeClient(cacheConfigSetCommand, args, { 'config.set': written }).done).rejects.toBe(
      written,
    )
  })
})
