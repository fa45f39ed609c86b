/** When a job is due: pure rules over its schedule, its last runs and the time. */
import type { Job, JobHistory, RunRecord } from './job.ts'
import { cronSlots, firstThen, intervalSlots, type Slots } from './slots.ts'

const MINUTE_MS = 60_000
/** A start this late is no missed one (formats spec section 22). */
export const START_TOLERANCE_MS = 300_000
/** More is not made up for. */
const MAX_CATCH_UP = 100

/** What the scheduler knows beside what is kept. Unix ms. */
export type Memory = {
  history: JobHistory
  /** When the scheduler began. */
  bornAt: number
  /** Times until then are settled: run, or let pass. */
  passed: number
  /** When it was seen that the clock had been set back behind the last run; null while it was not. */
  rebasedAt: number | null
  /** Of a job that never ran: no run before this time. */
  notBefore: number
}

export type Outlook = {
  /** What is to be run now. */
  due: { scheduledFor: number; cause: 'schedule' | 'missed' } | null
  /** When the next one comes after that; null when none does. */
  nextAt: number | null
  /** Times that are let pass, and the last of them. */
  skipped: number
  skippedUntil: number | null
}

export const neverDue: Outlook = { due: null, nextAt: null, skipped: 0, skippedUntil: null }

/** Errors: those of croner. */
export function outlookOf(job: Job, memory: Memory, now: number, timezone?: string): Outlook {
  const base = baseOf(job, memory, now, timezone)
  if (!base) return neverDue
  const { slots, after } = base
  const next = slots.next(after)
  if (next === null || next > now) return { ...neverDue, nextAt: next }
  const open = slots.newest(MAX_CATCH_UP, after, now)
  const newest = open.at(-1) ?? next
  if (job.missed === 'all') {
    const scheduledFor = open[0] ?? next
    return { ...neverDue, due: { scheduledFor, cause: causeOf(scheduledFor, now) }, nextAt: slots.next(now) }
  }
  const cause = causeOf(newest, now)
  const nextAt = slots.next(now)
  if (cause === 'missed' && job.missed === 'skip')
    return { due: null, nextAt, skipped: open.length, skippedUntil: newest }
  return { ...neverDue, due: { scheduledFor: newest, cause }, nextAt }
}

const causeOf = (scheduledFor: number, now: number): 'schedule' | 'missed' =>
  now - scheduledFor > START_TOLERANCE_MS ? 'missed' : 'schedule'

/** Whether the last run lies in the future: the clock was set back since. */
export function liesAhead({ history: { last } }: Memory, now: number): boolean {
  return last !== null && Math.max(last.startedAt, last.endedAt ?? 0) > now
}

/** How many times come after `from` and not after `until`, as far as anybody counts. Errors: those of croner. */
export function slotCount(job: Job, memory: Memory, from: number, until: number, timezone?: string): number {
  return baseOf(job, memory, until, timezone)?.slots.newest(MAX_CATCH_UP, from, until).length ?? 0
}

/** How many minutes or which expression; what changes when a setting does. */
export function scheduleKey({ schedule }: Job): string {
  return 'cron' in schedule ? `cron ${schedule.cron()}` : `every ${schedule.everyMinutes()}`
}

type Base = { slots: Slots; after: number }

function baseOf(job: Job, memory: Memory, now: number, timezone: string | undefined): Base | null {
  const base =
    'cron' in job.schedule ? cronBase(job, job.schedule, memory, timezone) : intervalBase(job, memory)
  if (!base) return null
  // What the last run says of the future is worth nothing once the clock was set back.
  const after = memory.rebasedAt === null ? base.after : Math.min(memory.rebasedAt, now)
  return { slots: base.slots, after: Math.max(after, memory.passed) }
}

function cronBase(
  job: Job,
  { cron }: Extract<Job['schedule'], { cron: unknown }>,
  { history, bornAt, notBefore }: Memory,
  timezone: string | undefined,
): Base | null {
  const expression = cron()
  if (expression === null) return null
  const slots = cronSlots(expression, timezone)
  const { lastScheduled: run } = history
  if (run) return { slots, after: settledBy(job, run, run.scheduledFor ?? run.startedAt) }
  if (job.firstAfterMs === undefined) return { slots, after: bornAt }
  return { slots: firstThen(Math.max(bornAt + job.firstAfterMs, notBefore), slots), after: bornAt }
}

function intervalBase(job: Job, { history, bornAt, rebasedAt, notBefore }: Memory): Base | null {
  const minutes = 'cron' in job.schedule ? null : job.schedule.everyMinutes()
  if (minutes === null) return null
  const periodMs = minutes * MINUTE_MS
  const run = (job.missed === 'all' ? history.lastScheduled : null) ?? history.last
  if (rebasedAt !== null) return { slots: intervalSlots(rebasedAt, periodMs), after: rebasedAt }
  if (!run) {
    const first = Math.max(bornAt + (job.firstAfterMs ?? periodMs), notBefore)
    return { slots: intervalSlots(first - periodMs, periodMs), after: first - periodMs }
  }
  const failed = run.outcome !== null && run.outcome !== 'success'
  if (failed && job.retryMinutes !== undefined) {
    const anchor = run.endedAt ?? run.startedAt
    return { slots: intervalSlots(anchor, Math.min(periodMs, job.retryMinutes * MINUTE_MS)), after: anchor }
  }
  // What came late counts from when it came: two runs in a row would do nothing for anybody.
  const late = run.cause === 'missed' && job.missed !== 'all'
  const anchor = late ? run.startedAt : (run.scheduledFor ?? run.startedAt)
  return { slots: intervalSlots(anchor, periodMs), after: settledBy(job, run, anchor) }
}

/**
 * Until when a run has settled what is due. Times during the run are not made up for, since it ran; those after a crash
 * are, and where each time has its run, all are.
 */
function settledBy({ missed }: Job, { outcome, endedAt }: RunRecord, from: number): number {
  return outcome === 'interrupted' || missed === 'all' ? from : Math.max(from, endedAt ?? from)
}
