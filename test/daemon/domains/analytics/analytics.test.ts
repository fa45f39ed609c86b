import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import type { Usage } from '../../../../daemon/domains/analytics/analytics.ts'
import { skill, type TestDaemon, useTestDaemon } from '../../../support/test-daemon.ts'

const DAY = 86_400_000
const deploy = (name: string, artifactType = 'skill') => ({ type: 'deploy' as const, name, artifactType })

describe('what was done with artifacts', () => {
  const start = useTestDaemon()
  const note = ({ ctx }: TestDaemon, ...done: Usage[]) => ctx.analytics.note(...done)

  it('is summed up by type and name, and told newest first', async () => {
    const daemon = await start()
    const { call, home } = daemon
    note(daemon, {
      ...deploy('review'),
      collection: 'default',
      project: join(home, 'work/api'),
      metadata: { version: '1' },
    })
    note(daemon, deploy('review'), deploy('review', 'command'), {
      type: 'sync',
      name: 'ship',
      artifactType: 'skill',
      outcome: 'conflict',
    })
    expect(await call('analytics.summary', {})).toMatchObject({
      enabled: true,
      transcripts: false,
      retentionDays: 90,
      events: 4,
      recent: 4,
      byType: [
        { type: 'deploy', count: 3 },
        { type: 'sync', count: 1 },
      ],
      mostDeployed: { name: 'review', type: 'skill', count: 2 },
    })
    const { items } = await call('analytics.top', {})
    expect(items.map(({ name, type, deploys, syncs, total }) => [name, type, deploys, syncs, total])).toEqual(
      [
        ['review', 'skill', 2, 0, 2],
        ['review', 'command', 1, 0, 1],
        ['ship', 'skill', 0, 1, 1],
      ],
    )
    const events = await call('analytics.events', { event: 'deploy', limit: 2 })
    expect(events.items.map(({ name, type }) => `${type} ${name}`)).toEqual([
      'command review',
      'skill review',
    ])
    const rest = await call('analytics.events', { event: 'deploy', limit: 2, before: events.next ?? 0 })
    expect(rest).toMatchObject({
      items: [
        { collection: 'default', project: '~/work/api', outcome: 'success', metadata: { version: '1' } },
      ],
      next: null,
    })
  })

  it('waits for a while, so that many things are written together', async () => {
    const daemon = await start()
    note(daemon, deploy('a'))
    expect(existsSync(join(daemon.home, '.skillmeat/.smd/analytics.db'))).toBe(false)
    await daemon.ctx.analytics.flush()
    expect(existsSync(join(daemon.home, '.skillmeat/.smd/analytics.db'))).toBe(true)
  })

  it('is not noted when the user, or the library, does not want it', async () => {
    const off = await start({ env: { SMD_ANALYTICS_ENABLED: 'false' } })
    note(off, deploy('a'))
    expect(await off.call('analytics.summary', {})).toMatchObject({ enabled: false, events: 0 })
    const library = await start({
      prepare: ({ write }) => void write('.skillmeat/config.toml', '[analytics]\nenabled = false\n'),
    })
    note(library, deploy('a'))
    expect(await library.call('analytics.summary', {})).toMatchObject({ enabled: false, events: 0 })
  })

  it('keeps events as long as asked, and what they sum up to for ever', async () => {
    const daemon = await start()
    const { call, clock } = daemon
    note(daemon, deploy('old'))
    await daemon.ctx.analytics.flush()
    clock.now += 91 * DAY
    note(daemon, deploy('new'))
    expect(await call('analytics.summary', {})).toMatchObject({ events: 1 })
    expect((await call('analytics.top', {})).items.map(({ name }) => name)).toEqual(['new', 'old'])
    expect(await call('analytics.clear', { olderThanDays: 0 })).toEqual({ removed: 0 })
    clock.now += 1
    expect(await call('analytics.clear', { olderThanDays: 0 })).toEqual({ removed: 1 })
    expect((await call('analytics.top', {})).items).toHaveLength(2)
    expect(await call('analytics.clear', {})).toEqual({ removed: 0 })
    expect((await call('analytics.top', {})).items).toEqual([])
  })

  it('is told by day, week and month, also where there was nothing', async () => {
    const daemon = await start()
    const { call, clock } = daemon
    clock.now = Date.UTC(2026, 1, 27, 23, 59)
    note(daemon, deploy('a'), deploy('b'))
    clock.now = Date.UTC(2026, 2, 2, 0, 1)
    note(daemon, deploy('b'), { type: 'remove', name: 'b', artifactType: 'skill' })
    const days = await call('analytics.trends', { days: 4 })
    expect(
      days.points.map(({ at, events, deploys, artifacts, top }) => [
        new Date(at).toISOString().slice(5, 10),
        events,
        deploys,
        artifacts,
        top,
      ]),
    ).toEqual([
      ['02-27', 2, 2, 2, 'a'],
      ['02-28', 0, 0, 0, null],
      ['03-01', 0, 0, 0, null],
      ['03-02', 2, 1, 1, 'b'],
    ])
    const months = await call('analytics.trends', { period: 'month', days: 30 })
    expect(months.points.map(({ events }) => events)).toEqual([2, 2])
    const weeks = await call('analytics.trends', { period: 'week', days: 7 })
    expect(weeks.points.map(({ at, events }) => [new Date(at).toISOString().slice(5, 10), events])).toEqual([
      ['02-23', 2],
      ['03-02', 2],
    ])
  })

  it('is read out of the file of SkillMeat, which stays as it is', async () => {
    const daemon = await start()
    daemon.write('.skillmeat/keep', '')
    const file = join(daemon.home, '.skillmeat/analytics.db')
    const theirs = new Sqlite(file)
    theirs.exec(`CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, event_type TEXT, artifact_name TEXT,
      artifact_type TEXT, collection_name TEXT, project_path TEXT, timestamp TEXT, metadata TEXT)`)
    const insert = theirs.prepare(
      'INSERT INTO events (event_type, artifact_name, artifact_type, timestamp, metadata) VALUES (?, ?, ?, ?, ?)',
    )
    insert.run('deploy', 'canvas', 'skill', '2026-03-01 10:00:00', '{"version":"1"}')
    insert.run('dance', 'canvas', 'skill', '2026-03-01 10:00:00', null)
    insert.run('sync', 'canvas', 'skill', 'yesterday', null)
    insert.run('search', 'canvas', 'skill', '2026-03-01T11:00:00', 'no json')
    theirs.close()
    const before = readFileSync(file)
    const { items } = await daemon.call('analytics.events', {})
    expect(items.map(({ event, at }) => [event, new Date(at).toISOString()])).toEqual([
      ['search', '2026-03-01T11:00:00.000Z'],
      ['deploy', '2026-03-01T10:00:00.000Z'],
    ])
    expect(await daemon.call('analytics.summary', {})).toMatchObject({ events: 2 })
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  it('goes on with a new file when its own is damaged', async () => {
    const daemon = await start()
    const file = daemon.write(
      '.skillmeat/.smd/analytics.db',
      'this is no database, however long one looks at it',
    )
    note(daemon, deploy('a'))
    expect(await daemon.call('analytics.summary', {})).toMatchObject({ events: 1 })
    expect(readFileSync(`${file}.damaged`, 'utf8')).toContain('no database')
  })

  it('does not fail anybody when it cannot be written', async () => {
    const daemon = await start()
    // A file where the folder belongs.
    daemon.write('.skillmeat')
    note(daemon, deploy('a'))
    for (let i = 0; i < 3; i++) await daemon.ctx.analytics.flush()
    expect(daemon.log.map(({ message }) => message)).toContain('what was done could not be noted')
    await daemon.ctx.analytics.flush()
  })
})

describe('analytics.unused', () => {
  const start = useTestDaemon()

  it('lists what nothing was done with, the largest first', async () => {
    const daemon = await start({
      prepare({ write }) {
        write('src/a/.claude/skills/large/SKILL.md', skill('large', 'Long. '.repeat(100)))
        write('src/b/.claude/skills/large/SKILL.md', skill('large', 'Long. '.repeat(100)))
        write('src/a/.claude/skills/small/SKILL.md', skill('small'))
        write('src/a/.claude/skills/used/SKILL.md', skill('used'))
      },
    })
    const { call, clock, ctx } = daemon
    expect((await call('analytics.unused', {})).total).toBe(0)
    clock.now += 100 * DAY
    ctx.analytics.note(deploy('used'))
    const found = await call('analytics.unused', {})
    expect(found).toMatchObject({
      items: [
        { name: 'large', copies: 2, lastAt: null },
        { name: 'small', copies: 1, lastAt: null },
      ],
      total: 2,
      transcripts: false,
    })
    clock.now += 100 * DAY
    expect((await call('analytics.unused', { limit: 1 })).total).toBe(3)
  })
})

describe('transcripts', () => {
  const start = useTestDaemon()
  const line = (name: string, input: object, at: string): string =>
    JSON.stringify({
      timestamp: at,
      cwd: '/home/me/secret',
      message: {
        content: [
          { type: 'text', text: 'hello' },
          { type: 'tool_use', name, input },
        ],
      },
    })

  it('are left alone unless the user wants them to be counted', async () => {
    const { call } = await start()
    await expect(call('analytics.count', {})).rejects.toMatchObject({ slug: 'analytics.not_allowed' })
  })

  it('are counted from where they were left, and nothing but names is kept', async () => {
    const { call, write, home } = await start({ env: { SMD_ANALYTICS_TRANSCRIPTS: 'true' } })
    const file = '.claude/projects/-home-me/a.jsonl'
    const first = [
      line('Skill', { skill: 'review', args: 'top secret words' }, '2026-03-01T10:00:00Z'),
      line('Agent', { subagent_type: 'tester', prompt: 'top secret words' }, '2026-03-01T11:00:00Z'),
      line('Task', { subagent_type: 'tester' }, '2026-03-01T12:00:00Z'),
      line('mcp__github__create_issue', {}, '2026-03-01T13:00:00Z'),
      line('Bash', { command: 'ls' }, '2026-03-01T13:00:00Z'),
      '{"broken": "tool_use',
      line('Skill', { skill: 7 }, '2026-03-01T13:00:00Z'),
    ].join('\n')
    write(file, `${first}\n${line('Skill', { skill: 'half' }, '2026-03-02T10:00:00Z')}`)
    expect(await call('analytics.count', {})).toEqual({ transcripts: 1, uses: 4 })
    expect(await call('analytics.count', {})).toEqual({ transcripts: 0, uses: 0 })
    write(file, `${first}\n${line('Skill', { skill: 'half' }, '2026-03-02T10:00:00Z')}\n`)
    expect(await call('analytics.count', {})).toEqual({ transcripts: 1, uses: 1 })
    const { items } = await call('analytics.top', { metric: 'uses' })
    expect(
      items.map(({ name, type, uses, lastAt }) => [name, type, uses, new Date(lastAt).toISOString()]),
    ).toEqual([
      ['tester', 'agent', 2, '2026-03-01T12:00:00.000Z'],
      ['github', 'mcp', 1, '2026-03-01T13:00:00.000Z'],
      ['half', 'skill', 1, '2026-03-02T10:00:00.000Z'],
      ['review', 'skill', 1, '2026-03-01T10:00:00.000Z'],
    ])
    const kept = readFileSync(join(home, '.skillmeat/.smd/analytics.db')).toString('latin1')
    expect(kept).not.toMatch(/secret words|hello/)
  })

  it('are read anew when they are shorter than before', async () => {
    const { call, write, home } = await start({ env: { SMD_ANALYTICS_TRANSCRIPTS: 'true' } })
    const use = line('Skill', { skill: 'review' }, '2026-03-01T10:00:00Z')
    write('.claude/projects/p/a.jsonl', `${use}\n${use}\n`)
    expect(await call('analytics.count', {})).toMatchObject({ uses: 2 })
    writeFileSync(join(home, '.claude/projects/p/a.jsonl'), `${use}\n`)
    expect(await call('analytics.count', {})).toMatchObject({ uses: 1 })
  })
})
