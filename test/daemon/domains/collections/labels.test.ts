import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { GroupDefinition } from '../../../../protocol/domains/groups.ts'
import { TagDefinition } from '../../../../protocol/domains/tags.ts'
import type { AnyEvent } from '../../../../protocol/events.ts'
import { skill, type TestDaemon, useTestDaemon } from '../../../support/test-daemon.ts'

const startDaemon = useTestDaemon()
const collections = '.skillmeat/collections'

const artifact = (name: string, type = 'skill', rest = ''): string =>
  `[[artifacts]]\nname = "${name}"\ntype = "${type}"\npath = "${type}s/${name}${type === 'skill' ? '/' : '.md'}"\norigin = "local"\nadded = "2026-01-02T03:04:05"\n${rest}\n`

const manifest = (name: string, ...artifacts: string[]): string =>
  `# by hand\n[collection]\nname = "${name}"\nversion = "1.0.0"\ncreated = "2026-01-02T03:04:05"\nupdated = "2026-01-02T03:04:05"\nmine = 1\n\n${artifacts.join('\n')}`

type Library = TestDaemon & {
  read(collection?: string): string
  edit(change: (text: string) => string, collection?: string): void
  refresh(): Promise<unknown>
}

/** Two collections with skills a, b, c and a command c; the second one has a only. */
async function start(extra = ''): Promise<Library> {
  const daemon = await startDaemon({
    prepare({ write }) {
      const all = ['a', 'b', 'c'].map((name) => artifact(name))
      write(
        `${collections}/default/collection.toml`,
        manifest('default', ...all, artifact('c', 'command')) + extra,
      )
      write(`${collections}/work/collection.toml`, manifest('work', artifact('a')))
      for (const name of ['a', 'b', 'c']) write(`${collections}/default/skills/${name}/SKILL.md`, skill(name))
      write(`${collections}/default/commands/c.md`, 'C')
      write(`${collections}/work/skills/a/SKILL.md`, skill('a'))
    },
  })
  const file = (collection: string): string => join(daemon.home, collections, collection, 'collection.toml')
  const library: Library = {
    ...daemon,
    read: (collection = 'default') => readFileSync(file(collection), 'utf8'),
    edit: (change, collection = 'default') =>
      writeFileSync(file(collection), change(readFileSync(file(collection), 'utf8'))),
    refresh: () => daemon.call('cache.refresh', { force: true }),
  }
  await daemon.call('cache.refresh', {})
  return library
}

const members = (group: { members: Array<{ member: string }> }): string[] =>
  group.members.map((each) => each.member)

describe('TagDefinition, GroupDefinition (MP-1.1, MP-1.2, MP-4.1)', () => {
  it.each([
    [{ name: 'Web', slug: 'web', color: '#112233', description: '' }, true],
    [{ name: 'Web', slug: 'web', color: null, description: 'd' }, true],
    [{ name: '', slug: 'web', color: null, description: '' }, false],
    [{ name: 'Web', slug: 'Web', color: null, description: '' }, false],
    [{ name: 'Web', slug: 'web--x', color: null, description: '' }, false],
    [{ name: 'Web', slug: 'web', color: 'red', description: '' }, false],
    [{ name: 'W'.repeat(101), slug: 'web', color: null, description: '' }, false],
    [{ name: 'Web', slug: 'web', color: null }, false],
  ])('%j: %s', (value, isValid) => {
    expect(TagDefinition().safeParse(value).success).toBe(isValid)
  })

  it('a group has name, description, colour, icon and position', () => {
    const group = { name: 'G', description: '', color: 'slate', icon: 'layers', position: 0 }
    expect(GroupDefinition().safeParse(group).success).toBe(true)
    expect(GroupDefinition().safeParse({ ...group, position: -1 }).success).toBe(false)
  })
})

describe('tags (MP-2.4, MP-4.2)', () => {
  it('are written into every manifest, by name, and everything else in it stays', async () => {
    const { call, read } = await start()
    const { tag } = await call('tags.create', {
      name: 'Web tools',
      color: '#112233',
      description: 'For the web',
    })
    expect(tag).toEqual({
      name: 'Web tools',
      slug: 'web-tools',
      color: '#112233',
      description: 'For the web',
      artifactCount: 0,
      defined: true,
    })
    await call('tags.create', { name: 'Ärger', slug: 'trouble' })
    for (const collection of ['default', 'work']) {
      const text = read(collection)
      expect(text).toContain('# by hand')
      expect(text).toContain('mine = 1')
      expect(text.indexOf('Web tools')).toBeLessThan(text.indexOf('Ärger'))
      expect(text).toContain('description = "For the web"')
      expect(text).not.toContain('updated = "2026-01-02T03:04:05"')
    }
    expect((await call('tags.list', {})).items.map(({ slug }) => slug)).toEqual(['web-tools', 'trouble'])
  })

  it('are given to many artifacts at once, unknown ones are defined, and lists filter by them', async () => {
    const { call, read } = await start()
    const done = await call('tags.assign', {
      artifacts: ['a', 'skill:b', 'command:c'],
      add: ['Web', 'web', 'Later'],
    })
    expect(done).toEqual({
      collection: 'default',
      created: ['Web', 'Later'],
      artifacts: ['skill:a', 'skill:b', 'command:c'].map((artifact) => ({
        artifact,
        tags: ['Web', 'Later'],
      })),
      notWritten: [],
    })
    expect(read('work')).toContain('"later"')
    const tagged = await call('artifacts.list', { tag: 'Web' })
    expect(tagged.items.map(({ name, type }) => `${type}:${name}`).sort()).toEqual([
      'command:c',
      'skill:a',
      'skill:b',
    ])
    expect((await call('tags.list', {})).items).toMatchObject([
      { slug: 'later', artifactCount: 3 },
      { slug: 'web', artifactCount: 3 },
    ])
    const less = await call('tags.assign', { artifacts: ['a'], remove: ['WEB'] })
    expect(less.artifacts).toEqual([{ artifact: 'skill:a', tags: ['Later'] }])
    expect((await call('artifacts.list', { tag: 'Web' })).total).toBe(2)
    await call('tags.assign', { artifacts: ['a'], remove: ['Later'] })
    expect((await call('tags.list', {})).items.find(({ slug }) => slug === 'later')?.artifactCount).toBe(2)
    const others = await call('tags.assign', { artifacts: ['skill:b'], add: ['New', 'WEB'], exact: true })
    expect(others.artifacts).toEqual([{ artifact: 'skill:b', tags: ['New', 'Web'] }])
    const none = await call('tags.assign', { artifacts: ['skill:b'], exact: true })
    expect(none.artifacts).toEqual([{ artifact: 'skill:b', tags: [] }])
  })

  it('have a new name everywhere when they are renamed, and are gone everywhere when they are deleted', async () => {
    const { call, read, edit, refresh } = await start()
    edit((text) => text.replace('name = "a"\n', 'name = "a"\ntags = ["web", "x"] # mine\n'))
    edit((text) => text.replace('name = "a"\n', 'name = "a"\ntags = ["Web"]\n'), 'work')
    await refresh()
    await call('tags.create', { name: 'Web' })
    const { tag } = await call('tags.update', { tag: 'WEB', name: 'Internet', slug: 'net', color: '#abcdef' })
    expect(tag).toMatchObject({ name: 'Internet', slug: 'net', color: '#abcdef', artifactCount: 2 })
    expect(read()).toContain('tags = ["Internet", "x"] # mine')
    expect(read('work')).toContain('tags = ["Internet"]')
    expect(read()).not.toContain('"Web"')

    const gone = await call('tags.delete', { tag: 'net' })
    expect(gone.tag).toMatchObject({ slug: 'net', artifactCount: 2 })
    expect(read()).toContain('tags = ["x"] # mine')
    expect(read('work')).not.toContain('tags = ')
    // x was never defined, and is in use.
    expect((await call('tags.list', {})).items).toMatchObject([
      { name: 'x', defined: false, artifactCount: 1 },
    ])
    expect((await call('snapshots.list', { collection: 'work' })).items).toMatchObject([
      { message: '[auto] Delete the tag Internet', automatic: true },
    ])
    const [snapshot] = (await call('snapshots.list', {})).items
    await call('snapshots.rollback', { id: snapshot?.id ?? '' })
    expect(read()).toContain('tags = ["Internet", "x"] # mine')
  })

  it('refuse what is taken, unknown or has no slug', async () => {
    const { call } = await start()
    await call('tags.create', { name: 'Web' })
    const fails = async (
      method: 'tags.create' | 'tags.update' | 'tags.delete',
      params: object,
      slug: string,
    ) => expect(call(method, params as never), JSON.stringify(params)).rejects.toMatchObject({ slug })
    await fails('tags.create', { name: 'WEB', slug: 'other' }, 'tag.duplicate')
    await fails('tags.create', { name: 'Other', slug: 'web' }, 'tag.duplicate')
    await fails('tags.create', { name: '🚀' }, 'tag.no_slug')
    await fails('tags.create', { name: 'x', color: 'red' }, 'rpc.invalid_params')
    await fails('tags.update', { tag: 'none', name: 'x' }, 'tag.not_found')
    await fails('tags.delete', { tag: 'none' }, 'tag.not_found')
    const assign = (artifacts: string[]) => call('tags.assign', { artifacts, add: ['x'] })
    await expect(assign(['none'])).rejects.toMatchObject({ slug: 'label.unknown_artifact' })
    await expect(assign(['c'])).rejects.toMatchObject({
      slug: 'label.ambiguous_artifact',
      details: { candidates: ['skill:c', 'command:c'] },
    })
    await expect(call('tags.assign', { collection: 'none', artifacts: ['a'] })).rejects.toMatchObject({
      slug: 'collection.not_found',
    })
  })

  it('take no name and no slug that another one goes by', async () => {
    const { call } = await start()
    await call('tags.create', { name: 'App', slug: 'web' })
    await call('tags.create', { name: 'Other' })
    for (const [method, params] of [
      ['tags.create', { name: 'WEB', slug: 'frontend' }],
      ['tags.create', { name: 'Web!', slug: 'frontend' }],
      ['tags.create', { name: 'Frontend', slug: 'app' }],
      ['tags.update', { tag: 'other', name: 'Web' }],
      ['tags.update', { tag: 'other', slug: 'app' }],
    ] as const)
      await expect(call(method, params as never), JSON.stringify(params)).rejects.toMatchObject({
        slug: 'tag.duplicate',
      })
    expect((await call('tags.list', {})).items.map(({ name, slug }) => `${name} ${slug}`)).toEqual([
      'App web',
      'Other other',
    ])
  })

  describe('of which files hold one named as the slug of another', () => {
    const definition = (name: string, slug: string): string =>
      `[[tag_definitions]]\nname = "${name}"\nslug = "${slug}"\ncolor = ""\ndescription = ""\n`
    const doubles = `\n${definition('App', 'web')}${definition('web', 'frontend')}`
    const slugs = async ({ call }: Library) => (await call('tags.list', {})).items.map(({ slug }) => slug)

    it('are not changed by that word, and each is found by what only it is called', async () => {
      const library = await start(doubles)
      const { call, read } = library
      const before = read()
      for (const change of [
        () => call('tags.delete', { tag: 'web' }),
        () => call('tags.update', { tag: 'web', color: '#112233' }),
      ])
        await expect(change()).rejects.toMatchObject({
          slug: 'tag.ambiguous',
          details: { candidates: ['App (web)', 'web (frontend)'] },
        })
      expect(read()).toBe(before)
      expect((await call('tags.delete', { tag: 'frontend' })).tag.name).toBe('web')
      expect(await slugs(library)).toEqual(['web'])
    })

    it('leave each other their artifacts', async () => {
      const library = await start(doubles)
      const { call, read } = library
      await call('tags.assign', { artifacts: ['a'], add: ['App'] })
      await call('tags.assign', { artifacts: ['b'], add: ['web'] })
      expect((await call('tags.list', {})).items).toMatchObject([
        { slug: 'web', artifactCount: 1 },
        { slug: 'frontend', artifactCount: 1 },
      ])
      expect((await call('tags.update', { tag: 'App', color: '#112233' })).tag.color).toBe('#112233')
      expect((await call('tags.delete', { tag: 'app' })).tag).toMatchObject({ slug: 'web', artifactCount: 1 })
      expect(read()).toContain('tags = ["web"]')
      expect(read()).not.toContain('"App"')
    })
  })

  it('pass over a manifest that is broken, and say so', async () => {
    const { call, home, read, edit } = await start()
    edit((text) => `${text}\nbroken = \n`, 'work')
    const before = read('work')
    const { notWritten } = await call('tags.create', { name: 'Web' })
    expect(notWritten).toMatchObject([
      { collection: 'work', reason: expect.stringContaining(join(home, collections)) },
    ])
    expect(read('work')).toBe(before)
    expect(read()).toContain('"Web"')
  })
})

describe('groups (MP-2.1, MP-2.2, MP-2.3, MP-4.2)', () => {
  it('are made, changed, ordered and deleted, in the file and for whoever asks', async () => {
    const { call, read } = await start()
    const made = await call('groups.create', { name: 'G', members: ['a', 'command:c', 'skill:a'] })
    expect(made).toMatchObject({
      collection: 'default',
      name: 'G',
      color: 'slate',
      icon: 'layers',
      position: 0,
      artifactCount: 2,
      unresolvedCount: 0,
      members: [
        { member: 'skill:a', position: 0, resolved: true, artifact: { name: 'a', type: 'skill' } },
        { member: 'command:c', position: 1, resolved: true, artifact: { name: 'c', type: 'command' } },
      ],
    })
    await call('groups.create', { name: 'H', color: '#112233', icon: 'book-open', description: 'Second' })
    await call('groups.create', { name: 'I', position: 1 })
    const names = async () =>
      (await call('groups.list', { collection: 'default' })).items.map(({ name }) => name)
    expect(await names()).toEqual(['G', 'I', 'H'])
    expect(
      await call('groups.update', { name: 'H', newName: 'J', color: 'rose', position: 0 }),
    ).toMatchObject({
      name: 'J',
      description: 'Second',
      icon: 'book-open',
      color: 'rose',
      position: 0,
    })
    expect(await names()).toEqual(['J', 'G', 'I'])
    expect(read().match(/^name = "[GIJ]"$/gm)).toEqual(['name = "J"', 'name = "G"', 'name = "I"'])
    expect((await call('groups.reorder', { names: ['I', 'G'] })).items.map(({ name }) => name)).toEqual([
      'I',
      'G',
      'J',
    ])
    const gone = await call('groups.delete', { name: 'G' })
    expect(members(gone)).toEqual(['skill:a', 'command:c'])
    expect((await call('groups.list', {})).items.map(({ name, position }) => [name, position])).toEqual([
      ['I', 0],
      ['J', 1],
    ])
    expect(read()).toContain('# by hand')
    expect((await call('snapshots.list', {})).items[0]?.message).toBe('[auto] Delete the group G')
    expect(await call('groups.list', { search: 'second' })).toMatchObject({
      total: 1,
      items: [{ name: 'J' }],
    })
  })

  it('take members in, out, from another group and into an order', async () => {
    const { call } = await start()
    await call('groups.create', { name: 'G', members: ['a', 'b'] })
    await call('groups.create', { name: 'H', members: ['command:c'] })
    expect(members(await call('groups.assign', { name: 'G', add: ['skill:c'], position: 1 }))).toEqual([
      'skill:a',
      'skill:c',
      'skill:b',
    ])
    expect(
      members(await call('groups.assign', { name: 'H', add: ['b', 'a'], from: 'G', position: 0 })),
    ).toEqual(['skill:b', 'skill:a', 'command:c'])
    expect(members(await call('groups.show', { name: 'G' }))).toEqual(['skill:c'])
    expect(members(await call('groups.order', { name: 'H', members: ['command:c', 'a'] }))).toEqual([
      'command:c',
      'skill:a',
      'skill:b',
    ])
    expect(members(await call('groups.assign', { name: 'H', remove: ['a', 'command:c'] }))).toEqual([
      'skill:b',
    ])
    expect(await call('groups.list', { artifact: 'skill:b' })).toMatchObject({
      total: 1,
      items: [{ name: 'H' }],
    })
    await expect(call('groups.order', { name: 'H', members: ['a'] })).rejects.toMatchObject({
      slug: 'label.unknown_artifact',
    })
  })

  it('are copied with what the other collection has, and the rest waits', async () => {
    const { call, read, write } = await start()
    await call('groups.create', { name: 'G', members: ['a', 'b'], color: 'rose' })
    const copy = await call('groups.copy', { name: 'G', to: 'work' })
    expect(copy).toMatchObject({ collection: 'work', color: 'rose', artifactCount: 1, unresolvedCount: 1 })
    expect(copy.members).toMatchObject([
      { member: 'skill:a', resolved: true, artifact: { name: 'a' } },
      { member: 'skill:b', resolved: false, artifact: null },
    ])
    expect(read('work')).toContain('"skill:b"')
    // Its artifact comes, whoever brings it.
    write(`${collections}/work/skills/b/SKILL.md`, skill('b'))
    write(
      `${collections}/work/collection.toml`,
      read('work').replace('\n[[groups]]', `\n${artifact('b')}\n[[groups]]`),
    )
    await call('cache.refresh', { force: true })
    expect(await call('groups.show', { collection: 'work', name: 'G' })).toMatchObject({
      artifactCount: 2,
      unresolvedCount: 0,
      members: [{}, { resolved: true, artifact: { name: 'b' } }],
    })
    expect(await call('groups.copy', { name: 'G', newName: 'G 2' })).toMatchObject({
      name: 'G 2',
      position: 1,
    })
  })

  it('refuse what is taken, unknown or not clear', async () => {
    const { call } = await start()
    await call('groups.create', { name: 'G' })
    await expect(call('groups.create', { name: 'G' })).rejects.toMatchObject({ slug: 'group.duplicate' })
    await expect(call('groups.copy', { name: 'G' })).rejects.toMatchObject({ slug: 'group.duplicate' })
    await expect(call('groups.show', { name: 'none' })).rejects.toMatchObject({ slug: 'group.not_found' })
    await expect(call('groups.delete', { name: 'none' })).rejects.toMatchObject({ slug: 'group.not_found' })
    await expect(call('groups.reorder', { names: ['none'] })).rejects.toMatchObject({
      slug: 'group.not_found',
    })
    await expect(call('groups.create', { name: 'H', members: ['c'] })).rejects.toMatchObject({
      slug: 'label.ambiguous_artifact',
    })
    await expect(call('groups.create', { name: 'H', color: 'nice' })).rejects.toMatchObject({
      slug: 'rpc.invalid_params',
    })
    expect((await call('groups.list', {})).total).toBe(1)
  })

  it('are made in a cache that knows nothing yet', async () => {
    const { call } = await start()
    await call('cache.clear', {})
    expect(members(await call('groups.create', { name: 'First', members: ['a'] }))).toEqual(['skill:a'])
  })

  it('are told to other clients at once (CACHE-4.3)', async () => {
    const { call, ctx } = await start()
    const heard: AnyEvent[] = []
    ctx.events.on(({ topic, data }) => heard.push({ topic, data } as AnyEvent))
    await call('groups.create', { name: 'G' })
    expect(heard.map(({ topic, data }) => [topic, data])).toContainEqual([
      'collections.changed',
      expect.objectContaining({ name: 'default' }),
    ])
  })
})

describe('recovery from the files (MP-1.3, MP-1.4, MP-1.5, MP-3.1, MP-3.2, MP-3.3, MP-4.3, MP-4.4)', () => {
  const labels = `
[[tag_definitions]]
name = "Web"
slug = "web"
color = "#112233"
description = "d"

[[tag_definitions]]
name = "Bad colour"
slug = "bad"
color = "reddish"

[[tag_definitions]]
name = "No slug"

[[groups]]
name = "G"
color = ""
members = ["skill:a", "gone", "b", "c", "skill:b", "agent:none"]

[[groups]]
description = "no name"
`

  it('takes what makes sense, tells the rest once, and keeps it in the file', async () => {
    const library = await start(labels)
    const { call, read, log } = library
    expect((await call('tags.list', {})).items).toMatchObject([
      { slug: 'bad', color: null },
      { slug: 'web', color: '#112233', description: 'd' },
    ])
    const group = await call('groups.show', { name: 'G' })
    expect(group).toMatchObject({
      color: 'slate',
      icon: 'layers',
      description: '',
      artifactCount: 2,
      unresolvedCount: 3,
    })
    // A bare name that two have means none; duplicates count once, the others keep their index.
    expect(group.members.map(({ member, position, resolved }) => [member, position, resolved])).toEqual([
      ['skill:a', 0, true],
      ['gone', 1, false],
      ['b', 2, true],
      ['c', 3, false],
      ['agent:none', 5, false],
    ])
    const told = () =>
      log.filter(({ message }) => message === 'a member of a group is no artifact of its collection')
    expect(told()).toHaveLength(3)
    await library.refresh()
    await library.refresh()
    expect(told()).toHaveLength(3)

    // A later write keeps what is not resolved, and what is no definition.
    await call('groups.assign', { name: 'G', add: ['command:c'] })
    await call('tags.create', { name: 'New' })
    expect(members(await call('groups.show', { name: 'G' }))).toEqual([
      'skill:a',
      'gone',
      'skill:b',
      'c',
      'agent:none',
      'command:c',
    ])
    expect(read()).toContain('"No slug"')
    expect(read()).toContain('description = "no name"')
  })

  it('counts what came back to a cache that knew nothing', async () => {
    const { call } = await start(labels)
    await call('cache.clear', {})
    const { result } = await call('cache.refresh', { force: true })
    expect(result?.recovered).toEqual([
      {
        collection: 'default',
        tagsRecovered: 2,
        groupsRecovered: 1,
        membersRecovered: 2,
        membersSkipped: 3,
        skippedReason: null,
      },
      {
        collection: 'work',
        tagsRecovered: 0,
        groupsRecovered: 0,
        membersRecovered: 0,
        membersSkipped: 0,
        skippedReason: null,
      },
    ])
    expect((await call('cache.refresh', { force: true })).result?.recovered).toEqual([])
  })

  it('says why nothing comes back from a broken manifest, and keeps what was known', async () => {
    const { call, edit, refresh, home } = await start(labels)
    edit((text) => `${text}\nbroken = \n`)
    await refresh()
    expect((await call('groups.list', {})).total).toBe(1)
    mkdirSync(join(home, collections, 'new'))
    writeFileSync(join(home, collections, 'new/collection.toml'), 'broken = \n')
    const { result } = await call('cache.refresh', { force: true })
    expect(result?.recovered).toMatchObject([{ collection: 'new', skippedReason: 'toml_read_error' }])
  })

  it('reads manifests without the sections as empty, and both spellings of tables', async () => {
    const { call, write, refresh, read } = await start()
    expect(await call('groups.list', {})).toEqual({ items: [], total: 0 })
    expect(await call('tags.list', {})).toEqual({ items: [], total: 0 })
    write(
      `${collections}/work/collection.toml`,
      `tag_definitions = [\n    { name = "Web", slug = "web", color = "#112233", description = "" }, # inline\n]\ngroups = [\n    { name = "G", position = 0, members = ["a"], mine = 1 },\n]\n\n${manifest('work', artifact('a'))}`,
    )
    await refresh()
    expect(await call('groups.list', { collection: 'work' })).toMatchObject({
      items: [{ name: 'G', artifactCount: 1 }],
    })
    await call('tags.update', { tag: 'web', description: 'new' })
    await call('groups.update', { collection: 'work', name: 'G', color: 'rose' })
    const text = read('work')
    expect(text).toContain('description = "new" }, # inline')
    expect(text).toContain('mine = 1')
    expect(text).not.toContain('[[groups]]')
    expect(text.startsWith('tag_definitions = [')).toBe(true)
  })
})
