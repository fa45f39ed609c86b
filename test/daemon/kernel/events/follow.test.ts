import { describe, expect, it } from 'vitest'
import { EventBus } from '../../../../daemon/kernel/events/bus.ts'
import { type Beginning, followEvents, type Receiver } from '../../../../daemon/kernel/events/follow.ts'
import { nextTurn } from '../../../../daemon/kernel/rpc/turn.ts'
import { fakeTimers } from '../../../support/fake-timers.ts'

const KIB = 'x'.repeat(1_000)

/** A bus with somebody who follows it and writes down what he gets, as short texts. */
function setUp({ events = 10_000 }: { events?: number } = {}) {
  const clock = fakeTimers()
  const bus = new EventBus(clock.now, { timers: clock.timers, limits: { events, bytes: 1e9 } })
  bus.keep()
  const publish = (count: number, name = ''): void => {
    for (let i = 0; i < count; i++) bus.publish('collections.changed', { name, path: '/c' })
  }
  const follow = (beginning: Beginning, { wants = () => true, taken, refusesAfter = 1e9 }: Whims = {}) => {
    const got: string[] = []
    const say = (text: string): boolean => {
      if (got.length >= refusesAfter) return false
      got.push(text)
      return true
    }
    const over = new AbortController()
    let ended = false
    const done = followEvents(
      bus,
      beginning,
      {
        wants,
        snapshot: () => say(`snapshot ${bus.head}`),
        event: (params) => say(`${JSON.parse(params.toText()).seq}`),
        gap: ({ from, to, reason }) => say(`${reason} ${from}-${to}`),
        heartbeat: ({ seq }) => say(`heartbeat ${seq}`),
        taken: taken ?? (async () => undefined),
      },
      over.signal,
    ).finally(() => {
      ended = true
    })
    return { got, over, done, ended: () => ended }
  }
  return { bus, clock, publish, follow }
}
type Whims = { wants?: Receiver['wants']; taken?: () => Promise<void>; refusesAfter?: number }

const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `${from + i}`)

describe('followEvents (D9)', () => {
  it('begins with how things stand, and goes on with what happens then', () => {
    const { publish, follow } = setUp()
    publish(3)
    const { got } = follow(null)
    publish(2)
    expect(got).toEqual(['snapshot 3', '4', '5'])
  })

  it('goes on after the event that the receiver knows, without a snapshot', () => {
    const { publish, follow } = setUp()
    publish(5)
    const { got } = follow({ after: 2 })
    publish(1)
    expect(got).toEqual(['3', '4', '5', '6'])
  })

  it('tells of the gap where that is kept no more, and how things stand', () => {
    const { publish, follow } = setUp({ events: 3 })
    publish(9)
    const { got } = follow({ after: 2 })
    publish(1)
    expect(got).toEqual(['too_old 3-9', 'snapshot 9', '10'])
  })

  it('tells of the gap that is known before', () => {
    const { publish, follow } = setUp()
    publish(2)
    const { got } = follow({ missed: { from: 8, to: null, reason: 'restarted' } })
    publish(1)
    expect(got).toEqual(['restarted 8-null', 'snapshot 2', '3'])
  })

  it('sends what was missed in portions, and what happens meanwhile after that', async () => {
    const { publish, follow } = setUp()
    publish(1_000, KIB)
    const waits: Array<() => void> = []
    const { got } = follow({ after: 0 }, { taken: () => new Promise((resolve) => waits.push(resolve)) })
    expect(got.length).toBeGreaterThan(100)
    expect(got.length).toBeLessThan(500)
    publish(10)
    for (let portion = 1; got.length < 1_010; portion++) {
      const before = got.length
      waits.shift()?.()
      await nextTurn()
      expect(got.length, `after portion ${portion}`).toBeGreaterThan(before)
    }
    expect(waits).toEqual([])
    publish(1)
    expect(got).toEqual(numbers(1, 1_011))
  })

  it('tells a receiver of the gap whom what happens has overtaken while it took what it missed', async () => {
    const { publish, follow } = setUp({ events: 500 })
    publish(500, KIB)
    let take = (): void => undefined
    const { got } = follow({ after: 0 }, { taken: () => new Promise((resolve) => (take = resolve)) })
    const taken = got.length
    publish(600)
    take()
    await nextTurn()
    expect(got.slice(taken)).toEqual([`too_old ${taken + 1}-1100`, 'snapshot 1100'])
    publish(1)
    expect(got.at(-1)).toBe('1101')
  })

  it('sends only what is wanted, and says by heartbeats how far it is', () => {
    const { bus, clock, publish, follow } = setUp()
    const { got } = follow(null, { wants: (topic) => topic === 'health.changed' })
    publish(2)
    bus.publish('health.changed', { state: 'ok', warnings: [] })
    publish(1)
    clock.advance(15_000)
    clock.advance(15_000)
    expect(got).toEqual(['snapshot 0', '3', 'heartbeat 4', 'heartbeat 4'])
  })

  it('sends no heartbeat that says more than was sent, and ends whether or not that is taken', async () => {
    const { clock, publish, follow } = setUp()
    publish(1_000, KIB)
    const { got, over, done } = follow({ after: 0 }, { taken: () => new Promise(() => undefined) })
    clock.advance(60_000)
    expect(got.filter((text) => text.startsWith('heartbeat'))).toEqual([])
    over.abort()
    await done
  })

  it.each([
    ['the snapshot', 0],
    ['an event', 2],
    ['a heartbeat', 4],
  ])('ends when %s does not get through', async (_, refusesAfter) => {
    const { clock, publish, follow } = setUp()
    const { got, done } = follow(null, { refusesAfter })
    publish(2)
    clock.advance(15_000)
    if (refusesAfter > 3) clock.advance(15_000)
    await done
    publish(1)
    expect(got).toHaveLength(refusesAfter)
    expect(clock.pending).toBe(0)
  })

  it('ends when it is over, with timers and all', async () => {
    const { clock, publish, follow } = setUp()
    const { got, over, done } = follow(null)
    over.abort()
    await done
    publish(1)
    clock.advance(60_000)
    expect(got).toEqual(['snapshot 0'])
    expect(clock.pending).toBe(0)
  })

  it('fails when the snapshot fails', async () => {
    const { bus } = setUp()
    const receiver: Receiver = {
      wants: () => true,
      snapshot: () => {
        throw new Error('no database')
      },
      event: () => true,
      gap: () => true,
      heartbeat: () => true,
      taken: async () => undefined,
    }
    await expect(followEvents(bus, null, receiver, new AbortController().signal)).rejects.toThrow(
      'no database',
    )
  })
})
