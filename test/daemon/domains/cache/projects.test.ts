import { mkdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeSampleHome } from '../../../../client-cli/demo/sample-home.ts'
import type { ResultOf } from '../../../../protocol/methods.ts'
import { fillWithArtifacts } from '../../../support/many-artifacts.ts'
import { skill, type TestDaemon, type TestHome, useTestDaemon } from '../../../support/test-daemon.ts'

const start = useTestDaemon()
const startSample = () => start({ prepare: ({ home }) => void writeSampleHome(home) })
/** Two projects of one name, and one that no search comes by. */
const twoShops = ({ write }: TestHome): void => {
  for (const group of ['a', 'b']) write(`projects/${group}/shop/.claude/skills/s/SKILL.md`, skill('s'))
  write('.hidden/lone/.claude/commands/c.md', 'Do it.')
}
const config = ({ around }: TestDaemon): string => readFileSync(around.paths.configFile, 'utf8')
const pathsOf = async (daemon: TestDaemon): Promise<string[]> =>
  (await daemon.call('projects.list', {})).items.map((project) => project.path)

describe('projects.list (CACHE-1.4a, CACHE-2.1a)', () => {
  it('lists known projects by name with counts, state and errors', async () => {
    const daemon = await startSample()
    const { items, total, nextCursor } = await daemon.call('projects.list', {})
    expect(items.map(({ name, status }) => [name, status])).toEqual([
      ['data-pipeline', 'active'],
      ['mobile-app', 'active'],
      ['notes', 'active'],
      ['old-prototype', 'missing'],
      ['webshop', 'active'],
    ])
    expect({ total, nextCursor }).toEqual({ total: 5, nextCursor: null })
    expect(items[0]).toMatchObject({ artifactCount: 4, lastFetchedAt: daemon.clock.now, errorMessage: null })
    expect(items[3]).toMatchObject({ artifactCount: 0, countsByType: {}, lastFetchedAt: null })
    expect(items[3]?.errorMessage).toMatch(/does not exist/)
    for (const { artifactCount, countsByType } of items)
      expect(Object.values(countsByType).reduce((sum, n) => sum + n, 0)).toBe(artifactCount)
  })

  it('adds up what the artifacts of each project are', async () => {
    const daemon = await startSample()
    const { items } = await daemon.call('projects.list', {})
    for (const project of items) {
      const own = (await daemon.call('artifacts.list', { project: project.id, limit: 1_000 })).items
      const count = (is: (item: (typeof own)[number]) => boolean): number => own.filter(is).length
      expect(project).toMatchObject({
        artifactCount: own.length,
        outdatedCount: count((item) => item.isOutdated),
        modifiedCount: count((item) => item.localModified),
        problemCount: count((item) => item.diagnostics.length > 0),
        sizeBytes: own.reduce((sum, item) => sum + item.sizeBytes, 0),
        tokens: own.reduce((sum, item) => sum + item.tokens, 0),
      })
      expect(await daemon.call('projects.show', { project: project.id })).toMatchObject(project)
    }
    for (const key of ['problemCount', 'outdatedCount', 'modifiedCount', 'tokens'] as const)
      expect(Math.max(...items.map((project) => project[key])), key).toBeGreaterThan(0)
  })

  it('answers with thousands of projects in parts, as with pages', async () => {
    const daemon = await start()
    fillWithArtifacts(daemon.ctx.db, 1_000, 3)
    daemon.ctx.refresher.considerFilled()
    const whole = await daemon.call('projects.list', { limit: 10_000 })
    expect(whole).toMatchObject({ total: 1_000, nextCursor: null })
    const first = await daemon.call('projects.list', { limit: 401 })
    const rest = await daemon.call('projects.list', { limit: 599, cursor: first.nextCursor as string })
    expect([...first.items, ...rest.items]).toEqual(whole.items)
    expect(rest.nextCursor).toBeNull()
    const last = await daemon.call('projects.list', { limit: 10_000, offset: 401 })
    expect(last).toEqual({ ...rest, items: rest.items })
    expect(await daemon.call('projects.list', { offset: 1_000 })).toEqual({
      items: [],
      total: 1_000,
      nextCursor: null,
    })
  })

  it('counts a project as stale when its scan is older than the time to live, by the clock alone', async () => {
    const daemon = await startSample()
    await daemon.call('projects.list', {})
    const minute = 60_000
    const count = async (status: 'active' | 'stale'): Promise<number> =>
      (await daemon.call('projects.list', { status })).total
    daemon.clock.now += 360 * minute
    expect([await count('active'), await count('stale')]).toEqual([4, 0])
    daemon.clock.now += 1
    expect([await count('active'), await count('stale')]).toEqual([0, 4])
    expect((await daemon.call('projects.show', { project: 'notes' })).status).toBe('stale')
    await daemon.call('config.set', { key: 'cache.ttl_minutes', value: '361' })
    expect([await count('active'), await count('stale')]).toEqual([4, 0])
  })

  it.each(['active', 'stale', 'error', 'missing'] as const)(
    'lists those that are %s, and counts them',
    async (status) => {
      const daemon = await startSample()
      const all = (await daemon.call('projects.list', {})).items.filter(
        (project) => project.status === status,
      )
      expect(await daemon.call('projects.list', { status })).toMatchObject({ items: all, total: all.length })
    },
  )

  it('pages through equal names without repeating or losing one', async () => {
    const daemon = await start()
    fillWithArtifacts(daemon.ctx.db, 40, 2)
    daemon.ctx.refresher.considerFilled()
    const whole = (await daemon.call('projects.list', {})).items
    expect(new Set(whole.map((project) => project.name)).size).toBe(20)
    for (const limit of [1, 3, 7, 39, 40]) {
      const seen: string[] = []
      let cursor: string | null = null
      do {
        const page: ResultOf<'projects.list'> = await daemon.call('projects.list', {
          limit,
          ...(cursor && { cursor }),
        })
        seen.push(...page.items.map((project) => project.id))
        cursor = page.nextCursor
      } while (cursor)
      expect(seen).toEqual(whole.map((project) => project.id))
    }
  })
})

describe('projects.show', () => {
  it('shows what is wrong in a project, and how it was found', async () => {
    const daemon = await startSample()
    const shop = await daemon.call('projects.show', { project: 'webshop' })
    expect(shop).toMatchObject({ name: 'webshop', outdatedCount: 1, modifiedCount: 1 })
    expect(shop.origins).toEqual(expect.arrayContaining(['claude', 'root']))
  })

  it('takes a name in any letter case, a path, a path through links, and an id', async () => {
    const daemon = await start({ prepare: twoShops })
    symlinkSync(join(daemon.home, 'projects'), join(daemon.home, 'code'))
    const { id, path } = await daemon.call('projects.show', { project: `${daemon.home}/projects/a/shop` })
    for (const project of [
      id,
      path,
      `${path}/`,
      `${daemon.home}/projects/b/../a/shop`,
      `${daemon.home}/code/a/shop`,
    ])
      expect(await daemon.call('projects.show', { project })).toMatchObject({ id, path })
  })

  it('names the candidates when several projects have a name, and prefers the one spelt so', async () => {
    const daemon = await start({
      prepare: (home) => {
        twoShops(home)
        home.write('projects/c/SHOP/CLAUDE.md', '# Upper')
      },
    })
    await expect(daemon.call('projects.show', { project: 'shop' })).rejects.toMatchObject({
      slug: 'project.ambiguous',
      details: { count: 2, candidates: ['a', 'b'].map((group) => `${daemon.home}/projects/${group}/shop`) },
    })
    expect(await daemon.call('projects.show', { project: 'SHOP' })).toMatchObject({ name: 'SHOP' })
    await expect(daemon.call('projects.show', { project: 'Shop' })).rejects.toMatchObject({
      details: { count: 3 },
    })
  })

  it.each(['none', '/none', 'prj_0000000000000000', 'a\0b', '../..'])(
    'reports that there is no %j',
    async (project) => {
      const daemon = await startSample()
      await expect(daemon.call('projects.show', { project })).rejects.toMatchObject({
        slug: 'project.not_found',
      })
    },
  )
})

describe('projects.add', () => {
  it('makes a folder known, reads it at once and remembers it in config.toml', async () => {
    const daemon = await start({ prepare: twoShops })
    const path = join(daemon.home, '.hidden/lone')
    expect(await pathsOf(daemon)).not.toContain(path)
    const { project, added } = await daemon.call('projects.add', { path })
    expect({ project, added }).toMatchObject({
      added: true,
      project: { path, status: 'active', countsByType: { command: 1 } },
    })
    expect(config(daemon)).toContain(path)
    await daemon.call('cache.clear', {})
    expect(await pathsOf(daemon)).toContain(path)
  })

  it('says so when the project was known already, and reads it again', async () => {
    const daemon = await start({ prepare: twoShops })
    const path = join(daemon.home, 'projects/a/shop')
    await daemon.call('projects.list', {})
    daemon.write('projects/a/shop/.claude/skills/new/SKILL.md', skill('new'))
    expect(await daemon.call('projects.add', { path })).toMatchObject({
      added: false,
      project: { artifactCount: 2 },
    })
  })

  it('takes a path through a link as the folder it leads to', async () => {
    const daemon = await start({ prepare: twoShops })
    symlinkSync(join(daemon.home, '.hidden/lone'), join(daemon.home, 'link'))
    const { project } = await daemon.call('projects.add', { path: join(daemon.home, 'link') })
    expect(project.path).toBe(join(daemon.home, '.hidden/lone'))
  })

  it('brings back what was removed', async () => {
    const daemon = await start({ prepare: twoShops })
    const path = join(daemon.home, 'projects/a/shop')
    await daemon.call('projects.list', {})
    await daemon.call('projects.remove', { project: path })
    await daemon.call('projects.add', { path })
    await daemon.call('cache.refresh', { force: true })
    expect(await pathsOf(daemon)).toContain(path)
    expect(config(daemon)).toMatch(/exclude = \[\]/)
  })

  it.each([
    ['a file', (home: TestHome) => home.write('notes.txt'), 'project.not_a_folder'],
    ['nothing', (home: TestHome) => join(home.home, 'none'), 'project.not_a_folder'],
    [
      'a dangling link',
      ({ home }: TestHome) => {
        symlinkSync('nowhere', join(home, 'l'))
        return join(home, 'l')
      },
      'project.not_a_folder',
    ],
    ['the home folder', ({ home }: TestHome) => home, 'project.not_found'],
    ['the root', () => '/', 'project.not_found'],
  ])('refuses %s and leaves config.toml alone', async (_, path, slug) => {
    const daemon = await start({ prepare: twoShops })
    await expect(daemon.call('projects.add', { path: path(daemon) })).rejects.toMatchObject({ slug })
    expect(daemon.ctx.settings.current.projects.include).toEqual([])
  })

  it('changes nothing when the setting is fixed by the environment', async () => {
    const daemon = await start({ prepare: twoShops, env: { SMD_PROJECTS_INCLUDE: '/elsewhere' } })
    await daemon.call('projects.list', {})
    const before = await pathsOf(daemon)
    const path = join(daemon.home, '.hidden/lone')
    await expect(daemon.call('projects.add', { path })).rejects.toMatchObject({ slug: 'config.locked' })
    expect(await pathsOf(daemon)).toEqual(before)
  })
})

describe('projects.remove', () => {
  it('forgets a project with its artifacts, for good, and touches no file of it', async () => {
    const daemon = await start({ prepare: twoShops })
    await daemon.call('projects.list', {})
    const path = join(daemon.home, 'projects/a/shop')
    expect(await daemon.call('projects.remove', { project: path })).toMatchObject({
      path,
      removedArtifacts: 1,
    })
    expect((await daemon.call('artifacts.list', { type: 'skill' })).total).toBe(1)
    expect((await daemon.call('artifacts.search', { query: 's' })).items).toHaveLength(1)
    await daemon.call('cache.refresh', { force: true })
    expect(await pathsOf(daemon)).toEqual([join(daemon.home, 'projects/b/shop')])
    expect(realpathSync(path)).toBe(path)
  })

  it('takes back what was added, without excluding what nothing else would find', async () => {
    const daemon = await start({ prepare: twoShops })
    const path = join(daemon.home, '.hidden/lone')
    await daemon.call('projects.add', { path })
    await daemon.call('projects.remove', { project: path })
    expect(daemon.ctx.settings.current.projects).toMatchObject({ include: [], exclude: [] })
  })

  it('leaves no row behind', async () => {
    const daemon = await startSample()
    for (const { path } of (await daemon.call('projects.list', {})).items)
      await daemon.call('projects.remove', { project: path })
    const { db } = daemon.ctx
    expect(db.valueSql('SELECT count(*) FROM artifacts WHERE project_id IS NOT NULL')).toBe(0)
    expect(db.valueSql("SELECT count(*) FROM scan_units WHERE kind = 'project'")).toBe(0)
    expect(db.valueSql('SELECT count(*) FROM artifact_names')).toBe(
      db.valueSql('SELECT count(*) FROM artifacts'),
    )
    const orphans = 'SELECT count(*) FROM descriptions WHERE id NOT IN (SELECT description_id FROM artifacts)'
    expect(db.valueSql(orphans)).toBe(0)
  })
})

describe('the folder a client works in', () => {
  const hello = async (daemon: TestDaemon, cwd: string) => {
    await daemon.call('daemon.hello', { client: 'test', protocol: { min: 1, max: 1 }, cwd })
    // The folder is looked at once the client has its answer.
    await new Promise((resolve) => setImmediate(resolve))
  }
  const settled = (daemon: TestDaemon) => daemon.call('cache.refresh', { project: 'lone', force: true })

  it('becomes a project when it is one, or lies in one, and stays one', async () => {
    const daemon = await start({ prepare: twoShops })
    await daemon.call('projects.list', {})
    mkdirSync(join(daemon.home, '.hidden/lone/src/deep'), { recursive: true })
    await hello(daemon, join(daemon.home, '.hidden/lone/src/deep'))
    await daemon.call('cache.refresh', { force: true })
    await settled(daemon)
    expect(await daemon.call('projects.show', { project: 'lone' })).toMatchObject({
      origins: ['cwd'],
      status: 'active',
      artifactCount: 1,
    })
  })

  it('is read once the cache is filled, when a client comes first', async () => {
    const daemon = await start({ prepare: twoShops })
    await hello(daemon, join(daemon.home, '.hidden/lone'))
    expect(await pathsOf(daemon)).toHaveLength(3)
  })

  it('stays removed when it was removed', async () => {
    const daemon = await start({ prepare: twoShops })
    await hello(daemon, join(daemon.home, '.hidden/lone'))
    await daemon.call('projects.remove', {
      project: (await pathsOf(daemon)).find((p) => p.includes('lone')) as string,
    })
    await hello(daemon, join(daemon.home, '.hidden/lone'))
    await daemon.call('cache.refresh', { force: true })
    expect(await pathsOf(daemon)).toHaveLength(2)
  })

  it.each(['/', '/none', '.', ''])('is ignored when it is %j', async (cwd) => {
    const daemon = await start({ prepare: twoShops })
    await daemon.call('projects.list', {})
    await hello(daemon, cwd)
    expect(daemon.log.filter((line) => line.message === 'refresh started')).toHaveLength(1)
  })
})

describe('a project that cannot be read any more', () => {
  it('stays visible with its error and its old rows', async () => {
    const daemon = await start({ prepare: twoShops })
    const path = join(daemon.home, '.hidden/lone')
    await daemon.call('projects.add', { path })
    daemon.remove('.hidden/lone')
    daemon.write('.hidden/lone', 'a file now')
    await daemon.call('cache.refresh', { force: true })
    expect(await daemon.call('projects.show', { project: path })).toMatchObject({
      status: 'error',
      errorMessage: 'not a folder',
      artifactCount: 1,
    })
    daemon.remove('.hidden/lone')
    await daemon.call('cache.refresh', { force: true })
    expect(await daemon.call('projects.show', { project: path })).toMatchObject({
      status: 'missing',
      artifactCount: 1,
    })
    daemon.write('.hidden/lone/.claude/commands/c.md', 'Do it.')
    await daemon.call('cache.refresh', { force: true })
    expect(await daemon.call('projects.show', { project: path })).toMatchObject({
      status: 'active',
      errorMessage: null,
    })
  })
})
