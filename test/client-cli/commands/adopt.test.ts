import { describe, expect, it } from 'vitest'
import { adoptCommand } from '../../../client-cli/commands/adopt.ts'
import type { ResultOf } from '../../../protocol/methods.ts'
import { runWithFakeClient } from '../../support/fake-client.ts'

const done: ResultOf<'collections.adopt'> = {
  collection: null,
  items: [
    {
      name: 'review',
      type: 'skill',
      path: '/p/.claude/skills/review',
      source: 'github:o/r/skills/review',
      action: 'adopt',
      reason: null,
    },
    {
      name: 'old',
      type: 'command',
      path: '/p/.claude/commands/git/old.md',
      source: null,
      action: 'skip',
      reason: 'It lies deeper than where it would be deployed to.',
    },
  ],
  operations: ['op_2', 'op_1'],
}

describe('smd adopt', () => {
  it('says what was adopted, why not the rest, and how to take it back', async () => {
    const { terminal, done: ended } = runWithFakeClient(
      adoptCommand,
      { project: '/p' },
      { 'collections.adopt': done },
    )
    expect(await ended).toBe(0)
    expect(terminal.stdout()).toBe(
      '+ skill review  /p/.claude/skills/review  (github:o/r/skills/review)\n' +
        '  command old: It lies deeper than where it would be deployed to.\n',
    )
    expect(terminal.stderr()).toContain('1 artifact was adopted; nothing was moved.')
    expect(terminal.stderr()).toContain('Take it back with: smd undo, 2 times')
  })

  it('ends with 4 when one that was named could not be adopted', async () => {
    const { done: ended } = runWithFakeClient(
      adoptCommand,
      { name: ['old'], project: '/p' },
      { 'collections.adopt': done },
    )
    expect(await ended).toBe(4)
    const none = { ...done, items: done.items.slice(1), operations: [] }
    const nothing = runWithFakeClient(adoptCommand, { project: '/p' }, { 'collections.adopt': none })
    expect(await nothing.done).toBe(0)
    expect(nothing.terminal.stderr()).toContain('Nothing here can be adopted.')
  })
})
