import { useRef, useState } from 'preact/hooks'
import type { Selection } from '../components/data-table/data-table.tsx'

export type Chosen<Row> = {
  rows: readonly Row[]
  has(key: string): boolean
  set(key: string, isChosen: boolean): void
  clear(): void
  /** For a table of these rows. */
  selection: Selection
}

/** Which of the rows are chosen; what a filter leaves out is not chosen while it is out of sight. */
export function useChosen<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Chosen<Row> {
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set())
  const anchor = useRef(0)
  const chosen = rows.filter((row) => keys.has(keyOf(row)))
  const change = (changed: readonly Row[], isChosen: boolean): void =>
    setKeys((before) => {
      const next = new Set(before)
      for (const row of changed) isChosen ? next.add(keyOf(row)) : next.delete(keyOf(row))
      return next
    })
  const isAll = rows.length > 0 && chosen.length === rows.length
  return {
    rows: chosen,
    has: (key) => keys.has(key),
    set: (key, isChosen) =>
      change(
        rows.filter((row) => keyOf(row) === key),
        isChosen,
      ),
    clear: () => setKeys(new Set()),
    selection: {
      has: (key) => keys.has(key),
      toggle(index, isRange) {
        const row = rows[index]
        if (!row) return
        const [from, to] = [Math.min(anchor.current, index), Math.max(anchor.current, index)]
        if (isRange) change(rows.slice(from, to + 1), true)
        else change([row], !keys.has(keyOf(row)))
        anchor.current = index
      },
      all: isAll ? true : chosen.length > 0 ? null : false,
      toggleAll: () => change(rows, !isAll),
    },
  }
}
