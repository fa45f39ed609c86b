import { describe, expect, it } from 'vitest'
import type { ResultOf } from '../../../protocol/methods.ts'
import {
  cellAt,
  chooseMatrix,
  countVariants,
  readMatrix,
  variantName,
} from '../../../web/src/pages/matrix/matrix-rows.ts'

const answer: ResultOf<'artifacts.matrix'> = {
  columns: [
    { id: null, name: 'user' },
    { id: 'prj_api', name: 'api' },
    { id: 'prj_web', name: 'web' },
  ],
  states: ['current', 'modified'],
  rows: [
    { name: 'deploy', type: 'command', variants: 1, cells: [1, 0, 0] },
    { name: 'review', type: 'skill', variants: 2, cells: [2, 1, 1, 0, 0, 0, 1, 0, 0] },
  ],
}
const none = { text: '', type: '', atLeast: 1, differing: false, state: '', sort: 'name' }
const choose = (choice: Partial<typeof none>) => chooseMatrix(readMatrix(answer), { ...none, ...choice })
const names = (choice: Partial<typeof none>): string[] => choose(choice).rows.map(({ name }) => name)

describe('readMatrix', () => {
  it('reads three numbers for each place, in the order of columns', () => {
    const [, review] = readMatrix(answer).rows
    expect(review?.cells).toEqual([
      { column: 0, state: 'current', variant: 0 },
      { column: 1, state: 'current', variant: 0 },
      { column: 2, state: 'modified', variant: 1 },
    ])
  })

  it('finds what a row has at a column', () => {
    const [deploy, review] = readMatrix(answer).rows
    expect([0, 1, 2].map((column) => deploy && cellAt(deploy, column)?.state)).toEqual([
      undefined,
      'current',
      undefined,
    ])
    expect([0, 1, 2].map((column) => review && cellAt(review, column)?.variant)).toEqual([0, 0, 1])
  })
})

describe('chooseMatrix', () => {
  it.each([
    [{ text: 'REV' }, ['review']],
    [{ type: 'command' }, ['deploy']],
    [{ atLeast: 2 }, ['review']],
    [{ differing: true }, ['review']],
    [{ state: 'modified' }, ['review']],
    [{ state: 'diverged' }, []],
    [{}, ['deploy', 'review']],
    [{ sort: 'places' }, ['review', 'deploy']],
    [{ sort: 'variants' }, ['review', 'deploy']],
  ])('chooses %o', (choice, expected) => expect(names(choice)).toEqual(expected))

  it('leaves out columns that none of the chosen rows has', () => {
    const { rows, columns } = choose({ type: 'command' })
    expect(columns.map(({ name }) => name)).toEqual(['api'])
    expect(rows[0]?.cells).toEqual([{ column: 0, state: 'current', variant: 0 }])
  })

  it('leaves what it was given as it is', () => {
    const matrix = readMatrix(answer)
    chooseMatrix(matrix, { ...none, sort: 'places', type: 'command' })
    expect(matrix).toEqual(readMatrix(answer))
  })
})

describe('variants', () => {
  it('are named like columns of a sheet', () => {
    expect([0, 1, 25, 26, 27, 51, 52, 701, 702].map(variantName)).toEqual([
      'A',
      'B',
      'Z',
      'AA',
      'AB',
      'AZ',
      'BA',
      'ZZ',
      'AAA',
    ])
  })

  it('are counted by place', () => {
    const [, review] = readMatrix(answer).rows
    expect(review && countVariants(review)).toEqual([2, 1])
  })
})
