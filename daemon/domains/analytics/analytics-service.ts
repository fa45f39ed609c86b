import { SmdError } from '../../../protocol/errors.ts'
import type { ParsedParamsOf, ResultOf } from '../../../protocol/methods.ts'
import type { DaemonContext } from '../../context.ts'
import { doWork } from '../collections/index.ts'
import { selectNames } from './analytics-repo.ts'

const DAY_MS = 86_400_000

/** What was noted in all. */
export async function usageSummary(ctx: DaemonContext): Promise<ResultOf<'analytics.summary'>> {
  await ctx.analytics.flush()
  const { enabled, retention_days: retentionDays, transcripts } = ctx.settings.current.analytics
  const { allowed, ...summary } = await doWork(ctx, 'usageSummary', {})
  return { enabled: enabled && allowed, transcripts, retentionDays, ...summary }
}

export async function usageTop(
  ctx: DaemonContext,
  { metric, type, limit }: ParsedParamsOf<'analytics.top'>,
): Promise<ResultOf<'analytics.top'>> {
  await ctx.analytics.flush()
  return { items: await doWork(ctx, 'usageTop', { metric, type: type ?? null, limit }) }
}

export async function usageTrends(
  ctx: DaemonContext,
  params: ParsedParamsOf<'analytics.trends'>,
): Promise<ResultOf<'analytics.trends'>> {
  await ctx.analytics.flush()
  return { points: await doWork(ctx, 'usageTrends', params) }
}

export async function usageEvents(
  ctx: DaemonContext,
  { event, name, before, limit }: ParsedParamsOf<'analytics.events'>,
): Promise<ResultOf<'analytics.events'>> {
  await ctx.analytics.flush()
  return doWork(ctx, 'usageEvents', {
    type: event ?? null,
    name: name ?? null,
    before: before ?? null,
    limit,
  })
}

/** What is here and was not touched for `days`, by name and type. What is newer than that may not have had its chance yet. */
export async function unusedArtifacts(
  ctx: DaemonContext,
  { days, type, limit }: ParsedParamsOf<'analytics.unused'>,
): Promise<ResultOf<'analytics.unused'>> {
  await ctx.analytics.flush()
  const since = ctx.now() - days * DAY_MS
  const last = new Map(
    (await doWork(ctx, 'usageLast', {})).map((row) => [`${row.type} ${row.name}`, row.lastAt]),
  )
  const unused = selectNames(ctx.db, { type: type ?? null, before: since }).flatMap((row) => {
    const lastAt = last.get(`${row.type} ${row.name}`) ?? null
    return lastAt === null || lastAt < since ? { ...row, lastAt } : []
  })
  return {
    items: unused.slice(0, limit),
    total: unused.length,
    sizeBytes: unused.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    transcripts: ctx.settings.current.analytics.transcripts,
  }
}

/** Errors: `analytics.not_allowed` unless the user turned it on. */
export function countUses(ctx: DaemonContext): Promise<ResultOf<'analytics.count'>> {
  if (!ctx.settings.current.analytics.transcripts) throw new SmdError('analytics.not_allowed')
  return doWork(ctx, 'countTranscripts', {})
}

export async function clearUsage(
  ctx: DaemonContext,
  { olderThanDays }: ParsedParamsOf<'analytics.clear'>,
): Promise<ResultOf<'analytics.clear'>> {
  await ctx.analytics.flush()
  const before = olderThanDays === undefined ? null : ctx.now() - olderThanDays * DAY_MS
  return doWork(ctx, 'usageClear', { before })
}
