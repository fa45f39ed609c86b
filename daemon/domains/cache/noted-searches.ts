/** Notes what was looked for, for the reports (formats spec section 27). */
import type { ParsedParamsOf, ResultOf } from '../../../protocol/methods.ts'
import type { DaemonContext } from '../../context.ts'

/** So many hits of a search are noted. */
const NOTED_HITS = 5
/** The same words again within this time are the same search, told anew or in other order, ms. */
const SAME_SEARCH_MS = 60_000
/** So many searches are remembered to know that. */
const REMEMBERED = 100

type SearchType = 'metadata' | 'content'
type Asked = { query: string; offset: number; settled: boolean }
type Hit = { name: string; type: string; score: number }

/** When each search was last noted, Unix ms; of each daemon. */
const searches = new WeakMap<object, Map<string, number>>()

/**
 * A search is noted once it is settled: not while somebody types, not for further pages, and not again within a minute.
 * Whoever asks, by whatever way.
 */
function note(
  { analytics, now }: Pick<DaemonContext, 'analytics' | 'now'>,
  type: SearchType,
  { query, offset, settled }: Asked,
  { hits, total }: { hits: readonly Hit[]; total: number },
): void {
  if (!settled || offset > 0 || hits.length === 0) return
  const noted = searches.get(analytics) ?? new Map<string, number>()
  searches.set(analytics, noted)
  const key = `${type} ${query.trim().toLowerCase()}`
  const before = noted.get(key)
  if (before !== undefined && now() - before < SAME_SEARCH_MS) return
  // The oldest is the first: a map keeps the order of what was put in.
  noted.delete(key)
  noted.set(key, now())
  for (const oldest of noted.keys()) {
    if (noted.size <= REMEMBERED) break
    noted.delete(oldest)
  }
  analytics.note(
    ...hits.slice(0, NOTED_HITS).map(({ name, type: artifactType, score }, at) => ({
      type: 'search' as const,
      name,
      artifactType,
      metadata: { query, search_type: type, score, rank: at + 1, total_results: total },
    })),
  )
}

type Work<Method extends 'artifacts.search' | 'contents.search'> = (
  ctx: DaemonContext,
  params: ParsedParamsOf<Method>,
) => ResultOf<Method> | Promise<ResultOf<Method>>

/** Searches of names and descriptions. */
export const notingMetadataSearch =
  (work: Work<'artifacts.search'>) =>
  async (
    ctx: DaemonContext,
    params: ParsedParamsOf<'artifacts.search'>,
  ): Promise<ResultOf<'artifacts.search'>> => {
    const answer = await work(ctx, params)
    note(ctx, 'metadata', params, { hits: answer.items, total: answer.total })
    return answer
  }

/** Searches of what artifacts hold. */
export const notingContentSearch =
  (work: Work<'contents.search'>) =>
  async (
    ctx: DaemonContext,
    params: ParsedParamsOf<'contents.search'>,
  ): Promise<ResultOf<'contents.search'>> => {
    const answer = await work(ctx, params)
    const hits = answer.items.map(({ artifact, score }) => ({ ...artifact, score }))
    note(ctx, 'content', params, { hits, total: answer.total })
    return answer
  }
