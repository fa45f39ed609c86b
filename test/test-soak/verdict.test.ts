import { describe, expect, it } from 'vitest'
import { readOptions } from '../soak/options.ts'
import { trendOf } from '../soak/trend.ts'
import { faultsOf, type LifeRecord, type Soak, tableOf } from '../soak/verdict.ts'

const HOUR = 3_600_000
const minutes = (count: number, value: (minute: number) => number) =>
  Array.from({ length: count }, (_, i) => ({ atMs: i * 60_000, value: value(i) }))

describe('trendOf', () => {
  it('finds the slope of a line, also below noise that goes both ways', () => {
    expect(trendOf(minutes(61, (i) => 100 + i)).perHour).toBeCloseTo(60)
    expect(trendOf(minutes(61, (i) => 100 + i)).growth).toBeCloseTo(60)
    expect(trendOf(minutes(61, (i) => 100 + (i % 2 === 0 ? 10 : -10))).perHour).toBeCloseTo(0, 0)
    expect(trendOf(minutes(61, (i) => 100 - i)).growth).toBeCloseTo(-60)
  })

  it('says nothing of a single sample, and of samples of one moment', () => {
    expect(trendOf([{ atMs: HOUR, value: 5 }])).toEqual({ perHour: 0, growth: 0 })
    expect(trendOf([1, 9].map((value) => ({ atMs: HOUR, value })))).toEqual({ perHour: 0, growth: 0 })
  })
})

const fine: LifeRecord = {
  seconds: 600,
  operations: 1_000,
  rss: minutes(10, (i) => 100e6 + (i % 3) * 4e6),
  before: { fds: 30, threads: 11 },
  after: { fds: 30, threads: 11 },
  strangers: 0,
  writerBytes: 90e6,
  loop: { p50: 0.1, p99: 5, max: 20, count: 1_000 },
  answers: { p50: 1, p99: 10, max: 30 },
  ending: 'SIGTERM',
}
const soak = (life: Partial<LifeRecord> = {}, more: Partial<Soak> = {}): Soak => ({
  lives: [fine, { ...fine, ...life }],
  counts: { reader: 2_000 },
  failures: [],
  damage: [],
  ...more,
})

describe('faultsOf', () => {
  it('finds none in a run that is fine', () => {
    expect(faultsOf(soak())).toEqual([])
  })

  it.each<[string, Partial<LifeRecord>, Partial<Soak>, RegExp]>([
    [
      'a leak',
      { rss: minutes(10, (i) => 100e6 + i * 3e6) },
      {},
      /^life 2: memory grew by 27\.0 MB, 180\.0 MB an hour$/,
    ],
    [
      'descriptors',
      { after: { fds: 31, threads: 11 } },
      {},
      /^life 2: 31 descriptors are open, 30 were before$/,
    ],
    ['threads', { after: { fds: 30, threads: 12 } }, {}, /^life 2: 12 threads are left, 11 were before$/],
    ['strangers', { strangers: 1 }, {}, /^life 2: 1 processes below it are dead, or not its own$/],
    ['a life without work', { operations: 0 }, {}, /^life 2: nothing was done$/],
    [
      'failed requests',
      {},
      { failures: ['reader: no', 'reader: no'] },
      /^2 requests failed, the first: reader: no$/,
    ],
    ['a damaged cache', {}, { damage: ['quick_check'] }, /^quick_check$/],
  ])('finds %s', (_, life, more, fault) => {
    expect(faultsOf(soak(life, more))).toEqual([expect.stringMatching(fault)])
  })

  it('forgives what is small, and what is slow', () => {
    expect(faultsOf(soak({ rss: minutes(10, (i) => 100e6 + i * 1e6) }))).toEqual([])
    expect(faultsOf(soak({ rss: minutes(1_440, (i) => 100e6 + i * 0.02e6) }))).toEqual([])
  })
})

describe('tableOf', () => {
  it('has a line per life, aligned', () => {
    const lines = tableOf(soak()).split('\n')
    expect(lines).toHaveLength(5)
    expect(new Set(lines.slice(0, 3).map((line) => line.length)).size).toBe(1)
    expect(lines[1]).toContain('600 s')
    expect(lines[3]).toBe('Operations: reader 2000')
  })
})

describe('readOptions', () => {
  it('reads minutes, projects, lives', () => {
    expect(readOptions(['--minutes', '0.5', '--projects', '7'])).toMatchObject({
      durationMs: 30_000,
      projects: 7,
      lives: 3,
    })
    expect(() => readOptions(['--minutes', 'many'])).toThrow('--minutes needs a number above 0, not "many"')
  })
})
