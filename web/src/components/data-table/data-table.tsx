import type { ComponentChildren, VNode } from 'preact'
import { useEffect, useId, useMemo, useRef, useState } from 'preact/hooks'
import { basePath } from '../../lib/base.ts'
import { navigate } from '../../lib/location.tsx'
import { useWidth, type Width } from '../../lib/use-width.ts'
import { useWindowedRows } from '../../lib/use-windowed-rows.ts'
import styles from './data-table.module.css'

export type Column<Row> = {
  id: string
  title: string
  /** Track of the grid, e.g. `minmax(10rem, 2fr)`. */
  width: string
  /** Numbers stand at the end. */
  align?: 'end'
  sortable?: boolean
  /** Shown only where there is at least this much room. */
  from?: Exclude<Width, 'narrow'>
  /** Of the row alone: a row that is the same is not rendered again. Another list of columns renders all. */
  render(row: Row): ComponentChildren
}

export type Sort = { column: string; descending: boolean }

export type Selection = {
  has(key: string): boolean
  /** `range`: everything since the last one, too. */
  toggle(index: number, range: boolean): void
  /** Of all rows: null when some are selected. */
  all: boolean | null
  toggleAll(): void
}

type Props<Row> = {
  /** What it lists, for assistive technology. */
  label: string
  columns: readonly Column<Row>[]
  count: number
  /** Undefined while a row is on its way. */
  rowAt(index: number): Row | undefined
  keyOf(row: Row): string
  /** Page of one row, below the base path. */
  hrefOf?(row: Row): string
  /** What opening a row does instead of going to its page; the link of its first column goes there still. */
  onOpen?(row: Row): void
  sort?: Sort | undefined
  onSort?(sort: Sort): void
  selection?: Selection
  /** Tells which rows are shown, so that they can be loaded. */
  onWindow?(first: number, end: number): void
  /** Names what is listed, so that the place comes back when somebody returns. */
  memory: string
}

/** A row as it was rendered, and what of. */
type RenderedRow<Row> = { row: Row | undefined; isActive: boolean; isSelected: boolean; node: VNode }

/** The rows of the last time, by index. What has not changed is not rendered again: scrolling renders what comes in. */
type Rendered<Row> = {
  columns: readonly Column<Row>[]
  hasSelection: boolean
  rows: ReadonlyMap<number, RenderedRow<Row>>
}

/** Pixels of a row and of the head; the same as in the styles. */
const ROW = 32

const order: readonly Width[] = ['narrow', 'medium', 'wide', 'huge']

/**
 * A table of any length: only the rows in view are in the document. One focus stop; arrows, Page Up and Down, Home and End
 * move the active row, Enter opens it, Space selects it (WAI-ARIA grid pattern, with the active descendant).
 */
export function DataTable<Row>(props: Props<Row>) {
  const { label, count, rowAt, keyOf, hrefOf, onOpen, sort, onSort, selection, onWindow, memory } = props
  const id = useId()
  const width = useWidth()
  const [active, setActive] = useState(0)
  const { ref, first, end, pageSize, onScroll, reveal } = useWindowedRows(count, ROW, ROW, memory)
  useEffect(() => onWindow?.(first, end), [first, end, memory])

  const room = order.indexOf(width)
  const columns = useMemo(
    () => props.columns.filter(({ from }) => from === undefined || room >= order.indexOf(from)),
    [props.columns, room],
  )
  const tracks = `${selection ? '32px ' : ''}${columns.map((column) => column.width).join(' ')}`
  const current = Math.min(active, count - 1)

  const go = (index: number): void => {
    const next = Math.max(0, Math.min(count - 1, index))
    setActive(next)
    reveal(next)
  }
  const open = (index: number): void => {
    const row = rowAt(index)
    if (row && onOpen) onOpen(row)
    else if (row && hrefOf) navigate(hrefOf(row))
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    // Keys of what is inside of a row, such as a checkbox or a link, are its own.
    if (event.target !== event.currentTarget || event.altKey || event.ctrlKey || event.metaKey) return
    const act: Record<string, () => void> = {
      ArrowDown: () => go(current + 1),
      ArrowUp: () => go(current - 1),
      PageDown: () => go(current + pageSize),
      PageUp: () => go(current - pageSize),
      Home: () => go(0),
      End: () => go(count - 1),
      Enter: () => open(current),
      ...(selection && { ' ': () => selection.toggle(current, event.shiftKey) }),
    }
    const chosen = act[event.key]
    if (!chosen) return
    event.preventDefault()
    chosen()
  }

  // Handlers of rows go through here: a row that stays as it is keeps those it was rendered with.
  const latest = useRef({ open, selection })
  latest.current = { open, selection }
  const rendered = useRef<Rendered<Row>>({ columns, hasSelection: false, rows: new Map() })
  const hasSelection = selection !== undefined
  const before = rendered.current
  const isSame = before.columns === columns && before.hasSelection === hasSelection
  const rows = new Map<number, RenderedRow<Row>>()
  for (let index = first; index < end; index++) {
    const row = rowAt(index)
    const key = row && keyOf(row)
    const isActive = index === current
    const isSelected = (key !== undefined && selection?.has(key)) ?? false
    const old = isSame ? before.rows.get(index) : undefined
    if (old && old.row === row && old.isActive === isActive && old.isSelected === isSelected) {
      rows.set(index, old)
      continue
    }
    const node = (
      <div
        key={index}
        id={`${id}-${index}`}
        role="row"
        class={styles.row}
        aria-rowindex={index + 2}
        aria-selected={hasSelection && key !== undefined ? isSelected : undefined}
        data-active={isActive ? '' : undefined}
        aria-busy={row ? undefined : true}
        onClick={(event) => {
          setActive(index)
          // Links and buttons do what they say; so do new tabs, and marking of text.
          const inside = (event.target as Element).closest('a, button, input, label')
          const isOurs = !inside && !event.ctrlKey && !event.metaKey && `${getSelection()}` === ''
          if (isOurs) latest.current.open(index)
        }}
      >
        {hasSelection && (
          <span role="gridcell" class={`${styles.cell} ${styles.check}`}>
            {key !== undefined && (
              <input
                type="checkbox"
                tabIndex={-1}
                aria-label="Select"
                checked={isSelected}
                onClick={(event) => latest.current.selection?.toggle(index, event.shiftKey)}
              />
            )}
          </span>
        )}
        {columns.map((column, at) => (
          <span key={column.id} role="gridcell" class={styles.cell} data-align={column.align}>
            {row === undefined ? (
              <span class={styles.pending} />
            ) : at === 0 && hrefOf ? (
              <a
                href={basePath + hrefOf(row)}
                tabIndex={-1}
                onClick={followLink(() => navigate(hrefOf(row)))}
              >
                {column.render(row)}
              </a>
            ) : (
              column.render(row)
            )}
          </span>
        ))}
      </div>
    )
    rows.set(index, { row, isActive, isSelected, node })
  }
  rendered.current = { columns, hasSelection, rows }

  return (
    <div
      ref={ref}
      role="grid"
      class={styles.table}
      aria-label={label}
      aria-rowcount={count + 1}
      aria-multiselectable={selection ? true : undefined}
      aria-activedescendant={count > 0 && current >= first && current < end ? `${id}-${current}` : undefined}
      tabIndex={0}
      style={{ '--tracks': tracks }}
      onScroll={onScroll}
      onKeyDown={onKeyDown}
    >
      <div role="row" class={styles.head} aria-rowindex={1}>
        {selection && (
          <span role="columnheader" class={`${styles.cell} ${styles.check}`}>
            <input
              type="checkbox"
              aria-label="Select all"
              checked={selection.all === true}
              indeterminate={selection.all === null}
              onClick={selection.toggleAll}
            />
          </span>
        )}
        {columns.map((column) => (
          <Heading key={column.id} column={column} sort={sort} onSort={onSort} />
        ))}
      </div>
      <div role="rowgroup" class={styles.body} style={{ height: `${count * ROW}px` }}>
        <div role="presentation" class={styles.window} style={{ transform: `translateY(${first * ROW}px)` }}>
          {[...rows.values()].map(({ node }) => node)}
        </div>
      </div>
    </div>
  )
}

/** A click that opens nothing elsewhere is ours. */
const followLink =
  (open: () => void) =>
  (event: MouseEvent): void => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    open()
  }

type HeadingProps<Row> = {
  column: Column<Row>
  sort: Sort | undefined
  onSort: ((sort: Sort) => void) | undefined
}

function Heading<Row>({ column, sort, onSort }: HeadingProps<Row>) {
  const { id, title, align, sortable } = column
  const isSorted = sort?.column === id
  const direction = isSorted ? (sort.descending ? 'descending' : 'ascending') : undefined
  return (
    <span role="columnheader" class={styles.cell} data-align={align} aria-sort={direction}>
      {sortable && onSort ? (
        <button
          type="button"
          class={styles.sort}
          onClick={() => onSort({ column: id, descending: isSorted ? !sort.descending : align === 'end' })}
        >
          {title}
          <span aria-hidden="true">{isSorted ? (sort.descending ? ' ↓' : ' ↑') : ''}</span>
        </button>
      ) : (
        title
      )}
    </span>
  )
}
