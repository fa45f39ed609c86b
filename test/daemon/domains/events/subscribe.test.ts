import { afterEach, describe, expect, it, vi } from 'vitest'
import type { RingLimits } from '../../../../daemon/kernel/events/ring.ts'
import type { Notification } from '../../../../protocol/client.ts'
import { notifications } from '../../../../protocol/notifications.ts'
import {
  type EventServer,
  type Listener,
  listenTo,
  startEventServer,
  turnsUntil,
} from '../../../support/event-server.ts'
import { readMetrics } from '../../../support/prometheus.ts'
import { RawClient, request } from '../../../support/raw-client.ts'
import { skill, type TestHome, type TestOptions, useTestHome } from '../../../support/test-daemon.ts'

const makeHome = useTestHome()
const closing: Array<() => unknown> = []
afterEach(async () => {
  vi.useRealTimers()
  for (const close of closing.splice(0).toReversed()) await close()
})

async function start(options?: TestOptions, limits?: RingLimits): Promise<EventServer & { home: TestHome }> {
  const home = makeHome(options)
  const server = await startEventServer(home, limits)
  closing.push(server.close)
  return { ...server, home }
}

type Subscription = { topics?: string[]; since?: { instance: string; seq: number } }

/** A client that has subscribed; `ended` is how its request ended. */
function subscribe({ socket }: EventServer, params: Subscription = {}) {
  const client = listenTo(socket)
  closing.push(client.close)
  const end = new AbortController()
  const ended = client.call('events.subscribe', params as never, { signal: end.signal }).then(
    (result) => result,
    (error) => error.slug,
  )
  return { ...client, cancel: () => end.abort(), ended }
}

const names = ({ heard }: Pick<Listener, 'heard'>): string[] => heard.map(short)
function short({ method, params }: Notification): string {
  if (method === 'events.event') return 'name' in params.data ? `${params.data.name}` : params.topic
  if (method === 'events.gap') return `${params.reason} ${params.from}-${params.to}`
  return method
}
const count = (many: number) => (heard: readonly Notification[]) => heard.length >= many

describe('events.subscribe (D9, CACHE-2.2c)', () => {
  it('tells first how things stand', async () => {
    const server = await start({
      prepare: ({ write }) => {
        write('projects/shop/.claude/skills/a/SKILL.md', skill('a'))
        write('projects/shop/.claude/skills/b/SKILL.md', skill('b'))
      },
    })
    await server.dispatcher.call('cache.refresh', { force: true })
    server.publish('before')
    server.ctx.health.warn('cache.memory', { reason: 'x' })
    const client = subscribe(server)
    await client.until(count(1))
    const { clock } = server.home
    expect(client.heard).toEqual([
      {
        jsonrpc: '2.0',
        method: 'events.snapshot',
        params: {
          instance: server.ctx.identity.instance,
          seq: server.ctx.events.head,
          at: clock.now,
          refresh: null,
          lastRefreshAt: clock.now,
          projects: 1,
          artifacts: 2,
          outdatedArtifacts: 0,
          modifiedArtifacts: 0,
          health: { state: 'degraded', warnings: ['cache.memory'] },
        },
      },
    ])
  })

  it('tells what happens then, each as its schema says, to everybody alike', async () => {
    const server = await start()
    const clients = [subscribe(server), subscribe(server)]
    for (const client of clients) await client.until(count(1))
    const { events } = server.ctx
    const project = { id: 'prj_0123456789abcdef', name: 'shop', path: '/shop' }
    events.publish('refresh.started', { projectIds: [], full: true })
    events.publish('refresh.progress', { startedAt: 1, unitsDone: 1, unitsTotal: 2, artifacts: 3 })
    events.publish('refresh.failed', { projectId: project.id, path: '/shop', error: 'EIO', retryAt: null })
    events.publish('projects.changed', { ...project, change: 'added', status: 'active' })
    events.publish('artifacts.changed', {
      project,
      path: '/shop',
      counts: { added: 1, changed: 0, removed: 0 },
      added: [{ id: 'art_0123456789abcdef', name: 'a', type: 'skill' }],
      changed: [],
      removed: [],
    })
    events.publish('jobs.changed', { name: 'refresh', state: 'running', outcome: null, nextAt: null })
    events.publish('collections.changed', { name: 'default', path: '/c' })
    events.publish('refresh.completed', {
      projectId: null,
      success: true,
      projectsRefreshed: 1,
      changesDetected: 1,
      durationMs: 5,
    })
    server.ctx.health.warn('cache.memory', { reason: 'x' })
    for (const client of clients) await client.until(count(10))
    const [one, other] = clients.map(({ heard }) => heard.slice(1))
    expect(one).toEqual(other)
    expect(one?.map(({ params }) => 'seq' in params && params.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    for (const { method, params } of clients[0]?.heard ?? [])
      expect(notifications[method].params.parse(params)).toEqual(params)
    expect(one?.at(-1)?.params).toMatchObject({
      topic: 'health.changed',
      data: { state: 'degraded', warnings: ['cache.memory'] },
    })
  })

  it.each([
    [['collections.changed'], ['a', 'b']],
    [['refresh'], ['refresh.started']],
    [
      ['refresh', 'collections'],
      ['a', 'refresh.started', 'b'],
    ],
  ])('tells only of %j when only that is wanted', async (topics, expected) => {
    const server = await start()
    const client = subscribe(server, { topics })
    await client.until(count(1))
    server.publish('a')
    server.ctx.events.publish('refresh.started', { projectIds: [], full: true })
    server.publish('b')
    await client.until(count(1 + expected.length))
    expect(names(client)).toEqual(['events.snapshot', ...expected])
  })

  it('is counted in the metrics', async () => {
    const server = await start()
    const client = subscribe(server)
    await client.until(count(1))
    server.publish('a')
    const families = readMetrics((await server.dispatcher.call('daemon.metrics', {})).text)
    expect(families.get('smd_event_followers')?.samples).toMatchObject([{ value: 1 }])
    expect(families.get('smd_events_total')?.samples.filter(({ value }) => value > 0)).toMatchObject([
      { labels: { topic: 'collections.changed' }, value: 1 },
    ])
  })

  it('refuses a topic that does not exist, and none at all', async () => {
    const server = await start()
    for (const topics of [['refresh.begun'], ['nothing'], []])
      expect(await subscribe(server, { topics }).ended).toBe('rpc.invalid_params')
  })

  it('goes on after the event that the client knows, when that is kept', async () => {
    const server = await start()
    const first = subscribe(server)
    await first.until(count(1))
    server.publish('a')
    server.publish('b')
    await first.until(count(3))
    first.close()
    server.publish('c')
    const { instance } = server.ctx.identity
    const second = subscribe(server, { since: { instance, seq: 1 } })
    await second.until(count(2))
    server.publish('d')
    await second.until(count(3))
    expect(names(second)).toEqual(['b', 'c', 'd'])
  })

  it('says what is missing when it is kept no more, and how things stand', async () => {
    const server = await start({}, { events: 2, bytes: 1e6 })
    const first = subscribe(server)
    await first.until(count(1))
    first.close()
    for (const name of ['a', 'b', 'c', 'd']) server.publish(name)
    const { instance } = server.ctx.identity
    const late = subscribe(server, { since: { instance, seq: 1 } })
    await late.until(count(2))
    expect(names(late)).toEqual(['too_old 2-4', 'events.snapshot'])
    const inTime = subscribe(server, { since: { instance, seq: 2 } })
    await inTime.until(count(2))
    expect(names(inTime)).toEqual(['c', 'd'])
  })

  it('says that events of another daemon are missing', async () => {
    const server = await start()
    const client = subscribe(server, { since: { instance: 'another', seq: 41 } })
    await client.until(count(2))
    expect(names(client)).toEqual(['restarted 42-null', 'events.snapshot'])
  })

  it('refuses a place that was never reached', async () => {
    const server = await start()
    server.publish('a')
    const { instance } = server.ctx.identity
    const client = listenTo(server.socket)
    closing.push(client.close)
    await expect(client.call('events.subscribe', { since: { instance, seq: 2 } })).rejects.toMatchObject({
      slug: 'events.unknown_position',
      message: 'This daemon has told no event 2 yet; the last one is 1.',
    })
  })

  it('gives a connection one stream, and another one when that was cancelled', async () => {
    const server = await start()
    const client = new RawClient(server.socket)
    closing.push(() => client.socket.destroy())
    client.greet()
    await client.until(1)
    client.send(request(1, 'events.subscribe'), request(2, 'events.subscribe'))
    await client.until(3)
    expect(client.replies.find(({ id }) => id === 2)?.error?.data.slug).toBe('events.subscribed')
    client.send(
      { jsonrpc: '2.0', method: '$/cancel', params: { id: 1 } },
      request(3, 'events.subscribe', { topics: ['health'] }),
    )
    await client.until(5)
    expect(client.replies.find(({ id }) => id === 1)?.error?.data.slug).toBe('request.cancelled')
    expect(
      client.replies.filter((reply) => 'method' in reply && reply.method === 'events.snapshot'),
    ).toHaveLength(2)
    expect(client.replies.some(({ id }) => id === 3)).toBe(false)
    expect(server.ctx.events.followers.size).toBe(1)
  })

  it('ends when the client cancels, goes, or the daemon ends', async () => {
    const server = await start()
    const [cancelling, going, staying] = [subscribe(server), subscribe(server), subscribe(server)]
    await turnsUntil(() => server.ctx.events.followers.size === 3)
    cancelling.cancel()
    expect(await cancelling.ended).toBe('request.cancelled')
    going.close()
    // Who is gone, and who has only ended his side, shows when something is sent: by the next heartbeat at the latest.
    server.publish('a')
    await staying.until(count(2))
    server.publish('b')
    await turnsUntil(() => server.ctx.events.followers.size === 1)
    server.refuseToGoOn()
    expect(await staying.ended).toBe('daemon.stopping')
    expect(server.ctx.events.followers.size).toBe(0)
  })

  it('does not begin for a caller who could not end it', async () => {
    const server = await start()
    expect(await server.dispatcher.call('events.subscribe', {})).toEqual({ followed: false })
    expect(server.ctx.events.followers.size).toBe(0)
  })
})

describe('a reader of events that is slow (P4, D9)', () => {
  const long = 'x'.repeat(20_000)

  it('is cut off, told why, and misses nothing when it comes again', async () => {
    // It takes what waits for it, however long this machine needs for that.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const server = await start()
    const slow = new RawClient(server.socket)
    closing.push(() => slow.socket.destroy())
    slow.greet()
    slow.send(request(1, 'events.subscribe'))
    await slow.until(2)
    slow.socket.pause()
    const { events, identity } = server.ctx
    const quick = subscribe(server)
    await quick.until(count(1))
    while (events.followers.size === 2) {
      server.publish(long)
      // The quick one takes what comes.
      await quick.until(count(1 + events.head))
    }
    const published = events.head
    expect(published * long.length).toBeGreaterThan(8 * 1024 * 1024)
    slow.socket.resume()
    await slow.ended
    type Sent = { method?: string; params?: { seq?: number; reason?: string } }
    const sent = slow.replies as Sent[]
    expect(sent.at(-1)).toMatchObject({ method: 'daemon.closing', params: { reason: 'too_slow' } })
    const seqs = sent.flatMap(({ method, params }) => (method === 'events.event' ? [params?.seq] : []))
    const since = { instance: identity.instance, seq: seqs.length }
    const again = subscribe(server, { since })
    await again.until((heard) => heard.some(({ params }) => 'seq' in params && params.seq === published))
    const later = again.heard.map(({ params }) => ('seq' in params ? params.seq : null))
    expect([...seqs, ...later]).toEqual(Array.from({ length: published }, (_, i) => i + 1))
  })

  it('gets all that was missed, however much is kept, when it takes it', async () => {
    const server = await start()
    const first = subscribe(server)
    await first.until(count(1))
    first.cancel()
    await first.ended
    const kept = 415
    for (let i = 0; i < kept; i++) server.publish(long)
    const { events, identity } = server.ctx
    expect(events.after(0, 1)).not.toBeNull()
    server.publish(long.repeat(2))
    const again = subscribe(server, { since: { instance: identity.instance, seq: 1 } })
    await again.until((heard) => heard.some(({ params }) => 'seq' in params && params.seq === kept + 1))
    expect(again.heard.map(({ method, params }) => `${method} ${'seq' in params && params.seq}`)).toEqual(
      Array.from({ length: kept }, (_, i) => `events.event ${i + 2}`),
    )
    server.publish('after')
    await again.until(count(kept + 1))
    expect(short(again.heard.at(-1) as Notification)).toBe('after')
  })
})
