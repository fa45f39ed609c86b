/** Cells are added and taken away by as many, so that few turns of a wheel have something to do. */
const STEP = 2

/** What of one axis is in the document: the first item, and the one after the last. */
export type Span = { first: number; end: number }

/**
 * The items of equal size that have to be rendered: those in view, and some around them.
 *
 * @param offset how far it is scrolled, in pixels
 * @param room what is seen at once, in pixels
 */
export function spanOf(offset: number, room: number, size: number, count: number): Span {
  const seen = Math.ceil(room / size)
  // Beyond its end by a bouncing scroll, or because there is less than before.
  const top = Math.max(0, Math.min(Math.floor(offset / size), count - seen))
  const first = Math.max(0, Math.floor(top / STEP) * STEP - STEP)
  return { first, end: Math.min(count, first + Math.ceil(seen / STEP) * STEP + 3 * STEP) }
}

/** Where to scroll to, as little as possible, so that an item is in view. */
export function revealed(offset: number, room: number, size: number, index: number): number {
  if (index * size < offset) return index * size
  return Math.max(offset, (index + 1) * size - room)
}

/** A cell, or a head: -1 is the row of heads, and the column of heads. */
export type Place = { row: number; column: number }

type Keys = { key: string; ctrlKey: boolean; metaKey: boolean }

/** Where a key leads from a place (WAI-ARIA grid pattern); null for keys that are not the grid's. */
export function placeAfter(
  { key, ctrlKey, metaKey }: Keys,
  from: Place,
  rows: number,
  columns: number,
  page: number,
): Place | null {
  const { row, column } = from
  const isWhole = ctrlKey || metaKey
  const moves: Record<string, Place> = isWhole
    ? { Home: { row: 0, column: 0 }, End: { row: rows - 1, column: columns - 1 } }
    : {
        ArrowDown: { row: row + 1, column },
        ArrowUp: { row: row - 1, column },
        ArrowRight: { row, column: column + 1 },
        ArrowLeft: { row, column: column - 1 },
        PageDown: { row: row + page, column },
        PageUp: { row: Math.max(Math.min(row, 0), row - page), column },
        Home: { row, column: 0 },
        End: { row, column: columns - 1 },
      }
  const to = moves[key]
  if (!to) return null
  const next = {
    row: Math.max(-1, Math.min(rows - 1, to.row)),
    column: Math.max(-1, Math.min(columns - 1, to.column)),
  }
  // Nothing is in the corner.
  return next.row === -1 && next.column === -1 ? from : next
}
