import fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { type Column, renderTable } from '../../../client-cli/format/table.ts'

type Row = { name: string; type: string; size: number; description: string }

const columns: Array<Column<Row>> = [
  { title: 'NAME', text: (row) => row.name, shrink: 8 },
  { title: 'TYPE', text: (row) => row.type },
  { title: 'SIZE', text: (row) => String(row.size), align: 'right', drop: 1 },
  { title: 'DESCRIPTION', text: (row) => row.description, shrink: 10, drop: 2 },
]
const rows: Row[] = [
  {
    name: 'code-review',
    type: 'skill',
    size: 12,
    description: 'Reviews a change for bugs and unclear names',
  },
  { name: '審査-レビュー', type: 'agent', size: 1234, description: 'ブランチの変更を確認する' },
  {
    name: '👩‍💻-pair',
    type: 'command',
    size: 7,
    description: 'Two\nlines\tand \u001b[31mred\u001b[0m \u202eesrever',
  },
]
const plain = (width: number) => ({ width, paint: (_: string, text: string) => text })
const render = (width: number, some = rows) => renderTable(some, columns, plain(width))

describe('renderTable', () => {
  it('shows everything where there is room', async () => {
    expect(await render(200)).toMatchInlineSnapshot(`
      "NAME           TYPE     SIZE  DESCRIPTION
      code-review    skill      12  Reviews a change for bugs and unclear names
      審査-レビュー  agent    1234  ブランチの変更を確認する
      👩‍💻-pair        command     7  Two lines and [31mred [0m esrever
      "
    `)
    expect(await render(Number.POSITIVE_INFINITY)).toBe(await render(200))
  })

  it('cuts the longest columns at 60 columns', async () => {
    expect(await render(60)).toMatchInlineSnapshot(`
      "NAME           TYPE     SIZE  DESCRIPTION
      code-review    skill      12  Reviews a change for bugs and…
      審査-レビュー  agent    1234  ブランチの変更を確認する
      👩‍💻-pair        command     7  Two lines and [31mred [0m esr…
      "
    `)
  })

  it('leaves columns out at 30 columns', async () => {
    expect(await render(30)).toMatchInlineSnapshot(`
      "NAME           TYPE     SIZE
      code-review    skill      12
      審査-レビュー  agent    1234
      👩‍💻-pair        command     7
      "
    `)
  })

  it('prints the heading alone when there are no rows', async () => {
    expect(await render(80, [])).toBe('NAME  TYPE  SIZE  DESCRIPTION\n')
  })

  it('paints what is shown, without changing the widths', async () => {
    const styled = columns.map((column) => ({ ...column, style: () => 'bold' as const }))
    const painted = await renderTable(rows, styled, { width: 60, paint: (_, text) => `<b>${text}</b>` })
    expect(painted.replaceAll('<b>', '').replaceAll('</b>', '')).toBe(await render(60))
    expect(painted).toContain('<b>NAME</b>')
  })

  it('never prints a line wider than the terminal, nor a control character', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom('日本語のテキスト', '👨‍👩‍👧‍👦 family', '\u001b]0;title\u0007', 'a\r\nb', '\u202e'),
    )
    const row = fc.record({
      name: text,
      type: fc.constantFrom('skill', 'output-style'),
      size: fc.nat(),
      description: text,
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 8 }),
        fc.integer({ min: 30, max: 200 }),
        async (some, width) => {
          const lines = (await render(width, some)).slice(0, -1).split('\n')
          expect(lines).toHaveLength(some.length + 1)
          for (const line of lines) {
            expect(stringWidth(line)).toBeLessThanOrEqual(width)
            // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
            expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})
