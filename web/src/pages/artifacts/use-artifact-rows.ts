import { useRef, useState } from 'preact/hooks'
import { BLOCK, type TableParams } from '../../../../protocol/page-addresses.ts'
import type { CallError } from '../../lib/call-error.ts'
import { useQueries } from '../../lib/use-queries.ts'
import { queries } from '../../lib/use-query.ts'
import { type ArtifactRow, type Block, blockQuery } from './artifact-rows.ts'

/** Rows around the visible ones that are asked for before somebody comes to them. */
const MARGIN = 100
/** Rows that are asked for before it is known how many fit. */
const FIRST = 60

export type ArtifactRows = {
  /** How many there are; undefined before the first answer. */
  total: number | undefined
  /** Undefined while it is on its way. */
  rowAt(index: number): ArtifactRow | undefined
  /** To be told which rows are in view. */
  onWindow(first: number, end: number): void
  /** Names the table whose rows these are. */
  key: string
  /** Something in view is on its way. */
  loading: boolean
  error: CallError | null
  /** They are of an earlier visit. */
  isOld: boolean
  loadedAt: number | null
  retry(): void
}

type Shown = Pick<ArtifactRows, 'total' | 'key' | 'isOld' | 'loadedAt'> & {
  blocks: ReadonlyMap<number, Block>
}

/**
 * The rows of a table of any length: only what is in view is asked for, the visible blocks first. The rows of the table
 * before stay until there are some of this one; an answer to what is not wanted any more is never shown.
 */
export function useArtifactRows(table: TableParams): ArtifactRows {
  const key = JSON.stringify(table)
  const [view, setView] = useState({ key, first: 0, end: FIRST })
  const { first, end } = view.key === key ? view : { first: 0, end: FIRST }
  const shown = useRef<Shown | null>(null)

  const total = shown.current?.key === key ? shown.current.total : undefined
  const numbers = blocksOf(first, end, total)
  const wanted = numbers.map((number) => blockQuery(table, number))
  const entries = useQueries(wanted)
  const newest = entries.reduce((best, entry) =>
    (entry.loadedAt ?? 0) > (best.loadedAt ?? 0) ? entry : best,
  )

  const isSame = shown.current?.key === key
  if (isSame || entries.some(({ data }) => data)) {
    shown.current = {
      key,
      total: newest.data?.total ?? total,
      isOld: newest.isOld,
      loadedAt: newest.loadedAt,
      blocks: new Map(
        entries.flatMap(({ data }, at) => (data ? [[numbers[at] as number, data] as const] : [])),
      ),
    }
  }
  const rows = shown.current
  return {
    total: rows?.total,
    rowAt: (index) => rows?.blocks.get(Math.floor(index / BLOCK))?.rows[index % BLOCK],
    onWindow(nextFirst, nextEnd) {
      const of = rows?.key ?? key
      if (of !== view.key || nextFirst !== view.first || nextEnd !== view.end)
        setView({ key: of, first: nextFirst, end: nextEnd })
    },
    key: rows?.key ?? key,
    loading: entries.some(({ loading }) => loading),
    error: entries.find(({ error }) => error)?.error ?? null,
    isOld: rows?.isOld ?? false,
    loadedAt: rows?.loadedAt ?? null,
    retry: () => {
      for (const query of wanted) queries.reload(query.key)
    },
  }
}

/** Numbers of the blocks that are needed, those in view before their neighbours. */
function blocksOf(first: number, end: number, total: number | undefined): number[] {
  const last = Math.max(0, Math.floor(((total ?? 1) - 1) / BLOCK))
  const range = (from: number, to: number): number[] => {
    const low = Math.max(0, Math.floor(from / BLOCK))
    const high = Math.min(last, Math.floor(Math.max(from, to - 1) / BLOCK))
    return Array.from({ length: Math.max(0, high - low + 1) }, (_, at) => low + at)
  }
  const inView = range(Math.min(first, (total ?? 1) - 1), end)
  const needed = new Set([...(inView.length > 0 ? inView : [0]), ...range(first - MARGIN, end + MARGIN)])
  return [...needed]
}
