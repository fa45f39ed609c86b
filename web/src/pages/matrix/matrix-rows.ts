import type { ArtifactState } from '../../../../protocol/artifact-states.ts'
import type { ResultOf } from '../../../../protocol/methods.ts'
import type { ArtifactType } from '../../../../protocol/vocabulary.ts'

type Answer = ResultOf<'artifacts.matrix'>

/** One place that has an artifact. */
export type MatrixCell = {
  /** Position among the shown columns. */
  column: number
  state: ArtifactState
  /** Which content: 0 is the one that most places have. */
  variant: number
}

export type MatrixRow = {
  name: string
  type: ArtifactType
  /** How many different contents there are. */
  variants: number
  /** By column. */
  cells: MatrixCell[]
}

export type MatrixColumn = Answer['columns'][number]

export type Matrix = { rows: MatrixRow[]; columns: MatrixColumn[] }

/** Numbers of each cell in an answer: column, state, variant. */
const CELL = 3

/** The answer of the daemon with its numbers as words. */
export function readMatrix({ columns, states, rows }: Answer): Matrix {
  return {
    columns,
    rows: rows.map(({ name, type, variants, cells }) => {
      const read: MatrixCell[] = []
      for (let at = 0; at < cells.length; at += CELL)
        read.push({
          column: cells[at] as number,
          state: states[cells[at + 1] as number] as ArtifactState,
          variant: cells[at + 2] as number,
        })
      return { name, type, variants, cells: read.sort((a, b) => a.column - b.column) }
    }),
  }
}

export type MatrixChoice = {
  text: string
  type: string
  /** Only what stands in at least so many places. */
  atLeast: number
  /** Only what differs between places. */
  differing: boolean
  state: string
  /** `name`, `places` or `variants`. */
  sort: string
}

/** The rows that are chosen, in order, with the columns that have any of them. */
export function chooseMatrix(matrix: Matrix, choice: MatrixChoice): Matrix {
  const words = choice.text.toLowerCase().split(/\s+/).filter(Boolean)
  const rows = matrix.rows.filter(({ name, type, variants, cells }) => {
    if (choice.type !== '' && type !== choice.type) return false
    if (cells.length < choice.atLeast || (choice.differing && variants < 2)) return false
    if (choice.state !== '' && !cells.some(({ state }) => state === choice.state)) return false
    const lower = name.toLowerCase()
    return words.every((word) => lower.includes(word))
  })
  if (choice.sort === 'places') rows.sort((a, b) => b.cells.length - a.cells.length)
  if (choice.sort === 'variants') rows.sort((a, b) => b.variants - a.variants)
  return rows.length === matrix.rows.length
    ? { rows, columns: matrix.columns }
    : withUsedColumns(rows, matrix.columns)
}

function withUsedColumns(rows: MatrixRow[], columns: MatrixColumn[]): Matrix {
  const used = new Set(rows.flatMap(({ cells }) => cells.map(({ column }) => column)))
  if (used.size === columns.length) return { rows, columns }
  const kept = [...used].sort((a, b) => a - b)
  const placeOf = new Map(kept.map((column, index) => [column, index]))
  return {
    columns: kept.map((column) => columns[column] as MatrixColumn),
    rows: rows.map((row) => ({
      ...row,
      cells: row.cells.map((cell) => ({ ...cell, column: placeOf.get(cell.column) as number })),
    })),
  }
}

/** What a row has at a column; undefined for nothing. */
export function cellAt({ cells }: MatrixRow, column: number): MatrixCell | undefined {
  let low = 0
  let high = cells.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((cells[middle] as MatrixCell).column < column) low = middle + 1
    else high = middle
  }
  const found = cells[low]
  return found?.column === column ? found : undefined
}

/** Name of a content: A for the one that most places have, then B, …, Z, AA. */
export function variantName(variant: number): string {
  const letter = String.fromCharCode(65 + (variant % 26))
  return variant < 26 ? letter : variantName(Math.floor(variant / 26) - 1) + letter
}

/** How many places of a row have each content, by variant. */
export function countVariants({ cells, variants }: MatrixRow): number[] {
  const counts = Array.from({ length: variants }, () => 0)
  for (const { variant } of cells) counts[variant] = (counts[variant] ?? 0) + 1
  return counts
}
