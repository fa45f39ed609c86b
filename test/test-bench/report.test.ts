import { describe, expect, it } from 'vitest'
import type { Group, Line } from '../bench/lines.ts'
import { renderReport, withUnit } from '../bench/report.ts'

const line = (more: Partial<Line>): Line => ({
  id: 'cli.list',
  what: '`smd list`',
  unit: 'ms',
  figure: 30,
  floor: { what: 'bare script', figure: 25 },
  goal: { kind: 'ratio', max: 1.1 },
  samples: '40 rounds',
  ...more,
})

const group = (name: string, lines: Line[]): Group => ({
  name,
  title: `Title of ${name}`,
  about: 'About.',
  lines,
})

const render = (groups: Group[], notes: Record<string, string> = {}): string =>
  renderReport(
    { machine: { Machine: 'a box' }, groups: Object.fromEntries(groups.map((each) => [each.name, each])) },
    ['cli', 'scan'],
    notes,
  )

describe('renderReport', () => {
  it('shows what, goal, figure, floor, ratio and whether the goal is met', () => {
    const text = render([group('cli', [line({}), line({ id: 'cli.show', figure: 26 })])])
    expect(text).toContain('| `smd list` | <= 1.1x | 30 ms (40 rounds) | 25 ms bare script | 1.20 | **no** |')
    expect(text).toContain('| 26 ms (40 rounds) | 25 ms bare script | 1.04 | yes |')
  })

  it('keeps the order of the groups and leaves out those without figures', () => {
    const text = render([group('scan', []), group('cli', [])])
    expect(text.indexOf('## Title of cli')).toBeLessThan(text.indexOf('## Title of scan'))
    expect(render([group('scan', [])])).not.toContain('Title of cli')
  })

  it('names every missed goal with its note, and only those', () => {
    const lines = [line({}), line({ id: 'cli.show', what: '`smd show`', figure: 26 })]
    const text = render([group('cli', lines)], { 'cli.list': 'Loads a module.', 'cli.show': 'Old note.' })
    const missed = text.slice(text.indexOf('## Missed goals'))
    expect(missed).toContain('- `smd list`: 30 ms, the goal is 27.5 ms. Loads a module.')
    expect(missed).not.toContain('smd show')
  })

  it('says so when a goal is missed and nobody looked into it, or when all are met', () => {
    expect(render([group('cli', [line({})])])).toContain('Not looked into yet.')
    expect(render([group('cli', [line({ figure: 25 })])])).toContain('## Missed goals\n\nNone.')
  })

  it('gives the reason of what could not be measured', () => {
    const text = render([group('cli', [line({ figure: null, remark: 'the command failed' })])])
    expect(text).toContain('| `smd list` (the command failed) | <= 1.1x | - |')
    expect(text).toContain('- `smd list`: the command failed.')
  })
})

describe('withUnit', () => {
  it.each([
    [1234.5, 'ms', '1235 ms'],
    [12.345, 'ms', '12.3 ms'],
    [1.2345, 'us', '1.23 us'],
    [0.012345, '%', '0.0123 %'],
    [5, 'ms', '5 ms'],
    [2, '', '2'],
  ])('writes %d %s as %s', (figure, unit, text) => {
    expect(withUnit(figure, unit)).toBe(text)
  })
})
