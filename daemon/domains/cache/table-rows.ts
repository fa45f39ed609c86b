/** Finds and orders the rows of tables, in memory; what was found is kept until the cache changes. */
import type { ArtifactState } from '../../../protocol/artifact-states.ts'
import type { tableOrders } from '../../../protocol/domains/artifacts.ts'
import type { ParsedParamsOf } from '../../../protocol/methods.ts'
import type { DaemonContext } from '../../context.ts'
import { nextTurn } from '../../kernel/rpc/turn.ts'
import { type ArtifactColumns, type ArtifactKind, loadColumns, rowOf } from './artifact-columns.ts'
import { searchAll } from './artifact-search.ts'
import { selectIds } from './artifacts-repo.ts'
import { findProject } from './project-ref.ts'
import { selectProjectOrder } from './projects-repo.ts'
import { stableOrder } from './stable-order.ts'

export type TableFilter = ParsedParamsOf<'artifacts.facets'>
export type TableOrder = { sort: (typeof tableOrders)[number]; descending: boolean }

/** Ids looked through at a time for a source. */
const ID_RANGE = 5_000

/** What needs attention comes first. */
const STATE_ORDER: readonly ArtifactState[] = [
  'outdated',
  'diverged',
  'modified',
  'unknown',
  'untracked',
  'current',
]

export const columnsOf = ({ memo, db }: DaemonContext): Promise<ArtifactColumns> =>
  memo.made('columns', () => loadColumns(db))

/** The ids of all artifacts that match, in order. Errors: `project.not_found`, `project.ambiguous`. */
export function orderedIds(ctx: DaemonContext, filter: TableFilter, order: TableOrder): Promise<Uint32Array> {
  const key = JSON.stringify(['ordered', filter, order])
  return ctx.memo.made(key, async () => {
    const columns = await columnsOf(ctx)
    const among = await rowsAmong(ctx, columns, filter)
    const accepts = columns.kindList.map((kind) => matches(kind, filter))
    const rows = among.filter((row) => accepts[columns.kinds[row] as number])
    await nextTurn()
    const ordered = await inOrder(ctx, columns, rows, order)
    return ordered.map((row) => columns.ids[row] as number)
  })
}

/**
 * The rows of a filter, as far as their kind does not decide it: best hits first where words were asked for, else by
 * name. Errors: `project.not_found`, `project.ambiguous`.
 */
export function rowsAmong(
  ctx: DaemonContext,
  columns: ArtifactColumns,
  { project, tag, source, query }: TableFilter,
): Promise<Uint32Array> {
  const projectId = project === undefined ? null : findProject(ctx.db, project).id
  if (projectId === null && tag === undefined && source === undefined && query === undefined)
    return Promise.resolve(columns.byName)
  const key = JSON.stringify(['among', projectId, tag, source, query])
  return ctx.memo.made(key, async () => {
    let rows = columns.byName
    if (query !== undefined) rows = rowsOf(columns, await searchAll(ctx.db, query))
    if (projectId !== null) rows = rows.filter((row) => columns.projects[row] === projectId)
    if (tag !== undefined || source !== undefined) {
      const wanted = await rowsWith(ctx, columns, { tag, source })
      rows = rows.filter((row) => wanted[row] === 1)
    }
    return rows
  })
}

async function rowsWith(
  { db }: DaemonContext,
  columns: ArtifactColumns,
  where: { tag: string | undefined; source: string | undefined },
): Promise<Uint8Array> {
  const { ids } = columns
  const wanted = new Uint8Array(ids.length)
  // An index finds tags, all at once; of sources every row is looked at.
  const size = where.tag === undefined ? ID_RANGE : ids.length
  for (let at = 0; at < ids.length; at += size) {
    const last = Math.min(at + size, ids.length) - 1
    const found = selectIds(db, where, { first: ids[at] as number, last: ids[last] as number })
    for (const row of rowsOf(columns, found)) wanted[row] = 1
    await nextTurn()
  }
  return wanted
}

const rowsOf = ({ ids }: ArtifactColumns, found: readonly number[]): Uint32Array =>
  Uint32Array.from(found.map((id) => rowOf(ids, id)).filter((row) => row >= 0))

/** Whether a kind matches; `without`: a part of the filter that is taken as not given. */
export function matches(kind: ArtifactKind, filter: TableFilter, without?: keyof TableFilter): boolean {
  const wants = (key: 'type' | 'scope' | 'host' | 'state' | 'outdated' | 'modified' | 'problems'): boolean =>
    filter[key] === undefined || key === without || filter[key] === kind[key]
  return (
    wants('type') &&
    wants('scope') &&
    wants('host') &&
    wants('state') &&
    wants('outdated') &&
    wants('modified') &&
    wants('problems')
  )
}

/** In turns of a few milliseconds for 100,000 rows. */
async function inOrder(
  { db }: DaemonContext,
  columns: ArtifactColumns,
  rows: Uint32Array,
  { sort, descending }: TableOrder,
): Promise<Uint32Array> {
  if (sort === 'relevance') return descending ? rows.toReversed() : rows
  const byName = inNameOrder(columns, rows)
  if (sort === 'name') return descending ? byName.toReversed() : byName
  await nextTurn()
  const keys = keysOf(columns, byName, sort, sort === 'project' ? selectProjectOrder(db) : [])
  await nextTurn()
  let edge = keys[0] ?? 0
  for (const key of keys) edge = descending ? Math.max(edge, key) : Math.min(edge, key)
  // Names go upwards either way.
  for (let at = 0; at < keys.length; at++) keys[at] = Math.abs((keys[at] as number) - edge)
  await nextTurn()
  return stableOrder(byName, keys)
}

function inNameOrder(columns: ArtifactColumns, rows: Uint32Array): Uint32Array {
  if (rows.length === columns.byName.length) return columns.byName
  const wanted = new Uint8Array(columns.ids.length)
  for (const row of rows) wanted[row] = 1
  return columns.byName.filter((row) => wanted[row] === 1)
}

/** A whole number for each of some rows. */
function keysOf(
  { kinds, kindList, projects, sizes, tokens, modifiedAt }: ArtifactColumns,
  rows: Uint32Array,
  sort: Exclude<TableOrder['sort'], 'name' | 'relevance'>,
  projectOrder: readonly number[],
): Float64Array {
  if (sort === 'size') return pick(sizes, rows)
  if (sort === 'tokens') return pick(tokens, rows)
  if (sort === 'updated') return pick(modifiedAt, rows)
  if (sort === 'project') {
    const ranks = new Float64Array(projectOrder.reduce((max, id) => Math.max(max, id), 0) + 1)
    for (const [rank, id] of projectOrder.entries()) ranks[id] = rank + 1
    return pick(ranks, pick(projects, rows))
  }
  const types = kindList.map(({ type }) => type).toSorted()
  const ranks = kindList.map(({ type, state }) =>
    sort === 'type' ? types.indexOf(type) : STATE_ORDER.indexOf(state),
  )
  return pick(Float64Array.from(ranks), pick(kinds, rows))
}

/** The values at some places; 0 where there is none. A loop, because callbacks take several times as long. */
function pick(values: Float64Array | Uint32Array, places: Float64Array | Uint32Array): Float64Array {
  const picked = new Float64Array(places.length)
  for (let at = 0; at < places.length; at++) picked[at] = values[places[at] as number] ?? 0
  return picked
}
