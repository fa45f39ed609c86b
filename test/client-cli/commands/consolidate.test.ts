import { describe, expect, it, vi } from 'vitest'
import { consolidateCommand } from '../../../client-cli/commands/consolidate.ts'
import type { ParamsOf, ResultOf } from '../../../protocol/methods.ts'
import { runWithFakeClient } from '../../support/fake-client.ts'

type Answer = ResultOf<'collections.consolidate'>
type Group = Answer['groups'][number]

const library = '/home/me/.skillmeat/collections/default/skills'
const group = (kind: Group['kind'], keep: string, ...remove: string[]): Group => ({
  type: 'skill',
  kind,
  keep: { name: keep, path: `${library}/${keep}`, reason: 'It was added first.', deployments: 2 },
  remove: remove.map((name) => ({
    name,
    path: `${library}/${name}`,
    likeness: kind === 'same' ? 1 : 0.81,
    filesRemoved: true,
    deployments: 0,
  })),
  gains: { tags: ['web'], groups: ['G'], sets: [], links: [], source: null },
  warnings: [],
})
const plan: Answer = {
  collection: 'default',
  path: '/home/me/.skillmeat/collections/default',
  digest: 'd1',
  groups: [group('same', 'one', 'two'), group('similar', 'near', 'far')],
  warnings: ['skill:odd is passed over: odd is the name of several artifacts: skill, skill.'],
  total: 2,
  projects: [
    {
      path: '/home/me/src/a',
      name: 'a',
      problem: null,
      warnings: [],
      outcome: null,
      failure: null,
      items: [
        {
          name: 'two',
          type: 'skill',
          collection: 'default',
          profile: 'claude_code',
          platform: 'claude_code',
          profileRoot: '.claude',
          path: '/home/me/src/a/.claude/skills/two',
          action: 'remove',
          reason: { code: 'moved', message: 'From now on it lies elsewhere.' },
          files: [],
        },
      ],
    },
  ],
  untouched: [{ name: 'two', type: 'skill', path: '/home/me/src/b/.claude/skills/two' }],
  snapshot: null,
  outcome: null,
  failure: null,
  operation: null,
}
const done = (groups: Group[]): Answer => ({
  ...plan,
  groups,
  total: groups.length,
  projects: plan.projects.map((project) => ({ ...project, outcome: 'done' })),
  snapshot: '20260102-030405-006813',
  outcome: 'done',
  operation: 'op_20260102030405_4f6c1a',
})
/** As the daemon: what was asked for, or everything. */
const answer = ({ dryRun, groups }: ParamsOf<'collections.consolidate'>): Answer => {
  const all = plan.groups.filter(
    ({ keep, remove }) =>
      !groups || groups.some((each) => [keep, ...remove].some(({ name }) => each.keep === `skill:${name}`)),
  )
  return dryRun ? { ...plan, groups: all, total: all.length } : done(all)
}

describe('smd consolidate', () => {
  it('prints which is kept and why, what goes over, and every path', async () => {
    const {
      terminal,
      calls,
      done: ended,
    } = runWithFakeClient(consolidateCommand, { 'dry-run': true }, { 'collections.consolidate': answer })
    expect(await ended).toBe(0)
    expect(calls).toEqual([['collections.consolidate', { min: 0.5, dryRun: true }]])
    expect(terminal.stdout()).toBe(
      [
        'The same skill:',
        `  = ${library}/one  It was added first.`,
        '      + tags: web',
        '      + in the groups G',
        `  - ${library}/two`,
        '81 % alike (skill):',
        `  = ${library}/near  It was added first.`,
        '      + tags: web',
        '      + in the groups G',
        `  - ${library}/far`,
        '  ! What only the removed ones hold is no longer in the collection.',
        'a  /home/me/src/a',
        '  - skill two  /home/me/src/a/.claude/skills/two  From now on it lies elsewhere.',
        '',
      ].join('\n'),
    )
    expect(terminal.stderr()).toContain('skill:odd is passed over: odd is the name of several')
    expect(terminal.stderr()).toContain('Not touched, because no record')
    expect(terminal.stderr()).toContain('/home/me/src/b/.claude/skills/two\nNothing was changed.\n')
  })

  it('asks which to keep, then whether, and does exactly what was shown', async () => {
    const {
      terminal,
      calls,
      done: ended,
    } = runWithFakeClient(
      consolidateCommand,
      { name: ['one'] },
      { 'collections.consolidate': answer },
      { tty: true },
    )
    const prompted = (text: string, times: number) =>
      vi.waitFor(() => expect(terminal.stderr().split(text)).toHaveLength(times + 1), { timeout: 20_000 })
    await prompted('Keep which? 1 to 2', 1)
    terminal.type('2')
    await prompted('Keep which? 1 to 2', 2)
    terminal.type('')
    await prompted('Remove 1 artifact from default? [y/N]', 1)
    terminal.type('y')
    expect(await ended).toBe(0)
    const groups = [{ keep: 'skill:two', remove: ['skill:one'] }]
    expect(calls.map(([, params]) => params)).toEqual([
      { min: 0.5, artifacts: ['one'], dryRun: true },
      { min: 0.5, artifacts: ['one'], groups, dryRun: true },
      { min: 0.5, artifacts: ['one'], groups, expect: 'd1' },
    ])
    expect(terminal.stdout()).toContain('Removed from default: 1 artifact, 1 place in projects changed.')
    expect(terminal.stderr()).toContain('smd undo op_20260102030405_4f6c1a')
    expect(terminal.stderr()).toContain('smd rollback 20260102-030405-006813')
  })

  it.each([
    ['q', 'passes all over at the end'],
    ['1', 'and is told no'],
  ])('changes nothing when somebody types %s %s', async (typed) => {
    const {
      terminal,
      calls,
      done: ended,
    } = runWithFakeClient(consolidateCommand, {}, { 'collections.consolidate': answer }, { tty: true })
    await vi.waitFor(() => expect(terminal.stderr()).toContain('Keep which?'), { timeout: 20_000 })
    terminal.type(typed)
    if (typed === '1') {
      await vi.waitFor(() => expect(terminal.stderr().split('Keep which?')).toHaveLength(3), {
        timeout: 20_000,
      })
      terminal.type('q')
      await vi.waitFor(() => expect(terminal.stderr()).toContain('[y/N]'), { timeout: 20_000 })
      terminal.type('n')
    }
    expect(await ended).toBe(1)
    expect(calls.every(([, params]) => (params as { dryRun?: boolean }).dryRun)).toBe(true)
    expect(terminal.stderr()).toContain('Nothing was changed.')
  })

  it('takes only what is the same with --yes, unless more is asked for', async () => {
    const run = (args: object) =>
      runWithFakeClient(
        consolidateCommand,
        { yes: true, ...args },
        { 'collections.consolidate': answer },
        { json: true },
      )
    const same = run({ prefer: 'newest', keep: ['two'], limit: 3, type: 'skill', collection: 'work' })
    expect(await same.done).toBe(0)
    expect(same.calls).toEqual([
      [
        'collections.consolidate',
        { collection: 'work', type: 'skill', limit: 3, keep: ['two'], keepRule: 'newest', min: 1 },
      ],
    ])
    expect(JSON.parse(same.terminal.stdout())).toMatchObject({
      schema: 1,
      status: 'success',
      command: 'consolidate',
      operation: 'op_20260102030405_4f6c1a',
    })
    const more = run({ min: '0.8' })
    await more.done
    expect(more.calls[0]?.[1]).toEqual({ min: 0.8 })
  })

  it('keeps what was chosen also of what is like the one that goes', async () => {
    const both: Answer = { ...plan, groups: [group('same', 'one', 'two'), group('similar', 'one', 'near')] }
    const {
      terminal,
      calls,
      done: ended,
    } = runWithFakeClient(
      consolidateCommand,
      {},
      { 'collections.consolidate': ({ dryRun }) => (dryRun ? both : done(both.groups)) },
      { tty: true },
    )
    const prompted = (text: string, times: number) =>
      vi.waitFor(() => expect(terminal.stderr().split(text)).toHaveLength(times + 1), { timeout: 20_000 })
    await prompted('Keep which?', 1)
    terminal.type('2')
    await prompted('Keep which?', 2)
    terminal.type('1')
    await prompted('[y/N]', 1)
    terminal.type('y')
    await ended
    expect(calls.at(-1)?.[1]).toHaveProperty('groups', [
      { keep: 'skill:two', remove: ['skill:one'] },
      { keep: 'skill:two', remove: ['skill:near'] },
    ])
  })

  it.each(['nine', '0.2', '1.5', ''])('refuses --min %j in plain words', async (min) => {
    const { done: ended } = runWithFakeClient(
      consolidateCommand,
      { min, yes: true },
      { 'collections.consolidate': answer },
    )
    await expect(ended).rejects.toMatchObject({
      slug: 'cli.usage',
      message: '--min must be a number from 0.5 to 1, or a percentage.',
    })
  })

  it('needs somebody to ask, or --yes', async () => {
    const { done: ended } = runWithFakeClient(
      consolidateCommand,
      {},
      { 'collections.consolidate': answer },
      { json: true },
    )
    await expect(ended).rejects.toMatchObject({ slug: 'cli.confirmation_needed' })
    const nothing = runWithFakeClient(
      consolidateCommand,
      {},
      {
        'collections.consolidate': {
          ...plan,
          groups: [],
          warnings: [],
          projects: [],
          untouched: [],
          total: 0,
        },
      },
    )
    expect(await nothing.done).toBe(0)
    expect(nothing.terminal.stderr()).toBe('Nothing stands twice in default.\n')
  })

  it.each([
    { problem: 'It cannot be read (ENOENT).' },
    { warnings: ['/home/me/src/a/.x cannot be read (EACCES).'] },
  ])('says of a plan what holds the collection: %j', async (trouble) => {
    const held = plan.projects.map((project) => ({ ...project, items: [], ...trouble }))
    const { terminal, done: ended } = runWithFakeClient(
      consolidateCommand,
      { 'dry-run': true },
      { 'collections.consolidate': { ...plan, projects: held } },
    )
    expect(await ended).toBe(0)
    expect(terminal.stdout()).toContain('cannot be read')
    expect(terminal.stderr()).toContain('The collection stays as it is until these can be changed: a\n')
  })

  it('says what could not be changed, with exit code 1 or 4', async () => {
    const failure = { path: '/home/me/src/a/.claude', reason: 'EACCES' }
    const run = (outcome: 'failed' | 'conflict') =>
      runWithFakeClient(
        consolidateCommand,
        { yes: true },
        {
          'collections.consolidate': {
            ...done(plan.groups),
            projects: plan.projects.map((project) => ({ ...project, outcome, failure })),
            outcome: 'conflict',
            failure,
            operation: null,
          },
        },
      )
    const failed = run('failed')
    expect(await failed.done).toBe(1)
    expect(failed.terminal.stderr()).toContain('a: not changed. /home/me/src/a/.claude: EACCES.')
    expect(failed.terminal.stderr()).toContain('The collection is as it was.')
    expect(await run('conflict').done).toBe(4)
  })
})
