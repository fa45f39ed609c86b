import type { ComponentChildren } from 'preact'
import { useMemo } from 'preact/hooks'
import { VirtualGrid } from '../../components/virtual-grid/virtual-grid.tsx'
import { Link } from '../../lib/location.tsx'
import { stateWords, typeNames } from '../../lib/words.ts'
import styles from './matrix-grid.module.css'
import {
  cellAt,
  type Matrix,
  type MatrixCell,
  type MatrixColumn,
  type MatrixRow,
  variantName,
} from './matrix-rows.ts'
import { stateSigns } from './state-signs.ts'

type Props = Matrix & {
  isNarrow: boolean
  onOpen(row: MatrixRow, cell: MatrixCell): void
}

/** Artifacts by place, each place with a sign of its state and, where contents differ, the letter of its content. */
export function MatrixGrid({ rows, columns, isNarrow, onOpen }: Props) {
  // The grid keeps what it has rendered for as long as these are the same.
  const render = useMemo(() => renderersOf({ rows, columns }), [rows, columns])
  return (
    <div class={styles.box}>
      <VirtualGrid
        label="Artifacts by place"
        rowCount={rows.length}
        columnCount={columns.length}
        rowHeight={28}
        columnWidth={36}
        headHeight={132}
        headWidth={isNarrow ? 132 : 260}
        corner={<span class={styles.corner}>Artifact</span>}
        renderCell={render.cell}
        renderRowHeader={render.rowHead}
        renderColumnHeader={render.columnHead}
        onOpen={(at, column) => {
          const row = rows[at]
          const cell = row && cellAt(row, column)
          if (cell) onOpen(row, cell)
        }}
      />
    </div>
  )
}

type Renderers = {
  cell(row: number, column: number): ComponentChildren
  rowHead(row: number): ComponentChildren
  columnHead(column: number): ComponentChildren
}

const renderersOf = ({ rows, columns }: Matrix): Renderers => ({
  cell(at, column) {
    const row = rows[at]
    const cell = row && cellAt(row, column)
    return cell ? showCell(row, cell, columns[column]) : null
  },
  rowHead(at) {
    const row = rows[at]
    return row && showRowHead(row)
  },
  columnHead(at) {
    const column = columns[at]
    return column && showColumnHead(column)
  },
})

function showCell(
  { name, variants }: MatrixRow,
  { state, variant }: MatrixCell,
  column: MatrixColumn | undefined,
) {
  const { name: word, tone } = stateWords[state]
  const letter = variants > 1 ? variantName(variant) : ''
  const words = `${name} in ${column?.name}: ${word}${letter && `, content ${letter}`}`
  return (
    <span
      role="img"
      class={styles.sign}
      aria-label={words}
      data-tone={tone}
      data-other={variant > 0 ? '' : undefined}
    >
      {stateSigns[state] + letter}
    </span>
  )
}

const showRowHead = ({ name, type }: MatrixRow) => (
  <span class={styles.rowHead}>
    <Link
      href={`/artifacts?q=${encodeURIComponent(name)}&type=${type}`}
      title={`${name}, ${typeNames[type].toLowerCase()}`}
      tabIndex={-1}
    >
      {name}
    </Link>
    <span class={styles.type}>{typeNames[type]}</span>
  </span>
)

const showColumnHead = ({ id, name }: MatrixColumn) => (
  <span class={styles.columnHead}>
    {id === null ? (
      <span title="Your own folders, for all projects">User</span>
    ) : (
      <Link href={`/projects/${id}`} title={name} tabIndex={-1}>
        {name}
      </Link>
    )}
  </span>
)
