import { useRef, useState } from 'preact/hooks'
import type { TableParams } from '../../../../protocol/page-addresses.ts'
import type { Selection } from '../../components/data-table/data-table.tsx'
import { notify } from '../../components/notices/notices.tsx'
import type { CallError } from '../../lib/call-error.ts'
import { formatCount } from '../../lib/format.ts'
import { type ArtifactRow, loadRows, MOST } from './artifact-rows.ts'
import type { ArtifactRows } from './use-artifact-rows.ts'

export type ArtifactSelection = {
  /** For the table. */
  selection: Selection
  /** In the order in which they were selected. */
  chosen: readonly ArtifactRow[]
  clear(): void
}

/**
 * The selected rows. They stay selected whatever is searched next, so that they can be found in several steps. All means
 * everything that the filter leaves, whether it was loaded or not, up to `MOST`; a range loads what lies in it.
 */
export function useSelection(table: TableParams, { total = 0, rowAt, key }: ArtifactRows): ArtifactSelection {
  const [chosen, setChosen] = useState<ReadonlyMap<string, ArtifactRow>>(new Map())
  /** Where a range begins: the row that was toggled last, in this list. */
  const anchor = useRef({ key, index: 0 })

  const add = (rows: readonly ArtifactRow[]): void =>
    setChosen((before) => new Map([...before, ...rows.map((row) => [row.id, row] as const)]))
  const addRange = async (from: number, end: number): Promise<void> => {
    const loaded = Array.from({ length: Math.min(end - from, MOST) }, (_, at) => rowAt(from + at))
    if (loaded.every((row) => row !== undefined)) return add(loaded)
    try {
      add(await loadRows(table, from, Math.min(end, from + MOST)))
    } catch (error) {
      notify({ tone: 'danger', text: `Nothing was selected: ${(error as CallError).message}` })
    }
  }
  const toggle = (index: number, range: boolean): void => {
    const row = rowAt(index)
    if (!row) return
    if (range) {
      const other = anchor.current.key === key ? anchor.current.index : index
      const [from, to] = index < other ? [index, other] : [other, index]
      void addRange(from, to + 1)
    } else if (chosen.has(row.id)) {
      setChosen(new Map([...chosen].filter(([id]) => id !== row.id)))
    } else add([row])
    anchor.current = { key, index }
  }
  const isAll = total > 0 && chosen.size >= Math.min(total, MOST)
  return {
    selection: {
      has: (id) => chosen.has(id),
      toggle,
      all: isAll ? true : chosen.size > 0 ? null : false,
      toggleAll() {
        if (isAll) return setChosen(new Map())
        void addRange(0, total)
        if (total > MOST)
          notify({
            text: `The first ${formatCount(MOST)} of ${formatCount(total)} are selected; a filter reaches the others.`,
          })
      },
    },
    chosen: [...chosen.values()],
    clear: () => setChosen(new Map()),
  }
}
