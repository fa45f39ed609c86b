import { appendFileSync, existsSync, lstatSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'smol-toml'
import { describe, expect, it } from 'vitest'
import type { ParamsOf } from '../../../../protocol/methods.ts'
import { writeCollection } from '../../../support/collection-files.ts'
import { snapshot } from '../../../support/operation-world.ts'
import { skill, type TestDaemon, type TestHome, useTestDaemon } from '../../../support/test-daemon.ts'

const start = useTestDaemon()
const library = '.skillmeat/collections/default'

/** Long enough that one word more makes no other text of it. */
const text = (word: string, more = '') =>
  `${Array.from({ length: 60 }, (_, n) => `${word} ${n} is looked at with care`).join('.\n')}\n${more}`

/** `one` and `two` are the same, `near` is like them, `far` like nothing. */
const fill = (home: TestHome): void => {
  const same = { 'SKILL.md': skill('one', 'Same.', text('file')), 'run.sh': 'run\n' }
  writeCollection(home, [
    { type: 'skill', name: 'one', files: same },
    { type: 'skill', name: 'two', files: same },
    { type: 'skill', name: 'near', files: { 'SKILL.md': skill('near', 'Near.', text('file', 'And more.')) } },
    { type: 'skill', name: 'far', files: { 'SKILL.md': skill('far', 'Far.', text('cloud')) } },
    { type: 'command', name: 'one', files: text('file') },
  ])
  for (const name of ['a', 'b', 'c']) home.write(`src/${name}/.claude/commands/mine.md`, '# Mine\n')
}

async function startFilled(prepare: (home: TestHome) => void = () => undefined): Promise<TestDaemon> {
  const daemon = await start({
    prepare(home) {
      fill(home)
      prepare(home)
    },
  })
  for (const name of ['a', 'b', 'c'])
    await daemon.call('projects.add', { path: join(daemon.home, 'src', name) })
  return daemon
}

const consolidate = (daemon: TestDaemon, params: ParamsOf<'collections.consolidate'> = {}) =>
  daemon.call('collections.consolidate', { min: 1, ...params })
const deploy = (daemon: TestDaemon, name: string, ...projects: string[]) =>
  daemon.call('deployments.deploy', { artifacts: [{ name, type: 'skill' }], projects })
const inCollection = ({ home }: TestDaemon, path: string) => join(home, library, path)
const inProject = ({ home }: TestDaemon, project: string, path: string) =>
  join(home, 'src', project, '.claude', path)
const manifest = (daemon: TestDaemon) =>
  parse(readFileSync(inCollection(daemon, 'collection.toml'), 'utf8')) as {
    artifacts: Array<Record<string, unknown> & { name: string; type: string }>
    groups: Array<{ name: string; members: string[] }>
  }
const records = (daemon: TestDaemon, project: string) =>
  (
    parse(readFileSync(inProject(daemon, project, '.skillmeat-deployed.toml'), 'utf8')) as {
      deployed: Record<string, unknown>[]
    }
  ).deployed
const shown = ({ groups }: Awaited<ReturnType<typeof consolidate>>) =>
  groups.map(({ kind, type, keep, remove }) => [kind, type, keep.name, ...remove.map(({ name }) => name)])

describe('collections.consolidate', () => {
  it('says what would come together, which is kept and why, and changes nothing', async () => {
    const daemon = await startFilled()
    await deploy(daemon, 'two', 'a', 'b')
    await deploy(daemon, 'one', 'c')
    const before = snapshot(daemon.home)
    const plan = await consolidate(daemon, { min: 0.5, dryRun: true })
    // The one that is kept of the same is kept of what is like it, too.
    expect(shown(plan)).toEqual([
      ['same', 'skill', 'two', 'one'],
      ['similar', 'skill', 'two', 'near'],
    ])
    expect(plan.groups[0]).toMatchObject({
      keep: { reason: 'It is deployed most: 2 times.', deployments: 2 },
      remove: [{ name: 'one', likeness: 1, filesRemoved: true, deployments: 1 }],
    })
    expect(plan).toMatchObject({ total: 2, operation: null, outcome: null, snapshot: null })
    expect(
      plan.projects.map(({ name, outcome, items }) => [
        name,
        outcome,
        ...items.map(({ action, path }) => `${action} ${path}`),
      ]),
    ).toEqual([
      [
        'c',
        null,
        `remove ${inProject(daemon, 'c', 'skills/one')}`,
        `add ${inProject(daemon, 'c', 'skills/two')}`,
      ],
    ])
    expect(snapshot(daemon.home)).toEqual(before)
  })

  it('takes tags, groups, sets, links and deployments over, and undo brings everything back', async () => {
    const daemon = await startFilled()
    const { call } = daemon
    await deploy(daemon, 'one', 'a')
    await deploy(daemon, 'one', 'b')
    await deploy(daemon, 'two', 'b')
    await call('tags.assign', { artifacts: ['skill:one'], add: ['kept'] })
    await call('tags.assign', { artifacts: ['skill:two'], add: ['kept', 'gained'] })
    await call('groups.create', { name: 'G', members: ['skill:two', 'skill:far'] })
    await call('groups.create', { name: 'H', members: ['skill:two', 'skill:one'] })
    await call('sets.save', { name: 'S', artifacts: ['skill:two'] })
    appendFileSync(
      inCollection(daemon, 'collection.toml'),
      '\n# A note of mine.\n[[artifacts]]\nname = "own"\ntype = "command"\npath = "commands/own.md"\norigin = "local"\nadded = "2026-01-02T03:04:05"\n[[artifacts.metadata.linked_artifacts]]\nartifact_name = "two"\nartifact_type = "skill"\nlink_type = "requires"\n',
    )
    const before = snapshot(daemon.home)
    const done = await consolidate(daemon)
    expect(done).toMatchObject({ outcome: 'done', failure: null })
    expect(shown(done)).toEqual([['same', 'skill', 'one', 'two']])
    expect(done.groups[0]?.gains).toEqual({
      tags: ['gained'],
      groups: ['G'],
      sets: ['S'],
      links: ['own'],
      source: null,
    })
    const { artifacts, groups } = manifest(daemon)
    expect(artifacts.map(({ type, name }) => `${type}:${name}`)).toEqual([
      'skill:one',
      'skill:near',
      'skill:far',
      'command:one',
      'command:own',
    ])
    expect(artifacts[0]?.tags).toEqual(['kept', 'gained'])
    expect(artifacts[4]?.metadata).toEqual({
      linked_artifacts: [{ artifact_name: 'one', artifact_type: 'skill', link_type: 'requires' }],
    })
    expect(groups.map(({ members }) => members)).toEqual([['skill:one', 'skill:far'], ['skill:one']])
    expect((await call('sets.list', {})).items).toMatchObject([{ artifacts: ['skill:one'] }])
    expect(existsSync(inCollection(daemon, 'skills/two'))).toBe(false)
    expect(readFileSync(inCollection(daemon, 'collection.toml'), 'utf8')).toContain('# A note of mine.')
    expect(existsSync(inProject(daemon, 'b', 'skills/two'))).toBe(false)
    expect(records(daemon, 'b').map((row) => row.artifact_name)).toEqual(['one'])
    // What other clients ask for next is right at once.
    expect((await call('deployments.list', {})).items.map(({ name, state }) => [name, state])).toEqual([
      ['one', 'current'],
      ['one', 'current'],
    ])
    expect((await call('artifacts.list', { scope: 'collection', type: 'skill' })).total).toBe(3)

    await call('deployments.undo', { operation: done.operation as string })
    const after = snapshot(daemon.home)
    for (const path of Object.keys(before))
      if (path.includes('/skills/') || path.endsWith('.toml'))
        expect([path, after[path]]).toEqual([path, before[path]])
  })

  it('goes back in the collection by the snapshot that it took', async () => {
    const daemon = await startFilled()
    const before = readFileSync(inCollection(daemon, 'collection.toml'), 'utf8')
    const { snapshot: id } = await consolidate(daemon)
    expect(manifest(daemon).artifacts).toHaveLength(4)
    await daemon.call('snapshots.rollback', { id: id as string })
    expect(readFileSync(inCollection(daemon, 'collection.toml'), 'utf8')).toBe(before)
    expect(readFileSync(inCollection(daemon, 'skills/two/run.sh'), 'utf8')).toBe('run\n')
  })

  it('is not taken back in projects when the collection has changed since, unless that is forced', async () => {
    const daemon = await startFilled()
    await deploy(daemon, 'two', 'b')
    const { operation } = await consolidate(daemon, { keep: ['skill:one'] })
    await daemon.call('tags.assign', { artifacts: ['skill:one'], add: ['later'] })
    const before = snapshot(daemon.home)
    const undone = await daemon.call('deployments.undo', { operation: operation as string })
    expect(undone).toMatchObject({ operation: null })
    expect(undone.projects.flatMap(({ items }) => items.map(({ action }) => action))).toContain('skip')
    const after = snapshot(daemon.home)
    for (const path of Object.keys(before))
      if (path.includes('/skills/') || path.endsWith('.toml'))
        expect([path, after[path]]).toEqual([path, before[path]])
    await daemon.call('deployments.undo', { operation: operation as string, force: true })
    expect(records(daemon, 'b').map((row) => row.artifact_name)).toEqual(['two'])
    expect(existsSync(inCollection(daemon, 'skills/two'))).toBe(true)
  })

  it('leaves what was edited where it is, and lets its edits flow to the kept one', async () => {
    const daemon = await startFilled()
    await deploy(daemon, 'one', 'a', 'b', 'c')
    await deploy(daemon, 'two', 'a', 'b')
    for (const project of ['a', 'b'])
      appendFileSync(inProject(daemon, project, 'skills/two/SKILL.md'), `Edited in ${project}.\n`)
    await daemon.call('deployments.undeploy', { artifacts: [{ name: 'one' }], projects: ['b'] })
    const done = await consolidate(daemon, { keep: ['skill:one'] })
    expect(
      done.projects.map(({ name, items }) => [
        name,
        ...items.map(({ action, reason }) => [action, reason?.code]),
      ]),
    ).toEqual([
      ['a', ['same', 'own_now']],
      ['b', ['same', 'goes_over']],
    ])
    expect(readFileSync(inProject(daemon, 'a', 'skills/two/SKILL.md'), 'utf8')).toContain('Edited in a.')
    expect(records(daemon, 'a').map(({ artifact_path }) => artifact_path)).toEqual(['skills/one'])
    expect(records(daemon, 'b')).toMatchObject([{ artifact_name: 'one', artifact_path: 'skills/two' }])
    const pulled = await daemon.call('sync.pull', { project: 'b', strategy: 'merge' })
    expect(pulled.items).toMatchObject([{ name: 'one', type: 'skill' }])
    expect(readFileSync(inCollection(daemon, 'skills/one/SKILL.md'), 'utf8')).toContain('Edited in b.')
  })

  it('lets links lead to the kept one, also those for all projects', async () => {
    const daemon = await startFilled()
    const link = { artifacts: [{ name: 'two' }], link: true }
    await daemon.call('deployments.deploy', { ...link, projects: ['a'] })
    await daemon.call('deployments.deploy', { ...link, scope: 'user' })
    await deploy(daemon, 'one', 'b', 'c')
    await daemon.call('collections.consolidate', { min: 1, keep: ['one'] })
    for (const place of [inProject(daemon, 'a', 'skills'), join(daemon.home, '.claude/skills')]) {
      expect(lstatSync(join(place, 'two'), { throwIfNoEntry: false })).toBeUndefined()
      expect(readlinkSync(join(place, 'one'))).toBe(inCollection(daemon, 'skills/one'))
    }
  })

  it('puts the kept one in the place of the old where its own is taken, and touches no copy without a record', async () => {
    const daemon = await startFilled(({ write }) => {
      write('src/a/.claude/skills/one/SKILL.md', 'Mine.\n')
      write('src/c/.claude/skills/found/SKILL.md', skill('one', 'Same.', text('file')))
      write('src/c/.claude/skills/found/run.sh', 'run\n')
    })
    await deploy(daemon, 'two', 'a')
    const done = await consolidate(daemon, { keep: ['one'] })
    expect(done.projects[0]?.items).toMatchObject([
      { name: 'one', action: 'same', path: inProject(daemon, 'a', 'skills/two') },
    ])
    expect(readFileSync(inProject(daemon, 'a', 'skills/one/SKILL.md'), 'utf8')).toBe('Mine.\n')
    expect(records(daemon, 'a')).toMatchObject([{ artifact_name: 'one', artifact_path: 'skills/two' }])
    expect(done.untouched.map(({ path }) => path)).toEqual([inProject(daemon, 'c', 'skills/found')])
  })

  it('takes over the source of the same content, and says where one is followed no longer', async () => {
    const rows = (name: string, upstream: string) => `
[[artifacts]]
name = "${name}"
type = "command"
path = "commands/${name}.md"
origin = "github"
added = "2026-01-03T03:04:05"
upstream = "${upstream}"
version_spec = "latest"
resolved_sha = "${'a'.repeat(40)}"
`
    const daemon = await startFilled(({ home, write }) => {
      write(`${library}/commands/gone.md`, text('file'))
      write(`${library}/commands/like.md`, text('file', 'More.'))
      appendFileSync(
        join(home, library, 'collection.toml'),
        rows('gone', 'https://github.com/o/r') + rows('like', 'https://github.com/o/s'),
      )
    })
    const keep = { keepRule: 'oldest' as const, type: 'command' as const }
    const same = await consolidate(daemon, keep)
    expect(shown(same)).toEqual([['same', 'command', 'one', 'gone']])
    expect(same.groups[0]).toMatchObject({
      keep: { reason: 'It was added first.' },
      gains: { source: 'https://github.com/o/r' },
      warnings: [],
    })
    expect(manifest(daemon).artifacts.find(({ type }) => type === 'command')).toMatchObject({
      origin: 'github',
      upstream: 'https://github.com/o/r',
      resolved_sha: 'a'.repeat(40),
    })
    const similar = await consolidate(daemon, { ...keep, min: 0.5, dryRun: true })
    expect(similar.groups).toMatchObject([
      {
        kind: 'similar',
        gains: { source: null },
        remove: [{ name: 'like', likeness: expect.closeTo(0.97, 1) }],
        warnings: ['The source of like is followed no longer: https://github.com/o/s'],
      },
    ])
  })

  it('keeps by the rule that is asked for, and what somebody says', async () => {
    const daemon = await startFilled()
    const kept = async (params: ParamsOf<'collections.consolidate'>) =>
      (await consolidate(daemon, { dryRun: true, ...params })).groups.map(({ keep }) => [
        keep.name,
        keep.reason,
      ])
    expect(await kept({})).toEqual([['one', 'Its name comes first.']])
    expect(await kept({ keep: ['skill:two'] })).toEqual([['two', 'You chose it.']])
    const file = inCollection(daemon, 'collection.toml')
    writeFileSync(
      file,
      readFileSync(file, 'utf8')
        .replace('path = "skills/two"', 'path = "skills/two"\ntags = ["new"]')
        .replace(/(name = "two"[\s\S]*?added = )"[^"]*"/, '$1"2026-05-05T00:00:00"'),
    )
    expect(await kept({ keepRule: 'newest' })).toEqual([['two', 'It was added last.']])
    expect(await kept({ keepRule: 'oldest' })).toEqual([['one', 'It was added first.']])
    expect(await kept({ artifacts: ['far'] })).toEqual([])
    expect(await kept({ artifacts: ['two'], limit: 1 })).toHaveLength(1)
    for (const wrong of [{ artifacts: ['none'] }, { keep: ['command:two'] }])
      await expect(kept(wrong)).rejects.toMatchObject({ slug: 'collection.artifact_not_found' })
  })

  it('brings exactly those together that are named, and refuses what does not go together', async () => {
    const daemon = await startFilled()
    const named = (keep: string, ...remove: string[]) =>
      consolidate(daemon, { groups: [{ keep, remove }], dryRun: true })
    expect(shown(await named('far', 'near'))).toEqual([['similar', 'skill', 'far', 'near']])
    await expect(named('far', 'command:one')).rejects.toMatchObject({
      slug: 'collection.cannot_consolidate',
      message: 'far and one cannot be brought together: they are of different types.',
    })
    await expect(named('far', 'far')).rejects.toMatchObject({ slug: 'collection.cannot_consolidate' })
    const twice = [
      { keep: 'far', remove: ['near'] },
      { keep: 'far', remove: ['skill:one'] },
    ]
    expect(shown(await consolidate(daemon, { groups: twice, dryRun: true }))).toHaveLength(2)
    const chain = [...twice, { keep: 'near', remove: ['two'] }]
    await expect(consolidate(daemon, { groups: chain, dryRun: true })).rejects.toThrow('near is named twice')
    await expect(named('far', 'none')).rejects.toMatchObject({ slug: 'collection.artifact_not_found' })
    await expect(named('far', 'one')).rejects.toMatchObject({ slug: 'collection.ambiguous' })
    await expect(consolidate(daemon, { collection: 'none' })).rejects.toMatchObject({
      slug: 'collection.not_found',
    })
  })

  it('refuses a plan that is another one by now', async () => {
    const daemon = await startFilled()
    await deploy(daemon, 'two', 'a')
    const { digest } = await consolidate(daemon, { keep: ['one'], dryRun: true })
    appendFileSync(inProject(daemon, 'a', 'skills/two/SKILL.md'), 'Edited.\n')
    await expect(consolidate(daemon, { keep: ['one'], expect: digest })).rejects.toMatchObject({
      slug: 'deploy.plan_changed',
    })
    const again = await consolidate(daemon, { keep: ['one'], dryRun: true })
    expect(await consolidate(daemon, { keep: ['one'], expect: again.digest })).toMatchObject({
      outcome: 'done',
    })
  })

  it('says of which project nothing can be known, and goes on with the others', async () => {
    const daemon = await startFilled()
    await deploy(daemon, 'two', 'a', 'b')
    const broken = inProject(daemon, 'a', '.skillmeat-deployed.toml')
    const { digest } = await consolidate(daemon, { keep: ['one'], dryRun: true })
    writeFileSync(broken, 'deployed = 1\n')
    await expect(consolidate(daemon, { keep: ['one'], expect: digest })).rejects.toMatchObject({
      slug: 'deploy.plan_changed',
    })
    const done = await consolidate(daemon, { keep: ['one'] })
    expect(done.projects).toMatchObject([
      { name: 'a', problem: expect.stringContaining('deployed'), outcome: 'conflict' },
      { name: 'b', problem: null, outcome: 'done' },
    ])
    expect(done).toMatchObject({ outcome: 'conflict', failure: { path: join(daemon.home, 'src/a') } })
    expect(existsSync(inProject(daemon, 'a', 'skills/two/SKILL.md'))).toBe(true)
    expect(existsSync(inCollection(daemon, 'skills/two/SKILL.md'))).toBe(true)
  })
})
