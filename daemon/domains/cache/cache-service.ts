import type { ParsedParamsOf, ResultOf } from '../../../protocol/methods.ts'
import type { DaemonContext } from '../../context.ts'
import { packCursor, unpackCursor } from '../../kernel/db/cursor.ts'
import { schemaVersion } from '../../kernel/db/migrate.ts'
import { cacheSize } from './cache-size.ts'
import { freshnessOf } from './freshness.ts'
import {
  countMarketplaces,
  selectCacheCounts,
  selectLastRefresh,
  selectMarketplaces,
} from './metadata-repo.ts'
import { findProject } from './project-ref.ts'
import { selectStaleProjects } from './projects-repo.ts'

/** Age, size, hit rate, counts and query times. */
export function cacheStatus(ctx: DaemonContext): ResultOf<'cache.status'> {
  const counts = selectCacheCounts(ctx.db, freshnessOf(ctx))
  return {
    storage: ctx.storage.kind,
    path: ctx.storage.path,
    sizeBytes: cacheSize(ctx.storage.path),
    schemaVersion: schemaVersion(ctx.db),
    ttlMs: ctx.settings.current.cache.ttl_minutes * 60_000,
    projects: counts.projects,
    staleProjects: counts.stale,
    failedProjects: counts.failed,
    artifacts: counts.artifacts,
    countsByType: counts.byType,
    outdatedArtifacts: counts.outdated,
    modifiedArtifacts: counts.modified,
    oldestFetchedAt: counts.oldest,
    newestFetchedAt: counts.newest,
    lastRefreshAt: selectLastRefresh(ctx.db),
    ageMs: counts.oldest === null ? null : Math.max(0, ctx.now() - counts.oldest),
    hits: ctx.usage.hits,
    misses: ctx.usage.misses,
    hitRate: ctx.usage.hitRate,
    queries: ctx.usage.queries,
    refresh: ctx.refresher.progress,
  }
}

/**
 * Refreshes one project or all; without `force` only what is stale, and everything when the disk was full.
 * Errors: `project.not_found`, `project.ambiguous`.
 */
export async function refreshCache(
  ctx: DaemonContext,
  { project, force, background }: ParsedParamsOf<'cache.refresh'>,
): Promise<ResultOf<'cache.refresh'>> {
  const row = project === undefined ? null : findProject(ctx.db, project)
  const stale = selectStaleProjects(ctx.db, freshnessOf(ctx))
  const wasFull = ctx.refresher.diskIsFull
  const due = force || wasFull || !ctx.refresher.filled || (row ? stale.includes(row.id) : stale.length > 0)
  if (!due) return { refreshed: false, started: false, result: null }
  const run = wasFull ? ctx.refresher.tryAgain() : ctx.refresher.refresh({ only: row?.path ?? null, force })
  if (!background) return { refreshed: true, started: true, result: await run }
  run.catch((error) => ctx.log.error('refresh failed', { error: String((error as Error).stack) }))
  return { refreshed: true, started: true, result: null }
}

/** Whether the file is in order: what was found not longer than `maxAgeMs` ago, else what is found now. */
export function checkCache(
  ctx: DaemonContext,
  { maxAgeMs }: ParsedParamsOf<'cache.check'>,
): Promise<ResultOf<'cache.check'>> {
  return ctx.integrity.latest(maxAgeMs)
}

/** Errors: `project.not_found`, `project.ambiguous`. */
export function invalidateCache(
  ctx: DaemonContext,
  { project }: ParsedParamsOf<'cache.invalidate'>,
): Promise<ResultOf<'cache.invalidate'>> {
  const id = project === undefined ? null : findProject(ctx.db, project).id
  return ctx.engine.write('invalidate', { id })
}

/** Empties the cache; the next read or refresh fills it again. */
export function clearCache(ctx: DaemonContext): Promise<ResultOf<'cache.clear'>> {
  ctx.refresher.forget()
  return ctx.engine.write('clear', {})
}

/** One page of the registered marketplaces. Errors: `page.bad_cursor`. */
export function listMarketplaces(
  ctx: DaemonContext,
  { limit, cursor, offset, type, data: withData }: ParsedParamsOf<'marketplace.list'>,
): ResultOf<'marketplace.list'> {
  const scope = JSON.stringify(['marketplaces', type])
  const after = String(unpackCursor(scope, cursor)?.[0] ?? '')
  const rows = selectMarketplaces(ctx.db, { type, withData, after, offset, limit: limit + 1 })
  const shown = rows.slice(0, limit)
  const last = rows.length > limit ? shown.at(-1) : undefined
  return {
    items: shown.map(({ cached_at, plugins, data, ...row }) => ({
      ...row,
      cachedAt: cached_at,
      pluginCount: plugins,
      ...(data !== null && { data: JSON.parse(data) }),
    })),
    total: countMarketplaces(ctx.db, type),
    nextCursor: last ? packCursor(scope, [last.id]) : null,
  }
}
