/**
 * D9: whatever happens to clients and daemon, what a client was told is what happened, or it was told of a gap. A real
 * socket, the real client; the model is the list of what was published.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextTurn } from '../../../../daemon/kernel/rpc/turn.ts'
import type { AnyEvent } from '../../../../protocol/events.ts'
import type { Topic, TopicGroup } from '../../../../protocol/vocabulary.ts'
import { type EventServer, startEventServer } from '../../../support/event-server.ts'
import { type RestlessClient, restlessClient } from '../../../support/restless-client.ts'
import { useTestHome } from '../../../support/test-daemon.ts'

/** Random courses; `npm run test:events` takes many. */
const RUNS = Number(process.env.SMD_TEST_RUNS ?? 20)

const makeHome = useTestHome()

const wishes: ReadonlyArray<readonly (Topic | TopicGroup)[] | undefined> = [
  undefined,
  ['collections'],
  ['health.changed', 'jobs', 'collections'],
]

const made: ReadonlyArray<(n: number) => AnyEvent> = [
  (n) => ({ topic: 'collections.changed', data: { name: `${n}`, path: '/c'.repeat(1 + (n % 300)) } }),
  (n) => ({ topic: 'health.changed', data: { state: 'ok', warnings: [`${n}`] } }),
  (n) => ({ topic: 'jobs.changed', data: { name: `${n}`, state: 'idle', outcome: null, nextAt: n } }),
  (n) => ({ topic: 'refresh.failed', data: { projectId: null, path: `${n}`, error: 'EIO', retryAt: null } }),
]

type Step =
  | { do: 'publish'; topics: number[] }
  | { do: 'cut' | 'sleep' | 'wake' | 'pause' | 'resume'; client: number }
  | { do: 'restart' }
  | { do: 'turns'; count: number }

const client = fc.nat({ max: wishes.length - 1 })
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('publish' as const),
      topics: fc.array(fc.nat({ max: made.length - 1 }), { minLength: 1, maxLength: 30 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constantFrom('cut', 'sleep', 'wake', 'pause', 'resume'), client }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('turns' as const), count: fc.integer({ min: 1, max: 20 }) }),
  },
)

/** A course with events for who listens, and with the gap of a restart: the random ones may have neither. */
const telling: Step[] = [
  { do: 'turns', count: 20 },
  { do: 'publish', topics: Array.from({ length: 30 }, (_, i) => i % made.length) },
  { do: 'turns', count: 20 },
  { do: 'restart' },
]

/** What was published, by instance; the number of an event is its place, from 1 on. */
type Model = Map<string, AnyEvent[]>

const wants = (topics: (typeof wishes)[number], topic: Topic): boolean =>
  !topics || topics.some((name) => topic === name || topic.startsWith(`${name}.`))

/** Goes through what a client was told and says where it is wrong; null when it is right. */
function whatIsWrong(
  { heard }: Pick<RestlessClient, 'heard'>,
  topics: (typeof wishes)[number],
  model: Model,
  ringSize: number,
): string | null {
  let at: { instance: string; seq: number } | null = null
  let gap: { from: number; to: number | null; reason: string } | null = null
  for (const { method, params } of heard) {
    if (method === 'events.gap') {
      if (!at) return 'a gap before anything was told'
      if (params.from !== at.seq + 1) return `gap from ${params.from} after ${at.seq}`
      gap = params
    } else if (method === 'events.snapshot') {
      if (at && !gap) return 'a snapshot that nothing explains'
      if (at && gap?.reason === 'restarted' && params.instance === at.instance) return 'it was not restarted'
      if (at && gap?.reason === 'too_old') {
        if (params.instance !== at.instance || gap.to !== params.seq) return 'a gap that does not end here'
        if (params.seq - at.seq <= ringSize) return `${params.seq - at.seq} events were still kept`
      }
      at = { instance: params.instance, seq: params.seq }
      gap = null
    } else {
      if (!at || gap) return 'an event without a snapshot before it'
      const events: AnyEvent[] = model.get(at.instance) ?? []
      const next = events.findIndex((event, i) => i >= (at?.seq ?? 0) && wants(topics, event.topic)) + 1
      if (params.seq !== next) return `event ${params.seq} where ${next} comes next`
      const { topic, data } = events[next - 1] as AnyEvent
      if (JSON.stringify([topic, data]) !== JSON.stringify([params.topic, params.data]))
        return `another event ${next}`
      at.seq = next
    }
  }
  return gap ? 'a gap at the end' : null
}

async function runCourse(steps: readonly Step[], ringSize: number): Promise<{ told: number; gaps: number }> {
  const home = makeHome()
  const model: Model = new Map()
  const start = async (): Promise<EventServer> => {
    const server = await startEventServer(home, { events: ringSize, bytes: 8 * 1024 * 1024 })
    model.set(server.ctx.identity.instance, [])
    return server
  }
  let server = await start()
  let published = 0
  const publish = (make: (n: number) => AnyEvent): void => {
    const event = make(published++)
    model.get(server.ctx.identity.instance)?.push(event)
    server.ctx.events.publish(event.topic, event.data)
  }
  const clients = wishes.map((topics) => restlessClient(server.socket, topics))
  for (const each of steps) {
    if (each.do === 'publish') for (const i of each.topics) publish(made[i] as (typeof made)[number])
    else if (each.do === 'turns') for (let i = 0; i < each.count; i++) await nextTurn()
    else if (each.do === 'restart') {
      await server.close()
      server = await start()
    } else clients[each.client]?.[each.do]()
  }
  for (const one of clients) {
    one.resume()
    one.wake()
  }
  // Who has subscribed, and hears of one event more, has heard of everything.
  const { instance } = server.ctx.identity
  for (const one of clients) await one.until(() => one.position?.instance === instance)
  publish(made[0] as (typeof made)[number])
  for (const one of clients) await one.until(() => one.position?.seq === server.ctx.events.head)
  for (const one of clients) await one.end()
  await server.close()
  for (const [i, one] of clients.entries()) expect(whatIsWrong(one, wishes[i], model, ringSize)).toBeNull()
  const all = clients.flatMap(({ heard }) => heard)
  return { told: all.length, gaps: all.filter(({ method }) => method === 'events.gap').length }
}

describe('the stream of events (D9)', () => {
  it('tells each client all that happened, or of the gap, in random courses', {
    timeout: 30_000 + RUNS * 1_000,
  }, async () => {
    const totals = { told: 0, gaps: 0 }
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 60 }),
        fc.integer({ min: 5, max: 60 }),
        async (steps, ringSize) => {
          const { told, gaps } = await runCourse(steps, ringSize)
          totals.told += told
          totals.gaps += gaps
        },
      ),
      {
        numRuns: RUNS,
        endOnFailure: true,
        // A course that hangs shall be named, as one that is wrong is.
        timeout: 60_000,
        examples: [[telling, 60]],
      },
    )
    // Both ends of the promise were put to the test, whatever the random courses held.
    expect(totals.told).toBeGreaterThan(20)
    expect(totals.gaps).toBeGreaterThan(0)
  })

  it('is what the check of the courses would find wrong, were it so', () => {
    const model: Model = new Map([['one', [0, 1, 2].map((n) => made[0]?.(n) as AnyEvent)]])
    const snapshot = (seq: number, instance = 'one') =>
      ({ method: 'events.snapshot', params: { instance, seq } }) as RestlessClient['heard'][number]
    const event = (seq: number, n = seq - 1) =>
      ({ method: 'events.event', params: { seq, ...made[0]?.(n) } }) as RestlessClient['heard'][number]
    const gap = (from: number, to: number | null, reason: 'restarted' | 'too_old') =>
      ({ method: 'events.gap', params: { from, to, reason } }) as RestlessClient['heard'][number]
    const verdict = (...heard: RestlessClient['heard']): string | null =>
      whatIsWrong({ heard }, undefined, model, 2)
    expect(verdict(snapshot(0), event(1), event(2), event(3))).toBeNull()
    expect(verdict(snapshot(0), gap(1, 3, 'too_old'), snapshot(3))).toBeNull()
    expect(verdict(snapshot(0), event(2))).toBe('event 2 where 1 comes next')
    expect(verdict(snapshot(0), event(1), event(1))).toBe('event 1 where 2 comes next')
    expect(verdict(snapshot(0), event(1, 2))).toBe('another event 1')
    expect(verdict(snapshot(0), snapshot(2))).toBe('a snapshot that nothing explains')
    expect(verdict(snapshot(1), gap(2, 3, 'too_old'), snapshot(3))).toBe('2 events were still kept')
    expect(verdict(snapshot(1), gap(2, null, 'restarted'), snapshot(3))).toBe('it was not restarted')
    expect(verdict(snapshot(1), gap(3, 3, 'too_old'))).toBe('gap from 3 after 1')
    expect(verdict(event(1))).toBe('an event without a snapshot before it')
    expect(verdict(snapshot(1), gap(2, null, 'restarted'))).toBe('a gap at the end')
  })
})
