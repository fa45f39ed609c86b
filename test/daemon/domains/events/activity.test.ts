import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { selectChangeCounts, selectFirstEventAt } from '../../../../daemon/domains/events/events-repo.ts'
import { type EventRecord, putEvent } from '../../../../daemon/kernel/events/put-event.ts'
import { plansOf } from '../../../support/query-plan.ts'
import { skill, type TestDaemon, useTestDaemon } from '../../../support/test-daemon.ts'

const startDaemon = useTestDaemon()
const HOUR = 3_600_000
const DAY = 24 * HOUR
const noon = Date.parse('2026-03-29T12:00:00Z')

async function start(): Promise<TestDaemon> {
  const daemon = await startDaemon({
    prepare: ({ write }) => {
      for (const project of ['shop', 'blog'])
        write(`projects/${project}/.claude/skills/a/SKILL.md`, skill('a'))
    },
  })
  await daemon.call('cache.refresh', { force: true })
  daemon.ctx.db.runSql('DELETE FROM events')
  daemon.clock.now = noon
  return daemon
}

type Change = {
  at: number
  project?: 'shop' | 'blog'
  counts: { added: number; changed: number; removed: number }
}

async function put({ call, ctx }: TestDaemon, changes: readonly Change[]): Promise<void> {
  const { items } = await call('projects.list', {})
  const events = changes.map(({ at, project = 'shop', counts }): EventRecord => {
    const { id, name, path } = items.find((item) => item.name === project) ?? { id: '', name: '', path: '' }
    const projectId = ctx.db.valueSql<number>('SELECT id FROM projects WHERE name = ?', project) ?? 0
    const data = { project: { id, name, path }, path, counts, added: [], changed: [], removed: [] }
    return { at, topic: 'artifacts.changed', projectId, data }
  })
  ctx.db.transaction(() => {
    for (const event of events) putEvent(ctx.db, event)
  })
}

const one = (at: number, project?: Change['project']): Change => ({
  at,
  counts: { added: 1, changed: 2, removed: 3 },
  ...(project && { project }),
})

describe('events.activity', () => {
  it('adds up the changes of each day, today last, also where nothing happened', async () => {
    const daemon = await start()
    const midnight = noon - 12 * HOUR
    await put(daemon, [
      one(midnight),
      one(midnight - 1),
      one(midnight - 1),
      one(noon),
      one(midnight - 3 * DAY),
    ])
    const { items, since } = await daemon.call('events.activity', { days: 4 })
    expect(items).toEqual([
      { at: midnight - 3 * DAY, added: 1, changed: 2, removed: 3 },
      { at: midnight - 2 * DAY, added: 0, changed: 0, removed: 0 },
      { at: midnight - DAY, added: 2, changed: 4, removed: 6 },
      { at: midnight, added: 2, changed: 4, removed: 6 },
    ])
    expect(since).toBe(midnight - 3 * DAY)
    expect((await daemon.call('events.activity', {})).items).toHaveLength(30)
  })

  it.each([
    ['Berlin in winter', 60],
    ['Berlin in summer', 120],
    ['Kathmandu', 345],
    ['New York in summer', -240],
    ['Kiritimati', 840],
    ['Baker Island', -720],
  ])('begins days at the midnight of %s', async (_, utcOffset) => {
    const daemon = await start()
    const { items } = await daemon.call('events.activity', { days: 3, utcOffset })
    for (const { at } of items)
      expect(new Date(at + utcOffset * 60_000).toISOString()).toMatch(/T00:00:00.000Z$/)
    const [, , today] = items
    expect((today?.at ?? 0) <= noon && noon < (today?.at ?? 0) + DAY).toBe(true)
    await put(daemon, [one((today?.at ?? 0) - 1), one(today?.at ?? 0)])
    const counted = (await daemon.call('events.activity', { days: 3, utcOffset })).items
    expect(counted.map(({ added }) => added)).toEqual([0, 1, 1])
  })

  it('counts what events.history tells, whatever the offset and the number of days', async () => {
    const daemon = await start()
    const changes = fc.array(
      fc.record({
        at: fc.integer({ min: noon - 40 * DAY, max: noon }),
        project: fc.constantFrom('shop' as const, 'blog' as const),
        counts: fc.record({ added: fc.nat(5), changed: fc.nat(5), removed: fc.nat(5) }),
      }),
      { maxLength: 40 },
    )
    const project = fc.option(fc.constantFrom('shop', 'blog'), { nil: undefined })
    await fc.assert(
      fc.asyncProperty(
        changes,
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: -900, max: 900 }),
        project,
        async (given, days, utcOffset, of) => {
          daemon.ctx.db.runSql('DELETE FROM events')
          await put(daemon, given)
          const filter = of === undefined ? {} : { project: of }
          const { items } = await daemon.call('events.activity', { days, utcOffset, ...filter })
          const history = (await daemon.call('events.history', { limit: 1_000, ...filter })).items
          for (const [index, day] of items.entries()) {
            expect(day.at).toBe((items[0]?.at ?? 0) + index * DAY)
            const within = history.filter(({ at }) => at >= day.at && at < day.at + DAY)
            const sum = (key: 'added' | 'changed' | 'removed'): number =>
              within.reduce((all, { data }) => all + ('counts' in data ? data.counts[key] : 0), 0)
            expect(day).toMatchObject({
              added: sum('added'),
              changed: sum('changed'),
              removed: sum('removed'),
            })
          }
        },
      ),
      { numRuns: 60 },
    )
  })

  it('sees what has just happened, and counts of thousands of events each one once', async () => {
    const daemon = await start()
    await put(
      daemon,
      Array.from({ length: 1_234 }, (_, at) => one(noon - at, at % 2 ? 'shop' : 'blog')),
    )
    expect((await daemon.call('events.activity', { days: 1 })).items[0]?.added).toBe(1_234)
    await put(daemon, [one(noon)])
    expect((await daemon.call('events.activity', { days: 1 })).items[0]?.added).toBe(1_235)
    expect((await daemon.call('events.activity', { days: 1, project: 'blog' })).items[0]?.added).toBe(617)
  })

  it('has an empty history without a beginning, and knows no other projects', async () => {
    const daemon = await start()
    expect((await daemon.call('events.activity', { days: 1 })).since).toBeNull()
    await expect(daemon.call('events.activity', { project: 'none' })).rejects.toMatchObject({
      slug: 'project.not_found',
    })
  })

  it('goes through an index', async () => {
    const daemon = await start()
    const plan = (projectId: number | null): string[] =>
      plansOf(daemon.ctx.db, (db) => selectChangeCounts(db, { projectId, since: 0, after: 0, limit: 1 }))
    expect(plan(null)).toEqual([expect.stringMatching(/^SEARCH events USING INDEX events_topic \(topic=\?/)])
    expect(plan(1)).toEqual([
      expect.stringMatching(/^SEARCH events USING INDEX events_project \(project_id=\?/),
    ])
    expect(plansOf(daemon.ctx.db, selectFirstEventAt)).toEqual([
      expect.stringMatching(/COVERING INDEX events_at/),
    ])
  })
})
