import { SmdError } from '../../../protocol/errors.ts'
import type { ParsedParamsOf, ResultOf } from '../../../protocol/methods.ts'
import type { DaemonContext } from '../../context.ts'
import { findProject } from './project-ref.ts'

type Synced = NonNullable<ResultOf<'cache.sync'>['result']>

/**
 * Brings every change made before the call into the cache: waits for the system's word on it and for the refreshes that
 * follow. What is not watched is read; where nothing is watched, everything is.
 *
 * Errors: `project.not_found`, `project.ambiguous`; `cache.sync_failed` when a refresh came to nothing; `cache.disk_full`.
 */
export async function syncCache(
  ctx: DaemonContext,
  { project, background }: ParsedParamsOf<'cache.sync'>,
): Promise<ResultOf<'cache.sync'>> {
  const path = project === undefined ? null : findProject(ctx.db, project).path
  const run = sync(ctx, path)
  if (!background) return { started: true, result: await run }
  run.catch((error) => ctx.log.error('sync failed', { error: String((error as Error).stack) }))
  return { started: true, result: null }
}

async function sync(ctx: DaemonContext, path: string | null): Promise<Synced> {
  const { now, refresher, watches } = ctx
  const startedAt = now()
  const done = (units: number, scanned: number): Synced => ({
    syncedAt: startedAt,
    units,
    scanned,
    durationMs: Math.max(0, now() - startedAt),
  })
  if (refresher.diskIsFull) {
    const { counters } = await refresher.tryAgain()
    if (refresher.diskIsFull) throw new SmdError('cache.disk_full')
    return done(counters.units, counters.units)
  }
  // A daemon that has just started knows nothing yet that it could watch
  if (!watches || watches.state.units === 0) {
    const { counters } = await refresher.refresh({ only: path, force: true })
    return done(counters.units, counters.units)
  }
  const { failures } = refresher
  const { scanMode } = await watches.sync()
  await refresher.caughtUp()
  if (refresher.diskIsFull) throw new SmdError('cache.disk_full')
  if (refresher.failures > failures || refresher.lacksChanges) throw new SmdError('cache.sync_failed')
  return done(watches.state.units, scanMode.length)
}
