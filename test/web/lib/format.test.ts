import { describe, expect, it } from 'vitest'
import {
  formatAge,
  formatBytes,
  formatDuration,
  formatTokens,
  formatUntil,
  plural,
} from '../../../web/src/lib/format.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

describe('formats', () => {
  it.each([
    [-5, 'just now'],
    [59_999, 'just now'],
    [MINUTE, '1 min ago'],
    [5 * MINUTE, '5 min ago'],
    [HOUR - 1, '59 min ago'],
    [HOUR, '1 h ago'],
    [DAY - 1, '23 h ago'],
    [DAY, 'yesterday'],
    [2 * DAY, '2 days ago'],
    [29 * DAY, '29 days ago'],
  ])('age of %d ms', (ms, text) => expect(formatAge(1e12 - ms, 1e12)).toBe(text))

  it('names the date of what is older than a month', () => {
    expect(formatAge(Date.UTC(2020, 0, 15, 12), Date.UTC(2026, 0, 1))).toMatch(/2020/)
  })

  it.each([
    [-1, 'now'],
    [1, 'in less than a minute'],
    [5 * MINUTE, 'in 5 min'],
    [6 * HOUR, 'in 6 h'],
    [3 * DAY, 'in 3 days'],
  ])('what comes in %d ms', (ms, text) => expect(formatUntil(1e12 + ms, 1e12)).toBe(text))

  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [2_449, '2.4 s'],
    [12_400, '12 s'],
    [3 * MINUTE, '3 min'],
    [5 * HOUR, '5 h'],
    [3 * DAY, '3 days'],
  ])('a length of %d ms', (ms, text) => expect(formatDuration(ms)).toBe(text))

  it.each([
    [0, '0 B'],
    [812, '812 B'],
    [999, '999 B'],
    [999.6, '1.0 KB'],
    [1_000, '1.0 KB'],
    [3_449_000, '3.4 MB'],
    [999_600, '1.0 MB'],
    [120_000_000, '120 MB'],
  ])('%d bytes', (bytes, text) => expect(formatBytes(bytes)).toBe(text))

  it.each([
    [850, '850'],
    [3_449, '3.4k'],
    [120_400, '120k'],
    [999_499, '999k'],
    [1_200_000, '1.2M'],
  ])('%d tokens', (tokens, text) => expect(formatTokens(tokens)).toBe(text))

  it('counts one and many', () => {
    expect([plural(1, 'project'), plural(0, 'project'), plural(12_345, 'entry', 'entries')]).toEqual([
      '1 project',
      '0 projects',
      '12,345 entries',
    ])
  })
})
