import type { VNode } from 'preact'
import { useId, useRef, useState } from 'preact/hooks'
import { Link } from 'wouter-preact'
import { stateWords, typeNames } from '../../lib/words.ts'
import styles from './matrix-grid.module.css'
import {
  type Matrix,
  type MatrixCell,
  type MatrixColumn,
  type MatrixRow,
  variantName,
} from './matrix-rows.ts'
import { stateSigns } from './state-signs.ts'
import { type GridSizes, useGridWindow } from './use-grid-window.ts'

type Props = Matrix & {
  isNarrow: boolean
  onOpen(row: MatrixRow, cell: MatrixCell): void
}

const wideSizes: GridSizes = { row: 28, column: 36, head: 132, side: 260 }
const narrowSizes: GridSizes = { ...wideSizes, side: 132 }

/**
 * A grid of artifacts and places of any size: only what is in view is in the document, and of that only places that have
 * something. One focus stop; arrows, Page Up and Down, Home and End (with Control: of everything) move the active place,
 * Enter opens it (WAI-ARIA grid pattern, with the active descendant).
 */
export function MatrixGrid({ rows, columns, isNarrow, onOpen }: Props) {
  const id = useId()
  const sizes = isNarrow ? narrowSizes : wideSizes
  const view = useGridWindow(rows.length, columns.length, sizes)
  const { ref, firstRow, endRow, firstColumn, endColumn, pageSize, reveal } = view
  const [active, setActive] = useState({ row: 0, column: 0 })
  const [hovered, setHovered] = useState(-1)
  const row = Math.min(active.row, rows.length - 1)
  const column = Math.min(active.column, columns.length - 1)

  const go = (toRow: number, toColumn: number): void => {
    const next = {
      row: Math.max(0, Math.min(rows.length - 1, toRow)),
      column: Math.max(0, Math.min(columns.length - 1, toColumn)),
    }
    setActive(next)
    reveal(next.row, next.column)
  }
  const openAt = (atRow: number, atColumn: number): void => {
    const opened = rows[atRow]
    const cell = opened?.cells.find((other) => other.column === atColumn)
    if (opened && cell) onOpen(opened, cell)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget || event.altKey || event.metaKey) return
    const act: Record<string, () => void> = event.ctrlKey
      ? { Home: () => go(0, 0), End: () => go(rows.length - 1, columns.length - 1) }
      : {
          ArrowDown: () => go(row + 1, column),
          ArrowUp: () => go(row - 1, column),
          ArrowRight: () => go(row, column + 1),
          ArrowLeft: () => go(row, column - 1),
          PageDown: () => go(row + pageSize, column),
          PageUp: () => go(row - pageSize, column),
          Home: () => go(row, 0),
          End: () => go(row, columns.length - 1),
          Enter: () => openAt(row, column),
        }
    const chosen = act[event.key]
    if (!chosen) return
    event.preventDefault()
    chosen()
  }

  // A line that is the same as in the last rendering is not looked at again: most of them are, while one scrolls.
  const kept = useRef(new Map<MatrixRow, { key: string; line: VNode }>())
  const lines = new Map<MatrixRow, { key: string; line: VNode }>()
  const shown: VNode[] = []
  for (let index = firstRow; index < endRow; index++) {
    const of = rows[index] as MatrixRow
    const isActive = index === row
    const key = `${index} ${firstColumn} ${endColumn} ${isActive ? column : ''} ${columns.length} ${id}`
    const before = kept.current.get(of)
    const line =
      before?.key === key ? (
        before.line
      ) : (
        <Line
          // The elements of a line that went out of view become those of one that came in.
          key={index % view.mostRows}
          id={id}
          row={of}
          index={index}
          columns={columns}
          first={firstColumn}
          end={endColumn}
          active={isActive ? column : -1}
          sizes={sizes}
        />
      )
    lines.set(of, { key, line })
    shown.push(line)
  }
  kept.current = lines

  /** Which place of the grid an event is at; null beside all of them. */
  const placeOf = (event: MouseEvent): { row: number; column: number } | null => {
    const grid = ref.current
    if (!grid) return null
    const box = grid.getBoundingClientRect()
    const x = event.clientX - box.left - sizes.side
    const y = event.clientY - box.top - sizes.head
    if (x < 0 || y < 0) return null
    const at = {
      row: Math.floor((y + grid.scrollTop) / sizes.row),
      column: Math.floor((x + grid.scrollLeft) / sizes.column),
    }
    return at.row < rows.length && at.column < columns.length ? at : null
  }
  return (
    <div
      ref={ref}
      role="grid"
      class={styles.grid}
      aria-label="Artifacts by place"
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length + 1}
      aria-activedescendant={
        row >= firstRow && row < endRow && column >= firstColumn && column < endColumn
          ? `${id}-${row}-${column}`
          : undefined
      }
      tabIndex={0}
      style={{
        '--row': `${sizes.row}px`,
        '--column': `${sizes.column}px`,
        '--head': `${sizes.head}px`,
        '--side': `${sizes.side}px`,
      }}
      onScroll={view.onScroll}
      onKeyDown={onKeyDown}
      onMouseMove={(event) => setHovered(placeOf(event)?.column ?? -1)}
      onMouseLeave={() => setHovered(-1)}
      onClick={(event) => {
        const at = (event.target as Element).closest('a') ? null : placeOf(event)
        if (!at) return
        setActive(at)
        openAt(at.row, at.column)
      }}
    >
      <div
        role="presentation"
        class={styles.field}
        style={{
          width: `${sizes.side + columns.length * sizes.column}px`,
          height: `${sizes.head + rows.length * sizes.row}px`,
        }}
      >
        <div role="row" class={styles.head} aria-rowindex={1}>
          <span role="columnheader" class={styles.corner} aria-colindex={1}>
            Artifact
          </span>
          {columns.slice(firstColumn, endColumn).map((each, index) => (
            <span
              key={each.id ?? 'user'}
              role="columnheader"
              class={styles.columnHead}
              aria-colindex={firstColumn + index + 2}
              data-marked={firstColumn + index === hovered ? '' : undefined}
              style={{ left: `${sizes.side + (firstColumn + index) * sizes.column}px` }}
            >
              <ColumnName column={each} />
            </span>
          ))}
        </div>
        {shown}
      </div>
    </div>
  )
}

function ColumnName({ column: { id, name } }: { column: MatrixColumn }) {
  if (id === null) return <span title="Your own folders, for all projects">User</span>
  return (
    <Link href={`/projects/${id}`} title={name} tabIndex={-1}>
      {name}
    </Link>
  )
}

type LineProps = {
  id: string
  row: MatrixRow
  index: number
  columns: readonly MatrixColumn[]
  first: number
  end: number
  /** Column of the active place, -1 when it is in another line. */
  active: number
  sizes: GridSizes
}

function Line({ id, row, index, columns, first, end, active, sizes }: LineProps) {
  const { name, type, variants } = row
  const cells = row.cells.filter(({ column }) => column >= first && column < end)
  const isEmpty = active >= 0 && !row.cells.some(({ column }) => column === active)
  const leftOf = (column: number) => ({ left: `${sizes.side + column * sizes.column}px` })
  const placeName = (column: number): string => columns[column]?.name ?? ''
  return (
    <div
      role="row"
      class={styles.line}
      aria-rowindex={index + 2}
      style={{ top: `${sizes.head + index * sizes.row}px` }}
    >
      <span role="rowheader" class={styles.side} aria-colindex={1}>
        <Link
          href={`/artifacts?q=${encodeURIComponent(name)}&type=${type}`}
          title={`${name}, ${typeNames[type].toLowerCase()}`}
          tabIndex={-1}
        >
          {name}
        </Link>
        <span class={styles.type}>{typeNames[type]}</span>
      </span>
      {cells.map(({ column, state, variant }) => (
        <span
          key={column}
          id={`${id}-${index}-${column}`}
          role="gridcell"
          class={styles.cell}
          aria-colindex={column + 2}
          aria-label={`${name} in ${placeName(column)}: ${stateWords[state].name}${variants > 1 ? `, content ${variantName(variant)}` : ''}`}
          data-tone={stateWords[state].tone}
          data-other={variant > 0 ? '' : undefined}
          data-active={column === active ? '' : undefined}
          style={leftOf(column)}
        >
          {variants > 1 ? stateSigns[state] + variantName(variant) : stateSigns[state]}
        </span>
      ))}
      {isEmpty && (
        <span
          id={`${id}-${index}-${active}`}
          role="gridcell"
          class={styles.cell}
          aria-colindex={active + 2}
          aria-label={`${name} is not in ${placeName(active)}`}
          data-active=""
          style={leftOf(active)}
        />
      )}
    </div>
  )
}
