import type { ParsedParamsOf, ResultOf } from '../../../protocol/methods.ts'
import type { DaemonContext } from '../../context.ts'
import type { ArtifactKind } from './artifact-columns.ts'
import { columnsOf, matches, rowsAmong, type TableFilter } from './table-rows.ts'

type Facets = ResultOf<'artifacts.facets'>

/**
 * How many artifacts match, and how many would if one part of the filter were another.
 * Errors: `project.not_found`, `project.ambiguous`.
 */
export async function facetsOfArtifacts(
  ctx: DaemonContext,
  filter: ParsedParamsOf<'artifacts.facets'>,
): Promise<Facets> {
  const columns = await columnsOf(ctx)
  const rows = await rowsAmong(ctx, columns, filter)
  const sums = columns.kindList.map((kind) => ({ kind, count: 0, sizeBytes: 0, tokens: 0 }))
  for (const row of rows) {
    const sum = sums[columns.kinds[row] as number]
    if (!sum) continue
    sum.count++
    sum.sizeBytes += columns.sizes[row] as number
    sum.tokens += columns.tokens[row] as number
  }
  const found = sums.filter(({ kind }) => matches(kind, filter))
  const total = (key: 'count' | 'sizeBytes' | 'tokens'): number =>
    found.reduce((all, sum) => all + sum[key], 0)
  return {
    total: total('count'),
    sizeBytes: total('sizeBytes'),
    tokens: total('tokens'),
    types: facet(sums, filter, 'type'),
    scopes: facet(sums, filter, 'scope'),
    states: facet(sums, filter, 'state'),
    hosts: facet(sums, filter, 'host'),
    problems: facet(sums, filter, 'problems').find(({ value }) => value)?.count ?? 0,
  }
}

/** The values of one column with their counts, most frequent first. */
function facet<Key extends 'type' | 'scope' | 'state' | 'host' | 'problems'>(
  sums: ReadonlyArray<{ kind: ArtifactKind; count: number }>,
  filter: TableFilter,
  key: Key,
): Array<{ value: ArtifactKind[Key]; count: number }> {
  const counts = new Map<ArtifactKind[Key], number>()
  for (const { kind, count } of sums) {
    if (count > 0 && matches(kind, filter, key)) counts.set(kind[key], (counts.get(kind[key]) ?? 0) + count)
  }
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
}
