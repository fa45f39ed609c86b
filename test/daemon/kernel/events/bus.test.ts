import { describe, expect, it } from 'vitest'
import { EventBus, type NumberedEvent } from '../../../../daemon/kernel/events/bus.ts'
import { fakeTimers } from '../../../support/fake-timers.ts'

const collection = (name: string) => ({ name, path: '/c' })
const progress = (unitsDone: number) => ({ startedAt: 0, unitsDone, unitsTotal: 9, artifacts: 0 })
const completed = { projectId: null, success: true, projectsRefreshed: 1, changesDetected: 0, durationMs: 1 }
const failed = (projectId: string | null) => ({ projectId, path: '/p', error: 'EIO', retryAt: null })

function setUp() {
  const clock = fakeTimers()
  const errors: unknown[] = []
  const bus = new EventBus(clock.now, { timers: clock.timers, onError: (error) => errors.push(error) })
  const heard: NumberedEvent[] = []
  bus.on((event) => heard.push(event))
  const done = (): unknown[] =>
    heard.map((event) => (event.topic === 'refresh.progress' ? event.data.unitsDone : event.topic))
  return { bus, clock, errors, heard, done }
}

describe('EventBus', () => {
  it('numbers what is published and tells when it was', () => {
    const { bus, clock, heard } = setUp()
    bus.publish('collections.changed', collection('a'))
    clock.advance(5)
    bus.publish('collections.changed', collection('b'))
    expect(heard).toEqual([
      { seq: 1, at: 1_000_000, topic: 'collections.changed', data: collection('a') },
      { seq: 2, at: 1_000_005, topic: 'collections.changed', data: collection('b') },
    ])
    expect(bus.head).toBe(2)
    expect([...bus.counts]).toEqual([['collections.changed', 2]])
  })

  it('tells nobody who has gone', () => {
    const { bus } = setUp()
    const heard: number[] = []
    const leave = bus.on(({ seq }) => heard.push(seq))
    bus.publish('collections.changed', collection('a'))
    leave()
    bus.publish('collections.changed', collection('b'))
    expect(heard).toEqual([1])
  })

  it('tells the others, too, when one of them fails', () => {
    const { bus, errors } = setUp()
    const broken = new Error('broken')
    bus.on(() => {
      throw broken
    })
    const heard: number[] = []
    bus.on(({ seq }) => heard.push(seq))
    bus.publish('collections.changed', collection('a'))
    bus.publish('collections.changed', collection('b'))
    expect(heard).toEqual([1, 2])
    expect(errors).toEqual([broken, broken])
  })

  it('tells all of one event before the next, which one of them publishes', () => {
    const { bus, heard } = setUp()
    const names: string[] = []
    bus.on((event) => {
      if (event.topic === 'collections.changed' && event.data.name === 'a')
        bus.publish('collections.changed', collection('b'))
    })
    bus.on((event) => event.topic === 'collections.changed' && names.push(`${event.seq} ${event.data.name}`))
    bus.publish('collections.changed', collection('a'))
    expect(names).toEqual(['1 a', '2 b'])
    expect(heard.map(({ seq }) => seq)).toEqual([1, 2])
  })

  it('goes on after an event that cannot be encoded', () => {
    const { bus, heard } = setUp()
    bus.keep()
    expect(() => bus.publish('collections.changed', { name: 1n, path: '/' } as never)).toThrow(TypeError)
    bus.publish('collections.changed', collection('a'))
    expect(heard.map(({ seq }) => seq)).toEqual([1])
    expect(bus.after(0, 1)).toHaveLength(1)
  })

  it('makes no JSON before somebody follows', () => {
    const { bus, heard } = setUp()
    let encoded = 0
    const data = {
      ...collection('a'),
      toJSON: () => {
        encoded++
        return collection('a')
      },
    }
    bus.publish('collections.changed', data)
    expect(encoded).toBe(0)
    expect(bus.after(0, 1)).toBeNull()
    expect(bus.after(1, 1)).toEqual([])
    bus.keep()
    bus.publish('collections.changed', data)
    expect(encoded).toBe(1)
    expect(bus.after(0, 1)).toBeNull()
    expect(bus.after(1, 1)).toMatchObject([{ seq: 2, topic: 'collections.changed' }])
    expect(heard).toHaveLength(2)
  })
})

describe('the progress of a refresh', () => {
  it('is told ten times a second at most, and then as it is by then', () => {
    const { bus, clock, done } = setUp()
    const state = progress(0)
    for (let ms = 0; ms < 1_000; ms++) {
      state.unitsDone = ms
      bus.publish('refresh.progress', state)
      clock.advance(1)
    }
    expect(done()).toEqual([0, 99, 199, 299, 399, 499, 599, 699, 799, 899, 999])
  })

  it('is told at once after a pause', () => {
    const { bus, clock, done } = setUp()
    bus.publish('refresh.progress', progress(1))
    clock.advance(100)
    bus.publish('refresh.progress', progress(2))
    expect(done()).toEqual([1, 2])
    expect(clock.pending).toBe(0)
  })

  it.each([
    ['refresh.completed', completed],
    ['refresh.failed', failed(null)],
  ] as const)('is told to the end before %s', (topic, data) => {
    const { bus, clock, done } = setUp()
    for (const n of [1, 2, 3]) bus.publish('refresh.progress', progress(n))
    bus.publish(topic, data)
    clock.advance(1_000)
    expect(done()).toEqual([1, 3, topic])
    expect(clock.pending).toBe(0)
  })

  it('is not told more often because projects fail', () => {
    const { bus, clock, done } = setUp()
    for (const n of [1, 2, 3]) {
      bus.publish('refresh.progress', progress(n))
      bus.publish('refresh.failed', failed('prj_0000000000000000'))
    }
    clock.advance(100)
    expect(done()).toEqual([1, 'refresh.failed', 'refresh.failed', 'refresh.failed', 3])
  })

  it('is told at once when the clock was put back', () => {
    let now = 1_000_000
    const bus = new EventBus(() => now)
    const heard: number[] = []
    bus.on(({ seq }) => heard.push(seq))
    bus.publish('refresh.progress', progress(1))
    now -= 3_600_000
    bus.publish('refresh.progress', progress(2))
    expect(heard).toEqual([1, 2])
  })
})
