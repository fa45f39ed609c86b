import type { Style } from '../io.ts'

export type Column<Row> = {
  title: string
  text(row: Row): string
  style?(row: Row): Style | null
  align?: 'right'
  /** May be cut down to this width when the terminal is narrow; without it the column is never cut. */
  shrink?: number
  /** Left out when even the cut columns do not fit; the highest number goes first. */
  drop?: number
}

type Layout = { width: number; paint(style: Style, text: string): string }

const GAP = 2

/** Rows as text lines with a heading, no wider than the terminal: columns are cut with an ellipsis or left out. */
export async function renderTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  layout: Layout,
): Promise<string> {
  const cells = rows.map((row) => columns.map((column) => clean(column.text(row))))
  const ruler = await rulerFor(cells)
  const natural = columns.map((column, i) =>
    cells.reduce((width, line) => Math.max(width, ruler.width(line[i] ?? '')), column.title.length),
  )
  const widths = fitWidths(natural, columns, layout.width)
  const shown = columns.flatMap((column, i) =>
    widths[i] === 0 ? [] : [{ column, i, width: widths[i] ?? 0 }],
  )
  const lay = (text: (i: number) => string, style: (column: Column<Row>) => Style | null): string =>
    shown
      .map(({ column, i, width }, place) => {
        const cut = ruler.cut(text(i), width)
        const padding = ' '.repeat(Math.max(0, width - ruler.width(cut)))
        const wanted = style(column)
        const painted = wanted && cut !== '' ? layout.paint(wanted, cut) : cut
        if (column.align === 'right') return padding + painted
        return place === shown.length - 1 ? painted : painted + padding
      })
      .join(' '.repeat(GAP))
      .trimEnd()
  const heading = lay(
    (i) => columns[i]?.title ?? '',
    () => 'dim',
  )
  const lines = cells.map((line, r) =>
    lay(
      (i) => line[i] ?? '',
      (column) => column.style?.(rows[r] as Row) ?? null,
    ),
  )
  return `${[heading, ...lines].join('\n')}\n`
}

/** Line ends, control characters and marks that turn the direction of writing must not reach the terminal. */
function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  return text.replace(/[\s\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g, ' ').trim()
}

/** Width of each column, 0 for one that is left out: first columns are cut, then left out, then the line is too long. */
function fitWidths<Row>(
  natural: readonly number[],
  columns: readonly Column<Row>[],
  available: number,
): number[] {
  const least = natural.map((width, i) => Math.min(width, columns[i]?.shrink ?? width))
  const widths = natural.slice()
  while (lineWidth(least) > available) {
    const next = columns.reduce(
      (found, { drop = 0 }, i) => (least[i] !== 0 && drop > (columns[found]?.drop ?? 0) ? i : found),
      -1,
    )
    if (next === -1) return least
    least[next] = 0
    widths[next] = 0
  }
  // The widest give way together, so that no column is short while another is long.
  for (let excess = lineWidth(widths) - available; excess > 0; excess = lineWidth(widths) - available) {
    const room = widths.map((width, i) => (width > (least[i] ?? 0) ? width : 0))
    const widest = Math.max(...room)
    const next = Math.max(1, ...room.filter((width) => width < widest))
    const sharing = room.flatMap((width, i) => (width === widest ? [i] : []))
    const each = Math.max(1, Math.min(widest - next, Math.ceil(excess / sharing.length)))
    for (const i of sharing) {
      if (lineWidth(widths) <= available) break
      widths[i] = Math.max(least[i] ?? 0, widest - each)
    }
  }
  return widths
}

function lineWidth(widths: readonly number[]): number {
  const shown = widths.filter((width) => width > 0)
  return shown.reduce((total, width) => total + width, 0) + GAP * Math.max(0, shown.length - 1)
}

/** Measures and cuts texts in columns of the terminal. */
type Ruler = { width(text: string): number; cut(text: string, width: number): string }

const ASCII = /^[\u0020-\u007e]*$/

/** In ASCII a column is a character; the library that knows all others is loaded only when there are any. */
export async function rulerFor(cells: readonly (readonly string[])[]): Promise<Ruler> {
  const cutPlain = (text: string, width: number): string =>
    text.length <= width ? text : `${text.slice(0, width - 1)}…`
  if (cells.every((line) => line.every((cell) => ASCII.test(cell)))) {
    return { width: (text) => text.length, cut: cutPlain }
  }
  const { default: stringWidth } = await import('string-width')
  const letters = new Intl.Segmenter()
  const width = (text: string): number => (ASCII.test(text) ? text.length : stringWidth(text))
  return {
    width,
    cut(text, limit) {
      if (ASCII.test(text)) return cutPlain(text, limit)
      if (width(text) <= limit) return text
      let shown = ''
      let used = 0
      for (const { segment } of letters.segment(text)) {
        used += width(segment)
        if (used > limit - 1) break
        shown += segment
      }
      return `${shown}…`
    },
  }
}
