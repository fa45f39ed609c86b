import { describe, expect, it } from 'vitest'
import { toCsv } from '../../../web/src/lib/csv.ts'

describe('toCsv', () => {
  it('writes titles and rows, with empty cells for what is not known', () => {
    expect(
      toCsv(
        ['name', 'size'],
        [
          ['a', 1],
          ['b', null],
        ],
      ),
    ).toBe('name,size\r\na,1\r\nb,\r\n')
  })

  it('quotes what would end a cell', () => {
    expect(toCsv(['n'], [['a,b'], ['say "hi"'], ['two\nlines']])).toBe(
      'n\r\n"a,b"\r\n"say ""hi"""\r\n"two\nlines"\r\n',
    )
  })

  it('lets no name be a formula', () => {
    const cells = ['=HYPERLINK("http://x")', '+1', '-1', '@SUM(A1)', '\tx']
    for (const line of toCsv(
      ['n'],
      cells.map((cell) => [cell]),
    )
      .split('\r\n')
      .slice(1, -1))
      expect(line).toMatch(/^"?'/)
    expect(toCsv(['n'], [[-1]])).toBe('n\r\n-1\r\n')
  })
})
