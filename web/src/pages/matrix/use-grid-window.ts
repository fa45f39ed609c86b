import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'

/** Sizes in pixels, the same as in the styles. */
export type GridSizes = { row: number; column: number; head: number; side: number }

export type GridWindow = {
  /** To be put on the element that scrolls. */
  ref: { current: HTMLDivElement | null }
  firstRow: number
  endRow: number
  firstColumn: number
  endColumn: number
  /** Whole rows that fit. */
  pageSize: number
  /** How many rows are rendered at most at a time. */
  mostRows: number
  onScroll(): void
  /** Scrolls as little as brings a cell into view. */
  reveal(row: number, column: number): void
}

/** The window moves by this many at a time: between two of these steps a scroll costs nothing. */
const STEP = 4
/** Rows and columns beyond the visible ones, on each side. */
const OVERSCAN = 3

/** Which part of a grid of equal cells has to be rendered. */
export function useGridWindow(rows: number, columns: number, sizes: GridSizes): GridWindow {
  const ref = useRef<HTMLDivElement>(null)
  const [row, setRow] = useState(0)
  const [column, setColumn] = useState(0)
  const [room, setRoom] = useState({ width: window.innerWidth, height: window.innerHeight })
  const look = (): void => {
    const grid = ref.current
    if (!grid) return
    setRow(step(grid.scrollTop / sizes.row))
    setColumn(step(grid.scrollLeft / sizes.column))
  }
  // Fewer rows or columns move the place that is scrolled to.
  useLayoutEffect(look, [rows, columns])
  useEffect(() => {
    const grid = ref.current
    if (!grid || !('ResizeObserver' in window)) return
    const observer = new ResizeObserver(() => setRoom({ width: grid.clientWidth, height: grid.clientHeight }))
    observer.observe(grid)
    return () => observer.disconnect()
  }, [])
  const visibleRows = Math.max(1, Math.ceil((room.height - sizes.head) / sizes.row))
  const visibleColumns = Math.max(1, Math.ceil((room.width - sizes.side) / sizes.column))
  return {
    ref,
    firstRow: Math.max(0, row - OVERSCAN),
    endRow: Math.min(rows, row + STEP + visibleRows + OVERSCAN),
    firstColumn: Math.max(0, column - OVERSCAN),
    endColumn: Math.min(columns, column + STEP + visibleColumns + OVERSCAN),
    pageSize: Math.max(1, visibleRows - 1),
    mostRows: visibleRows + STEP + 2 * OVERSCAN,
    onScroll: look,
    reveal(toRow, toColumn) {
      const grid = ref.current
      if (!grid) return
      grid.scrollTop = near(grid.scrollTop, toRow * sizes.row, grid.clientHeight - sizes.head - sizes.row)
      grid.scrollLeft = near(
        grid.scrollLeft,
        toColumn * sizes.column,
        grid.clientWidth - sizes.side - sizes.column,
      )
    },
  }
}

const step = (position: number): number => Math.floor(position / STEP) * STEP

/** The scroll position next to `now` at which `start` lies within the room. */
const near = (now: number, start: number, room: number): number =>
  start < now ? start : start > now + room ? start - room : now
