/** Scheduled jobs: what the daemon does by itself, when it did it and when it does it next. */
import { z } from 'zod'
import { defineMethod, lazily } from '../method.ts'
import { DurationMs, EpochMs, PageParams, pageOf } from '../primitives.ts'

const Detail = lazily(() => z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])))

/** One run of a job. */
const Run = lazily(() =>
  z.object({
    id: z.int(),
    job: z.string(),
    /** `missed`: made up for later, since nothing could run when it was due. */
    cause: z.enum(['schedule', 'missed', 'manual']),
    /** By the schedule; null for a run that somebody asked for. */
    scheduledFor: EpochMs.nullable(),
    /** How much later than due it was meant to start, so that not everything starts together. */
    jitterMs: DurationMs,
    startedAt: EpochMs,
    /** Null while it runs. */
    endedAt: EpochMs.nullable(),
    /** `interrupted`: the daemon ended, or was ended, meanwhile. */
    outcome: z.enum(['success', 'failure', 'timeout', 'interrupted']).nullable(),
    error: z.string().nullable(),
    /** What the job had to tell, e.g. counts. */
    detail: Detail().nullable(),
  }),
)

/** A job and how it stands. */
const Job = lazily(() =>
  z.object({
    name: z.string(),
    summary: z.string(),
    /** One of the two; both null when it runs by hand only. `cron` is in local time. */
    schedule: z.object({ everyMinutes: z.number().positive().nullable(), cron: z.string().nullable() }),
    /** What becomes of times at which nothing could run. */
    missed: z.enum(['skip', 'once', 'all']),
    jitterMs: DurationMs,
    timeoutMs: DurationMs,
    state: z.enum(['idle', 'running', 'paused']),
    /** When it runs by itself next; null when it does not. */
    nextAt: EpochMs.nullable(),
    lastRun: Run().nullable(),
    /** What the running one has told so far. */
    detail: Detail().nullable(),
    /** Times since the start of the daemon that were let pass: it ran still, or they were missed. */
    skipped: z.int().nonnegative(),
  }),
)

const JobName = lazily(() => z.string().min(1).max(100))

export const jobMethods = {
  'jobs.list': defineMethod({
    summary: 'What the daemon does by itself: when next, and how it went last time.',
    kind: 'query',
    since: 1,
    params: () => z.object({}),
    result: () => z.object({ items: z.array(Job()), total: z.int() }),
    errors: [],
  }),
  'jobs.run': defineMethod({
    summary: 'Run a job now, also a paused one.',
    kind: 'command',
    since: 1,
    params: () =>
      z.object({
        name: JobName(),
        /** Return as soon as it has begun. */
        background: z.boolean().default(false),
      }),
    result: () => Run(),
    errors: ['job.not_found', 'job.running', 'cache.read_only'],
  }),
  'jobs.pause': defineMethod({
    summary: 'Let a job run by hand only, until it is resumed; kept in config.toml.',
    kind: 'command',
    since: 1,
    params: () => z.object({ name: JobName() }),
    result: () => Job(),
    errors: ['job.not_found', 'config.locked', 'config.syntax'],
  }),
  'jobs.resume': defineMethod({
    summary: 'Let a paused job run by its schedule again.',
    kind: 'command',
    since: 1,
    params: () => z.object({ name: JobName() }),
    result: () => Job(),
    errors: ['job.not_found', 'config.locked', 'config.syntax'],
  }),
  'jobs.history': defineMethod({
    summary: 'Runs of one job, or of all, newest first.',
    kind: 'query',
    since: 1,
    params: () => PageParams.extend({ job: JobName().optional() }),
    result: () => pageOf(Run()),
    errors: ['job.not_found', 'page.bad_cursor'],
  }),
}
