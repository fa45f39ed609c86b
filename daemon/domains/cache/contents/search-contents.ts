import type { ParsedParamsOf, ResultOf } from '../../../../protocol/methods.ts'
import type { DaemonContext } from '../../../context.ts'
import { type QueryTerm, queryTerms } from '../search-words.ts'
import { type FileHit, selectFileHits } from './contents-repo.ts'
import { copiesOf, filteredCopies, showContents } from './copies.ts'
import { excerptsOf } from './excerpts.ts'

/** So many files are ranked; whoever gets more has asked for nothing in particular. */
const MAX_HITS = 5_000
/** Files told of one content. */
const MAX_FILES = 10

/**
 * Searches what artifacts hold. All words stand in one file, the last one may be the beginning of one; each content counts
 * once. Shape:  score 1 to below 60, as hits in texts have it in `artifacts.search`. Errors: as `toWhere`.
 */
export async function searchContents(
  ctx: DaemonContext,
  params: ParsedParamsOf<'contents.search'>,
): Promise<ResultOf<'contents.search'>> {
  const { query, limit, offset, excerpts, ...filter } = params
  await ctx.contents.ready()
  const terms = queryTerms(query)
  const hits = terms.length === 0 ? [] : selectFileHits(ctx.db, matchOf(terms), MAX_HITS)
  const byContent = Map.groupBy(hits, ({ contentId }) => contentId)
  const left = filteredCopies(ctx, await copiesOf(ctx), byContent.keys(), filter)
  const page = [...left].slice(offset, offset + limit).flatMap(([id, [copy, ...others]]) => {
    const files = byContent.get(id)
    return copy && files ? { copy, copies: 1 + others.length, files } : []
  })
  const shown = showContents(ctx, page)
  const filesOf = new Map(page.map(({ copy, files }) => [copy.uid, files]))
  const items = shown.map(({ artifact, copies }) => {
    const files = filesOf.get(artifact.id) ?? []
    return { artifact, copies, score: scoreOf(files), files: files.slice(0, MAX_FILES).map(toFile) }
  })
  return {
    items: excerpts ? await excerptsOf(ctx, items, terms) : items,
    total: left.size,
    totalIsExact: hits.length < MAX_HITS,
  }
}

/** Every text in it is quoted and holds nothing but letters and numbers. */
function matchOf(terms: readonly QueryTerm[]): string {
  return terms
    .map(({ text, phrase }, i) => `"${text}"${!phrase && i === terms.length - 1 ? ' *' : ''}`)
    .join(' AND ')
}

const toFile = ({ path }: FileHit): { path: string; lines: Array<{ line: number; text: string }> } => ({
  path,
  lines: [],
})

/** bm25 is negative and without bound, better when lower. */
function scoreOf([best]: readonly FileHit[]): number {
  const rank = Math.min(0, best?.rank ?? 0)
  return Math.round((1 + (59 * -rank) / (10 - rank)) * 1_000) / 1_000
}
