import type { DaemonContext } from '../../context.ts'

type Context = Pick<DaemonContext, 'health' | 'log' | 'now' | 'settings' | 'usage'>

/** What is worked at in turns keeps nobody else waiting, and may take so many times as long. */
const IN_TURNS = 20

/**
 * Counts a query that is over. What was asked for is nobody's business, so that the log has the method alone.
 * `inTurns`: it was worked at in several turns, between which others had theirs.
 */
export function recordQuery(ctx: Context, method: string, ms: number, inTurns = false): void {
  const { log, now, settings, usage } = ctx
  usage.recordQuery(ms)
  if (ms < settings.current.log.slow_query_ms * (inTurns ? IN_TURNS : 1)) return
  usage.recordSlow(method, now())
  log.warn('slow query', { method, ms: Math.round(ms * 100) / 100 })
  reviewQueries(ctx)
}

/** Says that queries are often slow, as long as they are. */
export function reviewQueries({ health, now, settings, usage }: Context): void {
  const { slow_query_ms: slowMs } = settings.current.log
  if (usage.isOftenSlow(now())) health.warn('cache.slow_queries', { slowMs })
  else health.clear('cache.slow_queries')
}
