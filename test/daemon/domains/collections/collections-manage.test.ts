import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ParamsOf } from '../../../../protocol/methods.ts'
import { skill, useTestDaemon } from '../../../support/test-daemon.ts'

const start = useTestDaemon()

describe('collections.init', () => {
  it('writes the files that the original writes, and leaves what is there alone', async () => {
    const { call, home, clock } = await start()
    clock.now = Date.UTC(2026, 0, 2, 3, 4, 5)
    const path = join(home, '.skillmeat/collections/default')
    expect(await call('collections.init', {})).toEqual({ name: 'default', path, active: true, created: true })
    expect(readFileSync(join(home, '.skillmeat/config.toml'), 'utf8')).toBe(
      '[settings]\ndefault-collection = "default"\nupdate-strategy = "prompt"\n\n[analytics]\nenabled = true\nretention-days = 90\n\n[artifact_search]\nindexing_mode = "opt_in"\n',
    )
    expect(readFileSync(join(path, 'collection.toml'), 'utf8')).toBe(
      '[collection]\nname = "default"\nversion = "1.0.0"\ncreated = "2026-01-02T03:04:05.000000"\nupdated = "2026-01-02T03:04:05.000000"\n',
    )
    expect(readFileSync(join(path, 'collection.lock'), 'utf8')).toBe('[lock]\nversion = "1.0.0"\n')
    for (const folder of ['skills', 'commands', 'agents', 'workflows'])
      expect(existsSync(join(path, folder))).toBe(true)
    clock.now++
    expect(await call('collections.init', {})).toMatchObject({ created: false })
    expect(await call('collections.init', { name: 'Work 🚀' })).toMatchObject({
      created: true,
      active: false,
    })
    expect(readFileSync(join(path, 'collection.toml'), 'utf8')).toContain(
      'updated = "2026-01-02T03:04:05.000000"',
    )
  })

  it('keeps settings and comments of a library that is there', async () => {
    const text = '# mine\n[settings]\ndefault-collection = "work" # w\nunknown = 1\n'
    const { call, home } = await start({ prepare: ({ write }) => void write('.skillmeat/config.toml', text) })
    expect(await call('collections.init', {})).toMatchObject({ active: false })
    expect(readFileSync(join(home, '.skillmeat/config.toml'), 'utf8')).toBe(text)
    await call('collections.use', { name: 'default' })
    expect(readFileSync(join(home, '.skillmeat/config.toml'), 'utf8')).toBe(
      text.replace('"work"', '"default"'),
    )
  })
})

describe('collections.create, use and delete', () => {
  it('makes one, whose name no other has in another letter case', async () => {
    const { call } = await start()
    await call('collections.init', {})
    await call('collections.create', { name: 'Work' })
    await expect(call('collections.create', { name: 'work' })).rejects.toThrow(
      'There is a collection Work already.',
    )
    for (const name of ['..', 'a/b', '.x', 'x\u0007'])
      await expect(call('collections.create', { name }), name).rejects.toMatchObject({
        slug: 'collection.bad_name',
      })
    await expect(call('collections.use', { name: 'none' })).rejects.toMatchObject({
      slug: 'collection.not_found',
    })
    await expect(call('collections.show', { name: 'none' })).rejects.toMatchObject({
      slug: 'collection.not_found',
    })
  })

  it('deletes any but the active one, with what it held, and tells clients', async () => {
    const daemon = await start({ prepare: ({ write }) => void write('src/demo/SKILL.md', skill('demo')) })
    const { call, home } = daemon
    await call('collections.init', {})
    await call('collections.create', { name: 'work' })
    await call('collections.add', { spec: join(home, 'src/demo'), collection: 'work' })
    await expect(call('collections.delete', { name: 'default' })).rejects.toMatchObject({
      slug: 'collection.active',
    })
    const plan = await call('collections.delete', { name: 'work', dryRun: true })
    expect(plan).toMatchObject({ artifactCount: 1, operation: null })
    expect(existsSync(plan.path)).toBe(true)
    expect(await call('collections.delete', { name: 'work' })).toMatchObject({
      operation: expect.any(String),
    })
    expect(existsSync(plan.path)).toBe(false)
    expect((await call('artifacts.list', { scope: 'collection' })).items).toEqual([])
    expect((await call('collections.list', {})).items.map(({ name }) => name)).toEqual(['default'])
  })
})

describe('collections.refresh', () => {
  it('brings metadata in line with the files, and tells what is missing and what is not listed', async () => {
    const daemon = await start({
      prepare({ write }) {
        write('src/demo/SKILL.md', skill('demo'))
        write('src/gone/SKILL.md', skill('gone'))
      },
    })
    const { call, home, write } = daemon
    await call('collections.init', {})
    await call('collections.add', { spec: join(home, 'src/demo') })
    await call('collections.add', { spec: join(home, 'src/gone') })
    const library = '.skillmeat/collections/default'
    write(`${library}/skills/demo/SKILL.md`, skill('demo', 'Something new.'))
    write(`${library}/skills/stray/SKILL.md`, skill('stray'))
    rmSync(join(home, library, 'skills/gone'), { recursive: true })
    const before = readFileSync(join(home, library, 'collection.toml'), 'utf8')
    const expected = {
      changed: [{ name: 'demo', type: 'skill', fields: ['description', 'extra'] }],
      missing: [{ name: 'gone', type: 'skill' }],
      untracked: ['skills/stray'],
    }
    expect(await call('collections.refresh', { dryRun: true })).toMatchObject(expected)
    expect(readFileSync(join(home, library, 'collection.toml'), 'utf8')).toBe(before)
    expect(await call('collections.refresh', {})).toMatchObject(expected)
    const { artifacts } = await call('collections.show', { check: true })
    expect(artifacts).toMatchObject([
      { name: 'demo', description: 'Something new.', state: 'modified' },
      { name: 'gone', state: 'missing' },
    ])
    expect(await call('collections.refresh', {})).toMatchObject({ changed: [] })
  })

  const library = '.skillmeat/collections/default'
  /** Two skills whose files say something else than the manifest by now. */
  async function startBehind() {
    const daemon = await start({
      prepare({ write }) {
        for (const name of ['demo', 'other']) write(`src/${name}/SKILL.md`, skill(name))
        write('src/note.md', '---\ndescription: A note.\n---\n')
      },
    })
    await daemon.call('collections.init', {})
    for (const path of ['demo', 'other'])
      await daemon.call('collections.add', { spec: join(daemon.home, 'src', path) })
    await daemon.call('collections.add', { spec: join(daemon.home, 'src/note.md'), type: 'command' })
    for (const name of ['demo', 'other'])
      daemon.write(
        `${library}/skills/${name}/SKILL.md`,
        skill(name, 'New.', 'license: MIT\nauthor: Somebody\ntags: [a, b]\n'),
      )
    daemon.write(`${library}/commands/note.md`, '---\ndescription: Another.\n---\n')
    const file = join(daemon.home, library, 'collection.toml')
    return { daemon, file, text: () => readFileSync(file, 'utf8') }
  }

  it('looks only at the artifacts and fields that are asked for, and says what they were', async () => {
    const { daemon, text } = await startBehind()
    const before = text()
    const look = async (params: ParamsOf<'collections.refresh'>) =>
      (await daemon.call('collections.refresh', { dryRun: true, ...params })).changed.map(
        ({ name, fields }) => [name, ...fields],
      )
    expect(await look({ type: 'command' })).toEqual([['note', 'description', 'extra']])
    expect(await look({ pattern: 'D*' })).toEqual([['demo', 'description', 'author', 'license', 'extra']])
    expect(await look({ pattern: '[no]o?e' })).toEqual([['note', 'description', 'extra']])
    expect(await look({ fields: ['license'] })).toEqual([
      ['demo', 'license'],
      ['other', 'license'],
    ])
    expect(await look({ fields: ['tags'], pattern: 'demo' })).toEqual([['demo', 'tags']])
    expect(text()).toBe(before)
    const done = await daemon.call('collections.refresh', { fields: ['description', 'tags'], type: 'skill' })
    expect(done.changed[0]).toMatchObject({
      changes: [
        { field: 'description', before: 'What demo does.', after: 'New.' },
        { field: 'tags', before: null, after: ['a', 'b'] },
      ],
    })
    expect(text()).not.toContain('license')
    expect((await daemon.call('collections.show', {})).artifacts).toMatchObject([
      { description: 'New.', tags: ['a', 'b'] },
      { description: 'New.', tags: ['a', 'b'] },
      { description: 'A note.', tags: [] },
    ])
  })

  it('finds no difference in what a manifest cannot say', async () => {
    const { daemon } = await startBehind()
    daemon.write(
      '.skillmeat/collections/default/commands/note.md',
      '---\ndescription: A note.\nmodel:\n---\nBody.\n',
    )
    await daemon.call('collections.refresh', {})
    expect(await daemon.call('collections.refresh', {})).toMatchObject({ changed: [], snapshot: null })
  })

  it('names the host of what a marketplace brought', async () => {
    const { daemon, file, text } = await startBehind()
    writeFileSync(
      file,
      text().replace('origin = "local"', 'origin = "marketplace"\nupstream = "https://gitlab.com/o/r"'),
    )
    await daemon.call('collections.refresh', { fields: ['origin_source'] })
    expect(text()).toContain('origin_source = "gitlab"')
  })

  it('is taken back key by key, and leaves what was changed since', async () => {
    const { daemon, file, text } = await startBehind()
    const { call, home } = daemon
    await expect(call('collections.rollback', {})).rejects.toMatchObject({
      slug: 'collection.no_refresh',
    })
    const before = text()
    const { operation, snapshot } = await call('collections.refresh', {})
    const after = text()
    expect(after).toContain('license = "MIT"')
    expect((await call('snapshots.show', { id: snapshot as string })).message).toContain('Refresh')
    writeFileSync(
      file,
      `# Mine.\n${after.replace('description = "New."\nauthor = "Somebody"', 'description = "By hand."\nauthor = "Somebody"')}`,
    )
    daemon.write('src/later.md', 'Later.\n')
    await call('collections.add', { spec: join(home, 'src/later.md'), type: 'command' })
    const plan = await call('collections.rollback', { dryRun: true })
    expect(plan).toMatchObject({
      undoes: operation,
      restored: [
        { name: 'demo', fields: ['author', 'license', 'extra'] },
        { name: 'other', fields: ['description', 'author', 'license', 'extra'] },
        { name: 'note', fields: ['description', 'extra'] },
      ],
      kept: [{ name: 'demo', fields: ['description'] }],
      operation: null,
    })
    daemon.clock.now += 1_000
    const done = await call('collections.rollback', {})
    expect({ ...done, operation: null }).toEqual(plan)
    expect(text()).toContain('# Mine.')
    expect((await call('collections.show', {})).artifacts).toMatchObject([
      { name: 'demo', description: 'By hand.' },
      { name: 'other', description: 'What other does.' },
      { name: 'note', description: 'A note.' },
      { name: 'later' },
    ])
    await expect(call('collections.rollback', {})).rejects.toMatchObject({
      slug: 'collection.no_refresh',
    })
    // What took it back can be taken back as well.
    await call('deployments.undo', { operation: done.operation as string })
    expect(text()).toContain('license = "MIT"')
    expect(before).not.toContain('license')
    // Then the refresh stands again.
    expect(await call('collections.rollback', { dryRun: true })).toMatchObject({ undoes: operation })
  })
})
