import { artifactColumns } from '../../../protocol/domains/artifacts.ts'
import { SmdError } from '../../../protocol/errors.ts'
import type { ParsedParamsOf } from '../../../protocol/methods.ts'
import type { DaemonContext } from '../../context.ts'
import { packCursor, unpackCursor } from '../../kernel/db/cursor.ts'
import { RawJson } from '../../kernel/rpc/raw-json.ts'
import { PART, type Part, page } from './artifact-pages.ts'
import {
  type ArtifactPosition,
  type ArtifactWhere,
  countArtifacts,
  selectArtifactRows,
  selectRowsOf,
} from './artifacts-repo.ts'
import { firstByTime } from './newest-rows.ts'
import { orderedIds, type TableFilter, type TableOrder } from './table-rows.ts'

type Params = ParsedParamsOf<'artifacts.table'>

const HEAD = `{"columns":${JSON.stringify(artifactColumns)},"rows":[`

/**
 * One page of artifacts as rows. By name from its beginning, or from a cursor, it comes straight from an index; any other
 * order, filter or offset from lists of ids (table-rows.ts).
 * Errors: `page.bad_cursor`, also for a cursor with an offset; `project.not_found`, `project.ambiguous`.
 */
export function tableOfArtifacts(ctx: DaemonContext, params: Params): RawJson | Promise<RawJson> {
  const { limit, cursor, offset = 0, sort, descending, ...filter } = params
  if (cursor !== undefined && params.offset !== undefined) throw new SmdError('page.bad_cursor')
  const { query, host, state, problems, ...listFilter } = filter
  const isPlain = [query, host, state, problems].every((part) => part === undefined)
  if (isPlain && (sort ?? 'name') === 'name' && !descending && offset === 0) {
    const take = (where: ArtifactWhere, after: ArtifactPosition | null, size: number): Part =>
      cutRows(selectArtifactRows(ctx.db, where, { after, limit: size + 1 }) ?? '', size)
    return page(ctx, {
      filter: listFilter,
      scope: ['name', 'row', listFilter],
      limit,
      cursor,
      head: HEAD,
      take,
    })
  }
  const order = { sort: sort ?? (query === undefined ? 'name' : 'relevance'), descending } as const
  return pageOfIds(ctx, filter, order, { limit, cursor, offset })
}

/**
 * The ids up to the end of a page, and how many there are in all. The first ones of everything by time come from an index:
 * putting all in order anew after each change takes longer than reading what changed.
 */
async function idsUpTo(
  ctx: DaemonContext,
  filter: TableFilter,
  order: TableOrder,
  end: number | null,
): Promise<{ ids: Uint32Array; total: number }> {
  const isEverything = Object.values(filter).every((part) => part === undefined)
  if (order.sort === 'updated' && isEverything && end !== null) {
    ctx.memo.refresh()
    const total = ctx.memo.counted('everything', () => countArtifacts(ctx.db, {}))
    const ids = firstByTime(ctx.db, end, order.descending ?? false)
    if (ids) return { ids, total }
  }
  const ids = await orderedIds(ctx, filter, order)
  return { ids, total: ids.length }
}

async function pageOfIds(
  ctx: DaemonContext,
  filter: Omit<Params, 'limit' | 'cursor' | 'offset' | 'sort' | 'descending'>,
  { sort, descending }: TableOrder,
  { limit, cursor, offset }: { limit: number; cursor: string | undefined; offset: number },
): Promise<RawJson> {
  const isRanked = sort !== 'relevance' || filter.query !== undefined
  const order: TableOrder = { sort: isRanked ? sort : 'name', descending }
  const scope = JSON.stringify(['table', filter, order])
  const position = unpackCursor(scope, cursor)
  const { ids, total } = await idsUpTo(ctx, filter, order, position ? null : offset + limit)
  const start = position ? placeAfter(ids, position) : Math.min(offset, ids.length)
  const end = Math.min(start + limit, ids.length)
  const last = ids[end - 1]
  const nextCursor = end < total && last !== undefined ? packCursor(scope, [end, last]) : null
  const texts = function* (): Generator<string> {
    let before = HEAD
    for (let at = start; at < end; at += PART) {
      const rows = selectRowsOf(ctx.db, ids.subarray(at, Math.min(at + PART, end)))
      if (rows === null) continue
      yield before + rows
      before = ','
    }
    const tail = `],"total":${total},"nextCursor":${JSON.stringify(nextCursor)}}`
    yield before === HEAD ? HEAD + tail : tail
  }
  return new RawJson(limit > PART ? texts() : [...texts()])
}

/** Where the row after the last one of a page stands now; where it stood when that one is gone. */
function placeAfter(ids: Uint32Array, [end, last]: (string | number)[]): number {
  if (typeof end !== 'number' || typeof last !== 'number') throw new SmdError('page.bad_cursor')
  const place = ids.indexOf(last)
  return place >= 0 ? place + 1 : Math.min(end, ids.length)
}

/** At most `size` rows out of a text of at most one more; where there is one more, the place of the last that is left. */
function cutRows(rows: string, size: number): Part {
  // A quote inside of a value has a backslash before it, so this is nowhere but at the beginning of a row.
  const starts = rows.split(ROW_START).length - 1
  if (starts <= size) return { rows: starts === 0 ? [] : [rows], next: null }
  const cut = rows.slice(0, rows.lastIndexOf(ROW_START) - 1)
  const [id, name] = JSON.parse(cut.slice(cut.lastIndexOf(ROW_START))) as [string, string]
  return { rows: [cut], next: { value: name, uid: id.slice('art_'.length) } }
}

const ROW_START = '["art_'
