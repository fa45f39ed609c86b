import { describe, expect, it } from 'vitest'
import { countEvents, selectEvents } from '../../../../daemon/domains/events/events-repo.ts'
import { openInMemory } from '../../../../daemon/kernel/db/open.ts'
import { type EventRecord, putEvent } from '../../../../daemon/kernel/events/put-event.ts'
import { plansOf } from '../../../support/query-plan.ts'
import { skill, type TestDaemon, useTestDaemon } from '../../../support/test-daemon.ts'

const startDaemon = useTestDaemon()
const start = async (): Promise<TestDaemon> => {
  const daemon = await startDaemon({
    prepare: ({ write }) => {
      for (const project of ['shop', 'blog'])
        write(`projects/${project}/.claude/skills/a/SKILL.md`, skill('a'))
    },
  })
  await daemon.call('cache.refresh', { force: true })
  return daemon
}

/** Rows and their projects, by name. */
async function projects({ call, ctx }: TestDaemon) {
  const { items } = await call('projects.list', {})
  const rowOf = (name: string): number =>
    ctx.db.valueSql<number>('SELECT id FROM projects WHERE name = ?', name) ?? 0
  return { items, rowOf }
}

const collection = (name: string, at: number): EventRecord => ({
  at,
  topic: 'collections.changed',
  projectId: null,
  data: { name, path: '/c' },
})

async function changed(daemon: TestDaemon, name: string, at: number): Promise<EventRecord> {
  const { items, rowOf } = await projects(daemon)
  const { id, path } = items.find((item) => item.name === name) ?? { id: '', path: '' }
  return {
    at,
    topic: 'artifacts.changed',
    projectId: rowOf(name),
    data: {
      project: { id, name, path },
      path,
      counts: { added: 0, changed: 1, removed: 0 },
      added: [],
      changed: [{ id: 'art_0123456789abcdef', name: 'a', type: 'skill' }],
      removed: [],
    },
  }
}

const put = ({ ctx }: TestDaemon, ...events: EventRecord[]): void => {
  // What a refresh wrote of its own is not what is asked about here.
  ctx.db.runSql('DELETE FROM events')
  ctx.db.transaction(() => {
    for (const event of events) putEvent(ctx.db, event)
  })
}

describe('events.history (D9)', () => {
  it('gives what happened, newest first, as it was told', async () => {
    const daemon = await start()
    const event = await changed(daemon, 'shop', 5)
    put(daemon, event, collection('default', 7))
    expect(await daemon.call('events.history', {})).toEqual({
      items: [
        { at: 7, topic: 'collections.changed', data: { name: 'default', path: '/c' } },
        { at: 5, topic: 'artifacts.changed', data: event.data },
      ],
      total: 2,
      nextCursor: null,
    })
  })

  it('gives that of one project, by name, or of one topic', async () => {
    const daemon = await start()
    put(daemon, await changed(daemon, 'shop', 1), await changed(daemon, 'blog', 2), collection('c', 3))
    const ats = async (params: object): Promise<number[]> =>
      (await daemon.call('events.history', params)).items.map(({ at }) => at)
    expect(await ats({ project: 'shop' })).toEqual([1])
    expect(await ats({ project: 'blog', topic: 'artifacts.changed' })).toEqual([2])
    expect(await ats({ project: 'blog', topic: 'projects.changed' })).toEqual([])
    expect(await ats({ topic: 'collections.changed' })).toEqual([3])
    expect((await daemon.call('events.history', { topic: 'artifacts.changed' })).total).toBe(2)
  })

  it('gives it in pages, which what happens meanwhile does not disturb', async () => {
    const daemon = await start()
    put(daemon, ...[1, 2, 3, 4, 5].map((at) => collection(`c${at}`, at)))
    const first = await daemon.call('events.history', { limit: 2 })
    daemon.ctx.db.transaction(() => putEvent(daemon.ctx.db, collection('c6', 6)))
    const second = await daemon.call('events.history', { limit: 2, cursor: first.nextCursor ?? '' })
    const third = await daemon.call('events.history', { limit: 2, cursor: second.nextCursor ?? '' })
    expect([first, second, third].map(({ items }) => items.map(({ at }) => at))).toEqual([
      [5, 4],
      [3, 2],
      [1],
    ])
    expect([first.total, third.total, third.nextCursor]).toEqual([5, 6, null])
  })

  it('takes a cursor only for the question it was given for', async () => {
    const daemon = await start()
    put(daemon, collection('a', 1), collection('b', 2))
    const { nextCursor } = await daemon.call('events.history', { limit: 1 })
    const other = { limit: 1, cursor: nextCursor ?? '', topic: 'collections.changed' } as const
    await expect(daemon.call('events.history', other)).rejects.toMatchObject({ slug: 'page.bad_cursor' })
  })

  it('has no history of a project that was forgotten, but for what belongs to none', async () => {
    const daemon = await start()
    put(daemon, await changed(daemon, 'shop', 1), collection('c', 2))
    await daemon.call('projects.remove', { project: 'shop' })
    const { items } = await daemon.call('events.history', {})
    expect(items.filter(({ at }) => at < 3).map(({ at }) => at)).toEqual([2])
  })

  it('sorts no rows', () => {
    const empty = openInMemory()
    const all = { projectId: null, topic: null }
    const plan = (filter: Parameters<typeof countEvents>[1], before: number | null = null): string[] => [
      ...plansOf(empty, (db) => selectEvents(db, { ...filter, before, limit: 10 })),
      ...plansOf(empty, (db) => countEvents(db, filter)),
    ]
    expect(plan(all)).toEqual(['SCAN events', expect.stringMatching(/^SCAN events USING COVERING INDEX/)])
    expect(plan(all, 7)[0]).toBe('SEARCH events USING INTEGER PRIMARY KEY (rowid<?)')
    expect(plan({ ...all, topic: 'artifacts.changed' }, 7)).toEqual([
      'SEARCH events USING INDEX events_topic (topic=? AND id<?)',
      'SEARCH events USING COVERING INDEX events_topic (topic=?)',
    ])
    expect(plan({ ...all, projectId: 1 }, 7)).toEqual([
      'SEARCH events USING INDEX events_project (project_id=? AND id<?)',
      'SEARCH events USING COVERING INDEX events_project (project_id=?)',
    ])
    empty.close()
  })
})
