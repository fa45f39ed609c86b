/** What use leaves behind in artifacts counts nowhere: not in lists, not in states, not in what is deployed or taken away. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DeploymentState } from '../../../../protocol/artifact-states.ts'
import type { Drift } from '../../../../protocol/sync-words.ts'
import { writeCollection } from '../../../support/collection-files.ts'
import { skill, type TestDaemon, useTestDaemon } from '../../../support/test-daemon.ts'

const start = useTestDaemon()

const write = (path: string, text: string): void => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

const leftovers = [
  '__pycache__/m.pyc',
  'lib/__pycache__/deep/n.pyc',
  'lib/tool.pyo',
  '.DS_Store',
  'lib/Thumbs.db',
  'node_modules/x/index.js',
  'venv/bin/python',
  '.gitignore',
  'tool.egg-info/PKG-INFO',
] as const
const own = ['SKILL.md', 'notes.txt', 'lib/tool.py'] as const

type Deployed = TestDaemon & {
  here(name: string): string
  there(name: string): string
  read(): Promise<unknown>
}

/** Skills and hooks with these names in a collection, deployed to one project. */
async function deployed(names: readonly string[], type: 'skill' | 'hook' = 'skill'): Promise<Deployed> {
  const main = type === 'skill' ? 'SKILL.md' : 'settings.json'
  const daemon = await start({
    prepare(home) {
      writeCollection(
        home,
        names.map((name) => ({
          type,
          name,
          files: {
            [main]: type === 'skill' ? skill(name) : '{"hooks":{}}',
            'notes.txt': '1\n',
            'lib/tool.py': 'pass\n',
          },
        })),
      )
      home.write('projects/one/.claude/commands/mine.md', '# Mine\n')
    },
  })
  await daemon.call('projects.add', { path: join(daemon.home, 'projects/one') })
  await daemon.call('deployments.deploy', { artifacts: names.map((name) => ({ name })), projects: ['one'] })
  return Object.assign(daemon, {
    here: (name: string) => join(daemon.home, `projects/one/.claude/${type}s`, name),
    there: (name: string) => join(daemon.home, `.skillmeat/collections/default/${type}s`, name),
    read: () => daemon.call('cache.refresh', { force: true }),
  })
}

const deploy = ({ call }: TestDaemon, more: object = {}) =>
  call('deployments.deploy', { artifacts: [{ name: 'demo' }], projects: ['one'], ...more })

describe('states', () => {
  type Change = { side: 'here' | 'there'; path: string; text: string | null }
  const change = (paths: readonly string[]) =>
    fc.record({
      side: fc.constantFrom('here' as const, 'there' as const),
      path: fc.constantFrom(...paths),
      text: fc.constantFrom('1\n', '2\n', '3\n'),
    })
  const history: fc.Arbitrary<Change[]> = fc.array(
    fc.oneof({ weight: 3, arbitrary: change(leftovers) }, { weight: 1, arbitrary: change(own) }),
    { maxLength: 8 },
  )
  /** The words of the two. */
  const same: Partial<Record<Drift, DeploymentState>> = {
    none: 'current',
    version_mismatch: 'current',
    modified: 'modified',
    outdated: 'outdated',
    conflict: 'diverged',
  }

  it.each(['skill', 'hook'] as const)(
    'of the list are those of sync.check and of collections.show, in random %s trees',
    async (type) => {
      const histories = fc.sample(history, { numRuns: 40, seed: 7 })
      const names = histories.map((_, n) => `a${n}`)
      const daemon = await deployed(names, type)
      for (const [n, changes] of histories.entries())
        for (const { side, path, text } of changes)
          write(join(daemon[side](names[n] as string), path), text ?? '')
      await daemon.read()
      const { items: listed } = await daemon.call('deployments.list', { project: 'one', limit: 500 })
      const { items: checked } = await daemon.call('sync.check', { project: 'one' })
      const states = new Map(listed.map(({ name, state }) => [name, state]))
      const drifts = checked.filter(({ drift }) => drift !== 'untracked')
      expect(drifts).toHaveLength(names.length)
      for (const { name, drift } of drifts) expect(states.get(name), name).toBe(same[drift])
      // Leftovers alone change nothing, whatever else was drawn.
      const only = histories.flatMap((changes, n) =>
        changes.every(({ path }) => (leftovers as readonly string[]).includes(path))
          ? [names[n] as string]
          : [],
      )
      for (const name of only) expect(states.get(name), name).toBe('current')
    },
  )

  it('of an artifact are those of its deployment, and its list of versions has one', async () => {
    const daemon = await deployed(['demo'])
    write(join(daemon.here('demo'), '__pycache__/m.pyc'), 'compiled')
    write(join(daemon.there('demo'), '.DS_Store'), 'finder')
    await daemon.read()
    const { items } = await daemon.call('artifacts.list', { project: 'one', type: 'skill' })
    expect(items).toMatchObject([{ name: 'demo', localModified: false, isOutdated: false }])
    const { items: all } = await daemon.call('artifacts.list', { type: 'skill' })
    expect(new Set(all.map(({ hash }) => hash)).size).toBe(1)
  })
})

describe('a deployment over what use has left behind', () => {
  it('is no conflict, and leaves it where it is', async () => {
    const daemon = await deployed(['demo'])
    const left = join(daemon.here('demo'), 'lib/__pycache__/m.pyc')
    write(left, 'compiled')
    expect((await deploy(daemon)).projects[0]?.items).toMatchObject([{ action: 'same' }])
    write(join(daemon.there('demo'), 'notes.txt'), '2\n')
    const plan = await daemon.call('deployments.plan', { artifacts: [{ name: 'demo' }], projects: ['one'] })
    const { projects, operation } = await deploy(daemon, { expect: plan.digest })
    expect(projects).toMatchObject([
      { outcome: 'done', items: [{ action: 'change', files: [{ path: 'notes.txt', change: 'change' }] }] },
    ])
    expect(readFileSync(join(daemon.here('demo'), 'notes.txt'), 'utf8')).toBe('2\n')
    expect(readFileSync(left, 'utf8')).toBe('compiled')
    expect((await daemon.call('sync.check', { project: 'one' })).items[0]).toMatchObject({ drift: 'none' })
    await daemon.call('deployments.undo', { operation: operation ?? '' })
    expect(readFileSync(join(daemon.here('demo'), 'notes.txt'), 'utf8')).toBe('1\n')
    expect(readFileSync(left, 'utf8')).toBe('compiled')
  })

  it('stays a conflict where somebody edited something of the artifact', async () => {
    const daemon = await deployed(['demo'])
    write(join(daemon.here('demo'), '__pycache__/m.pyc'), 'compiled')
    write(join(daemon.here('demo'), 'notes.txt'), 'mine\n')
    write(join(daemon.there('demo'), 'notes.txt'), '2\n')
    expect((await deploy(daemon)).projects).toMatchObject([
      { outcome: 'conflict', items: [{ action: 'conflict', reason: { code: 'edited' } }] },
    ])
  })

  it('does not put a link in its place', async () => {
    const daemon = await deployed(['demo'])
    write(join(daemon.here('demo'), '__pycache__/m.pyc'), 'compiled')
    expect((await deploy(daemon, { link: true })).projects[0]?.items).toMatchObject([{ action: 'conflict' }])
  })
})

describe('what is taken away', () => {
  const undeploy = ({ call }: TestDaemon) =>
    call('deployments.undeploy', { artifacts: [{ name: 'demo' }], projects: ['one'] })

  it('goes with what use has left behind in it, and comes back with it', async () => {
    const daemon = await deployed(['demo'])
    const left = join(daemon.here('demo'), '__pycache__/m.pyc')
    write(left, 'compiled')
    const { projects, operation } = await undeploy(daemon)
    expect(projects).toMatchObject([{ outcome: 'done', items: [{ action: 'remove' }] }])
    expect(existsSync(daemon.here('demo'))).toBe(false)
    await daemon.call('deployments.undo', { operation: operation ?? '' })
    expect(readFileSync(left, 'utf8')).toBe('compiled')
  })

  it('stays where somebody has a repository in it', async () => {
    const daemon = await deployed(['demo'])
    write(join(daemon.here('demo'), '.git/HEAD'), 'ref: refs/heads/main\n')
    expect((await undeploy(daemon)).projects).toMatchObject([
      { outcome: 'conflict', items: [{ action: 'conflict', reason: { code: 'edited' } }] },
    ])
    expect(existsSync(join(daemon.here('demo'), '.git/HEAD'))).toBe(true)
  })

  it('is gone already where only leftovers are there: they stay', async () => {
    const daemon = await deployed(['demo'])
    for (const path of ['SKILL.md', 'notes.txt', 'lib'])
      rmSync(join(daemon.here('demo'), path), { recursive: true })
    write(join(daemon.here('demo'), '__pycache__/m.pyc'), 'compiled')
    await daemon.read()
    expect((await daemon.call('deployments.list', { project: 'one' })).items).toMatchObject([
      { state: 'missing' },
    ])
    expect((await daemon.call('sync.check', { project: 'one' })).items[0]).toMatchObject({ drift: 'missing' })
    expect((await undeploy(daemon)).projects[0]?.items).toMatchObject([
      { action: 'remove', reason: { code: 'gone' } },
    ])
    expect(existsSync(join(daemon.here('demo'), '__pycache__/m.pyc'))).toBe(true)
  })
})

describe('collections.show', () => {
  it('compares a copy with its lock without what use has left behind', async () => {
    const daemon = await start({ prepare: ({ write: put }) => void put('mine/demo/SKILL.md', skill('demo')) })
    await daemon.call('collections.init', {})
    const { path } = await daemon.call('collections.add', { spec: join(daemon.home, 'mine/demo') })
    write(join(path, '__pycache__/m.pyc'), 'compiled')
    const state = async () => (await daemon.call('collections.show', { check: true })).artifacts[0]?.state
    expect(await state()).toBe('current')
    write(join(path, 'more.md'), 'More.\n')
    expect(await state()).toBe('modified')
  })
})
