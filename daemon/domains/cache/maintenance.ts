/** The daily maintenance of cache.db: what is done, in which order, and for how long. */
import { KEY_LIFETIME_MS } from '../../../protocol/version.ts'
import type { DaemonContext } from '../../context.ts'
import type { JobDetail } from '../../kernel/scheduler/job.ts'
import { cacheSize } from './cache-size.ts'

const DAY_MS = 86_400_000
const BYTES_OF_MB = 1_000_000
/** Rows of one slice. */
const ROWS = 500
/** Projects of one slice: each takes its artifacts with it. */
const PROJECTS = 5
/** Free pages given back in one slice: two megabytes. */
const PAGES = 512

type Context = Pick<DaemonContext, 'db' | 'engine' | 'health' | 'now' | 'settings' | 'storage'>
/** Does one slice and returns whether there is more to do. */
type Step = { name: string; slice(): Promise<boolean> }

/**
 * Removes what is kept no longer, then what is too much, and tidies the file up. Ends after `maintenance.budget_ms` or
 * with `signal`, after the slice at hand; what was not reached is named in `left` and is first to be done next time,
 * since it is all there still.
 */
export async function maintain(ctx: Context, signal: AbortSignal): Promise<JobDetail> {
  const startedAt = ctx.now()
  const counts = { events: 0, runs: 0, answers: 0, projects: 0, mergedParts: 0, freedPages: 0 }
  const steps = [...retention(ctx, counts), ...sizeLimit(ctx, counts), ...tidying(ctx, counts)]
  const left: string[] = []
  const isOver = (): boolean =>
    signal.aborted || ctx.now() - startedAt >= ctx.settings.current.maintenance.budget_ms
  for (const { name, slice } of steps) {
    let more = true
    while (more && !isOver()) more = await slice()
    if (more && !left.includes(name)) left.push(name)
  }
  checkSize(ctx)
  return { ...counts, sizeBytes: cacheSize(ctx.storage.path), left: left.join(', ') || null }
}

type Counts = Record<'events' | 'runs' | 'answers' | 'projects' | 'mergedParts' | 'freedPages', number>

function retention({ engine, now, settings }: Context, counts: Counts): Step[] {
  const { cache, events, jobs } = settings.current
  const before = (days: number): number => now() - days * DAY_MS
  const steps: Array<Step & { wanted?: boolean }> = [
    {
      name: 'answers',
      slice: async () => {
        const removed = await engine.write('trimAnswers', { before: now() - KEY_LIFETIME_MS, limit: ROWS })
        counts.answers += removed
        return removed === ROWS
      },
    },
    {
      name: 'events',
      wanted: events.retention_days > 0,
      slice: eventsUntil(engine, counts, before(events.retention_days)),
    },
    {
      name: 'runs',
      wanted: jobs.retention_days > 0,
      slice: runsUntil(engine, counts, before(jobs.retention_days)),
    },
    {
      name: 'projects',
      wanted: cache.cleanup_retention_days > 0,
      slice: projectsUntil(engine, counts, before(cache.cleanup_retention_days)),
    },
  ]
  return steps.filter(({ wanted = true }) => wanted)
}

/** Over the limit, what can be had again or is missed least goes first, and no more than needed. */
function sizeLimit({ db, engine, settings, now }: Context, counts: Counts): Step[] {
  const most = settings.current.cache.max_size_mb * BYTES_OF_MB
  const used = (): number => {
    const pages = (db.pragma('page_count') as number) - (db.pragma('freelist_count') as number)
    return pages * (db.pragma('page_size') as number)
  }
  const whileTooLarge = (step: Step): Step => ({
    ...step,
    slice: async () => used() > most && (await step.slice()),
  })
  return [
    { name: 'events', slice: eventsUntil(engine, counts, now()) },
    { name: 'runs', slice: runsUntil(engine, counts, now()) },
    { name: 'projects', slice: projectsUntil(engine, counts, now()) },
  ].map(whileTooLarge)
}

function tidying({ engine, now, settings, storage }: Context, counts: Counts): Step[] {
  const most = settings.current.cache.max_size_mb * BYTES_OF_MB
  const tidy = (pages: number) =>
    engine.write('vacuum', { pages, urgent: cacheSize(storage.path) > most, now: now() })
  const once = (work: () => Promise<unknown>) => async (): Promise<boolean> => {
    await work()
    return false
  }
  return [
    {
      name: 'search index',
      slice: async () => {
        const more = await engine.write('mergeSearch', {})
        if (more) counts.mergedParts++
        return more
      },
    },
    { name: 'statistics', slice: once(() => engine.write('optimize', { now: now() })) },
    {
      name: 'free pages',
      slice: async () => {
        const { freed, more } = await tidy(PAGES)
        counts.freedPages += freed
        return more
      },
    },
    { name: 'write-ahead log', slice: once(() => engine.write('checkpoint', {})) },
  ]
}

type Engine = Context['engine']

const eventsUntil = (engine: Engine, counts: Counts, before: number) => async (): Promise<boolean> => {
  const removed = await engine.write('trimEvents', { before, limit: ROWS })
  counts.events += removed
  return removed === ROWS
}

const runsUntil = (engine: Engine, counts: Counts, before: number) => async (): Promise<boolean> => {
  const removed = await engine.write('trimJobRuns', { before, limit: ROWS })
  counts.runs += removed
  return removed === ROWS
}

const projectsUntil = (engine: Engine, counts: Counts, before: number) => async (): Promise<boolean> => {
  const removed = await engine.write('forgetVanished', { before, limit: PROJECTS })
  counts.projects += removed
  return removed === PROJECTS
}

/** Warns while the cache is larger than it should be. */
export function checkSize({
  health,
  settings,
  storage,
}: Pick<Context, 'health' | 'settings' | 'storage'>): void {
  const { max_size_mb: mostMb } = settings.current.cache
  const sizeMb = Math.round(cacheSize(storage.path) / BYTES_OF_MB)
  if (sizeMb > mostMb) health.warn('cache.too_large', { sizeMb, mostMb })
  else health.clear('cache.too_large')
}
