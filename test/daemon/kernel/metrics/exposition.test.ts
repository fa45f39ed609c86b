import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderMetrics } from '../../../../daemon/kernel/metrics/exposition.ts'
import { Histogram } from '../../../../daemon/kernel/metrics/histogram.ts'
import { readMetrics } from '../../../support/prometheus.ts'

describe('renderMetrics', () => {
  it('writes the text format of Prometheus', () => {
    const durations = new Histogram([0.1, 1])
    for (const value of [0.05, 0.1, 0.5, 7]) durations.record(value)
    expect(
      renderMetrics([
        { name: 'a_total', help: 'How many.', type: 'counter', samples: [{ labels: { x: 'y' }, value: 3 }] },
        { name: 'none', help: 'Left out.', type: 'gauge', samples: [] },
        {
          name: 'd_seconds',
          help: 'How long.',
          type: 'histogram',
          samples: [{ value: durations.distribution }],
        },
      ]),
    ).toBe(`# HELP a_total How many.
# TYPE a_total counter
a_total{x="y"} 3
# HELP d_seconds How long.
# TYPE d_seconds histogram
d_seconds_bucket{le="0.1"} 2
d_seconds_bucket{le="1"} 3
d_seconds_bucket{le="+Inf"} 4
d_seconds_sum 7.65
d_seconds_count 4
`)
  })

  it('keeps labels, help and values of every kind (property)', () => {
    const value = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY))
    const text = fc.string({ unit: 'binary' })
    fc.assert(
      fc.property(text, text, text, value, (help, one, two, number) => {
        const labels = { one, two }
        const page = renderMetrics([{ name: 'a', help, type: 'gauge', samples: [{ labels, value: number }] }])
        const family = readMetrics(page).get('a')
        expect(family?.samples).toEqual([{ name: 'a', labels, value: number === 0 ? 0 : number }])
        expect(family?.help.replace(/\\(.)/g, (_, char) => (char === 'n' ? '\n' : char))).toBe(help)
      }),
    )
  })
})

describe('Histogram', () => {
  it('counts each value in all buckets that reach it (property)', () => {
    const values = fc.array(fc.double({ noNaN: true, min: -5, max: 50 }))
    fc.assert(
      fc.property(values, (list) => {
        const bounds = [0, 1, 5, 25]
        const histogram = new Histogram(bounds)
        for (const value of list) histogram.record(value)
        const { buckets, count, sum } = histogram.distribution
        expect(buckets).toEqual(bounds.map((bound) => [bound, list.filter((value) => value <= bound).length]))
        expect(count).toBe(list.length)
        expect(sum).toBeCloseTo(
          list.reduce((total, value) => total + value, 0),
          6,
        )
      }),
    )
  })
})
