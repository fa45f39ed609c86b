import { describe, expect, it } from 'vitest'
import { syncPullCommand } from '../../../client-cli/commands/sync-pull.ts'
import { updateCommand } from '../../../client-cli/commands/update.ts'
import type { ResultOf } from '../../../protocol/methods.ts'
import { runWithFakeClient } from '../../support/fake-client.ts'

type Item = ResultOf<'sync.pull'>['items'][number]

const item = (name: string, action: Item['action'], more: Partial<Item> = {}): Item => ({
  name,
  type: 'skill',
  collection: 'default',
  profile: 'claude_code',
  project: '/home/me/web',
  drift: 'conflict',
  action,
  reason: null,
  hasBase: true,
  files: [],
  openConflicts: 0,
  ...more,
})

const pull = (args: Partial<Parameters<typeof syncPullCommand.run>[1]>, items: Item[], json = false) =>
  runWithFakeClient(
    syncPullCommand,
    { project: '/home/me/web', ...args },
    { 'sync.pull': { operations: ['op_1'], items, warnings: [] } },
    { json },
  )

describe('smd sync-pull', () => {
  it('merges where nobody can be asked, and does nothing when it was to ask', async () => {
    const merged = pull({}, [])
    await merged.done
    expect(merged.calls).toEqual([
      ['sync.pull', { project: '/home/me/web', strategy: 'merge', dryRun: false }],
    ])
    const prompted = pull({ strategy: 'prompt' }, [])
    await prompted.done
    expect(prompted.calls).toMatchObject([['sync.pull', { strategy: 'prompt' }]])
  })

  it('reads names and choices, also of paths with = and commas in them', async () => {
    const run = pull(
      { artifacts: 'a,skill:b', take: 'a=b,c.md=ours,skill:demo/docs/x.md=theirs,skill:one=base' },
      [],
    )
    await run.done
    expect(run.calls).toMatchObject([
      [
        'sync.pull',
        {
          artifacts: ['a', 'skill:b'],
          choices: [
            { path: 'a=b,c.md', take: 'ours' },
            { artifact: 'skill:demo', path: 'docs/x.md', take: 'theirs' },
            { artifact: 'skill:one', path: '', take: 'base' },
          ],
        },
      ],
    ])
  })

  it.each<[string, Item['action'][], number]>([
    ['everything was done', ['copy', 'none', 'skip'], 0],
    ['a part is in conflict', ['copy', 'conflict'], 2],
    ['a part failed', ['record', 'failed'], 2],
    ['all of it is in conflict', ['conflict', 'none'], 4],
    ['all of it failed', ['failed'], 1],
  ])('when %s, ends as it should', async (_, actions, code) => {
    const items = actions.map((action, n) => item(`a${n}`, action))
    expect(await pull({}, items).done).toBe(code)
    expect(await pull({ 'dry-run': true }, items).done).toBe(0)
    const run = pull({}, items, true)
    expect(await run.done).toBe(code)
    expect(JSON.parse(run.terminal.stdout())).toMatchObject({
      schema: 1,
      operations: ['op_1'],
      dryRun: false,
    })
  })
})

describe('smd update', () => {
  it('says from what to what, and what became of the projects', async () => {
    const run = runWithFakeClient(
      updateCommand,
      { push: true, 'no-interactive': true },
      {
        'collections.update': {
          operations: ['op_1', 'op_2'],
          collection: 'default',
          items: [
            {
              ...item('review', 'copy'),
              from: { sha: 'a'.repeat(40), version: 'v1.0.0' },
              to: { sha: 'b'.repeat(40), version: 'v1.1.0' },
            },
            {
              ...item('gone', 'failed', { reason: 'It is not there.' }),
              from: { sha: 'a'.repeat(40), version: null },
              to: null,
            },
          ],
          pushed: [item('review', 'merge')],
          warnings: [],
        },
      },
    )
    expect(await run.done).toBe(2)
    expect(run.terminal.stdout()).toBe(
      'taken over skill:review  v1.0.0 -> v1.1.0\nfailed     skill:gone  It is not there.\nmerged     skill:review  /home/me/web\n',
    )
    expect(run.terminal.stderr()).toContain('2 artifacts: 1 taken over, 1 failed.')
    expect(run.terminal.stderr()).toContain('In projects: 1 artifact: 1 merged.')
  })
})
