import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeSyncHome, type SyncHome } from '../../../support/sync-home.ts'
import { skill, type TestDaemon, useTestDaemon } from '../../../support/test-daemon.ts'

/** Leads to itself: it is there, and nobody can look at it, whoever asks. */
function loop(path: string): string {
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(basename(path), path)
  return path
}

const records = '.skillmeat-deployed.toml'
const unreadable = (path: string) => ({
  slug: 'object.unreadable',
  details: { path, reason: 'ELOOP' },
})

describe('what is there and cannot be looked at', () => {
  const startDaemon = useTestDaemon()

  async function start(): Promise<TestDaemon & { sync: SyncHome; web: string }> {
    let sync: SyncHome | undefined
    const daemon = await startDaemon({ prepare: (home) => (sync = makeSyncHome(home)) })
    const found = sync as SyncHome
    for (const name of ['one', 'two']) found.add(name, 'skill', { 'SKILL.md': skill(name) })
    await found.deploy('web', 'one')
    await daemon.call('projects.add', { path: found.project('web') })
    return Object.assign(daemon, { sync: found, web: realpathSync(found.project('web')) })
  }

  describe('deployment records', () => {
    it('keeps nothing of other folders from being taken away, and is told', async () => {
      const { call, web } = await start()
      const file = loop(join(web, '.secret', records))
      const { projects } = await call('deployments.undeploy', {
        artifacts: [{ name: 'one' }],
        projects: [web],
      })
      expect(projects).toMatchObject([{ outcome: 'done', problem: null, items: [{ action: 'remove' }] }])
      expect(projects[0]?.warnings).toEqual([`${file} cannot be read: ELOOP.`])
      expect(existsSync(join(web, '.claude/skills/one'))).toBe(false)
    })

    it('is no reason to say that nothing is deployed', async () => {
      const { call, web } = await start()
      renameSync(join(web, '.claude', records), join(web, '.claude', 'aside'))
      const file = loop(join(web, '.claude', records))
      const { projects } = await call('deployments.undeploy', {
        artifacts: [{ name: 'one' }],
        projects: [web],
      })
      expect(projects).toMatchObject([
        { problem: `${file} cannot be read: ELOOP.`, items: [], outcome: 'conflict' },
      ])
      await expect(
        call('sync.preview', { project: web, artifacts: ['one'], direction: 'pull' }),
      ).rejects.toMatchObject(unreadable(file))
      expect(existsSync(join(web, '.claude/skills/one'))).toBe(true)
    })

    it('is told by everything that compares, which goes on with what it can see', async () => {
      const { call, web } = await start()
      const warnings = [`${loop(join(web, '.secret', records))} cannot be read: ELOOP.`]
      expect(await call('sync.check', { project: web })).toMatchObject({
        items: [{ name: 'one', drift: 'none' }],
        warnings,
      })
      expect(await call('sync.preview', { project: web, direction: 'push' })).toMatchObject({ warnings })
      expect(await call('sync.pull', { project: web })).toMatchObject({ warnings })
      expect(await call('sync.push', { projects: [web] })).toMatchObject({ warnings })
    })

    it('stay as they are where a change cannot be taken back for them', async () => {
      const { call, web } = await start()
      await call('deployments.deploy', { artifacts: [{ name: 'two' }], projects: [web] })
      rmSync(join(web, '.claude', records))
      const file = loop(join(web, '.claude', records))
      const { projects } = await call('deployments.undo', {})
      expect(projects[0]?.items).toContainEqual(
        expect.objectContaining({
          path: file,
          action: 'conflict',
          reason: expect.objectContaining({ code: 'unreadable' }),
        }),
      )
      expect(existsSync(join(web, '.claude/skills/two/SKILL.md'))).toBe(true)
    })
  })

  it('keeps only the profile it belongs to from being deployed to', async () => {
    const { call, web } = await start()
    const file = loop(join(web, '.codex/.skillmeat-project.toml'))
    const deploy = (profiles: string[]) =>
      call('deployments.deploy', { artifacts: [{ name: 'two' }], projects: [web], profiles })
    expect((await deploy(['claude_code'])).projects).toMatchObject([{ outcome: 'done' }])
    expect((await deploy(['codex'])).projects).toMatchObject([
      { outcome: 'conflict', problem: `${file} cannot be read: ELOOP.` },
    ])
    await expect(call('profiles.list', { project: web })).rejects.toMatchObject(unreadable(file))
  })

  it('is told of a folder that is named as a project', async () => {
    const { call, home } = await start()
    const path = loop(join(home, 'elsewhere'))
    await expect(
      call('deployments.deploy', { artifacts: [{ name: 'one' }], projects: [path] }),
    ).rejects.toMatchObject({ slug: 'project.unreadable', details: { path, reason: 'ELOOP' } })
    await expect(
      call('deployments.deploy', { artifacts: [{ name: 'one' }], projects: [join(home, 'nowhere')] }),
    ).rejects.toMatchObject({ slug: 'project.not_found' })
  })

  it('is told of what is to be deployed, which hinders no other project or artifact', async () => {
    const { call, web, sync } = await start()
    rmSync(sync.inCollection('two'), { recursive: true })
    loop(sync.inCollection('two'))
    const { projects } = await call('deployments.plan', {
      artifacts: [{ name: 'one' }, { name: 'two' }],
      projects: [web],
    })
    expect(projects[0]?.items).toMatchObject([
      { name: 'one', action: 'same' },
      { name: 'two', action: 'conflict', reason: { code: 'unreadable' } },
    ])
  })

  it('is no missing source of what is added', async () => {
    const { call, home } = await start()
    const path = loop(join(home, 'mine'))
    await expect(call('collections.add', { spec: path })).rejects.toMatchObject(unreadable(path))
    await expect(call('collections.add', { spec: join(home, 'none') })).rejects.toMatchObject({
      slug: 'collection.no_source',
    })
    const file = loop(join(home, 'half/SKILL.md'))
    await expect(call('collections.add', { spec: dirname(file) })).rejects.toMatchObject(unreadable(file))
  })

  it('is no missing collection', async () => {
    const { call, home, web } = await start()
    const folder = join(realpathSync(home), '.skillmeat/collections/default')
    renameSync(folder, `${folder}-aside`)
    loop(folder)
    await expect(call('snapshots.create', { collection: 'default', message: '' })).rejects.toMatchObject({
      slug: 'object.unreadable',
    })
    await expect(call('collections.show', {})).rejects.toMatchObject({ slug: 'object.unreadable' })
    expect(await call('sync.check', { project: web })).toMatchObject({
      items: [
        {
          name: 'one',
          drift: 'unknown',
          problem: `${join(home, '.skillmeat/collections/default')} cannot be read: ELOOP.`,
        },
      ],
    })
    const { items } = await call('collections.list', {})
    expect(items.map(({ name, problem }) => [name, problem])).toEqual([
      ['default', expect.stringContaining('ELOOP')],
      ['default-aside', null],
    ])
    await expect(call('snapshots.create', { collection: 'other', message: '' })).rejects.toMatchObject({
      slug: 'snapshot.no_collection',
    })
  })

  it('is no missing deployment in lists, also where it is no artifact', async () => {
    const { call, web } = await start()
    const copy = join(web, '.claude/skills/one')
    rmSync(copy, { recursive: true })
    const states = async () => {
      await call('cache.refresh', { force: true })
      return (await call('deployments.list', {})).items.map(({ state }) => state)
    }
    expect(await states()).toEqual(['missing'])
    loop(copy)
    expect(await states()).toEqual(['unknown'])
  })

  it('is no missing copy in a project', async () => {
    const { call, web } = await start()
    const copy = join(web, '.claude/skills/one')
    rmSync(copy, { recursive: true })
    loop(copy)
    expect(await call('sync.check', { project: web })).toMatchObject({
      items: [{ name: 'one', drift: 'unknown', problem: `${copy} cannot be read: ELOOP.` }],
    })
    expect(readFileSync(join(web, '.claude', records), 'utf8')).toContain('artifact_name = "one"')
  })
})
