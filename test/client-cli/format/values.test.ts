import { describe, expect, it } from 'vitest'
import { describeCounts } from '../../../client-cli/format/counts.ts'
import {
  formatAge,
  formatBytes,
  formatCount,
  formatDuration,
  plural,
} from '../../../client-cli/format/values.ts'

describe('formatDuration', () => {
  it.each([
    [0, '0 ms'],
    [849.6, '850 ms'],
    [999.9, '1 s'],
    [1_000, '1 s'],
    [59_600, '1 min'],
    [90_000, '2 min'],
    [3_599_000, '1 h'],
    [21_600_000, '6 h'],
    [172_800_000, '2 d'],
    [86_400_000 * 400, '400 d'],
  ])('%d ms is %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })
})

describe('formatAge', () => {
  it('is a dash for never and counts from now', () => {
    expect(formatAge(null, 5_000)).toBe('-')
    expect(formatAge(2_000, 5_000)).toBe('3 s ago')
  })

  it('takes a time in the future for now: clocks are set', () => {
    expect(formatAge(9_000, 5_000)).toBe('0 ms ago')
  })
})

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 kB'],
    [999_999, '1.0 MB'],
    [1_000_000, '1.0 MB'],
    [13_943_792, '13.9 MB'],
    [2_500_000_000, '2.5 GB'],
  ])('%d is %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })
})

describe('formatCount and plural', () => {
  it.each([
    [0, '0', '0 projects'],
    [1, '1', '1 project'],
    [999, '999', '999 projects'],
    [1_000, '1,000', '1,000 projects'],
    [1_234_567, '1,234,567', '1,234,567 projects'],
  ])('%d', (n, count, text) => {
    expect(formatCount(n)).toBe(count)
    expect(plural(n, 'project')).toBe(text)
  })

  it('knows words in y', () => {
    expect(plural(2, 'memory')).toBe('2 memories')
  })
})

describe('describeCounts', () => {
  it('names the most frequent first, in words', () => {
    expect(describeCounts({ hook: 2, mcp: 1, skill: 12, 'output-style': 3 })).toBe(
      '12 skills, 3 output styles, 2 hooks, 1 MCP server',
    )
    expect(describeCounts({})).toBe('')
  })
})
