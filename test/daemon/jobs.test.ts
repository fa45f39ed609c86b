/** What the daemon does by itself, with a clock that a test winds on: real files, a real writer process. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { type ComposedDaemon, composeDaemon } from '../../daemon/compose.ts'
import type { Scheduler } from '../../daemon/kernel/scheduler/scheduler.ts'
import { FakeWallClock } from '../support/fake-wall-clock.ts'
import { skill, type TestHome, useTestHome } from '../support/test-daemon.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const STEP = 2 * MINUTE

type Wound = {
  daemon: ComposedDaemon
  jobs: Scheduler
  home: TestHome
  clock: FakeWallClock
  /** Lets time pass, two minutes at a time, and waits for what runs meanwhile. */
  wind(ms: number): Promise<void>
  stop(): Promise<void>
}

const makeHome = useTestHome()
const running: Wound[] = []
afterEach(async () => {
  for (const wound of running.splice(0)) await wound.stop()
})

/** So that nothing else runs meanwhile. */
const backupOnly = (home: TestHome): void => {
  shop(home)
  home.write('.smd/config/config.toml', '[jobs]\npaused = ["discover", "maintenance", "refresh"]\n')
}

/** So that no search reads what has just become stale. */
const refreshOnly = (home: TestHome): void => {
  shop(home)
  home.write(
    '.smd/config/config.toml',
    '[jobs]\npaused = ["backup", "discover", "maintenance", "upstream"]\n',
  )
}

const shop = ({ write }: TestHome): void => {
  for (const name of ['shop', 'blog']) write(`projects/${name}/.claude/skills/a/SKILL.md`, skill('a'))
}

async function start(home: TestHome): Promise<Wound> {
  const clock = new FakeWallClock(home.clock.now)
  home.around.now = () => clock.now
  home.around.timers = clock.view()
  // What a job shall find must not be found before, because it was watched.
  home.around.env = { ...home.around.env, SMD_WATCH_MODE: 'off' }
  const daemon = await composeDaemon(home.around)
  await daemon.dispatcher.call('cache.refresh', {})
  const { jobs } = daemon.ctx
  await jobs.start()
  const wound: Wound = {
    daemon,
    jobs,
    home,
    clock,
    async wind(ms) {
      for (let left = ms; left > 0; left -= STEP) {
        await clock.advance(Math.min(left, STEP))
        await jobs.settled()
      }
    },
    async stop() {
      if (running.includes(wound)) running.splice(running.indexOf(wound), 1)
      home.clock.now = clock.now
      await jobs.abort()
      await daemon.close()
    },
  }
  running.push(wound)
  return wound
}

const history = async ({ daemon }: Wound, job: string) =>
  (await daemon.dispatcher.call('jobs.history', { job, limit: 1_000 })).items.reverse()

describe('the daily backup', () => {
  const made = async ({ daemon }: Wound) =>
    (await daemon.dispatcher.call('backup.list', {})).items.filter(({ reason }) => reason === 'daily')

  it('is made soon after the start, once a day, and the newest three are kept', async () => {
    const wound = await start(makeHome({ prepare: backupOnly }))
    const begin = wound.clock.now
    await wound.wind(4 * MINUTE)
    expect(await made(wound)).toEqual([])
    await wound.wind(3 * MINUTE)
    expect(await made(wound)).toHaveLength(1)
    expect((await made(wound))[0]?.createdAt).toBeGreaterThanOrEqual(begin + 5 * MINUTE)
    await wound.wind(23 * HOUR)
    expect(await made(wound)).toHaveLength(1)
    for (let day = 1; day <= 4; day++) {
      await wound.wind(DAY)
      expect(await made(wound)).toHaveLength(Math.min(3, 1 + day))
    }
    expect((await made(wound)).every(({ createdAt }) => createdAt > begin + DAY)).toBe(true)
    expect(wound.daemon.ctx.health.warnings).toEqual([])
  })

  it('counts on from the last one after a restart, whatever became of the cache', async () => {
    const home = makeHome({ prepare: backupOnly })
    const before = await start(home)
    await before.wind(HOUR)
    expect(await made(before)).toHaveLength(1)
    await before.stop()
    rmSync(home.around.paths.cacheDb)
    const after = await start(home)
    await after.wind(22 * HOUR)
    expect(await made(after)).toHaveLength(1)
    await after.wind(2 * HOUR)
    expect(await made(after)).toHaveLength(2)
  })

  it('warns while it fails, tries again every hour, and takes the warning back', async () => {
    const home = makeHome({ prepare: backupOnly })
    const wound = await start(home)
    home.write('.smd/data/backups', 'in the way')
    await wound.wind(2 * HOUR)
    const { ctx } = wound.daemon
    expect(ctx.health.warnings.map(({ code }) => code)).toEqual(['backup.failed'])
    const failed = (await history(wound, 'backup')).map(({ outcome }) => outcome)
    expect(failed).toEqual(['failure', 'failure'])
    rmSync(ctx.paths.backupsDir)
    await wound.wind(HOUR + MINUTE)
    expect(await made(wound)).toHaveLength(1)
    expect(ctx.health.warnings).toEqual([])
    expect((await history(wound, 'backup')).at(-1)).toMatchObject({ outcome: 'success' })
  })

  it('is made by hand whenever somebody wants one', async () => {
    const wound = await start(makeHome({ prepare: backupOnly }))
    for (const count of [1, 2]) {
      await wound.daemon.dispatcher.call('jobs.run', { name: 'backup' })
      expect(await made(wound)).toHaveLength(count)
      await wound.wind(MINUTE)
    }
  })
})

describe('the scheduled refresh (CACHE-2.2a)', () => {
  const stale = async ({ daemon }: Wound) => (await daemon.dispatcher.call('cache.status', {})).staleProjects
  const skillsOf = async ({ daemon }: Wound, project: string) =>
    (await daemon.dispatcher.call('artifacts.list', { type: 'skill', project })).total

  it('reads projects again before they are stale, each six hours, without anybody asking', async () => {
    const wound = await start(makeHome({ prepare: refreshOnly }))
    wound.home.write('projects/shop/.claude/skills/b/SKILL.md', skill('b'))
    await wound.wind(5 * HOUR)
    expect(await skillsOf(wound, 'shop')).toBe(1)
    await wound.wind(HOUR + 2 * MINUTE)
    expect(await skillsOf(wound, 'shop')).toBe(2)
    expect(await stale(wound)).toBe(0)
    await wound.wind(6 * HOUR + 2 * MINUTE)
    expect(await stale(wound)).toBe(0)
    expect(await history(wound, 'refresh')).toMatchObject([
      {
        cause: 'schedule',
        outcome: 'success',
        detail: { projectsRefreshed: 2, changesDetected: 1, errors: 0 },
      },
      {
        cause: 'schedule',
        outcome: 'success',
        detail: { projectsRefreshed: 2, changesDetected: 0, errors: 0 },
      },
    ])
  })

  it.each(['path', 'id', 'name', 'tilde'] as const)(
    'reads a project more often that has an interval of its own, by %s',
    async (by) => {
      const wound = await start(makeHome({ prepare: shop }))
      const { dispatcher } = wound.daemon
      const { items } = await dispatcher.call('projects.list', {})
      const shopItem = items.find(({ name }) => name === 'shop')
      const key = by === 'tilde' ? '~/projects/shop' : shopItem?.[by]
      wound.home.write('.smd/config/config.toml', `[cache.project_refresh_intervals]\n"${key}" = 30\n`)
      await dispatcher.call('config.list', {})
      await wound.wind(28 * MINUTE)
      expect(await stale(wound)).toBe(0)
      expect(await history(wound, 'refresh')).toEqual([])
      await wound.wind(6 * MINUTE)
      const runs = await history(wound, 'refresh')
      expect(runs.map(({ detail }) => detail?.projectsRefreshed)).toEqual([1])
    },
  )

  it('counts a project as stale by its own interval, in lists and status, and says when one is no interval', async () => {
    const home = makeHome({ prepare: shop })
    home.write(
      '.smd/config/config.toml',
      '[cache.project_refresh_intervals]\nshop = 30\nblog = "often"\n[jobs]\npaused = ["refresh", "discover"]\n',
    )
    const wound = await start(home)
    const { dispatcher } = wound.daemon
    await wound.wind(31 * MINUTE)
    expect(await stale(wound)).toBe(1)
    expect(await dispatcher.call('projects.list', { status: 'stale' })).toMatchObject({
      total: 1,
      items: [{ name: 'shop', status: 'stale' }],
    })
    expect((await dispatcher.call('projects.list', { status: 'active' })).items).toMatchObject([
      { name: 'blog' },
    ])
    await wound.wind(5 * HOUR + 30 * MINUTE)
    expect(await stale(wound)).toBe(2)
    expect(home.log.filter(({ message }) => message === 'no interval of a project')).toMatchObject([
      { keys: ['blog'] },
    ])
  })

  it('follows the settings at once, and is off when they say so', async () => {
    const wound = await start(makeHome({ prepare: shop }))
    const set = (key: string, value: string) => wound.daemon.dispatcher.call('config.set', { key, value })
    const nextAt = () => wound.jobs.states.find(({ job }) => job.name === 'refresh')?.nextAt
    const begin = wound.clock.now
    expect(nextAt()).toBe(begin + 6 * HOUR)
    await set('cache.refresh_interval_hours', '0.5')
    expect(nextAt()).toBe(begin + 30 * MINUTE)
    await set('cache.enable_background_refresh', 'off')
    expect(nextAt()).toBeNull()
    await wound.wind(DAY)
    expect(await history(wound, 'refresh')).toEqual([])
  })
})

describe('the search for projects', () => {
  it('finds a new one within the hour', async () => {
    // What is watched is found before.
    const wound = await start(makeHome({ prepare: shop, env: { SMD_WATCH_MODE: 'off' } }))
    wound.home.write('projects/new/.claude/skills/a/SKILL.md', skill('a'))
    await wound.wind(62 * MINUTE)
    const { items } = await wound.daemon.dispatcher.call('projects.list', {})
    expect(items.map(({ name }) => name)).toContain('new')
    expect(await history(wound, 'discover')).toMatchObject([{ detail: { newProjects: 1 } }])
  })
})

describe('what is decided and told', () => {
  it('keeps a pause in config.toml, where it outlives cache.db', async () => {
    const home = makeHome({ prepare: shop })
    const first = await start(home)
    expect(await first.daemon.dispatcher.call('jobs.pause', { name: 'discover' })).toMatchObject({
      name: 'discover',
      state: 'paused',
      nextAt: null,
    })
    await first.daemon.dispatcher.call('jobs.pause', { name: 'backup' })
    await first.daemon.dispatcher.call('jobs.resume', { name: 'backup' })
    expect(readFileSync(home.around.paths.configFile, 'utf8')).toContain('paused = ["discover"]')
    await first.stop()
    rmSync(home.around.paths.cacheDb)
    const second = await start(home)
    await second.wind(3 * HOUR)
    expect(await history(second, 'discover')).toEqual([])
    expect(await second.daemon.dispatcher.call('jobs.resume', { name: 'discover' })).toMatchObject({
      state: 'idle',
    })
    await second.wind(HOUR + 2 * MINUTE)
    expect(await history(second, 'discover')).toHaveLength(1)
  })

  it('loses no pause of two that are asked for at once', async () => {
    const { daemon } = await start(makeHome({ prepare: shop }))
    await Promise.all(
      ['backup', 'discover', 'refresh'].map((name) => daemon.dispatcher.call('jobs.pause', { name })),
    )
    expect(daemon.ctx.settings.current.jobs.paused).toEqual(['backup', 'discover', 'refresh'])
  })

  it('publishes what changes', async () => {
    const { daemon } = await start(makeHome({ prepare: shop }))
    const told: unknown[] = []
    daemon.ctx.events.on(({ topic, data }) => topic === 'jobs.changed' && told.push(data))
    await daemon.dispatcher.call('jobs.run', { name: 'maintenance' })
    await daemon.dispatcher.call('jobs.pause', { name: 'maintenance' })
    expect(told).toMatchObject([
      { name: 'maintenance', state: 'running', outcome: null },
      { name: 'maintenance', state: 'idle', outcome: 'success' },
      { name: 'maintenance', state: 'paused', outcome: 'success', nextAt: null },
    ])
  })

  it('goes on with a new cache when cache.db was deleted under it', async () => {
    const home = makeHome({ prepare: shop })
    const wound = await start(home)
    const own = wound.daemon.ctx.jobs
    expect(await own.run('maintenance')).toMatchObject({ outcome: 'success' })
    for (const end of ['', '-wal', '-shm']) rmSync(`${home.around.paths.cacheDb}${end}`, { force: true })
    mkdirSync(home.around.paths.dataDir, { recursive: true })
    expect(existsSync(home.around.paths.cacheDb)).toBe(false)
    await wound.daemon.dispatcher.call('cache.refresh', { force: true })
    expect(await own.run('maintenance')).toMatchObject({ outcome: 'success' })
    await wound.wind(2 * HOUR)
    expect(await history(wound, 'discover')).toHaveLength(1)
  })
})
