import type { ComponentChildren, VNode } from 'preact'
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import styles from './virtual-grid.module.css'
import { type Place, placeAfter, revealed, type Span, spanOf } from './window.ts'

export type VirtualGridProps = {
  /** What it shows, for assistive technology. */
  label: string
  rowCount: number
  columnCount: number
  /** Pixels of a row and of a column, and of the heads. */
  rowHeight: number
  columnWidth: number
  headHeight: number
  headWidth: number
  /** Stands over the heads of the rows. */
  corner?: ComponentChildren
  /** Null for a cell with nothing in it. These functions are to stay the same while what they show stays the same. */
  renderCell: (row: number, column: number) => ComponentChildren
  renderRowHeader: (row: number) => ComponentChildren
  renderColumnHeader: (column: number) => ComponentChildren
  /** A cell was clicked, or Enter pressed on it; row or column are -1 for heads. */
  onOpen?: (row: number, column: number) => void
}

type Seen = { rows: Span; columns: Span }

/**
 * A table of any size in both directions: only what is in view is in the document, and cells without content never are.
 * One focus stop; arrows, Page Up and Down, Home and End (with Control: of the whole) move the active cell, Enter opens it.
 * The active cell is named by `aria-activedescendant`, so that the focus is not lost when cells go.
 */
export function VirtualGrid(props: VirtualGridProps) {
  const { label, rowCount, columnCount, rowHeight, columnWidth, headHeight, headWidth, onOpen } = props
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const [room, setRoom] = useState({ width: window.innerWidth, height: window.innerHeight })
  const [chosen, setActive] = useState<Place>({ row: 0, column: 0 })
  const active = {
    row: Math.min(chosen.row, rowCount - 1),
    column: Math.min(chosen.column, columnCount - 1),
  }
  const cellsHigh = Math.max(rowHeight, room.height - headHeight)
  const cellsWide = Math.max(columnWidth, room.width - headWidth)
  const seenAt = (top: number, left: number): Seen => ({
    rows: spanOf(top, cellsHigh, rowHeight, rowCount),
    columns: spanOf(left, cellsWide, columnWidth, columnCount),
  })
  const [scrolled, setScrolled] = useState({ top: 0, left: 0 })
  const seen = seenAt(scrolled.top, scrolled.left)

  useLayoutEffect(() => {
    const element = scroller.current
    if (!element) return
    const measure = () => {
      const { clientWidth: width, clientHeight: height } = element
      if (width > 0 && height > 0) setRoom({ width, height })
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  useEffect(() => {
    // What is left after fewer rows or columns came may be scrolled less far than it was.
    onScroll()
  }, [rowCount, columnCount])

  const onScroll = (): void => {
    const element = scroller.current
    if (!element) return
    const { scrollTop: top, scrollLeft: left } = element
    // Only a step further has something to render.
    setScrolled((before) =>
      isSame(seenAt(top, left), seenAt(before.top, before.left)) ? before : { top, left },
    )
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    // Keys of what is inside of a cell are its own.
    if (event.target !== event.currentTarget || event.altKey) return
    if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
      event.preventDefault()
      if (rowCount > 0 && columnCount > 0) onOpen?.(active.row, active.column)
      return
    }
    const page = Math.max(1, Math.floor(cellsHigh / rowHeight) - 1)
    const next = placeAfter(event, active, rowCount, columnCount, page)
    const element = scroller.current
    if (!next || !element) return
    event.preventDefault()
    setActive(next)
    if (next.row >= 0) element.scrollTop = revealed(element.scrollTop, cellsHigh, rowHeight, next.row)
    if (next.column >= 0) {
      element.scrollLeft = revealed(element.scrollLeft, cellsWide, columnWidth, next.column)
    }
    onScroll()
  }
  const onClick = (event: MouseEvent): void => {
    const place = placeOf(event.target as Element)
    if (!place) return
    setActive(place)
    // Links and buttons do what they say.
    const isInside = (event.target as Element).closest('a, button, input, label')
    if (!isInside && `${getSelection()}` === '') onOpen?.(place.row, place.column)
  }

  const rows = useRows(props, seen, active, `${id}-active`)
  const heads = []
  for (let column = seen.columns.first; column < seen.columns.end; column++) {
    const isActive = active.row === -1 && active.column === column
    heads.push(
      <div
        key={column}
        role="columnheader"
        class={styles.columnHead}
        aria-colindex={column + 2}
        id={isActive ? `${id}-active` : undefined}
        data-active={isActive ? '' : undefined}
        style={{ left: `${headWidth + column * columnWidth}px` }}
      >
        {props.renderColumnHeader(column)}
      </div>,
    )
  }
  const isActiveThere = isSeen(active.row, seen.rows) && isSeen(active.column, seen.columns)
  const width = `${headWidth + columnCount * columnWidth}px`
  return (
    <div
      ref={scroller}
      role="grid"
      class={styles.grid}
      aria-label={label}
      aria-rowcount={rowCount + 1}
      aria-colcount={columnCount + 1}
      aria-activedescendant={isActiveThere && rowCount > 0 && columnCount > 0 ? `${id}-active` : undefined}
      tabIndex={0}
      style={{
        '--row': `${rowHeight}px`,
        '--column': `${columnWidth}px`,
        '--head-height': `${headHeight}px`,
        '--head-width': `${headWidth}px`,
      }}
      onScroll={onScroll}
      onKeyDown={onKeyDown}
      onClick={onClick}
    >
      <div role="row" class={styles.heads} aria-rowindex={1} style={{ width }}>
        <div role="columnheader" class={styles.corner} aria-colindex={1}>
          {props.corner ?? <span class="hidden">{label}</span>}
        </div>
        {heads}
      </div>
      <div role="rowgroup" class={styles.body} style={{ width, height: `${rowCount * rowHeight}px` }}>
        {rows}
      </div>
    </div>
  )
}

const isSeen = (index: number, { first, end }: Span): boolean =>
  index === -1 || (index >= first && index < end)

const isSame = (a: Seen, b: Seen): boolean =>
  a.rows.first === b.rows.first &&
  a.rows.end === b.rows.end &&
  a.columns.first === b.columns.first &&
  a.columns.end === b.columns.end

/** Row and column of the cell or head that something is in; undefined where it is in none. */
function placeOf(target: Element): Place | undefined {
  const column = target.closest('[aria-colindex]')?.getAttribute('aria-colindex')
  const row = target.closest('[aria-rowindex]')?.getAttribute('aria-rowindex')
  const place = { row: Number(row) - 2, column: Number(column) - 2 }
  const isCorner = place.row === -1 && place.column === -1
  return row && column && !isCorner ? place : undefined
}

/** The rows in view. A row and a cell that show what they showed before are the same nodes, which costs nothing. */
function useRows(props: VirtualGridProps, seen: Seen, active: Place, activeId: string): VNode[] {
  const { renderCell, renderRowHeader, headWidth, rowHeight, columnWidth } = props
  const known = useMemo(
    () => new Map<number, KnownRow>(),
    [renderCell, renderRowHeader, headWidth, rowHeight, columnWidth],
  )
  const { first, end } = seen.columns
  const rows: VNode[] = []
  for (let row = seen.rows.first; row < seen.rows.end; row++) {
    const activeColumn = row === active.row ? active.column : null
    const signature = `${first} ${end} ${activeColumn}`
    const before = known.get(row)
    if (before?.signature === signature) {
      rows.push(before.node)
      continue
    }
    const cells = before?.cells ?? new Map<number, VNode | null>()
    for (const column of cells.keys()) if (column < first || column >= end) cells.delete(column)
    const shown: VNode[] = []
    for (let column = first; column < end; column++) {
      if (column === activeColumn) {
        shown.push(cellNode(props, row, column, activeId))
        continue
      }
      let cell = cells.get(column)
      if (cell === undefined) {
        cell = cellNode(props, row, column, null)
        cells.set(column, cell)
      }
      if (cell) shown.push(cell)
    }
    const isActive = activeColumn === -1
    const node = (
      <div
        key={row}
        role="row"
        class={styles.row}
        aria-rowindex={row + 2}
        style={{ top: `${row * rowHeight}px` }}
      >
        <div
          role="rowheader"
          class={styles.rowHead}
          aria-colindex={1}
          id={isActive ? activeId : undefined}
          data-active={isActive ? '' : undefined}
        >
          {renderRowHeader(row)}
        </div>
        {shown}
      </div>
    )
    known.set(row, { signature, node, cells })
    rows.push(node)
  }
  for (const row of known.keys()) if (!isSeen(row, seen.rows)) known.delete(row)
  return rows
}

type KnownRow = { signature: string; node: VNode; cells: Map<number, VNode | null> }

function cellNode(props: VirtualGridProps, row: number, column: number, activeId: string): VNode
function cellNode(props: VirtualGridProps, row: number, column: number, activeId: null): VNode | null
function cellNode(
  { renderCell, headWidth, columnWidth }: VirtualGridProps,
  row: number,
  column: number,
  activeId: string | null,
): VNode | null {
  const content = renderCell(row, column)
  if (content === null && activeId === null) return null
  return (
    <div
      key={column}
      role="gridcell"
      class={styles.cell}
      aria-colindex={column + 2}
      id={activeId ?? undefined}
      data-active={activeId === null ? undefined : ''}
      style={{ left: `${headWidth + column * columnWidth}px` }}
    >
      {content ?? <span class="hidden">nothing</span>}
    </div>
  )
}
