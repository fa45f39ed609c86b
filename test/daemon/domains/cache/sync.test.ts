import { appendFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { UnitRef } from '../../../../daemon/domains/cache/scan/job.ts'
import { Watches, type WatchesOptions } from '../../../../daemon/domains/cache/watches.ts'
import { skill, type TestDaemon, useTestDaemon } from '../../../support/test-daemon.ts'

const start = useTestDaemon()
const open: Watches[] = []
afterEach(async () => {
  for (const watches of open.splice(0)) await watches.close()
})

const shop = (env: NodeJS.ProcessEnv = {}) =>
  start({
    env,
    prepare({ write }) {
      write('projects/shop/.claude/skills/a/SKILL.md', skill('a'))
      write('projects/notes/.claude/commands/publish.md', 'Publish.')
    },
  })

/** A daemon whose projects are watched, and read when they change. */
async function watched(daemon: TestDaemon, options: WatchesOptions = {}): Promise<Watches> {
  const { ctx } = daemon
  await daemon.call('cache.refresh', { force: true })
  const refs: UnitRef[] = ctx.db
    .allSql<{ id: number; kind: 'project'; path: string; name: string; project_id: number | null }>(
      'SELECT id, kind, path, name, project_id FROM scan_units',
    )
    .map(({ id, project_id: projectId, ...unit }) => ({ id, projectId, unit }))
  const read = (path: string | null): void =>
    void ctx.refresher.refresh({ only: path, force: true }).catch(() => {})
  const watches = new Watches(
    ctx,
    {
      onChanged: (ids) => {
        for (const { id, unit } of refs)
          if (ids.includes(id)) read(unit.kind === 'project' ? unit.path : null)
      },
      onEnvironment: () => read(null),
      onProject: read,
    },
    options,
  )
  open.push(watches)
  await watches.cover(refs, {}, { complete: true })
  ctx.watches = watches
  return watches
}

const skills = async (daemon: TestDaemon): Promise<string[]> =>
  (await daemon.call('artifacts.list', { type: 'skill' })).items.map((item) => item.name)

describe('cache.sync', () => {
  it('returns when everything written before is in the cache (D8)', async () => {
    const daemon = await shop()
    await watched(daemon)
    for (let i = 0; i < 20; i++) {
      daemon.write(`projects/shop/.claude/skills/new-${i}/SKILL.md`, skill(`new-${i}`))
      const { result } = await daemon.call('cache.sync', {})
      expect(result?.scanned).toBe(0)
      expect(await skills(daemon)).toContain(`new-${i}`)
    }
  })

  it('reads what is not watched', async () => {
    const daemon = await shop({ SMD_WATCH_MODE: 'scan' })
    const watches = await watched(daemon)
    daemon.write('projects/shop/.claude/skills/b/SKILL.md', skill('b'))
    const { result } = await daemon.call('cache.sync', {})
    expect(result).toMatchObject({ scanned: watches.state.units, units: watches.state.units })
    expect(await skills(daemon)).toEqual(['a', 'b'])
  })

  it('reads everything where nothing is watched', async () => {
    const daemon = await shop()
    await daemon.call('cache.refresh', {})
    daemon.write('projects/shop/.claude/skills/b/SKILL.md', skill('b'))
    const { result } = await daemon.call('cache.sync', {})
    expect(result?.units).toBeGreaterThanOrEqual(2)
    expect(await skills(daemon)).toEqual(['a', 'b'])
  })

  it('looks at everything when the word of the system does not come', async () => {
    const daemon = await shop()
    const deaf: WatchesOptions = {
      cookieTimeoutMs: 0,
      watcher: () => ({
        backend: 'deaf',
        folders: 0,
        set: () => {},
        remove: () => {},
        ready: async () => {},
        lookAgain: () => {},
        close: async () => {},
      }),
    }
    await watched(daemon, deaf)
    appendFileSync(join(daemon.home, 'projects/shop/.claude/skills/a/SKILL.md'), 'more')
    daemon.write('projects/shop/.claude/skills/b/SKILL.md', skill('b'))
    await daemon.call('cache.sync', {})
    expect(await skills(daemon)).toEqual(['a', 'b'])
  })

  it('waits for no cookie when none can be watched, and reads everything', async () => {
    const daemon = await shop({ SMD_WATCH_MAX_FOLDERS: '1' })
    const watches = await watched(daemon, { cookieTimeoutMs: 3_600_000 })
    expect(watches.state.scanUnits).toBe(watches.state.units)
    daemon.write('projects/shop/.claude/skills/b/SKILL.md', skill('b'))
    await daemon.call('cache.sync', {})
    expect(await skills(daemon)).toEqual(['a', 'b'])
  })

  it('goes on when the folder of its cookies was removed, and leaves none behind', async () => {
    const daemon = await shop()
    await watched(daemon)
    const cookies = join(daemon.around.paths.stateDir, 'cookies')
    rmSync(cookies, { recursive: true })
    daemon.write('projects/shop/.claude/skills/b/SKILL.md', skill('b'))
    await daemon.call('cache.sync', {})
    expect(await skills(daemon)).toEqual(['a', 'b'])
    expect(readdirSync(cookies)).toEqual([])
  })

  it('reads everything when no cookie can be written', async () => {
    const daemon = await shop()
    await watched(daemon)
    rmSync(join(daemon.around.paths.stateDir, 'cookies'), { recursive: true })
    daemon.write('.smd/state/cookies', 'a file in the place of the folder')
    daemon.write('projects/shop/.claude/skills/b/SKILL.md', skill('b'))
    await daemon.call('cache.sync', {})
    expect(await skills(daemon)).toEqual(['a', 'b'])
    expect(daemon.log.map(({ message }) => message)).toContain(
      'no event of a cookie: everything is looked at',
    )
  })

  it('is for one project, too, and refuses one that is not known', async () => {
    const daemon = await shop()
    await watched(daemon)
    daemon.write('projects/shop/.claude/skills/b/SKILL.md', skill('b'))
    await daemon.call('cache.sync', { project: join(daemon.home, 'projects/shop') })
    expect(await skills(daemon)).toEqual(['a', 'b'])
    await expect(daemon.call('cache.sync', { project: 'nowhere' })).rejects.toMatchObject({
      slug: 'project.not_found',
    })
  })

  it('only begins in the background', async () => {
    const daemon = await shop()
    await watched(daemon)
    daemon.write('projects/shop/.claude/skills/b/SKILL.md', skill('b'))
    expect(await daemon.call('cache.sync', { background: true })).toEqual({ started: true, result: null })
    await daemon.call('cache.sync', {})
    expect(await skills(daemon)).toEqual(['a', 'b'])
  })

  it('does not say that all is well while the disk is full', async () => {
    const daemon = await shop()
    await watched(daemon)
    const { db } = daemon.ctx
    db.pragma(`max_page_count = ${db.pragma('page_count')}`)
    for (let i = 0; i < 300; i++)
      daemon.write(`projects/shop/.claude/skills/s${i}/SKILL.md`, skill(`s${i}`, 'word '.repeat(150)))
    await expect(daemon.call('cache.sync', {})).rejects.toMatchObject({ slug: 'cache.disk_full' })
    // Nothing has changed since, and what changed before is still missing.
    await expect(daemon.call('cache.sync', {})).rejects.toMatchObject({ slug: 'cache.disk_full' })
  })

  it('does not say that all is well when a refresh failed', async () => {
    const daemon = await shop()
    await watched(daemon)
    daemon.ctx.engine.discover = () => Promise.reject(new Error('the disk is gone'))
    daemon.write('projects/shop/.claude/skills/b/SKILL.md', skill('b'))
    await expect(daemon.call('cache.sync', {})).rejects.toMatchObject({ slug: 'cache.sync_failed' })
  })
})
