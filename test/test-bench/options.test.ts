import { describe, expect, it } from 'vitest'
import { type GroupName, type Options, readOptions as readFor, roundsOf } from '../bench/options.ts'

const here: readonly GroupName[] = ['cli', 'scan', 'watch']
const readOptions = (argv: readonly string[], env: NodeJS.ProcessEnv): Options => readFor(argv, env, here)

describe('readOptions', () => {
  it('measures everything, as often as each group thinks right, when nothing is said', () => {
    expect(readOptions([], {})).toEqual({
      only: here,
      rounds: null,
      trees: null,
      dist: null,
      quick: false,
      report: false,
    })
  })

  it('reads all options', () => {
    const argv = [
      '--only',
      'cli,scan',
      '--rounds',
      '5',
      '--trees',
      '/t',
      '--dist',
      '/d',
      '--quick',
      '--report',
    ]
    expect(readOptions(argv, {})).toEqual({
      only: ['cli', 'scan'],
      rounds: 5,
      trees: '/t',
      dist: '/d',
      quick: true,
      report: true,
    })
  })

  it('takes the trees from the environment when the command line has none', () => {
    expect(readOptions([], { SMD_BENCH_TREES: '/e' }).trees).toBe('/e')
    expect(readOptions(['--trees', '/t'], { SMD_BENCH_TREES: '/e' }).trees).toBe('/t')
    expect(readOptions([], { SMD_BENCH_TREES: '' }).trees).toBeNull()
  })

  it.each([
    [['--only', 'cli,all'], 'no group "all"'],
    [['--only', 'web'], 'no group "web"'],
    [['--rounds', '0'], 'whole number'],
    [['--rounds', 'many'], 'whole number'],
    [['--fast'], 'fast'],
  ])('refuses %j', (argv, text) => {
    expect(() => readOptions(argv, {})).toThrow(text)
  })
})

describe('roundsOf', () => {
  it('does what was asked for, else what is usual, or few in a hurry', () => {
    expect(roundsOf(readOptions(['--rounds', '7', '--quick'], {}), 20)).toBe(7)
    expect(roundsOf(readOptions([], {}), 20)).toBe(20)
    expect(roundsOf(readOptions(['--quick'], {}), 20, 2)).toBe(2)
  })
})
