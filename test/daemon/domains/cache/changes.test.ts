import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { AnyEvent, TopicData } from '../../../../protocol/events.ts'
import type { Topic } from '../../../../protocol/vocabulary.ts'
import { type FakeTimers, fakeTimers } from '../../../support/fake-timers.ts'
import { skill, type TestDaemon, type TestHome, useTestDaemon } from '../../../support/test-daemon.ts'

const start = useTestDaemon()
const TIDY = 2_000
const DISK_FULL = 60_000

const shop = ({ write }: TestHome): void => {
  for (const name of ['a', 'b']) write(`projects/shop/.claude/skills/${name}/SKILL.md`, skill(name))
  write('projects/notes/.claude/skills/n/SKILL.md', skill('n'))
}

type Watched = TestDaemon & { events: AnyEvent[]; later: FakeTimers; unit(path: string): number }

/** A daemon that has read everything, and what it tells from then on. */
async function filled(prepare = shop): Promise<Watched> {
  const later = fakeTimers()
  const daemon = await start({
    prepare(home) {
      home.around.timers = later.timers
      prepare(home)
    },
  })
  const events: AnyEvent[] = []
  await daemon.call('cache.refresh', { force: true })
  daemon.ctx.events.on(({ topic, data }) => events.push({ topic, data } as AnyEvent))
  const unit = (path: string): number =>
    daemon.ctx.db.valueSql<number>('SELECT id FROM scan_units WHERE path = ?', join(daemon.home, path)) ?? 0
  return Object.assign(daemon, { events, later, unit })
}

const topics = ({ events }: Watched): string[] => events.map(({ topic }) => topic)
const told = <Name extends Topic>({ events }: Watched, topic: Name): Array<TopicData<Name>> =>
  events.filter((event) => event.topic === topic).map(({ data }) => data as TopicData<Name>)
const history = ({ ctx }: Watched, topic: string): unknown[] =>
  ctx.db
    .allSql<{ data: string }>('SELECT data FROM events WHERE topic = ? ORDER BY id', topic)
    .map(({ data }) => JSON.parse(data))
const skills = async (daemon: TestDaemon): Promise<string[]> =>
  (await daemon.call('artifacts.list', { type: 'skill' })).items.map(({ name }) => name)

describe('a unit that changed (CACHE-2.3d, CACHE-2.2c)', () => {
  it('is read at once, alone, and told by name', async () => {
    const daemon = await filled()
    daemon.write('projects/shop/.claude/skills/a/SKILL.md', skill('a', 'Another text.'))
    daemon.write('projects/shop/.claude/skills/c/SKILL.md', skill('c'))
    daemon.remove('projects/shop/.claude/skills/b')
    daemon.write('projects/notes/.claude/skills/unseen/SKILL.md', skill('unseen'))
    await daemon.ctx.refresher.changed([daemon.unit('projects/shop')])
    expect(await skills(daemon)).toEqual(['a', 'c', 'n'])
    expect(topics(daemon)).toEqual(['refresh.started', 'artifacts.changed', 'refresh.completed'])
    const { items } = await daemon.call('projects.list', {})
    const { id, name, path } = items.find((project) => project.name === 'shop') ?? {}
    const id16 = expect.stringMatching(/^art_[0-9a-f]{16}$/)
    const change = {
      project: { id, name, path },
      path,
      counts: { added: 1, changed: 1, removed: 1 },
      added: [{ id: id16, name: 'c', type: 'skill' }],
      changed: [{ id: id16, name: 'a', type: 'skill' }],
      removed: [{ id: id16, name: 'b', type: 'skill' }],
    }
    expect(told(daemon, 'artifacts.changed')).toEqual([change])
    expect(history(daemon, 'artifacts.changed').at(-1)).toEqual(change)
    expect(told(daemon, 'refresh.started')).toEqual([{ projectIds: [id], full: false }])
    expect(told(daemon, 'refresh.completed')).toMatchObject([
      { projectId: id, success: true, changesDetected: 3 },
    ])
  })

  it('tells nothing of artifacts, and writes no row, when nothing is different', async () => {
    const daemon = await filled()
    const rows = (): unknown[] => daemon.ctx.db.allSql('SELECT * FROM artifacts ORDER BY id')
    const before = rows()
    await daemon.ctx.refresher.changed([daemon.unit('projects/shop')])
    expect(topics(daemon)).toEqual(['refresh.started', 'refresh.completed'])
    expect(rows()).toEqual(before)
    expect(daemon.later.dueIn).toEqual([])
  })

  it('names little the first time, when everything is new', async () => {
    const daemon = await filled(({ write }) => {
      for (let i = 0; i < 11; i++) write(`projects/many/.claude/skills/s${i}/SKILL.md`, skill(`s${i}`))
      write('projects/one/.claude/skills/s/SKILL.md', skill('s'))
    })
    const [many, one] = history(daemon, 'artifacts.changed')
    expect(one).toMatchObject({ counts: { added: 1 }, added: [{ name: 's' }] })
    expect(many).toMatchObject({
      counts: { added: 11, changed: 0, removed: 0 },
      added: [],
      changed: [],
      removed: [],
    })
  })

  it('of many at once, is read with the others, each once', async () => {
    const daemon = await filled(({ write }) => {
      for (let i = 0; i < 8; i++) write(`projects/p${i}/.claude/skills/s/SKILL.md`, skill('s'))
    })
    const units = Array.from({ length: 8 }, (_, i) => daemon.unit(`projects/p${i}`))
    for (let i = 0; i < 8; i++) daemon.write(`projects/p${i}/.claude/skills/t/SKILL.md`, skill('t'))
    const { refresher } = daemon.ctx
    await Promise.all([refresher.changed(units), refresher.changed(units.slice(-2)), refresher.changed([])])
    expect(told(daemon, 'artifacts.changed')).toHaveLength(8)
    expect(told(daemon, 'refresh.started').flatMap(({ projectIds }) => projectIds)).toHaveLength(8)
  })

  it('while a refresh runs, is read at once, and again at its end, since that may have read it before', async () => {
    const daemon = await filled()
    const { refresher } = daemon.ctx
    const refresh = refresher.refresh({ only: null, force: true })
    await Promise.resolve()
    const change = refresher.changed([daemon.unit('projects/shop')])
    await Promise.all([refresh, change])
    await refresher.settled()
    const single = told(daemon, 'refresh.started').filter(({ full }) => !full)
    expect(single.length).toBeGreaterThanOrEqual(2)
    expect(refresher.pending).toBe(0)
  })

  it('before anything is known, leads to a refresh', async () => {
    const daemon = await start({ prepare: shop })
    await daemon.ctx.refresher.changed([1])
    expect(daemon.ctx.refresher.filled).toBe(true)
  })

  it('that no longer exists is passed over', async () => {
    const daemon = await filled()
    await daemon.ctx.refresher.changed([9_999])
    expect(daemon.events).toEqual([])
  })

  it('has what is left for later done when nothing changed for a while', async () => {
    const daemon = await filled()
    const total = () =>
      daemon.ctx.db.valueSql("SELECT value FROM cache_metadata WHERE key = 'total_artifacts'")
    daemon.write('projects/shop/.claude/skills/c/SKILL.md', skill('c'))
    await daemon.ctx.refresher.changed([daemon.unit('projects/shop')])
    expect(total()).toBe('3')
    expect(daemon.later.dueIn).toEqual([TIDY])
    daemon.later.advance(TIDY)
    await expect.poll(total).toBe('4')
  })
})

describe('a collection that changed (formats spec 23)', () => {
  const manifest = (version: string): string =>
    `[collection]\nname = "default"\nversion = "1.0.0"\n\n[[artifacts]]\nname = "a"\ntype = "skill"\npath = "skills/a"\norigin = "local"\nversion = "${version}"\n`

  it('has the projects read that have something from it', async () => {
    const daemon = await filled((home) => {
      shop(home)
      home.write('.skillmeat/collections/default/collection.toml', manifest('1.0.0'))
      home.write('.skillmeat/collections/default/skills/a/SKILL.md', skill('a'))
    })
    daemon.write('.skillmeat/collections/default/skills/a/SKILL.md', skill('a', 'Newer.'))
    await daemon.ctx.refresher.changed([daemon.unit('.skillmeat/collections/default')])
    await daemon.ctx.refresher.settled()
    const read = told(daemon, 'refresh.started').flatMap(({ projectIds }) => projectIds)
    expect(read).toHaveLength(2)
  })

  it('says so when an artifact or the manifest alone has changed, and not when it is read for nothing', async () => {
    const place = '.skillmeat/collections/default'
    const daemon = await filled((home) => {
      home.write(`${place}/collection.toml`, manifest('1.0.0'))
      home.write(`${place}/skills/a/SKILL.md`, skill('a'))
    })
    const change = { name: 'default', path: join(daemon.home, place) }
    const read = () => daemon.ctx.refresher.changed([daemon.unit(place)])
    await read()
    expect(told(daemon, 'collections.changed')).toEqual([])
    daemon.write(`${place}/skills/a/SKILL.md`, skill('a', 'Newer.'))
    await read()
    expect(told(daemon, 'collections.changed')).toEqual([change])
    daemon.write(`${place}/collection.toml`, `${manifest('1.0.0')}\n# Ours\n`)
    await read()
    expect(told(daemon, 'collections.changed')).toEqual([change, change])
    expect(history(daemon, 'collections.changed')).toEqual([change, change])
    expect(told(daemon, 'artifacts.changed')).toHaveLength(1)
  })
})

describe('what the agents say of all projects (formats spec 23)', () => {
  it('is read again without a search, for the projects it says something else of', async () => {
    const daemon = await filled()
    daemon.write('projects/new/.claude/skills/x/SKILL.md', skill('x'))
    const server = { command: 'node', args: ['server.js'] }
    const projects = { [join(daemon.home, 'projects/shop')]: { mcpServers: { local: server } } }
    daemon.write('.claude.json', JSON.stringify({ projects }))
    await daemon.ctx.refresher.refresh({ only: null, force: false, walk: false })
    const { items } = await daemon.call('artifacts.list', {})
    expect(items.map(({ name }) => name)).toEqual(['a', 'b', 'local', 'n'])
    const shopId = (await daemon.call('projects.show', { project: 'shop' })).id
    expect(told(daemon, 'refresh.started')).toEqual([{ projectIds: [shopId], full: false }])
  })

  it('may name a project that was not known', async () => {
    const daemon = await filled()
    daemon.write('elsewhere/deep/down/here/too/far/away/p/.claude/skills/x/SKILL.md', skill('x'))
    const path = join(daemon.home, 'elsewhere/deep/down/here/too/far/away/p')
    daemon.write('.claude.json', JSON.stringify({ projects: { [path]: {} } }))
    await daemon.ctx.refresher.refresh({ only: null, force: false, walk: false })
    expect(told(daemon, 'projects.changed')).toMatchObject([{ change: 'added', name: 'p', path }])
    expect(await skills(daemon)).toContain('x')
  })
})

describe('projects (CACHE-2.2c)', () => {
  it('that vanish, come back or are forgotten are told', async () => {
    const daemon = await filled()
    const unit = daemon.unit('projects/notes')
    const path = join(daemon.home, 'projects/notes')
    renameSync(path, `${path}-away`)
    await daemon.ctx.refresher.changed([unit])
    renameSync(`${path}-away`, path)
    await daemon.ctx.refresher.changed([unit])
    await daemon.call('projects.remove', { project: 'notes' })
    const changes = [
      { change: 'changed', status: 'missing' },
      { change: 'changed', status: 'active' },
      { change: 'removed', status: 'active' },
    ]
    expect(told(daemon, 'projects.changed')).toMatchObject(changes)
    expect(history(daemon, 'projects.changed').slice(-1)).toMatchObject(changes.slice(-1))
    expect(told(daemon, 'refresh.failed')).toEqual([])
  })
})

describe('a unit that cannot be read (CACHE-2.2d)', () => {
  it('is tried again when the reason may pass, and then no longer', async () => {
    const daemon = await filled()
    const unit = daemon.unit('projects/shop')
    daemon.write('projects/shop/.claude/skills/c/SKILL.md', skill('c'))
    // A table that is not there fails the write of this unit, and only for as long as that lasts.
    daemon.ctx.db.exec('ALTER TABLE descriptions RENAME TO descriptions_away')
    await daemon.ctx.refresher.changed([unit])
    const [failure] = told(daemon, 'refresh.failed')
    const pause = (failure?.retryAt ?? 0) - daemon.clock.now
    expect(pause).toBeGreaterThanOrEqual(4_000)
    expect(daemon.later.dueIn).toEqual([pause])
    expect(daemon.ctx.refresher.lacksChanges).toBe(true)
    daemon.ctx.db.exec('ALTER TABLE descriptions_away RENAME TO descriptions')
    daemon.later.advance(pause)
    await daemon.ctx.refresher.settled()
    expect(await skills(daemon)).toContain('c')
    expect(daemon.ctx.refresher.lacksChanges).toBe(false)
    expect(daemon.later.dueIn).toEqual([TIDY])
  })
})

describe('what is watched from a refresh on', () => {
  it('is read again when it is watched, also when the refresh came to nothing', async () => {
    const daemon = await start({ prepare: shop })
    const { engine, events, refresher } = daemon.ctx
    const watched = Promise.withResolvers<boolean>()
    refresher.watch = { cover: () => watched.promise }
    const { scan } = engine
    engine.scan = () => Promise.reject(new Error('the writer process ended with SIGKILL'))
    await expect(refresher.refresh({ only: null, force: true })).rejects.toThrow('SIGKILL')
    engine.scan = scan
    const read = new Promise<void>((done) =>
      events.on(({ topic }) => topic === 'artifacts.changed' && done()),
    )
    watched.resolve(true)
    await read
    await refresher.settled()
    expect(await skills(daemon)).toEqual(['a', 'b', 'n'])
  })

  it('has been read again when everything has caught up', async () => {
    const daemon = await start({ prepare: shop })
    const { refresher } = daemon.ctx
    const watched = Promise.withResolvers<boolean>()
    refresher.watch = { cover: () => watched.promise }
    await refresher.refresh({ only: null, force: true })
    daemon.write('projects/shop/.claude/skills/c/SKILL.md', skill('c'))
    const caughtUp = refresher.caughtUp()
    watched.resolve(true)
    await caughtUp
    expect(await skills(daemon)).toContain('c')
  })

  it('is not read again when it is not watched after all', async () => {
    const daemon = await start({ prepare: shop })
    const { events, refresher } = daemon.ctx
    refresher.watch = { cover: async () => false }
    const readings: unknown[] = []
    events.on(({ topic, data }) => topic === 'refresh.started' && readings.push(data))
    await refresher.refresh({ only: null, force: true })
    await refresher.settled()
    expect(readings).toMatchObject([{ full: true }])
  })

  it('is read, and the daemon goes on, when it cannot be watched', async () => {
    const daemon = await start({ prepare: shop })
    const { refresher } = daemon.ctx
    refresher.watch = { cover: () => Promise.reject(new Error('no watches today')) }
    await refresher.refresh({ only: null, force: true })
    await refresher.settled()
    expect(await skills(daemon)).toEqual(['a', 'b', 'n'])
    expect(daemon.log.filter(({ level }) => level === 'error')).toMatchObject([{ message: 'not watched' }])
  })
})

describe('changes that could not be read, because what reads them ended (CACHE-2.2d)', () => {
  it('are read a little later', async () => {
    const daemon = await filled()
    const { engine, refresher } = daemon.ctx
    daemon.write('projects/shop/.claude/skills/c/SKILL.md', skill('c'))
    const { scan } = engine
    engine.scan = () => Promise.reject(new Error('the writer process ended with SIGKILL'))
    await refresher.changed([daemon.unit('projects/shop')])
    engine.scan = scan
    const [failure] = told(daemon, 'refresh.failed')
    const pause = (failure?.retryAt ?? 0) - daemon.clock.now
    expect(daemon.later.dueIn).toEqual([pause])
    expect(refresher.lacksChanges).toBe(true)
    daemon.later.advance(pause)
    await refresher.settled()
    expect(await skills(daemon)).toContain('c')
    expect(refresher.lacksChanges).toBe(false)
  })
})

describe('a full disk (CACHE-6.3c)', () => {
  it('pauses reading, is told, keeps answering, and is over when there is room', async () => {
    const daemon = await filled()
    const { db, health, refresher } = daemon.ctx
    db.pragma(`max_page_count = ${db.pragma('page_count')}`)
    for (let i = 0; i < 300; i++)
      daemon.write(`projects/shop/.claude/skills/s${i}/SKILL.md`, skill(`s${i}`, 'word '.repeat(150)))
    await refresher.changed([daemon.unit('projects/shop')])
    expect(health.warnings).toMatchObject([{ code: 'cache.disk_full', severity: 'error' }])
    expect(told(daemon, 'refresh.failed')).toMatchObject([{ error: expect.stringContaining('full') }])
    expect(await skills(daemon)).toEqual(['a', 'b', 'n'])
    expect(daemon.later.dueIn).toEqual([DISK_FULL])

    const readings = daemon.events.length
    await refresher.changed([daemon.unit('projects/shop')])
    expect(daemon.events).toHaveLength(readings)
    daemon.later.advance(DISK_FULL)
    await refresher.settled()
    expect(daemon.later.dueIn).toEqual([DISK_FULL])
    expect(health.warnings).toHaveLength(1)

    db.pragma('max_page_count = 1000000')
    daemon.later.advance(DISK_FULL)
    await refresher.settled()
    expect(await daemon.call('cache.status', {})).toMatchObject({ artifacts: 303 })
    await expect.poll(() => health.warnings).toEqual([])
  })

  it('is not kept from those who ask for what is new, and they need not wait when there is room', async () => {
    const daemon = await filled()
    const { db, health, refresher } = daemon.ctx
    db.pragma(`max_page_count = ${db.pragma('page_count')}`)
    for (let i = 0; i < 300; i++)
      daemon.write(`projects/shop/.claude/skills/s${i}/SKILL.md`, skill(`s${i}`, 'word '.repeat(150)))
    await refresher.changed([daemon.unit('projects/shop')])
    await expect(daemon.call('cache.sync', {})).rejects.toMatchObject({ slug: 'cache.disk_full' })
    const { result } = await daemon.call('cache.refresh', {})
    expect(result?.errors).toMatchObject([{ message: expect.stringContaining('full') }])
    expect(daemon.later.dueIn).toEqual([DISK_FULL])

    db.pragma('max_page_count = 1000000')
    expect(await daemon.call('cache.sync', {})).toMatchObject({ started: true })
    expect(await daemon.call('cache.status', {})).toMatchObject({ artifacts: 303 })
    expect(health.warnings).toEqual([])
    expect(daemon.later.dueIn).not.toContain(DISK_FULL)
  })
})

describe('the end of the daemon (CACHE-2.2f)', () => {
  it('lets a refresh begin no further unit, and keeps what was read', async () => {
    const daemon = await filled(({ write }) => {
      for (let i = 0; i < 30; i++) write(`projects/p${i}/.claude/skills/s/SKILL.md`, skill('s'))
    })
    const { refresher } = daemon.ctx
    for (let i = 0; i < 30; i++) daemon.write(`projects/p${i}/.claude/skills/t/SKILL.md`, skill('t'))
    daemon.ctx.events.on(({ topic }) => topic === 'artifacts.changed' && refresher.stop())
    await expect(refresher.refresh({ only: null, force: true })).rejects.toMatchObject({
      slug: 'daemon.stopping',
    })
    const { artifacts } = await daemon.call('cache.status', {})
    expect(artifacts).toBeGreaterThanOrEqual(30)
    expect(artifacts).toBeLessThan(60)
    expect(told(daemon, 'refresh.failed')).toEqual([])
    expect(daemon.later.dueIn).not.toContain(TIDY)
  })

  it('that came as a crash is known to the next one, by how far the refresh was', async () => {
    const daemon = await start({ prepare: shop })
    await daemon.call('cache.refresh', { force: true })
    expect(
      daemon.ctx.db.valueSql("SELECT 1 FROM cache_metadata WHERE key = 'refresh_progress'"),
    ).toBeUndefined()
    await daemon.ctx.engine.write('noteProgress', { unitsDone: 1, unitsTotal: 3 })
    const { composeInline } = await import('../../../../daemon/compose-inline.ts')
    await composeInline(daemon.around, daemon.ctx.db, daemon.ctx.storage)
    expect(daemon.log.filter(({ message }) => message === 'the last refresh was cut off')).toMatchObject([
      { progress: { unitsDone: 1, unitsTotal: 3 } },
    ])
  })
})
