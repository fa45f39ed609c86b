import type { Style } from '../io.ts'

export type Column<Row> = {
  title: string
  text(row: Row): string
  style?(row: Row): Style | null
  align?: 'right'
  /** May be cut when the terminal is narrow; columns that must not be cut go without. */
  shrink?: true
}

type Layout = { width: number; paint(style: Style, text: string): string }

const GAP = 2
/** A column that may be cut keeps at least this much. */
const LEAST = 8

/** Rows as text lines with a heading, no wider than the terminal: columns that may shrink are cut with an ellipsis. */
export async function renderTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  layout: Layout,
): Promise<string> {
  const cells = rows.map((row) => columns.map((column) => clean(column.text(row))))
  const measure = await widthOf(cells)
  const natural = columns.map((column, i) =>
    Math.max(column.title.length, ...cells.map((line) => measure(line[i] ?? ''))),
  )
  const widths = fitWidths(natural, columns, layout.width - GAP * (columns.length - 1))
  const lay = (texts: readonly string[], styles: ReadonlyArray<Style | null>): string =>
    texts
      .map((text, i) => {
        const width = widths[i] ?? 0
        const shown = cut(text, width, measure)
        const padding = ' '.repeat(Math.max(0, width - measure(shown)))
        const style = styles[i]
        const painted = style ? layout.paint(style, shown) : shown
        if (columns[i]?.align === 'right') return padding + painted
        return i === texts.length - 1 ? painted : painted + padding
      })
      .join(' '.repeat(GAP))
      .trimEnd()
  const heading = lay(
    columns.map((column) => column.title),
    columns.map(() => 'dim'),
  )
  const lines = cells.map((line, r) =>
    lay(
      line,
      columns.map((column) => column.style?.(rows[r] as Row) ?? null),
    ),
  )
  return `${[heading, ...lines].join('\n')}\n`
}

/** Line ends and control characters of foreign text must not reach the terminal. */
function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  return text.replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ')
}

/** Takes from the widest shrinkable columns until the line fits. */
function fitWidths<Row>(
  natural: readonly number[],
  columns: readonly Column<Row>[],
  available: number,
): number[] {
  const widths = natural.slice()
  for (let excess = sum(widths) - available; excess > 0; excess = sum(widths) - available) {
    let widest = -1
    for (const [i, column] of columns.entries()) {
      const width = widths[i] ?? 0
      if (column.shrink && width > LEAST && (widest === -1 || width > (widths[widest] ?? 0))) widest = i
    }
    if (widest === -1) return widths
    const second = Math.max(
      LEAST,
      ...widths.filter((width, i) => columns[i]?.shrink && i !== widest && width < (widths[widest] ?? 0)),
    )
    const width = widths[widest] ?? 0
    widths[widest] =
      Math.max(second, width - excess, LEAST) === width ? width - 1 : Math.max(second, width - excess, LEAST)
  }
  return widths
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0)

function cut(text: string, width: number, measure: (text: string) => number): string {
  if (measure(text) <= width) return text
  let shown = ''
  for (const character of text) {
    if (measure(shown + character) > width - 1) break
    shown += character
  }
  return `${shown}…`
}

/** Columns a text takes: its length for ASCII; the library that knows the rest is loaded only when needed. */
async function widthOf(cells: readonly string[][]): Promise<(text: string) => number> {
  const ascii = /^[\u0020-\u007e]*$/
  if (cells.every((line) => line.every((cell) => ascii.test(cell))))
    return (text) => text.replace('…', '.').length
  const { default: stringWidth } = await import('string-width')
  return (text) => (ascii.test(text) ? text.length : stringWidth(text))
}
