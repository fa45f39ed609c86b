import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
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
})
