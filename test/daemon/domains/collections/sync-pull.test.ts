import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { readTree } from '../../../../daemon/domains/collections/work/objects/index.ts'
import type { ParamsOf, ResultOf } from '../../../../protocol/methods.ts'
import { makeSyncHome, type SyncHome } from '../../../support/sync-home.ts'
import { skill, type TestDaemon, useTestDaemon } from '../../../support/test-daemon.ts'

const lines = (...list: string[]): string => list.map((line) => `${line}\n`).join('')
const base = lines('one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine')

describe('keeping in step', () => {
  const startDaemon = useTestDaemon()
  let daemon: TestDaemon
  let sync: SyncHome

  beforeEach(async () => {
    daemon = await startDaemon({
      prepare(home) {
        sync = makeSyncHome(home)
        home.write('src/web/.claude/settings.json', '{}')
        home.write('src/api/.claude/settings.json', '{}')
      },
    })
  })

  const put = (path: string, text: string): void => writeFileSync(path, text)
  const get = (path: string): string => readFileSync(path, 'utf8')
  const notes = (path: string): string => join(path, 'notes.txt')
  const web = (): string => sync.project('web')

  async function deployed(name = 'demo', options?: { keepBase?: boolean }): Promise<void> {
    sync.add(name, 'skill', { 'SKILL.md': skill(name), 'notes.txt': base })
    await sync.deploy('web', name, options)
  }

  /** Both sides edit the same skill: lines apart, or the same one. */
  async function diverged(isConflict: boolean, options?: { keepBase?: boolean }): Promise<void> {
    await deployed('demo', options)
    put(notes(sync.inProject('web', 'demo')), base.replace('two', 'project'))
    put(notes(sync.inCollection('demo')), base.replace(isConflict ? 'two' : 'eight', 'collection'))
  }

  async function state(name = 'demo', project = web()): Promise<string | undefined> {
    const { items } = await daemon.call('sync.check', { project })
    return items.find((item) => item.name === name)?.drift
  }

  const pull = (params: Partial<ParamsOf<'sync.pull'>> = {}): Promise<ResultOf<'sync.pull'>> =>
    daemon.call('sync.pull', { project: web(), ...params })
  const push = (params: Partial<ParamsOf<'sync.push'>> = {}): Promise<ResultOf<'sync.push'>> =>
    daemon.call('sync.push', { projects: [web()], ...params })

  describe('sync.pull', () => {
    it('takes an edit of the project into the collection, and both are in step', async () => {
      await deployed()
      put(notes(sync.inProject('web', 'demo')), base.replace('two', 'mine'))
      writeFileSync(join(sync.inProject('web', 'demo'), 'new.sh'), '#!/bin/sh\n', { mode: 0o755 })
      const { operations, items } = await pull()
      expect(operations).toHaveLength(1)
      expect(items).toMatchObject([
        {
          name: 'demo',
          drift: 'modified',
          action: 'copy',
          reason: null,
          files: [
            { path: 'new.sh', status: 'remote', change: 'added' },
            {
              path: 'notes.txt',
              status: 'remote',
              change: 'changed',
              hunks: [{ lines: expect.arrayContaining(['-two', '+mine']) }],
            },
          ],
        },
      ])
      expect((await readTree(sync.inCollection('demo'))).entries).toEqual(
        (await readTree(sync.inProject('web', 'demo'))).entries,
      )
      expect(await state()).toBe('none')
    })

    it('changes nothing but what it has to in the records, and says what they came from', async () => {
      await deployed()
      await deployed('other')
      const before = sync.records('web')
      const old = (await readTree(sync.inCollection('demo'))).h1
      put(notes(sync.inProject('web', 'demo')), 'mine\n')
      await pull()
      const now = (await readTree(sync.inProject('web', 'demo'))).h1
      const after = sync.records('web')
      expect(after.startsWith('# Written by a test.\n')).toBe(true)
      expect(after.slice(after.indexOf('artifact_name = "other"'))).toBe(
        before.slice(before.indexOf('artifact_name = "other"')),
      )
      for (const key of ['content_hash', 'collection_sha', 'merge_base_snapshot'])
        expect(after).toContain(`${key} = "${now}"`)
      expect(after).toContain(`parent_hash = "${old}"`)
      expect(after.replace(/\s/g, '')).toMatch(new RegExp(`version_lineage=\\["${now}","${old}",?\\]`))
      expect(after).toContain('deployed_at = "2026-01-02T03:04:05.893522"')
      expect(await sync.store.treeOfH1(now)).not.toBeNull()
    })

    it('puts together what both edited, which the project can have by a push then', async () => {
      await diverged(false)
      expect(await state()).toBe('conflict')
      const { items } = await pull()
      expect(items).toMatchObject([{ action: 'merge', hasBase: true, openConflicts: 0 }])
      const both = base.replace('two', 'project').replace('eight', 'collection')
      expect(get(notes(sync.inCollection('demo')))).toBe(both)
      expect(get(notes(sync.inProject('web', 'demo')))).toBe(base.replace('two', 'project'))
      expect(await state()).toBe('outdated')
      await push()
      expect(get(notes(sync.inProject('web', 'demo')))).toBe(both)
      expect(await state()).toBe('none')
    })

    it('leaves what both edited in the same place until somebody decides', async () => {
      await diverged(true)
      const { operations, items } = await pull()
      expect(operations).toEqual([])
      expect(items).toMatchObject([
        {
          action: 'conflict',
          openConflicts: 1,
          files: [{ path: 'notes.txt', status: 'conflict', conflict: 'content', isOpen: true }],
        },
      ])
      expect(items[0]?.files[0]?.hunks?.[0]?.lines).toEqual(
        expect.arrayContaining(['+<<<<<<< LOCAL (current)', ' collection', '+=======', '+project']),
      )
      expect(get(notes(sync.inCollection('demo')))).toBe(base.replace('two', 'collection'))
      expect(await state()).toBe('conflict')
      await pull({ choices: [{ artifact: 'skill:demo', path: 'notes.txt', take: 'theirs' }] })
      expect(get(notes(sync.inCollection('demo')))).toBe(base.replace('two', 'project'))
      expect(await state()).toBe('none')
    })

    it('marks conflicts when asked to, and lets no marked file out before they are resolved', async () => {
      await diverged(true)
      await pull({ conflicts: 'mark' })
      const path = notes(sync.inCollection('demo'))
      expect(get(path)).toContain(
        '<<<<<<< LOCAL (current)\ncollection\n=======\nproject\n>>>>>>> REMOTE (incoming)\n',
      )
      expect(await state()).toBe('outdated')
      expect((await push()).items).toMatchObject([
        { action: 'conflict', reason: 'notes.txt still has conflict markers.' },
      ])
      expect(get(notes(sync.inProject('web', 'demo')))).toBe(base.replace('two', 'project'))
      put(path, base.replace('two', 'resolved'))
      await push()
      expect(get(notes(sync.inProject('web', 'demo')))).toBe(base.replace('two', 'resolved'))
      expect(await state()).toBe('none')
    })

    it.each([
      ['ours', 'collection', 'outdated'],
      ['theirs', 'project', 'none'],
    ] as const)('lets %s win all conflicts when asked to', async (conflicts, word, drift) => {
      await diverged(true)
      await pull({ conflicts })
      expect(get(notes(sync.inCollection('demo')))).toBe(base.replace('two', word))
      expect(await state()).toBe(drift)
    })

    it('overwrites the collection when asked to, and keeps what was there', async () => {
      await diverged(true)
      const { h1 } = await sync.store.keep(sync.inCollection('demo'))
      await pull({ strategy: 'overwrite' })
      expect(get(notes(sync.inCollection('demo')))).toBe(base.replace('two', 'project'))
      expect(await state()).toBe('none')
      expect(await sync.store.treeOfH1(h1)).not.toBeNull()
      const { items } = await daemon.call('snapshots.list', { collection: 'default' })
      expect(items).toMatchObject([{ message: '[auto] Pull demo' }])
    })

    it('makes a second artifact of the edit when asked to, also of single files', async () => {
      await diverged(true)
      sync.add('review', 'command', '# one\n')
      await sync.deploy('web', 'review')
      put(sync.inProject('web', 'review'), '# mine\n')
      const { items } = await pull({ strategy: 'fork' })
      expect(items.map(({ name, action }) => `${name} ${action}`)).toEqual(['review fork', 'demo fork'])
      expect(get(notes(sync.inCollection('demo')))).toBe(base.replace('two', 'collection'))
      expect(get(notes(`${sync.inCollection('demo')}-fork`))).toBe(base.replace('two', 'project'))
      expect(get(sync.inCollection('review').replace('.md', '-fork.md'))).toBe('# mine\n')
      const manifest = get(join(daemon.home, '.skillmeat/collections/default/collection.toml'))
      expect(manifest.startsWith('# A library.\n')).toBe(true)
      expect(manifest).toContain('path = "skills/demo-fork"')
      expect(manifest).toContain('path = "commands/review-fork.md"')
      expect([await state('demo-fork'), await state('review-fork'), await state()]).toEqual([
        'none',
        'none',
        undefined,
      ])
      const { items: listed } = await daemon.call('artifacts.list', { scope: 'collection' })
      expect(listed.map(({ name }) => name)).toContain('demo-fork')
    })

    it('does nothing in a dry run, and tells the same', async () => {
      await diverged(false)
      const planned = await pull({ dryRun: true })
      expect(planned.operations).toEqual([])
      expect(get(notes(sync.inCollection('demo')))).toBe(base.replace('eight', 'collection'))
      const preview = await daemon.call('sync.preview', { project: web(), direction: 'pull' })
      expect(preview).toEqual(planned)
      expect((await pull()).items).toEqual(planned.items)
    })

    it('takes only what is named', async () => {
      await deployed('a')
      await deployed('b')
      for (const name of ['a', 'b']) put(notes(sync.inProject('web', name)), 'mine\n')
      const { items } = await pull({ artifacts: ['a'] })
      expect(items.map(({ name }) => name)).toEqual(['a'])
      expect(await state('b')).toBe('modified')
      await expect(pull({ artifacts: ['c'] })).rejects.toMatchObject({ slug: 'sync.not_deployed' })
    })

    it('asks which one is meant when two types have the name', async () => {
      sync.add('same', 'skill', { 'SKILL.md': skill('same') })
      await sync.deploy('web', 'same')
      sync.add('same-command', 'command', '# c\n')
      await sync.deploy('web', 'same-command')
      const file = join(web(), '.claude/.skillmeat-deployed.toml')
      put(file, sync.records('web').replace('artifact_name = "same-command"', 'artifact_name = "same"'))
      await expect(pull({ artifacts: ['same'] })).rejects.toMatchObject({ slug: 'sync.ambiguous' })
      expect((await pull({ artifacts: ['skill:same'] })).items).toMatchObject([{ type: 'skill' }])
    })

    it('treats everything that differs as a conflict where the base is lost, and loses nothing', async () => {
      await diverged(false, { keepBase: false })
      const { items } = await pull()
      expect(items).toMatchObject([{ action: 'conflict', hasBase: false, files: [{ conflict: 'add_add' }] }])
      expect(get(notes(sync.inCollection('demo')))).toBe(base.replace('eight', 'collection'))
      await pull({ conflicts: 'mark' })
      const marked = get(notes(sync.inCollection('demo')))
      for (const word of ['project', 'collection', 'two', 'eight']) expect(marked).toContain(word)
    })

    it('never merges binary files, nor marks them', async () => {
      await deployed()
      const file = (path: string): string => join(path, 'logo.png')
      for (const path of [sync.inCollection('demo'), sync.inProject('web', 'demo')])
        put(file(path), `\0${path}`)
      const { items } = await pull({ conflicts: 'mark' })
      expect(items).toMatchObject([
        { action: 'conflict', files: [{ path: 'logo.png', isBinary: true, isOpen: true, hunks: [] }] },
      ])
      await pull({ choices: [{ path: 'logo.png', take: 'theirs' }] })
      expect(get(file(sync.inCollection('demo')))).toBe(`\0${sync.inProject('web', 'demo')}`)
    })

    it('brings a file that the project moved to where the collection edited it', async () => {
      await deployed()
      const path = sync.inProject('web', 'demo')
      mkdirSync(join(path, 'docs'))
      put(join(path, 'docs/notes.md'), base)
      rmSync(notes(path))
      put(notes(sync.inCollection('demo')), base.replace('eight', 'collection'))
      const { items } = await pull()
      expect(items[0]?.files).toMatchObject([
        { path: 'docs/notes.md', movedFrom: 'notes.txt', status: 'merged', change: 'changed', hunks: [] },
      ])
      expect(get(join(sync.inCollection('demo'), 'docs/notes.md'))).toBe(base.replace('eight', 'collection'))
      expect(existsSync(notes(sync.inCollection('demo')))).toBe(false)
    })

    it('leaves behind what use leaves behind, on both sides', async () => {
      await deployed()
      const [there, here] = [sync.inProject('web', 'demo'), sync.inCollection('demo')]
      mkdirSync(join(there, '__pycache__'))
      put(join(there, '__pycache__/m.pyc'), 'compiled')
      expect(await state()).toBe('none')
      put(notes(there), 'mine\n')
      put(join(here, '.DS_Store'), 'finder')
      await pull()
      expect(existsSync(join(here, '__pycache__'))).toBe(false)
      expect(get(join(here, '.DS_Store'))).toBe('finder')
      expect(await state()).toBe('none')
      put(notes(here), 'theirs\n')
      await push()
      expect(get(join(there, '__pycache__/m.pyc'))).toBe('compiled')
      expect(existsSync(join(there, '.DS_Store'))).toBe(false)
      expect(await state()).toBe('none')
    })

    it('keeps the lock in line for what has no upstream, and leaves the rest of it alone', async () => {
      await deployed('own')
      await deployed('fetched')
      const lock = '.skillmeat/collections/default/collection.lock'
      const hash = 'a'.repeat(64)
      daemon.write(
        lock,
        `# Keep me.\n[lock]\nversion = "1.0.0"\n\n[lock.entries."own::skill"]\ncontent_hash = "${hash}"\nfetched = "2026-01-02T03:04:05"\n\n[lock.entries."fetched::skill"]\ncontent_hash = "${hash}"\nfetched = "2026-01-02T03:04:05"\nupstream = "https://github.com/o/r"\n`,
      )
      for (const name of ['own', 'fetched']) put(notes(sync.inProject('web', name)), 'mine\n')
      await pull()
      const after = get(join(daemon.home, lock))
      expect(after).toContain('# Keep me.\n')
      expect(after).toContain(
        `[lock.entries."own::skill"]\ncontent_hash = "${(await readTree(sync.inCollection('own'))).h1}"`,
      )
      expect(after.slice(after.indexOf('[lock.entries."fetched'))).toContain(hash)
    })

    it('is seen by everybody at once (CACHE-4.3)', async () => {
      await deployed()
      await daemon.call('cache.refresh', { force: true })
      const hashes = async (): Promise<Array<string | null>> =>
        (await daemon.call('artifacts.where', { name: 'demo' })).items.map(({ hash }) => hash)
      put(notes(sync.inProject('web', 'demo')), 'mine\n')
      await pull()
      expect(new Set(await hashes()).size).toBe(1)
      expect((await hashes())[0]).toBe((await readTree(sync.inProject('web', 'demo'))).h1)
    })
  })

  describe('sync.push', () => {
    it('brings every project up to the collection, each as it needs', async () => {
      sync.add('demo', 'skill', { 'SKILL.md': skill('demo'), 'notes.txt': base })
      await sync.deploy('web', 'demo')
      await sync.deploy('api', 'demo')
      put(notes(sync.inProject('api', 'demo')), base.replace('two', 'api'))
      put(notes(sync.inCollection('demo')), base.replace('eight', 'collection'))
      await daemon.call('cache.refresh', { force: true })
      const { operations, items } = await daemon.call('sync.push', {})
      expect(operations).toHaveLength(1)
      expect(items.map(({ project, action }) => [project, action])).toEqual([
        [sync.project('api'), 'merge'],
        [web(), 'copy'],
      ])
      expect(get(notes(sync.inProject('web', 'demo')))).toBe(base.replace('eight', 'collection'))
      expect(get(notes(sync.inProject('api', 'demo')))).toBe(
        base.replace('eight', 'collection').replace('two', 'api'),
      )
      expect([await state('demo', web()), await state('demo', sync.project('api'))]).toEqual([
        'none',
        'modified',
      ])
    })

    it('does not bring back what was deleted, unless it is to overwrite', async () => {
      await deployed()
      rmSync(sync.inProject('web', 'demo'), { recursive: true })
      expect((await push()).items).toMatchObject([{ drift: 'missing', action: 'skip' }])
      expect(existsSync(sync.inProject('web', 'demo'))).toBe(false)
      expect((await push({ strategy: 'overwrite' })).items).toMatchObject([{ action: 'copy' }])
      expect(await state()).toBe('none')
    })

    it('leaves links alone, which have no files of their own', async () => {
      await deployed()
      rmSync(sync.inProject('web', 'demo'), { recursive: true })
      symlinkSync(sync.inCollection('demo'), sync.inProject('web', 'demo'))
      put(notes(sync.inCollection('demo')), 'theirs\n')
      for (const { items } of [await push({ strategy: 'overwrite' }), await pull({ strategy: 'overwrite' })])
        expect(items).toMatchObject([
          { action: 'none', reason: 'It is a link, which has no files of its own.' },
        ])
    })

    it('has a conflict where an artifact became a folder', async () => {
      sync.add('review', 'command', '# one\n')
      await sync.deploy('web', 'review')
      const path = sync.inProject('web', 'review')
      rmSync(path)
      mkdirSync(path)
      put(join(path, 'more.md'), '# more\n')
      put(sync.inCollection('review'), '# two\n')
      expect((await push()).items).toMatchObject([
        { action: 'conflict', reason: 'It is a file in one place and a folder in the other.' },
      ])
      expect(get(join(path, 'more.md'))).toBe('# more\n')
      await push({ strategy: 'overwrite' })
      expect(get(path)).toBe('# two\n')
    })

    it('cannot fork', async () => {
      await expect(push({ strategy: 'fork' })).rejects.toMatchObject({ slug: 'sync.no_fork' })
    })

    it('skips what is to be skipped, and what nobody was asked about', async () => {
      await diverged(false)
      for (const strategy of ['skip', 'prompt'] as const)
        expect((await push({ strategy })).items).toMatchObject([{ action: 'skip' }])
      expect(await state()).toBe('conflict')
    })

    it('tells what is gone from the collection, and leaves the copy alone', async () => {
      await diverged(false)
      rmSync(sync.inCollection('demo'), { recursive: true })
      for (const { items } of [await push({ strategy: 'overwrite' }), await pull({ strategy: 'overwrite' })])
        expect(items).toMatchObject([{ drift: 'removed', action: 'skip' }])
      expect(get(notes(sync.inProject('web', 'demo')))).toBe(base.replace('two', 'project'))
    })
  })
})
