import { SmdError } from '../../../protocol/errors.ts'
import type { ParsedParamsOf, ResultOf } from '../../../protocol/methods.ts'
import type { DaemonContext } from '../../context.ts'
import { packCursor, unpackCursor } from '../../kernel/db/cursor.ts'
import type { JobState } from '../../kernel/scheduler/scheduler.ts'
import { countRuns, selectRuns } from './runs-repo.ts'

type WireJob = ResultOf<'jobs.list'>['items'][number]

/** All jobs, in the order in which they are defined. */
export function listJobs(ctx: DaemonContext): ResultOf<'jobs.list'> {
  const items = ctx.jobs.states.map(wireJob)
  return { items, total: items.length }
}

/**
 * Runs a job now, also one that is paused. That it failed is a result, not an error of the method.
 * Errors: `job.not_found`, `job.running`.
 */
export function runJob(
  ctx: DaemonContext,
  { name, background }: ParsedParamsOf<'jobs.run'>,
): Promise<ResultOf<'jobs.run'>> {
  return ctx.jobs.run(name, { background })
}

/** The decision is kept in config.toml. Errors: `job.not_found`; those of writing config.toml. */
export async function pauseJob(
  ctx: DaemonContext,
  { name }: ParsedParamsOf<'jobs.pause'>,
): Promise<ResultOf<'jobs.pause'>> {
  requireJob(ctx, name)
  await ctx.settings.change('jobs.paused', ({ jobs }) => [...new Set([...jobs.paused, name])].toSorted())
  return wireJob(requireJob(ctx, name))
}

/** Errors: as `pauseJob`. */
export async function resumeJob(
  ctx: DaemonContext,
  { name }: ParsedParamsOf<'jobs.resume'>,
): Promise<ResultOf<'jobs.resume'>> {
  requireJob(ctx, name)
  await ctx.settings.change('jobs.paused', ({ jobs }) => jobs.paused.filter((other) => other !== name))
  return wireJob(requireJob(ctx, name))
}

/** One page of runs, newest first. Errors: `job.not_found`, `page.bad_cursor`. */
export function listRuns(
  ctx: DaemonContext,
  { job, limit, cursor }: ParsedParamsOf<'jobs.history'>,
): ResultOf<'jobs.history'> {
  if (job !== undefined) requireJob(ctx, job)
  const scope = JSON.stringify(['job runs', job])
  const before = unpackCursor(scope, cursor)
  const rows = selectRuns(ctx.db, { job, before: before && Number(before[0]), limit: limit + 1 })
  const items = rows.slice(0, limit)
  const last = rows.length > limit ? items.at(-1) : undefined
  return {
    items,
    total: countRuns(ctx.db, job),
    nextCursor: last ? packCursor(scope, [last.id]) : null,
  }
}

function requireJob(ctx: DaemonContext, name: string): JobState {
  const { states } = ctx.jobs
  const found = states.find(({ job }) => job.name === name)
  if (found) return found
  throw new SmdError('job.not_found', { name, known: states.map(({ job }) => job.name).join(', ') })
}

function wireJob({ job, state, nextAt, last, detail, skipped }: JobState): WireJob {
  const { name, summary, schedule, missed, jitterMs, timeoutMs } = job
  const cron = 'cron' in schedule ? schedule.cron() : null
  const everyMinutes = 'cron' in schedule ? null : schedule.everyMinutes()
  return {
    name,
    summary,
    schedule: { everyMinutes, cron },
    missed,
    jitterMs,
    timeoutMs,
    state,
    nextAt,
    lastRun: last,
    detail,
    skipped,
  }
}
