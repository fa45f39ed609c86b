import { describe, expect, it } from 'vitest'
import { LastLines } from '../../client-cli/last-lines.ts'

type Line = [loggedAt: number | null, message: string]

/** What of each connection's lines is new. */
function shown(...connections: Line[][]): string[][] {
  const last = new LastLines()
  return connections.map((lines) => {
    const isNew = last.goOn()
    return lines
      .filter(([loggedAt, message]) =>
        isNew({ loggedAt, message, level: 'info', requestId: null, fields: {} }),
      )
      .map(([, message]) => message)
  })
}

const seen: Line[] = [
  [1, 'a'],
  [2, 'b'],
  [2, 'c'],
]

describe('LastLines', () => {
  it('takes all lines of the first connection', () => {
    expect(shown(seen)).toEqual([['a', 'b', 'c']])
    expect(
      shown([
        [5, 'later'],
        [4, 'a clock put back'],
        [null, 'text'],
      ]),
    ).toEqual([['later', 'a clock put back', 'text']])
  })

  it('takes of a later one what was not there, also of the same moment', () => {
    expect(shown(seen, [...seen, [2, 'd'], [3, 'e'], [3, 'f']])[1]).toEqual(['d', 'e', 'f'])
    expect(
      shown(seen, seen, [
        [2, 'c'],
        [9, 'z'],
      ]),
    ).toEqual([['a', 'b', 'c'], [], ['z']])
  })

  it('takes what came when older lines are sent no more', () => {
    expect(
      shown(seen, [
        [7, 'x'],
        [8, 'y'],
      ])[1],
    ).toEqual(['x', 'y'])
  })

  it('takes what is older by a clock that was put back, when it stands behind what was shown', () => {
    expect(shown(seen, [...seen, [1, 'again one o’clock'], [2, 'and on']])[1]).toEqual([
      'again one o’clock',
      'and on',
    ])
  })

  it('takes text without a time when it stands behind what was shown', () => {
    const crash: Line = [null, 'FATAL ERROR']
    expect(
      shown(seen, [[1, 'a'], [null, 'an old crash'], [2, 'b'], [2, 'c'], crash, [3, 'serving']])[1],
    ).toEqual(['FATAL ERROR', 'serving'])
    expect(shown([...seen, crash], [...seen, crash, [3, 'serving']])[1]).toEqual(['serving'])
  })
})
