/** What bringing together must never take away, and what must not stop it. */
import {
  appendFileSync,
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { parse } from 'smol-toml'
import { describe, expect, it } from 'vitest'
import type { ParamsOf } from '../../../../protocol/methods.ts'
import { writeCollection } from '../../../support/collection-files.ts'
import { skill, type TestDaemon, type TestHome, useTestDaemon } from '../../../support/test-daemon.ts'

const start = useTestDaemon()
const library = '.skillmeat/collections/default'

const text = Array.from({ length: 60 }, (_, n) => `thing ${n} is looked at with care`).join('.\n')
const files = { 'SKILL.md': skill('one', 'Same.', text), 'run.sh': 'run\n' }
const same = (name: string, path?: string) => ({
  type: 'skill',
  name,
  files,
  ...(path !== undefined && { path }),
})

async function startWith(
  artifacts: Parameters<typeof writeCollection>[1],
  prepare: (home: TestHome) => void = () => undefined,
): Promise<TestDaemon> {
  const daemon = await start({
    prepare(home) {
      writeCollection(home, artifacts)
      for (const name of ['a', 'b']) home.write(`src/${name}/.claude/commands/mine.md`, '# Mine\n')
      prepare(home)
    },
  })
  for (const name of ['a', 'b']) await daemon.call('projects.add', { path: join(daemon.home, 'src', name) })
  return daemon
}

const consolidate = (daemon: TestDaemon, params: ParamsOf<'collections.consolidate'> = {}) =>
  daemon.call('collections.consolidate', { min: 1, ...params })
const inCollection = ({ home }: TestDaemon, path: string) => join(home, library, path)
const inProject = ({ home }: TestDaemon, project: string, path: string) =>
  join(home, 'src', project, '.claude', path)
const names = (daemon: TestDaemon) =>
  (
    parse(readFileSync(inCollection(daemon, 'collection.toml'), 'utf8')) as {
      artifacts: Array<{ name: string }>
    }
  ).artifacts.map(({ name }) => name)
const row = (name: string, path: string) =>
  `\n[[artifacts]]\nname = "${name}"\ntype = "skill"\npath = "${path}"\norigin = "local"\nadded = "2026-01-02T03:04:05"\n`
const removedOf = ({ groups }: Awaited<ReturnType<typeof consolidate>>) =>
  groups.flatMap(({ remove }) => remove.map(({ name, filesRemoved }) => [name, filesRemoved]))

describe('collections.consolidate, of files that several rows name', () => {
  it.each([
    ['around those of the one that goes', 'skills', 'skills/two'],
    ['inside of the one that goes', 'skills/two/inner', 'skills/two'],
    ['spelled otherwise', './skills//two', 'skills/two'],
  ])('leaves them where a row that stays names some of them as well, %s', async (_, other, path) => {
    const daemon = await startWith([same('one'), same('two', path)], ({ home }) =>
      appendFileSync(join(home, library, 'collection.toml'), row('other', other)),
    )
    const named = { groups: [{ keep: 'skill:one', remove: ['skill:two'] }] }
    const done = await consolidate(daemon, named)
    expect(done.outcome).toBe('done')
    expect(removedOf(done)).toEqual([['two', false]])
    expect(names(daemon)).toEqual(['one', 'other'])
    expect(readFileSync(inCollection(daemon, 'skills/two/run.sh'), 'utf8')).toBe('run\n')
  })

  it('leaves them where the row that stays is a link to them', async () => {
    const daemon = await startWith([same('one'), same('two')], ({ home }) => {
      symlinkSync('two', join(home, library, 'skills/alias'))
      appendFileSync(join(home, library, 'collection.toml'), row('alias', 'skills/alias'))
    })
    const done = await consolidate(daemon, { groups: [{ keep: 'skill:one', remove: ['skill:two'] }] })
    expect(removedOf(done)).toEqual([['two', false]])
    expect(readFileSync(inCollection(daemon, 'skills/alias/run.sh'), 'utf8')).toBe('run\n')
  })

  it('removes places once that lie inside of each other, and undo brings them back', async () => {
    const daemon = await startWith([
      same('one'),
      { type: 'skill', name: 'suite', files: { ...files, 'inner/SKILL.md': files['SKILL.md'] } },
      {
        type: 'skill',
        name: 'inner',
        path: './skills/suite/inner',
        files: { 'SKILL.md': files['SKILL.md'] },
      },
    ])
    const done = await consolidate(daemon, {
      groups: [{ keep: 'skill:one', remove: ['skill:suite', 'skill:inner'] }],
    })
    expect(done).toMatchObject({ outcome: 'done', failure: null })
    expect(names(daemon)).toEqual(['one'])
    expect(existsSync(inCollection(daemon, 'skills/suite'))).toBe(false)
    await daemon.call('deployments.undo', { operation: done.operation as string })
    expect(existsSync(inCollection(daemon, 'skills/suite/inner/SKILL.md'))).toBe(true)
    expect(names(daemon)).toEqual(['one', 'suite', 'inner'])
  })
})

describe('collections.consolidate, of what is to be kept', () => {
  it('removes nothing that keep names, whatever it is the same as', async () => {
    const daemon = await startWith([same('one'), same('two'), same('three')])
    const both = await consolidate(daemon, { keep: ['one', 'two', 'three'] })
    expect(both).toMatchObject({ groups: [], total: 0, outcome: null, operation: null })
    const done = await consolidate(daemon, { keep: ['two', 'three'] })
    expect(removedOf(done)).toEqual([['one', true]])
    expect(names(daemon)).toEqual(['two', 'three'])
  })
})

describe('collections.consolidate, of what is the same', () => {
  it('takes only what is the same file by file at 1, whatever the cache has read', async () => {
    const command = (name: string) => ({ type: 'command', name, files: text })
    const daemon = await startWith([
      ...['a', 'b', 'c'].map((name) => same(name)),
      ...['x', 'y', 'z'].map(command),
    ])
    // The content hash of the cache tells neither modes, nor what is written in this moment.
    chmodSync(inCollection(daemon, 'skills/a/run.sh'), 0o755)
    const plan = await consolidate(daemon, { dryRun: true })
    expect(plan.groups.map(({ keep, remove }) => [keep.name, ...remove.map(({ name }) => name)])).toEqual([
      ['x', 'y', 'z'],
      ['b', 'c'],
    ])
    appendFileSync(inCollection(daemon, 'commands/y.md'), 'Edited just now.\n')
    const done = await consolidate(daemon, { limit: 1, keep: ['b'] })
    expect(removedOf(done)).toEqual([['z', true]])
    expect(done.total).toBe(2)
    expect(removedOf(await consolidate(daemon))).toEqual([['c', true]])
    expect(names(daemon)).toEqual(['a', 'b', 'x', 'y'])
    expect(await consolidate(daemon)).toMatchObject({ groups: [], total: 0, outcome: null })
  })

  it('counts no group that nobody is to bring together among those that the limit leaves', async () => {
    const daemon = await startWith([
      ...['a', 'b'].map((name) => same(name)),
      ...['x', 'y'].map((name) => ({ type: 'command', name, files: text })),
    ])
    chmodSync(inCollection(daemon, 'commands/x.md'), 0o755)
    const done = await consolidate(daemon, { limit: 1 })
    expect(removedOf(done)).toEqual([['b', true]])
    expect(done.total).toBe(1)
  })
})

describe('collections.consolidate, of rows that are wrong', () => {
  it('passes them over and says so, unless somebody names them', async () => {
    const command = (name: string) => ({ type: 'command', name, files: text })
    const daemon = await startWith(
      [
        ...['one', 'two', 'three', 'wrong..name', 'linked', 'tied'].map((name) => same(name)),
        ...['first', 'second'].map(command),
      ],
      ({ home }) => {
        for (const name of ['linked', 'tied'])
          symlinkSync('../../elsewhere', join(home, library, 'skills', name, 'out'))
        appendFileSync(join(home, library, 'collection.toml'), row('one', 'skills/one'))
      },
    )
    const done = await consolidate(daemon)
    expect(done.outcome).toBe('done')
    expect(done.groups.map(({ type, remove }) => [type, ...remove.map(({ name }) => name)])).toEqual([
      ['skill', 'two'],
      ['command', 'second'],
    ])
    const over = ['skill:linked', 'skill:one', 'skill:tied', 'skill:wrong..name']
    expect(done.warnings.toSorted()).toEqual(
      over.map((ref) => expect.stringContaining(`${ref} is passed over: `)),
    )
    expect(names(daemon)).toEqual(['one', 'three', 'wrong..name', 'linked', 'tied', 'first', 'one'])
    await expect(
      consolidate(daemon, { groups: [{ keep: 'skill:linked', remove: ['skill:wrong..name'] }] }),
    ).rejects.toMatchObject({ slug: 'collection.cannot_consolidate' })
  })
})

describe('collections.consolidate, of copies in projects', () => {
  const deploy = (daemon: TestDaemon, link = false, ...projects: string[]) =>
    daemon.call('deployments.deploy', { artifacts: [{ name: 'two', type: 'skill' }], projects, link })

  it('takes what use has left behind for no edit, and lets it stay where a copy is replaced', async () => {
    const daemon = await startWith([same('one'), same('two')], ({ write }) =>
      write('src/b/.claude/skills/one/SKILL.md', 'Mine.\n'),
    )
    await deploy(daemon, false, 'a', 'b')
    appendFileSync(inCollection(daemon, 'skills/one/run.sh'), 'More.\n')
    for (const name of ['a', 'b']) {
      daemon.write(`src/${name}/.claude/skills/two/__pycache__/x.pyc`, 'compiled')
      daemon.write(`src/${name}/.claude/skills/two/.DS_Store`, 'seen')
    }
    const groups = [{ keep: 'skill:one', remove: ['skill:two'] }]
    const { digest } = await consolidate(daemon, { groups, dryRun: true })
    const done = await consolidate(daemon, { groups, expect: digest })
    expect(done.outcome).toBe('done')
    expect(done.projects.map(({ name, items }) => [name, ...items.map(({ action }) => action)])).toEqual([
      ['a', 'remove', 'add'],
      ['b', 'change'],
    ])
    expect(existsSync(inProject(daemon, 'a', 'skills/two'))).toBe(false)
    expect(readFileSync(inProject(daemon, 'b', 'skills/two/run.sh'), 'utf8')).toBe('run\nMore.\n')
    expect(readFileSync(inProject(daemon, 'b', 'skills/two/__pycache__/x.pyc'), 'utf8')).toBe('compiled')
    await daemon.call('deployments.undo', { operation: done.operation as string })
    for (const name of ['a', 'b'])
      expect(readFileSync(inProject(daemon, name, 'skills/two/.DS_Store'), 'utf8')).toBe('seen')
  })

  it('leaves a copy with a history of its own', async () => {
    const daemon = await startWith([same('one'), same('two')])
    await deploy(daemon, false, 'a')
    daemon.write('src/a/.claude/skills/two/.git/HEAD', 'ref: refs/heads/mine\n')
    const done = await consolidate(daemon, { keep: ['one'] })
    expect(done.projects[0]?.items).toMatchObject([{ action: 'same', reason: { code: 'goes_over' } }])
    expect(existsSync(inProject(daemon, 'a', 'skills/two/.git/HEAD'))).toBe(true)
  })

  it('refuses a record that names more than its artifact, and leaves the collection as it is', async () => {
    const daemon = await startWith([same('one'), same('two')])
    await deploy(daemon, false, 'a')
    const file = inProject(daemon, 'a', '.skillmeat-deployed.toml')
    writeFileSync(file, readFileSync(file, 'utf8').replace('"skills/two"', '"skills"'))
    const done = await consolidate(daemon, { keep: ['one'] })
    expect(done).toMatchObject({
      outcome: 'conflict',
      failure: { path: join(daemon.home, 'src/a') },
      operation: null,
      snapshot: null,
      projects: [{ name: 'a', outcome: 'conflict', items: [{ reason: { code: 'too_wide' } }] }],
    })
    expect(names(daemon)).toEqual(['one', 'two'])
    expect(existsSync(inProject(daemon, 'a', 'skills/two/SKILL.md'))).toBe(true)
  })

  it('knows a link to the collection however it is spelled', async () => {
    const daemon = await startWith([same('one'), same('two')])
    await deploy(daemon, true, 'a', 'b')
    for (const name of ['a', 'b']) unlinkSync(inProject(daemon, name, 'skills/two'))
    symlinkSync(`../../../../${library}/skills/two`, inProject(daemon, 'a', 'skills/two'))
    symlinkSync('.skillmeat', join(daemon.home, 'library'))
    symlinkSync(
      join(daemon.home, 'library/collections/default/skills/two'),
      inProject(daemon, 'b', 'skills/two'),
    )
    expect(await consolidate(daemon, { keep: ['one'] })).toMatchObject({ outcome: 'done' })
    for (const name of ['a', 'b']) {
      expect(lstatSync(inProject(daemon, name, 'skills/two'), { throwIfNoEntry: false })).toBeUndefined()
      expect(readlinkSync(inProject(daemon, name, 'skills/one'))).toBe(inCollection(daemon, 'skills/one'))
    }
  })

  it('lets files stay that a link leads to which no record names', async () => {
    const daemon = await startWith([same('one'), same('two'), same('three')], ({ home }) => {
      mkdirSync(join(home, 'src/a/.claude/skills'))
      symlinkSync(join(home, library, 'skills/two'), join(home, 'src/a/.claude/skills/mine'))
    })
    const link = inProject(daemon, 'a', 'skills/mine')
    const done = await consolidate(daemon, { keep: ['one'] })
    expect(removedOf(done)).toEqual([
      ['three', true],
      ['two', false],
    ])
    expect(done.groups[0]?.warnings).toEqual([`The files of two stay, because a link leads to them: ${link}`])
    expect(names(daemon)).toEqual(['one'])
    expect(existsSync(join(link, 'SKILL.md'))).toBe(true)
  })
})

describe('collections.consolidate, of projects that cannot be changed', () => {
  const deploy = (daemon: TestDaemon, ...projects: string[]) =>
    daemon.call('deployments.deploy', { artifacts: [{ name: 'two', type: 'skill' }], projects })
  const held = async (daemon: TestDaemon, more: object = {}): Promise<void> => {
    const done = await consolidate(daemon, { keep: ['one'] })
    expect(done).toMatchObject({
      outcome: 'conflict',
      failure: { path: join(daemon.home, 'src/a') },
      snapshot: null,
      projects: [
        { name: 'a', outcome: 'conflict', ...more },
        { name: 'b', outcome: 'done' },
      ],
    })
    expect(names(daemon)).toEqual(['one', 'two'])
    expect(existsSync(inCollection(daemon, 'skills/two/SKILL.md'))).toBe(true)
    expect(existsSync(inProject(daemon, 'b', 'skills/one/SKILL.md'))).toBe(true)
  }

  it('lets the collection as it is when records cannot be read', async () => {
    const daemon = await startWith([same('one'), same('two')])
    await deploy(daemon, 'a', 'b')
    writeFileSync(inProject(daemon, 'a', '.skillmeat-deployed.toml'), 'deployed = 1\n')
    await held(daemon, { problem: expect.stringContaining('deployed') })
  })

  it('lets it as it is when a folder of a project cannot be looked at', async () => {
    const daemon = await startWith([same('one'), same('two')])
    await deploy(daemon, 'a', 'b')
    symlinkSync('.loop', join(daemon.home, 'src/a/.loop'))
    await held(daemon, { warnings: [expect.stringContaining('.loop')] })
  })

  it.each(['is not there', 'is an empty folder'])(
    'lets it as it is when a project %s, as on a disk that is not mounted',
    async (how) => {
      const daemon = await startWith([same('one'), same('two')])
      await deploy(daemon, 'a', 'b')
      renameSync(join(daemon.home, 'src/a'), join(daemon.home, '.away'))
      if (how === 'is an empty folder') mkdirSync(join(daemon.home, 'src/a'))
      else await daemon.call('cache.refresh', { force: true })
      await held(daemon, { problem: expect.stringContaining('cannot be read') })
    },
  )

  it('lets it as it is when a copy lies beyond its project', async () => {
    const daemon = await startWith([same('one'), same('two')])
    await deploy(daemon, 'a', 'b')
    renameSync(inProject(daemon, 'a', 'skills'), join(daemon.home, 'skills'))
    symlinkSync(join(daemon.home, 'skills'), inProject(daemon, 'a', 'skills'))
    await held(daemon, { items: [{ action: 'conflict', reason: { code: 'outside' } }] })
    expect(existsSync(join(daemon.home, 'skills/two/SKILL.md'))).toBe(true)
  })

  it('is held up by no project that has nothing of it', async () => {
    const daemon = await startWith([same('one'), same('two'), { type: 'command', name: 'two', files: text }])
    await daemon.call('deployments.deploy', {
      artifacts: [{ name: 'two', type: 'command' }],
      projects: ['a'],
    })
    await deploy(daemon, 'b')
    symlinkSync('.loop', join(daemon.home, 'src/a/.loop'))
    const done = await consolidate(daemon, { keep: ['skill:one'] })
    expect(done).toMatchObject({ outcome: 'done', projects: [{ name: 'b', outcome: 'done' }] })
  })
})

describe('collections.consolidate, of a plan that was agreed to', () => {
  it.each([
    [
      'a tag',
      (daemon: TestDaemon) => daemon.call('tags.assign', { artifacts: ['skill:two'], add: ['gained'] }),
    ],
    ['a set', (daemon: TestDaemon) => daemon.call('sets.save', { name: 'S', artifacts: ['skill:two'] })],
    [
      'the manifest',
      async (daemon: TestDaemon) =>
        appendFileSync(inCollection(daemon, 'collection.toml'), '\n# A note of mine.\n'),
    ],
  ])('refuses it when %s is another one by now', async (_, change) => {
    const daemon = await startWith([same('one'), same('two')])
    const { digest } = await consolidate(daemon, { dryRun: true })
    expect((await consolidate(daemon, { dryRun: true })).digest).toBe(digest)
    daemon.clock.now += 60_000
    expect((await consolidate(daemon, { dryRun: true })).digest).toBe(digest)
    await change(daemon)
    await expect(consolidate(daemon, { expect: digest })).rejects.toMatchObject({
      slug: 'deploy.plan_changed',
    })
    expect(names(daemon)).toEqual(['one', 'two'])
  })
})
