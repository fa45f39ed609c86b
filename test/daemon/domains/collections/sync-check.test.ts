import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeSyncHome, type SyncHome } from '../../../support/sync-home.ts'
import { skill, type TestDaemon, useTestDaemon } from '../../../support/test-daemon.ts'

describe('sync.check', () => {
  const startDaemon = useTestDaemon()

  async function start(): Promise<TestDaemon & { sync: SyncHome }> {
    let sync: SyncHome | undefined
    const daemon = await startDaemon({
      prepare(home) {
        sync = makeSyncHome(home)
        home.write('src/web/.claude/skills/own/SKILL.md', skill('own'))
      },
    })
    return Object.assign(daemon, { sync: sync as SyncHome })
  }

  const drifts = async ({ call }: TestDaemon, project: string): Promise<Record<string, string>> => {
    const { items } = await call('sync.check', { project })
    return Object.fromEntries(items.map(({ name, drift }) => [name, drift]))
  }

  it('tells every kind of drift, for skills, commands and agents alike (formats spec section 12)', async () => {
    const daemon = await start()
    const { sync, call } = daemon
    for (const name of ['same', 'mine', 'theirs', 'both', 'alike', 'gone', 'dropped'])
      sync.add(name, 'skill', { 'SKILL.md': skill(name), 'notes.txt': 'one\n' })
    for (const name of ['command', 'command-gone']) sync.add(name, 'command', `# ${name}\n`)
    sync.add('agent', 'agent', '# agent\n')
    const all = [
      'same',
      'mine',
      'theirs',
      'both',
      'alike',
      'gone',
      'dropped',
      'command',
      'command-gone',
      'agent',
    ]
    for (const name of all) await sync.deploy('web', name)
    const edit = (path: string, text: string): void => writeFileSync(path, text)
    edit(join(sync.inProject('web', 'mine'), 'notes.txt'), 'mine\n')
    edit(join(sync.inCollection('theirs'), 'notes.txt'), 'theirs\n')
    edit(join(sync.inProject('web', 'both'), 'notes.txt'), 'mine\n')
    edit(join(sync.inCollection('both'), 'notes.txt'), 'theirs\n')
    for (const path of [sync.inProject('web', 'alike'), sync.inCollection('alike')])
      edit(join(path, 'notes.txt'), 'alike\n')
    rmSync(sync.inProject('web', 'gone'), { recursive: true })
    rmSync(sync.inCollection('dropped'), { recursive: true })
    edit(sync.inProject('web', 'command'), '# changed\n')
    rmSync(sync.inProject('web', 'command-gone'))
    edit(sync.inCollection('agent'), '# newer\n')
    await call('cache.refresh', { force: true })
    expect(await drifts(daemon, sync.project('web'))).toEqual({
      same: 'none',
      mine: 'modified',
      theirs: 'outdated',
      both: 'conflict',
      alike: 'version_mismatch',
      gone: 'missing',
      dropped: 'removed',
      command: 'modified',
      'command-gone': 'missing',
      agent: 'outdated',
      own: 'untracked',
    })
    const { items, counts, project } = await call('sync.check', { project: sync.project('web') })
    expect(project).toMatchObject({ name: 'web', path: sync.project('web') })
    expect(counts).toMatchObject({ none: 1, modified: 2, outdated: 2, conflict: 1, missing: 2, untracked: 1 })
    expect(items.find(({ name }) => name === 'mine')).toMatchObject({
      type: 'skill',
      collection: 'default',
      profile: 'claude_code',
      path: sync.inProject('web', 'mine'),
      recommendation: 'push_to_collection',
      hasBase: true,
      problem: null,
    })
    const mine = items.find(({ name }) => name === 'mine')
    expect(mine?.baseHash).toBe(mine?.collectionHash)
    expect(mine?.projectHash).not.toBe(mine?.baseHash)
  })

  it('tells what other projects have from the collection, and this one has not', async () => {
    const daemon = await start()
    const { sync, call } = daemon
    sync.add('shared', 'skill', { 'SKILL.md': skill('shared') })
    sync.add('here', 'skill', { 'SKILL.md': skill('here') })
    await sync.deploy('api', 'shared')
    await sync.deploy('web', 'here')
    await call('cache.refresh', { force: true })
    expect(await drifts(daemon, sync.project('web'))).toEqual({
      here: 'none',
      shared: 'added',
      own: 'untracked',
    })
    await expect(
      call('sync.check', { project: sync.project('web'), collection: 'other' }),
    ).rejects.toMatchObject({ slug: 'sync.collection_unknown' })
    const { items } = await call('sync.check', { project: sync.project('web'), collection: 'default' })
    expect(items.map(({ name }) => name)).toEqual(['here', 'shared'])
  })

  it('knows no base where none was kept, or where it is damaged', async () => {
    const { sync, call } = await start()
    for (const name of ['kept', 'unkept', 'damaged']) {
      sync.add(name, 'skill', { 'SKILL.md': skill(name) })
      await sync.deploy('web', name, { keepBase: name !== 'unkept' })
      if (name === 'damaged') {
        const { entries } = await sync.store.keep(sync.inProject('web', name))
        const digest = entries[0]?.digest as string
        for await (const object of sync.store.content.list())
          if (object.digest === digest) writeFileSync(object.path, 'something else')
      }
      for (const path of [sync.inProject('web', name), sync.inCollection(name)])
        writeFileSync(join(path, 'SKILL.md'), path)
    }
    const { items } = await call('sync.check', { project: sync.project('web') })
    expect(
      items.flatMap(({ name, hasBase, drift }) => (drift === 'conflict' ? `${name} ${hasBase}` : [])),
    ).toEqual(['damaged false', 'kept true', 'unkept false'])
  })

  it('takes no path of a record, and no link, out of the project or the collection (1286)', async () => {
    const { sync, call, write, home } = await start()
    sync.add('ok', 'skill', { 'SKILL.md': skill('ok') })
    sync.add('away', 'skill', { 'SKILL.md': skill('away') })
    await sync.deploy('web', 'ok')
    await sync.deploy('web', 'away')
    write('elsewhere/SKILL.md', 'not ours')
    const file = join(sync.project('web'), '.claude/.skillmeat-deployed.toml')
    const records = sync
      .records('web')
      .replace('artifact_path = "skills/away"', 'artifact_path = "../../../elsewhere"')
    writeFileSync(file, records)
    const { items } = await call('sync.check', { project: sync.project('web') })
    expect(items.filter(({ drift }) => drift !== 'untracked')).toMatchObject([
      { name: 'away', drift: 'unknown', projectHash: null, problem: expect.stringContaining('leads out of') },
      { name: 'ok', drift: 'none' },
    ])
    // A folder on the way that is a link to somewhere else.
    rmSync(join(sync.project('web'), '.claude/skills'), { recursive: true })
    symlinkSync(join(home, 'elsewhere'), join(sync.project('web'), '.claude/skills'))
    mkdirSync(join(home, 'elsewhere/ok'))
    writeFileSync(join(home, 'elsewhere/ok/SKILL.md'), 'not ours')
    const again = await call('sync.check', { project: sync.project('web') })
    expect(again.items.find(({ name }) => name === 'ok')).toMatchObject({
      drift: 'unknown',
      projectHash: null,
    })
  })

  it('says which file is broken, and which project is not known', async () => {
    const { sync, call, write } = await start()
    write('src/web/.claude/.skillmeat-deployed.toml', '[[deployed]]\nartifact_name = \n')
    await expect(call('sync.check', { project: sync.project('web') })).rejects.toMatchObject({
      slug: 'sync.bad_records',
      message: expect.stringContaining('.skillmeat-deployed.toml:2:'),
    })
    await expect(call('sync.check', { project: '/nowhere/at/all' })).rejects.toMatchObject({
      slug: 'project.not_found',
    })
  })

  it('tells what a broken manifest keeps from being told, and nothing else', async () => {
    const { sync, call, write } = await start()
    sync.add('ok', 'skill', { 'SKILL.md': skill('ok') })
    await sync.deploy('web', 'ok')
    write('.skillmeat/collections/default/collection.toml', '[collection\n')
    const { items } = await call('sync.check', { project: sync.project('web') })
    expect(items.find(({ name }) => name === 'ok')).toMatchObject({
      drift: 'unknown',
      problem: expect.stringContaining('collection.toml:1:'),
    })
  })
})

describe('what is deployed for all projects', () => {
  const startDaemon = useTestDaemon()

  it('is kept in step as in a project, which the home folder stands for', async () => {
    const { call, home, write } = await startDaemon({
      prepare({ write: put }) {
        put('own/demo/SKILL.md', skill('demo'))
        put('.claude/skills/mine/SKILL.md', skill('mine'))
      },
    })
    await call('collections.init', {})
    await call('collections.add', { spec: join(home, 'own/demo') })
    await call('deployments.deploy', { artifacts: [{ name: 'demo' }], scope: 'user' })
    const check = async (): Promise<string[]> => {
      const { items, project } = await call('sync.check', { project: home })
      expect(project).toEqual({ id: null, name: 'user', path: home })
      return items.map(({ name, drift }) => `${name} ${drift}`)
    }
    expect(await check()).toEqual(['demo none', 'mine untracked'])
    write('.claude/skills/demo/SKILL.md', skill('demo', 'Edited.'))
    expect(await check()).toEqual(['demo modified', 'mine untracked'])
    await call('sync.pull', { project: home })
    expect(await check()).toEqual(['demo none', 'mine untracked'])
    write('.skillmeat/collections/default/skills/demo/SKILL.md', skill('demo', 'Newer.'))
    expect((await call('sync.push', {})).items).toMatchObject([{ project: home, action: 'copy' }])
    expect(await check()).toEqual(['demo none', 'mine untracked'])
  })
})
