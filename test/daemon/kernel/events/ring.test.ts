import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NumberedEvent } from '../../../../daemon/kernel/events/bus.ts'
import { EventRing } from '../../../../daemon/kernel/events/ring.ts'

const event = (seq: number, name = ''): NumberedEvent => ({
  seq,
  at: 0,
  topic: 'collections.changed',
  data: { name, path: '/c' },
})
const sizeOf = (some: NumberedEvent): number => Buffer.byteLength(JSON.stringify(some))
const seqs = (ring: EventRing, after: number, maxBytes = 1e9): number[] | null =>
  ring.after(after, maxBytes)?.map(({ seq }) => seq) ?? null

describe('EventRing (D9)', () => {
  it('has what was pushed, as JSON, from any number on', () => {
    const ring = new EventRing(5, { events: 10, bytes: 1e6 })
    for (const seq of [5, 6, 7]) ring.push(event(seq, `c${seq}`))
    expect(seqs(ring, 4)).toEqual([5, 6, 7])
    expect(seqs(ring, 6)).toEqual([7])
    expect(seqs(ring, 7)).toEqual([])
    expect(JSON.parse(ring.after(6, 1)?.[0]?.params.toText() ?? '')).toEqual(event(7, 'c7'))
  })

  it('knows nothing of what came before it began', () => {
    expect(seqs(new EventRing(5, { events: 10, bytes: 1e6 }), 4)).toEqual([])
    expect(seqs(new EventRing(5, { events: 10, bytes: 1e6 }), 3)).toBeNull()
  })

  it('forgets the oldest when there are too many', () => {
    const ring = new EventRing(1, { events: 3, bytes: 1e6 })
    for (const seq of [1, 2, 3, 4, 5]) ring.push(event(seq))
    expect(seqs(ring, 2)).toEqual([3, 4, 5])
    expect(seqs(ring, 1)).toBeNull()
  })

  it('forgets the oldest when there are too many bytes, counted as UTF-8', () => {
    const size = sizeOf(event(1, 'ü'))
    const ring = new EventRing(1, { events: 100, bytes: 2 * size })
    for (const seq of [1, 2]) ring.push(event(seq, 'ü'))
    expect(seqs(ring, 0)).toEqual([1, 2])
    ring.push(event(3))
    expect(seqs(ring, 0)).toBeNull()
    expect(seqs(ring, 1)).toEqual([2, 3])
  })

  it('keeps an event that is larger than all of it, alone, until the next one', () => {
    const ring = new EventRing(1, { events: 100, bytes: 50 })
    ring.push(event(1))
    ring.push(event(2, 'x'.repeat(500)))
    expect(seqs(ring, 1)).toEqual([2])
    ring.push(event(3))
    expect(seqs(ring, 1)).toBeNull()
    expect(seqs(ring, 2)).toEqual([3])
  })

  it('hands out a portion, of one event at least', () => {
    const ring = new EventRing(1, { events: 100, bytes: 1e6 })
    for (const seq of [1, 2, 3, 4]) ring.push(event(seq))
    expect(seqs(ring, 0, 1)).toEqual([1])
    expect(seqs(ring, 0, sizeOf(event(1)) + 1)).toEqual([1, 2])
  })

  it('never has a hole, never too much, and says no only where it forgot (against a list)', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 60, max: 600 }),
        fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 40 }),
        (events, bytes, lengths) => {
          const ring = new EventRing(1, { events, bytes })
          let kept: NumberedEvent[] = []
          for (const [i, length] of lengths.entries()) {
            const pushed = event(i + 1, 'x'.repeat(length))
            ring.push(pushed)
            kept.push(pushed)
            const total = (): number => kept.reduce((sum, each) => sum + sizeOf(each), 0)
            while (kept.length > events || (kept.length > 1 && total() > bytes)) kept = kept.slice(1)
            const oldest = kept[0]?.seq ?? 0
            for (let after = 0; after <= i + 1; after++) {
              const expected = after + 1 < oldest ? null : kept.map(({ seq }) => seq).filter((n) => n > after)
              expect(seqs(ring, after)).toEqual(expected)
            }
          }
        },
      ),
    )
  })
})
