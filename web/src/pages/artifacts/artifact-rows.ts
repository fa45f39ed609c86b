/** The rows of `artifacts.table`, asked for in blocks. */
import type { ArtifactState } from '../../../../protocol/artifact-states.ts'
import type { ResultOf } from '../../../../protocol/methods.ts'
import { blockOf, type TableParams } from '../../../../protocol/page-addresses.ts'
import type { ArtifactScope, ArtifactType } from '../../../../protocol/vocabulary.ts'
import { call } from '../../connection.ts'
import type { Query } from '../../lib/query-store.ts'
import { reuseRows } from '../../lib/reuse-rows.ts'

export type ArtifactRow = {
  id: string
  name: string
  type: ArtifactType
  scope: ArtifactScope
  projectId: string | null
  projectName: string | null
  source: string | null
  deployedVersion: string | null
  upstreamVersion: string | null
  sizeBytes: number
  tokens: number
  /** Unix ms. */
  updatedAt: number
  /** Agent whose folder it lies in. */
  host: string
  state: ArtifactState
  /** How many diagnostics it has. */
  problems: number
}

export type Block = { rows: ArtifactRow[]; total: number }

/** Rows that one call may bring at most. */
export const MOST = 10_000

/** An answer of `artifacts.table` as rows; columns that it has beside those of `ArtifactRow` are in them, too. */
export function decodeTable({ columns, rows, total }: ResultOf<'artifacts.table'>): Block {
  return {
    total,
    rows: rows.map(
      (cells) => Object.fromEntries(columns.map((column, at) => [column, cells[at]])) as ArtifactRow,
    ),
  }
}

/** Block `number` of a table. The first one of what nobody searched is kept for the next visit. */
export function blockQuery(table: TableParams, number: number): Query<Block> {
  const params = blockOf(table, number)
  return {
    key: `artifacts.table ${JSON.stringify(params)}`,
    freshMs: 30_000,
    stored: number === 0 && table.query === undefined,
    reuse: (before, after) => ({ ...after, rows: reuseRows(before.rows, after.rows) }),
    load: async (signal) => decodeTable(await call('artifacts.table', params, signal)),
  }
}

/** Rows `from` to `end` of a table, whatever is shown of it. */
export async function loadRows(table: TableParams, from: number, end: number): Promise<ArtifactRow[]> {
  const rows: ArtifactRow[] = []
  while (from + rows.length < end) {
    const offset = from + rows.length
    const answer = await call('artifacts.table', { ...table, offset, limit: Math.min(MOST, end - offset) })
    const block = decodeTable(answer)
    rows.push(...block.rows)
    if (block.rows.length === 0) break
  }
  return rows
}
