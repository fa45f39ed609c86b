/** What the daemon does by itself, as data. */
import type { DaemonContext } from './context.ts'
import { badIntervals, maintain, projectIntervals } from './domains/cache/index.ts'
import { doWork, dropUnusedObjects } from './domains/collections/index.ts'
import { createRunStore } from './domains/jobs/index.ts'
import type { Clock } from './kernel/scheduler/clock.ts'
import type { Job, JobDetail } from './kernel/scheduler/job.ts'
import { START_TOLERANCE_MS } from './kernel/scheduler/outlook.ts'
import { Scheduler } from './kernel/scheduler/scheduler.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

type Context = Omit<DaemonContext, 'jobs'>

/** The scheduler with all jobs, not started. `ensureInPlace` as in the context of the refresher. */
export function createJobs(ctx: Context, ensureInPlace: () => void, clock: Clock): Scheduler {
  const scheduler = new Scheduler({
    jobs: jobsOf(ctx),
    store: createRunStore(ctx, { ensureInPlace }),
    clock,
    log: ctx.log,
    isPaused: (job) => ctx.settings.current.jobs.paused.includes(job),
    onChange: ({ job: { name }, state, last, nextAt }) =>
      ctx.events.publish('jobs.changed', { name, state, outcome: last?.outcome ?? null, nextAt }),
  })
  complainOfIntervals(ctx)
  ctx.settings.onChange(() => {
    complainOfIntervals(ctx)
    scheduler.reconsider()
  })
  return scheduler
}

function complainOfIntervals({ log, settings }: Context): void {
  const keys = badIntervals(settings.current.cache)
  if (keys.length > 0)
    log.warn('no interval of a project', { setting: 'cache.project_refresh_intervals', keys })
}

function jobsOf(ctx: Context): Job[] {
  const { settings } = ctx
  return [
    {
      name: 'refresh',
      summary: 'Reads projects again that were not read for longer than their time to live.',
      schedule: { everyMinutes: () => refreshMinutes(ctx) },
      missed: 'once',
      jitterMs: MINUTE_MS,
      timeoutMs: HOUR_MS,
      retryMinutes: 15,
      run: () => refreshStale(ctx),
    },
    {
      name: 'discover',
      summary: 'Looks for new projects.',
      schedule: { everyMinutes: () => settings.current.discovery.interval_minutes },
      missed: 'once',
      jitterMs: MINUTE_MS,
      timeoutMs: HOUR_MS,
      run: () => lookForProjects(ctx),
    },
    {
      name: 'upstream',
      summary: 'Asks where artifacts came from what is there now.',
      schedule: { everyMinutes: () => unlessOffline(ctx, settings.current.upstream.interval_minutes) },
      missed: 'once',
      jitterMs: 10 * MINUTE_MS,
      timeoutMs: HOUR_MS,
      firstAfterMs: 5 * MINUTE_MS,
      run: () => askSources(ctx, 'others'),
    },
    {
      name: 'marketplaces',
      summary: 'Asks the marketplaces of installed plugins what they offer now.',
      schedule: {
        everyMinutes: () => unlessOffline(ctx, settings.current.marketplaces.interval_minutes),
      },
      missed: 'once',
      jitterMs: 10 * MINUTE_MS,
      timeoutMs: HOUR_MS,
      firstAfterMs: 6 * MINUTE_MS,
      run: () => askSources(ctx, 'marketplaces'),
    },
    {
      name: 'backup',
      summary: 'Copies settings and cache into a backup, once a day.',
      schedule: { everyMinutes: () => 24 * 60 },
      missed: 'once',
      jitterMs: MINUTE_MS,
      timeoutMs: 10 * MINUTE_MS,
      firstAfterMs: 5 * MINUTE_MS,
      notBefore: () => ctx.backups.nextDailyAt(),
      retryMinutes: 60,
      run: ({ cause }) => makeBackup(ctx, cause === 'manual'),
    },
    {
      name: 'usage',
      summary: 'Counts what transcripts say was used, where the user lets them be counted.',
      schedule: { everyMinutes: () => (settings.current.analytics.transcripts ? 60 : null) },
      missed: 'once',
      jitterMs: 10 * MINUTE_MS,
      timeoutMs: HOUR_MS,
      firstAfterMs: 10 * MINUTE_MS,
      run: () => countTranscripts(ctx),
    },
    {
      name: 'maintenance',
      summary: 'Removes what is old from the cache, and what nothing in the library refers to any more.',
      schedule: { cron: () => '30 3 * * *' },
      missed: 'once',
      jitterMs: 10 * MINUTE_MS,
      timeoutMs: HOUR_MS,
      firstAfterMs: 10 * MINUTE_MS,
      run: async ({ signal }) => ({ ...(await maintain(ctx, signal)), ...(await dropUnusedObjects(ctx)) }),
    },
  ]
}

/** As often as the project that is read most often; null when nothing is to be read by itself. */
function refreshMinutes({ settings }: Context): number | null {
  const { cache } = settings.current
  if (!cache.enable_background_refresh) return null
  return Math.min(cache.refresh_interval_hours * 60, ...projectIntervals(cache).values())
}

/** What becomes stale within the tolerance of a start would have to wait for a whole interval otherwise. */
async function refreshStale({ refresher }: Context): Promise<JobDetail> {
  const result = await refresher.refresh({ only: null, force: false, slackMs: START_TOLERANCE_MS })
  const { projectsRefreshed, changesDetected, errors } = result
  return { projectsRefreshed, changesDetected, errors: errors.length }
}

async function lookForProjects({ db, refresher }: Context): Promise<JobDetail> {
  const count = (): number => db.valueSql<number>('SELECT count(*) FROM projects') ?? 0
  const before = count()
  await refresher.refresh({ only: null, force: false })
  const projects = count()
  return { projects, newProjects: Math.max(0, projects - before) }
}

/** Offline nobody is asked by itself; who asks by hand still has folders of this machine compared. */
const unlessOffline = ({ settings }: Context, minutes: number): number | null =>
  settings.current.net.offline ? null : minutes

async function askSources({ upstream }: Context, kind: 'marketplaces' | 'others'): Promise<JobDetail> {
  const { failed, events: _, ...counts } = await upstream.due(kind)
  return { ...counts, failed: failed.length }
}

async function countTranscripts(ctx: Context): Promise<JobDetail | null> {
  if (!ctx.settings.current.analytics.transcripts) return null
  return doWork(ctx, 'countTranscripts', {})
}

async function makeBackup({ backups }: Context, always: boolean): Promise<JobDetail> {
  const backup = await backups.daily({ always })
  return { made: backup?.name ?? null, sizeBytes: backup?.sizeBytes ?? null }
}
