import type { ParsedParamsOf } from '../../../../protocol/methods.ts'
import type { DaemonContext } from '../../../context.ts'
import { type ArtifactItem, toItem } from '../artifact-item.ts'
import { toWhere } from '../artifact-pages.ts'
import { selectItems } from '../artifacts-repo.ts'
import { compileFilters } from '../search-filters.ts'
import { vocabularyOf } from '../search-vocabulary.ts'
import { type Copy, selectCopies, selectFiltered } from './contents-repo.ts'

/** By content, the artifacts that have it; the one to show first. */
export type Copies = ReadonlyMap<number, readonly Copy[]>

export type CopyFilter = Omit<
  ParsedParamsOf<'contents.search'>,
  'query' | 'limit' | 'offset' | 'excerpts' | 'settled'
>

/** Of all artifacts; made once for each state of the cache. */
export function copiesOf({ db, memo }: DaemonContext): Promise<Copies> {
  return memo.made('copies of contents', async () =>
    Map.groupBy(selectCopies(db), ({ contentId }) => contentId),
  )
}

/** The contents among `ids` that a filter leaves, each with the copies it leaves. Errors: as `toWhere`. */
export function filteredCopies(
  ctx: DaemonContext,
  copies: Copies,
  ids: Iterable<number>,
  filter: CopyFilter,
): Map<number, readonly Copy[]> {
  const { onRow } = compileFilters(ctx.db, toWhere(ctx, filter), vocabularyOf(ctx.db))
  const wanted = [...new Set(ids)].map((id) => [id, copies.get(id) ?? []] as const)
  if (onRow.sql === '') return new Map(wanted.filter(([, found]) => found.length > 0))
  const among = wanted.flatMap(([, found]) => found.map(({ id }) => id))
  const passed = selectFiltered(ctx.db, among, onRow)
  const left = wanted.map(([id, found]) => [id, found.filter((copy) => passed.has(copy.id))] as const)
  return new Map(left.filter(([, found]) => found.length > 0))
}

/** What is shown of contents: the first copy of each with how many there are, in the same order. */
export function showContents(
  ctx: DaemonContext,
  shown: ReadonlyArray<{ copy: Copy; copies: number }>,
): Array<{ artifact: ArtifactItem; copies: number }> {
  const rows = selectItems(
    ctx.db,
    shown.map(({ copy }) => copy.id),
  )
  ctx.memo.refresh()
  const byId = new Map(rows.map((row) => [row.id, toItem(row, ctx.memo)]))
  return shown.flatMap(({ copy, copies }) => {
    const artifact = byId.get(copy.id)
    return artifact ? { artifact, copies } : []
  })
}
