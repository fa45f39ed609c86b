import { describe, expect, it } from 'vitest'
import { historyCommand } from '../../../client-cli/commands/history.ts'
import type { ResultOf } from '../../../protocol/methods.ts'
import { runWithFakeClient } from '../../support/fake-client.ts'

const project = { id: 'prj_0123456789abcdef', name: 'shop', path: '/shop' }
const skill = { id: 'art_0123456789abcdef', name: 'code-review', type: 'skill' as const }
const page: ResultOf<'events.history'> = {
  items: [
    { at: 0, topic: 'collections.changed', data: { name: 'default', path: '/c' } },
    {
      at: 0,
      topic: 'artifacts.changed',
      data: {
        project,
        path: '/shop',
        counts: { added: 1, changed: 0, removed: 0 },
        added: [skill],
        changed: [],
        removed: [],
      },
    },
  ],
  total: 7,
  nextCursor: null,
}

describe('smd history', () => {
  it('prints when it was, where, and what', async () => {
    const { terminal, calls, done } = runWithFakeClient(historyCommand, {}, { 'events.history': page })
    expect(await done).toBe(0)
    expect(terminal.stdout().replace(/\d+ d ago/g, 'long ago')).toMatchInlineSnapshot(`
      "WHEN         PROJECT  WHAT
      long ago  -        collection default has changed
      long ago  shop     1 skill added: code-review
      "
    `)
    expect(terminal.stderr()).toBe('2 of 7 events shown.\n')
    expect(calls).toEqual([['events.history', { limit: 50 }]])
  })

  it('asks for one project, by the path of the folder that is meant', async () => {
    const { calls, done } = runWithFakeClient(
      historyCommand,
      { project: '.', limit: 3 },
      { 'events.history': page },
      { cwd: '/no/such/folder' },
    )
    await done
    expect(calls).toEqual([['events.history', { project: '/no/such/folder', limit: 3 }]])
  })

  it('says that there is nothing', async () => {
    const none = { items: [], total: 0, nextCursor: null }
    const { terminal, done } = runWithFakeClient(historyCommand, {}, { 'events.history': none })
    await done
    expect([terminal.stdout(), terminal.stderr()]).toEqual(['', 'Nothing was noticed in the last days.\n'])
  })

  it('passes the answer on as JSON, with times as text', async () => {
    const { terminal, done } = runWithFakeClient(
      historyCommand,
      {},
      { 'events.history': structuredClone(page) },
      { json: true },
    )
    await done
    expect(JSON.parse(terminal.stdout())).toMatchObject({
      schema: 1,
      items: [{ at: '1970-01-01T00:00:00.000Z', topic: 'collections.changed' }, { data: { project } }],
      total: 7,
    })
  })
})
