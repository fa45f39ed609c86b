/** Events over HTTP: what is told, where it goes on, when it ends (CACHE-2.2c, D9). */
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { topics } from '../../../../protocol/events.ts'
import { RestEvent, RestSnapshot } from '../../../../protocol/rest/events.ts'
import { eventTopics } from '../../../../protocol/vocabulary.ts'
import { fakeTimers } from '../../../support/fake-timers.ts'
import { type RestLab, useRestLab } from '../../../support/rest-lab.ts'
import { openEvents, type SseClient } from '../../../support/sse-client.ts'

const start = useRestLab()
const nothing = { prepare: () => undefined }

async function follow(
  lab: RestLab,
  {
    query = '',
    since,
    scope = 'read' as const,
  }: { query?: string; since?: string; scope?: 'read' | 'write' } = {},
): Promise<SseClient> {
  const client = await openEvents(lab.port, `/api/v1/events${query}`, {
    authorization: `Bearer ${lab.tokens[scope]}`,
    ...(since !== undefined && { 'last-event-id': since }),
  })
  onTestFinished(() => client.close())
  return client
}

const id = 'prj_0123456789abcdef'
const project = { id, name: 'shop', path: '/shop' }
/** One event of each topic. */
const happenings = {
  'refresh.started': { projectIds: [id], full: false },
  'refresh.progress': { startedAt: 1, unitsDone: 1, unitsTotal: 2, artifacts: 3 },
  'refresh.completed': {
    projectId: id,
    success: true,
    projectsRefreshed: 1,
    changesDetected: 4,
    durationMs: 5,
  },
  'refresh.failed': { projectId: id, path: '/shop', error: 'It cannot be read.', retryAt: null },
  'projects.changed': { ...project, change: 'added', status: 'active' },
  'artifacts.changed': {
    project,
    path: '/shop',
    counts: { added: 1, changed: 2, removed: 3 },
    added: [],
    changed: [],
    removed: [],
  },
  'collections.changed': { name: 'default', path: '/collection' },
  'deployments.changed': { project, path: '/shop', counts: { added: 1, changed: 0, removed: 0 } },
  'jobs.changed': { name: 'refresh', state: 'idle', outcome: 'success', nextAt: 9 },
  'health.changed': { state: 'ok', warnings: [] },
} as const

const publish = ({ daemon }: RestLab, topic: keyof typeof happenings): void =>
  daemon.ctx.events.publish(topic, happenings[topic] as never)

describe('GET /api/v1/events', () => {
  it('tells how things stand, and then every topic in the words of existing clients', async () => {
    const lab = await start()
    await lab.json('/api/v1/cache/projects')
    const client = await follow(lab)
    const { status, headers } = { status: client.response.statusCode, headers: client.response.headers }
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': expect.stringContaining('no-store'),
    })
    await client.until(1)
    const { instance } = lab.daemon.ctx.identity
    const { head } = lab.daemon.ctx.events
    expect(client.events[0]).toMatchObject({ id: `${instance}:${head}`, event: 'snapshot' })
    expect(RestSnapshot().parse(client.events[0]?.data)).toEqual(client.events[0]?.data)
    expect(client.events[0]?.data).toMatchObject({ total_projects: 5, is_refreshing: false })

    for (const topic of eventTopics) {
      expect(topics[topic].data.parse(happenings[topic]), topic).toEqual(happenings[topic])
      publish(lab, topic)
    }
    await client.until(1 + eventTopics.length)
    const told = client.events.slice(1)
    expect(told.map(({ event }) => event)).toEqual([
      'refresh_started',
      'refresh.progress',
      'refresh_completed',
      'refresh_error',
      'projects.changed',
      'changes_detected',
      'collections.changed',
      'deployments.changed',
      'jobs.changed',
      'health.changed',
    ])
    for (const [i, { id: at, event, data }] of told.entries()) {
      expect(at).toBe(`${instance}:${head + 1 + i}`)
      expect(RestEvent().parse(data)).toEqual(data)
      expect(data.type).toBe(event)
      expect(data.details).toEqual(happenings[eventTopics[i] as keyof typeof happenings])
    }
    const dataOf = (event: string) => told.find((each) => each.event === event)?.data
    const timestamp = new Date(lab.daemon.clock.now).toISOString()
    expect(dataOf('refresh_started')).toMatchObject({ timestamp, project_ids: [id] })
    expect(dataOf('refresh_completed')).toMatchObject({ timestamp, project_id: id, changes_detected: 4 })
    expect(dataOf('refresh_error')).toMatchObject({ timestamp, project_id: id, error: 'It cannot be read.' })
    expect(dataOf('changes_detected')).toMatchObject({ project_id: id, changes_detected: 6 })
  })

  it('tells of a refresh that somebody asks for', async () => {
    const lab = await start()
    const client = await follow(lab, { query: '?topics=refresh' })
    await lab.post('/api/v1/cache/refresh', { force: true })
    await client.when(() => client.events.some(({ event }) => event === 'refresh_completed'))
    const names = client.events.map(({ event }) => event)
    expect(names[0]).toBe('snapshot')
    expect(names).toContain('refresh_started')
    expect(names.every((name) => name === 'snapshot' || name.startsWith('refresh'))).toBe(true)
  })

  it.each(['?topics=jobs,health.changed', '?topics=jobs&topics=%20health.changed%20'])(
    'tells only of the topics that are asked for: %s',
    async (query) => {
      const lab = await start(nothing)
      const client = await follow(lab, { query })
      for (const topic of eventTopics) publish(lab, topic)
      await client.until(3)
      expect(client.events.map(({ event }) => event)).toEqual(['snapshot', 'jobs.changed', 'health.changed'])
    },
  )

  it.each([
    ['a topic that does not exist', '?topics=weather', undefined, 'rpc.invalid_params'],
    ['an id that is none', '', 'x', 'http.invalid'],
    ['an event that was not told yet', '', 'own:99', 'events.unknown_position'],
  ])('refuses %s, in the shape of any failure', async (_, query, since, slug) => {
    const lab = await start(nothing)
    const { instance } = lab.daemon.ctx.identity
    const answer = await lab.json(`/api/v1/events${query}`, 'read', {
      headers: since === undefined ? {} : { 'last-event-id': since.replace('own', instance) },
    })
    expect(answer).toMatchObject({ status: 422, body: { error: slug, code: 'VALIDATION_FAILED' } })
    expect(lab.daemon.ctx.events.followers.size).toBe(0)
  })

  it('goes on after the last event that a client knows, also when nothing has happened since', async () => {
    const lab = await start(nothing)
    const first = await follow(lab)
    publish(lab, 'jobs.changed')
    await first.until(2)
    first.close()
    const idle = await follow(lab, { since: first.lastId })
    expect(idle.response.statusCode).toBe(200)
    publish(lab, 'health.changed')
    expect((await idle.until(1)).map(({ event }) => event)).toEqual(['health.changed'])
  })

  it('says what is missing when another daemon told it, and how things stand', async () => {
    const lab = await start(nothing)
    const client = await follow(lab, { since: 'another:41' })
    await client.until(2)
    expect(client.events).toMatchObject([
      { event: 'gap', data: { from: 42, to: null, reason: 'restarted' } },
      { event: 'snapshot' },
    ])
    expect(client.lastId).toMatch(/^[0-9a-f-]+:\d+$/i)
  })

  it('loses and repeats nothing, however often a client is cut off and comes again (D9)', async () => {
    const lab = await start(nothing)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 12 }), async (bursts) => {
        let client = await follow(lab)
        await client.until(1)
        let known = client.lastId
        const { instance } = lab.daemon.ctx.identity
        const before = Number(known.split(':')[1])
        const seen: number[] = []
        let published = 0
        const hearAll = (): Promise<void> =>
          client.when(() => (client.lastId || known) === `${instance}:${before + published}`)
        for (const [round, burst] of bursts.entries()) {
          for (let i = 0; i < burst; i++) {
            publish(lab, eventTopics[published % eventTopics.length] as keyof typeof happenings)
            published++
          }
          // Sometimes it hears all of it, sometimes it is gone at once.
          if (round % 2 === 0) await hearAll()
          client.close()
          seen.push(...numbers(client))
          known = client.lastId || known
          client = await follow(lab, { since: known })
        }
        await hearAll()
        seen.push(...numbers(client))
        client.close()
        expect(seen).toEqual(Array.from({ length: published }, (_, i) => before + 1 + i))
      }),
      { numRuns: Number(process.env.SMD_TEST_RUNS ?? 25) },
    )
  })

  it('says every 15 s that nothing is lost, in a comment that moves the place to go on from', async () => {
    const fake = fakeTimers()
    const lab = await start({
      prepare({ around }) {
        around.timers = fake.timers
      },
    })
    const client = await follow(lab, { query: '?topics=health' })
    await client.until(1)
    publish(lab, 'jobs.changed')
    const { instance } = lab.daemon.ctx.identity
    const { head } = lab.daemon.ctx.events
    fake.advance(15_000)
    await client.when(() => client.comments.length > 0)
    expect(client.comments).toEqual(['heartbeat'])
    expect(client.lastId).toBe(`${instance}:${head}`)
    expect(client.events.map(({ event }) => event)).toEqual(['snapshot'])
  })

  it('ends with the token it was opened with', async () => {
    const lab = await start(nothing)
    const client = await follow(lab)
    const other = await follow(lab, { scope: 'write' })
    await Promise.all([client.until(1), other.until(1)])
    expect(lab.daemon.ctx.events.followers.size).toBe(2)
    await lab.daemon.call('tokens.revoke', { token: 'read' })
    await client.ended
    publish(lab, 'jobs.changed')
    await other.until(2)
    expect(client.events.map(({ event }) => event)).toEqual(['snapshot'])
    expect(lab.daemon.ctx.events.followers.size).toBe(1)
  })

  it('says that the daemon ends', async () => {
    const lab = await start(nothing)
    const client = await follow(lab)
    await client.until(1)
    lab.daemon.refuseToGoOn()
    await client.ended
    expect(client.events.map(({ event, data }) => [event, data.reason])).toEqual([
      ['snapshot', undefined],
      ['closing', 'stopping'],
    ])
  })

  it('does not stay for a client that asks for the head alone', async () => {
    const lab = await start(nothing)
    const head = await lab.ask('/api/v1/events', 'read', { method: 'HEAD' })
    expect([head.status, head.body]).toEqual([200, ''])
    const { followers } = lab.daemon.ctx.events
    while (followers.size > 0) await new Promise((resolve) => setImmediate(resolve))
  })

  it('forgets a client that has gone', async () => {
    const lab = await start(nothing)
    const client = await follow(lab)
    await client.until(1)
    expect(lab.daemon.ctx.events.followers.size).toBe(1)
    const other = await follow(lab)
    client.close()
    const { followers } = lab.daemon.ctx.events
    while (followers.size > 1) await new Promise((resolve) => setImmediate(resolve))
    await other.until(1)
    expect(lab.daemon.log.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([])
  })

  it('cuts off a client that does not take what it is sent, and lets it go on later (P4)', async () => {
    const lab = await start(nothing)
    const client = await follow(lab)
    await client.until(1)
    client.response.pause()
    const { followers } = lab.daemon.ctx.events
    const path = `/${'x'.repeat(64 * 1024)}`
    let sent = 0
    while (followers.size > 0) {
      lab.daemon.ctx.events.publish('collections.changed', { name: 'large', path })
      sent += path.length
      await new Promise((resolve) => setImmediate(resolve))
    }
    // The limit, and what the system takes for a socket nobody reads.
    expect(sent).toBeGreaterThan(8 * 1024 * 1024)
    expect(sent).toBeLessThan(32 * 1024 * 1024)
    client.response.resume()
    await client.ended
    const again = await follow(lab, { since: client.lastId })
    await again.until(1)
    expect(['gap', 'collections.changed']).toContain(again.events[0]?.event)
  })
})

const numbers = ({ events }: SseClient): number[] =>
  events.filter(({ event }) => event !== 'snapshot').map(({ id: at }) => Number(at.split(':')[1]))
