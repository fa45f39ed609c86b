/** What is asked, how often, and what a failure leaves behind. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { UpstreamError } from '../../../../daemon/domains/upstream/source.ts'
import type { NumberedEvent } from '../../../../daemon/kernel/events/bus.ts'
import { type GitProviders, gitProviders } from '../../../support/git-providers.ts'
import { skill, type TestDaemon, useTestDaemon } from '../../../support/test-daemon.ts'
import { git, initRepository } from '../../../support/upstream-repo.ts'

const start = useTestDaemon()
const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

const minutes = 60_000
const json = JSON.stringify

type Repo = {
  dir: string
  /** Changes one skill, and returns the new commit. */
  change(skill: string): string
}

function makeRepo(skills: readonly string[]): Repo {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'smd-repo-')))
  folders.push(dir)
  initRepository(dir)
  const write = (name: string, text: string): void => {
    const file = join(dir, 'skills', name, 'SKILL.md')
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  const commit = (): string => {
    git(dir, 'add', '--all')
    git(dir, 'commit', '-q', '-m', 'Change')
    return git(dir, 'rev-parse', 'HEAD')
  }
  for (const name of skills) write(name, skill(name))
  commit()
  let changes = 0
  return {
    dir,
    change(name) {
      write(name, skill(name, `Changed ${++changes} times.`))
      return commit()
    },
  }
}

/** Installs skills of repositories into a project, as the skills CLI does. */
function install(
  daemon: Pick<TestDaemon, 'write'>,
  project: string,
  from: Readonly<Record<string, { repo: Repo; skills: readonly string[] }>>,
): void {
  const entries: Record<string, object> = {}
  for (const [name, { repo, skills }] of Object.entries(from)) {
    for (const each of skills) {
      daemon.write(`src/${project}/.claude/skills/${each}/SKILL.md`, skill(each))
      entries[each] = {
        source: name,
        sourceType: 'github',
        skillPath: `skills/${each}/SKILL.md`,
        skillFolderHash: git(repo.dir, 'rev-parse', `HEAD:skills/${each}`),
      }
    }
  }
  daemon.write(`src/${project}/skills-lock.json`, json({ version: 1, skills: entries }))
}

/** One project with two skills of one repository. */
async function one(): Promise<{ daemon: TestDaemon; providers: GitProviders; repo: Repo }> {
  const repo = makeRepo(['a', 'b', 'c'])
  const providers = gitProviders({ 'o/r': repo.dir })
  const daemon = await start({
    prepare(home) {
      home.around.providers = providers
      install(home, 'web', { 'o/r': { repo, skills: ['a', 'b'] } })
    },
  })
  await daemon.call('cache.refresh', { force: true })
  return { daemon, providers, repo }
}

const check = async (daemon: TestDaemon, params: { force?: boolean; project?: string } = {}) =>
  (await daemon.call('upstream.check', params)).result

const outdated = async (daemon: TestDaemon): Promise<string[]> =>
  (await daemon.call('artifacts.outdated', {})).items.map(({ name }) => name)

describe('upstream.check', () => {
  it('asks 20 repositories 20 times for 500 artifacts of 10 projects, and then nobody (CACHE-5.2d)', async () => {
    const names = Array.from({ length: 25 }, (_, i) => `skill-${i}`)
    const repos = Array.from(
      { length: 20 },
      (_, r) => [`o/repo-${r}`, makeRepo(names.map((n) => `r${r}-${n}`))] as const,
    )
    const providers = gitProviders(Object.fromEntries(repos.map(([name, { dir }]) => [name, dir])))
    const daemon = await start({
      prepare(home) {
        home.around.providers = providers
        for (let project = 0; project < 10; project++) {
          const some = repos.map(([name, repo], r) => {
            const skills = names.filter((_, i) => i % 10 === project).map((n) => `r${r}-${n}`)
            return [name, { repo, skills }] as const
          })
          install(home, `project-${project}`, Object.fromEntries(some))
        }
      },
    })
    await daemon.call('cache.refresh', { force: true })
    for (const [, repo] of repos.slice(0, 7))
      repo.change(`r${repos.findIndex(([, each]) => each === repo)}-skill-3`)
    expect(await check(daemon)).toMatchObject({
      sources: 20,
      asked: 20,
      requests: 20,
      changed: 0,
      outdated: 7,
    })
    expect(providers.asked.length).toBe(20)
    expect(providers.asked.every(({ paths, bases }) => paths.length === 25 && bases.length === 0)).toBe(true)
    expect(providers.most).toBeLessThanOrEqual(4)
    const { states } = await daemon.call('artifacts.outdated', { limit: 1 })
    expect(states).toMatchObject({ outdated: 7, current: 493, unknown: 0 })
    expect(await check(daemon)).toMatchObject({ sources: 20, asked: 0, requests: 0 })
    daemon.clock.now += 361 * minutes
    expect(await check(daemon)).toMatchObject({ asked: 20, unchanged: 20, changed: 0, artifactsChanged: 0 })
    expect(providers.asked.slice(20).every(({ validator }) => validator !== null)).toBe(true)
  })

  it('waits for the first scan, which says whom to ask', async () => {
    const repo = makeRepo(['a'])
    const daemon = await start({
      prepare(home) {
        home.around.providers = gitProviders({ 'o/r': repo.dir })
        install(home, 'web', { 'o/r': { repo, skills: ['a'] } })
      },
    })
    expect(await check(daemon)).toMatchObject({ sources: 1, asked: 1 })
    await daemon.call('cache.clear', {})
    expect(daemon.ctx.db.valueSql('SELECT count(*) FROM upstream_sources')).toBe(0)
  })

  it('asks at once about a folder it was never asked for, though the rest is fresh', async () => {
    const { daemon, providers, repo } = await one()
    await check(daemon)
    install(daemon, 'api', { 'o/r': { repo, skills: ['c'] } })
    await daemon.call('cache.refresh', { force: true })
    const { items } = await daemon.call('artifacts.outdated', { states: ['unknown'] })
    expect(items.map(({ name, reason }) => [name, reason?.code])).toEqual([['c', 'never_checked']])
    expect(await check(daemon)).toMatchObject({ asked: 1, unchanged: 0, artifactsChanged: 1 })
    expect(providers.asked.at(-1)?.paths.toSorted()).toEqual(['skills/a', 'skills/b', 'skills/c'])
    expect((await daemon.call('artifacts.outdated', { states: ['current'] })).total).toBe(3)
    expect(await check(daemon)).toMatchObject({ asked: 0 })
  })

  it('keeps the last answer when a source fails, says why, and waits longer each time (CACHE-5.2a)', async () => {
    const { daemon, providers, repo } = await one()
    repo.change('a')
    await check(daemon)
    const checkedAt = daemon.clock.now
    providers.failure = new UpstreamError('timeout', 'no answer')
    daemon.clock.now += 360 * minutes
    expect((await check(daemon))?.failed).toEqual([
      {
        source: 'github:o/r',
        code: 'timeout',
        message: 'no answer',
        retryAt: daemon.clock.now + 5 * minutes,
      },
    ])
    expect(await daemon.call('artifacts.outdated', {})).toMatchObject({
      items: [{ name: 'a', state: 'outdated', checkedAt, failure: { code: 'timeout' } }],
      oldestCheckAt: checkedAt,
    })
    expect(await check(daemon)).toMatchObject({ asked: 0 })
    const pauses: number[] = []
    for (let tries = 0; tries < 10; tries++) {
      const [failed] = (await daemon.call('upstream.sources', {})).items
      daemon.clock.now = failed?.failure?.retryAt ?? 0
      const result = await check(daemon)
      pauses.push(((result?.failed[0]?.retryAt ?? 0) - daemon.clock.now) / minutes)
    }
    expect(pauses).toEqual([10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440])
    providers.failure = null
    expect(await check(daemon, { force: true })).toMatchObject({ asked: 1, failed: [] })
    expect((await daemon.call('upstream.sources', {})).items).toMatchObject([
      { name: 'github:o/r', kind: 'github', artifactCount: 2, checkedAt: daemon.clock.now, failure: null },
    ])
  })

  it('asks nobody before the time a server names, not even when forced', async () => {
    const { daemon, providers } = await one()
    const retryAt = daemon.clock.now + 50 * minutes
    providers.failure = new UpstreamError('rate_limited', 'slow down', { retryAt })
    await check(daemon)
    providers.failure = null
    expect(await check(daemon, { force: true })).toMatchObject({ asked: 0 })
    const { items, unknown } = await daemon.call('artifacts.outdated', { states: ['unknown'] })
    expect(items[0]).toMatchObject({
      reason: { code: 'check_failed' },
      failure: { code: 'rate_limited', retryAt },
    })
    expect(unknown).toMatchObject([{ code: 'check_failed', count: 2 }])
    daemon.clock.now = retryAt
    expect(await check(daemon)).toMatchObject({ asked: 1, failed: [] })
  })

  it('fails nothing without a network: everything keeps its age (P10)', async () => {
    const { daemon, providers, repo } = await one()
    repo.change('a')
    await check(daemon)
    const checkedAt = daemon.clock.now
    providers.failure = new UpstreamError('offline', 'no network')
    daemon.clock.now += 3 * 360 * minutes
    expect(await check(daemon, { force: true })).toMatchObject({
      asked: 0,
      offline: 1,
      failed: [],
      changed: 0,
    })
    expect(await daemon.call('artifacts.outdated', {})).toMatchObject({
      items: [{ name: 'a', state: 'outdated', checkedAt, failure: null }],
    })
    providers.failure = null
    expect(await check(daemon)).toMatchObject({ asked: 1, unchanged: 1 })
  })

  it('says nothing is known where nobody may be asked at all', async () => {
    const repo = makeRepo(['a'])
    const daemon = await start({
      prepare: (home) => install(home, 'web', { 'o/r': { repo, skills: ['a'] } }),
    })
    await daemon.call('cache.refresh', { force: true })
    expect(await check(daemon)).toMatchObject({ sources: 1, asked: 0, offline: 1, requests: 0 })
    expect((await daemon.call('artifacts.outdated', {})).unknown).toMatchObject([
      { code: 'never_checked', count: 1 },
    ])
  })

  it('tells which artifacts of which project are in another state now', async () => {
    const { daemon, repo } = await one()
    await check(daemon)
    const events: NumberedEvent[] = []
    daemon.ctx.events.on((event) => events.push(event))
    repo.change('b')
    expect(await check(daemon, { force: true })).toMatchObject({
      changed: 1,
      artifactsChanged: 1,
      outdated: 1,
    })
    expect(await outdated(daemon)).toEqual(['b'])
    expect(events).toMatchObject([
      {
        topic: 'artifacts.changed',
        data: {
          project: { name: 'web' },
          path: join(daemon.home, 'src/web'),
          counts: { changed: 1 },
          changed: [{ name: 'b' }],
        },
      },
    ])
    events.length = 0
    await check(daemon, { force: true })
    expect(events).toEqual([])
  })

  it('asks for one project only when told so, and forgets places that nothing comes from any more', async () => {
    const { daemon, providers } = await one()
    const other = makeRepo(['x'])
    install(daemon, 'api', { 'o/other': { repo: other, skills: ['x'] } })
    await daemon.call('cache.refresh', { force: true })
    expect(await check(daemon, { project: 'web' })).toMatchObject({ sources: 2, asked: 1 })
    expect(providers.asked.map(({ source }) => source)).toMatchObject([{ repo: 'r' }])
    daemon.remove('src/api/skills-lock.json')
    await daemon.call('cache.refresh', { force: true })
    expect(await check(daemon)).toMatchObject({ sources: 1, asked: 0 })
    expect((await daemon.call('artifacts.outdated', { states: ['untracked'] })).items).toMatchObject([
      { name: 'x', reason: { code: 'no_source' }, checkedAt: null },
    ])
  })

  it('is shared by everybody who wishes the same, and waited for by others', async () => {
    const { daemon, providers } = await one()
    const all = await Promise.all([check(daemon), check(daemon), check(daemon, { project: 'web' })])
    expect(providers.asked.length).toBe(1)
    expect(all.map((result) => result?.asked)).toEqual([1, 1, 1])
    const forced = await Promise.all([check(daemon, { force: true }), check(daemon, { force: true })])
    expect(forced.map((result) => result?.asked)).toEqual([1, 1])
    expect(providers.asked.length).toBe(2)
  })

  it('writes no artifact row when nothing is different', async () => {
    const { daemon } = await one()
    await check(daemon)
    const rows = () => daemon.ctx.db.allSql('SELECT * FROM artifacts ORDER BY id')
    const before = rows()
    expect(await check(daemon, { force: true })).toMatchObject({ asked: 1, unchanged: 1 })
    const refreshed = await daemon.call('cache.refresh', { force: true })
    expect(refreshed.result).toMatchObject({ changesDetected: 0 })
    expect(rows()).toEqual(before)
  })
})

describe('artifacts.outdated', () => {
  it('pages through every order without losing or repeating one', async () => {
    const { daemon, repo } = await one()
    repo.change('a')
    await check(daemon)
    for (const name of ['own', 'A-own', 'b'])
      daemon.write(`src/api/.claude/skills/${name}/SKILL.md`, skill(name))
    await daemon.call('cache.refresh', { force: true })
    const states = ['current', 'outdated', 'untracked', 'unknown'] as const
    const orders = ['name', 'type', 'project', 'state', 'checkedAt', 'difference'] as const
    const both = orders.flatMap((sort) => [
      { sort, descending: false },
      { sort, descending: true },
    ])
    for (const order of both) {
      const sort = JSON.stringify(order)
      const all = await daemon.call('artifacts.outdated', { states: [...states], ...order })
      const paged: string[] = []
      let cursor: string | null | undefined
      while (cursor !== null) {
        const page = await daemon.call('artifacts.outdated', {
          states: [...states],
          ...order,
          limit: 2,
          ...(cursor && { cursor }),
        })
        paged.push(...page.items.map(({ id }) => id))
        cursor = page.nextCursor
      }
      expect(paged, sort).toEqual(all.items.map(({ id }) => id))
      expect(new Set(paged).size).toBe(all.total)
      expect(all.total).toBe(5)
      for (const offset of [0, 3, 5]) {
        const rest = await daemon.call('artifacts.outdated', { states: [...states], ...order, offset })
        expect(
          rest.items.map(({ id }) => id),
          sort,
        ).toEqual(paged.slice(offset))
        expect(rest.total).toBe(5)
      }
    }
  })

  it('sorts by how large the step of the version is, and by name within (CACHE-5.2c)', async () => {
    const { daemon } = await one()
    const versions = {
      pre: ['1.0.0-rc.1', '1.0.0-rc.2'],
      patch: ['1.0.0', '1.0.1'],
      minor: ['1.0.0', '1.1.0'],
      major: ['1.9.0', '2.0.0'],
      commit: ['abc1234', 'def5678'],
    } as const
    for (const [name, [deployed, upstream]] of Object.entries(versions)) {
      daemon.write(`src/api/.claude/skills/${name}/SKILL.md`, skill(name))
      await daemon.call('cache.refresh', { force: true })
      daemon.ctx.db.runSql(
        'UPDATE artifacts SET deployed_version = ?, upstream_version = ?, is_outdated = 1 WHERE name = ?',
        deployed,
        upstream,
        name,
      )
    }
    const names = async (descending: boolean): Promise<string[]> =>
      (await daemon.call('artifacts.outdated', { sort: 'difference', descending })).items.map(
        ({ name }) => name,
      )
    const upwards = ['commit', 'pre', 'patch', 'minor', 'major']
    expect(await names(false)).toEqual(upwards)
    expect(await names(true)).toEqual(upwards.toReversed())
  })

  it('filters by project, type and name, and counts within the same filter', async () => {
    const { daemon, repo } = await one()
    repo.change('a')
    await check(daemon)
    daemon.write('src/web/.claude/agents/a.md', '---\nname: a\ndescription: An agent.\n---\n')
    await daemon.call('cache.refresh', { force: true })
    const count = async (filter: object) => (await daemon.call('artifacts.outdated', filter)).states
    expect(await count({})).toMatchObject({ outdated: 1, current: 1, untracked: 1 })
    expect(await count({ type: 'agent' })).toMatchObject({ outdated: 0, current: 0, untracked: 1 })
    expect(await count({ names: ['A'] })).toMatchObject({ outdated: 1, current: 0, untracked: 1 })
    expect(await count({ names: ['A'], type: 'skill', project: 'web' })).toMatchObject({
      outdated: 1,
      untracked: 0,
    })
    await expect(count({ project: 'none' })).rejects.toMatchObject({ slug: 'project.not_found' })
    await expect(count({ cursor: 'none' })).rejects.toMatchObject({ slug: 'page.bad_cursor' })
    await expect(daemon.call('upstream.sources', { cursor: 'none' })).rejects.toMatchObject({
      slug: 'page.bad_cursor',
    })
    await expect(check(daemon, { project: 'none' })).rejects.toMatchObject({ slug: 'project.not_found' })
  })
})
