import { describe, expect, it } from 'vitest'
import { gcCommand } from '../../../client-cli/commands/gc.ts'
import type { ResultOf } from '../../../protocol/methods.ts'
import { runWithFakeClient } from '../../support/fake-client.ts'

const found: ResultOf<'cleanup.find'> = {
  items: [
    {
      kind: 'broken-link',
      path: '/home/me/.claude/skills/x',
      detail: '../x',
      sizeBytes: 0,
      changedAt: 1,
      removable: true,
    },
    {
      kind: 'orphaned-plugin',
      path: '/home/me/p/1',
      detail: 'tool@market 1',
      sizeBytes: 2_000,
      changedAt: 1,
      removable: false,
    },
  ],
  sizeBytes: 2_000,
  removableBytes: 0,
}
const done: ResultOf<'cleanup.remove'> = { removed: found.items.slice(0, 1), freedBytes: 0, failed: [] }

describe('smd gc', () => {
  it('says what there is by kind, and changes nothing with --dry-run', async () => {
    const { terminal, done: ended } = runWithFakeClient(
      gcCommand,
      { 'dry-run': true },
      { 'cleanup.find': found },
    )
    expect(await ended).toBe(0)
    expect(terminal.stdout()).toBe(
      [
        'A link in a folder of an agent that leads nowhere.',
        '  /home/me/.claude/skills/x -> ../x',
        'A former version of a plugin; Claude Code removes it itself about two weeks later. Left alone.',
        '  /home/me/p/1  tool@market 1  2.0 kB',
        '',
      ].join('\n'),
    )
    expect(terminal.stderr()).toContain('2 things, 2.0 kB; 0 B for smd to remove.')
  })

  it('asks first, and says what could not be removed', async () => {
    const asked = runWithFakeClient(gcCommand, {}, { 'cleanup.find': found })
    await expect(asked.done).rejects.toMatchObject({ slug: 'cli.confirmation_needed' })
    const failed = { ...done, failed: [{ path: '/home/me/y', reason: 'EACCES' }] }
    const forced = runWithFakeClient(
      gcCommand,
      { yes: true },
      { 'cleanup.find': found, 'cleanup.remove': failed },
    )
    expect(await forced.done).toBe(1)
    expect(forced.terminal.stdout()).toContain('Removed: 1 thing, 0 B.')
    expect(forced.terminal.stderr()).toContain('/home/me/y could not be removed: EACCES')
  })

  it('removes nothing where there is nothing for it to remove', async () => {
    const theirs = { ...found, items: found.items.slice(1) }
    const { terminal, done: ended } = runWithFakeClient(gcCommand, { yes: true }, { 'cleanup.find': theirs })
    expect(await ended).toBe(0)
    expect(terminal.stderr()).toContain('None of it is for smd to remove.')
    const nothing = runWithFakeClient(
      gcCommand,
      {},
      { 'cleanup.find': { items: [], sizeBytes: 0, removableBytes: 0 } },
    )
    expect(await nothing.done).toBe(0)
    expect(nothing.terminal.stderr()).toContain('Nothing lies around.')
  })

  it('prints one object with --json', async () => {
    const { terminal, done: ended } = runWithFakeClient(
      gcCommand,
      { yes: true },
      { 'cleanup.find': found, 'cleanup.remove': done },
      { json: true },
    )
    await ended
    expect(JSON.parse(terminal.stdout())).toMatchObject({ removed: [{ kind: 'broken-link' }], freedBytes: 0 })
  })
})
