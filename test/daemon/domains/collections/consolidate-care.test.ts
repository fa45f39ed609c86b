/** What bringing together must never take away, and what must not stop it. */
import { appendFileSync, chmodSync, existsSync, readFileSync, symlinkSync } from 'node:fs'
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
