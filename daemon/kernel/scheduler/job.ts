/** What a scheduled job is, and what is kept of its runs. */

/** What a run has to tell: counts and the like; goes out as JSON. */
export type JobDetail = Readonly<Record<string, string | number | boolean | null>>

/**
 * When a job runs. Asked again and again, so that a change of the settings counts at once; null means never by itself.
 * `everyMinutes` counts from the last run, `cron` is in local time.
 */
export type Schedule = { everyMinutes(): number | null } | { cron(): string | null }

export type RunCause = 'schedule' | 'missed' | 'manual'
export type RunOutcome = 'success' | 'failure' | 'timeout' | 'interrupted'

/** What a job is handed when it runs. */
export type JobRun = {
  /** Aborted when its time is over or the daemon ends: stop then, and soon. */
  signal: AbortSignal
  cause: RunCause
  /** When it was due, Unix ms; null when somebody asked for it. */
  scheduledFor: number | null
  /** What is known so far; shown while it runs, and kept when it returns nothing. */
  note(detail: JobDetail): void
}

/** A job is data. */
export type Job = {
  /** Word for the command line; never reused for something else. */
  name: string
  /** One sentence. */
  summary: string
  schedule: Schedule
  /**
   * What becomes of times that passed while nothing could run (the machine slept, no daemon): `skip` waits for the next
   * one, `once` makes up for all of them with one run, `all` runs once for each, at most for the last 100.
   */
  missed: 'skip' | 'once' | 'all'
  /** A run starts up to this much later than it is due, so that not everything starts together. */
  jitterMs: number
  timeoutMs: number
  /** When it runs for the first time, after the start of the daemon; by its schedule when left out. */
  firstAfterMs?: number
  /** Not before this time, Unix ms, if nothing is known of its runs: what it does may have been done all the same. */
  notBefore?(): Promise<number>
  /** After a run that did not succeed the next one is due this soon, if `everyMinutes` is not sooner. */
  retryMinutes?: number
  run(run: JobRun): Promise<JobDetail | null>
}

/** One run as it is kept. Times are Unix ms. */
export type RunRecord = {
  id: number
  job: string
  cause: RunCause
  /** By the schedule, without jitter; null for `manual`. */
  scheduledFor: number | null
  jitterMs: number
  startedAt: number
  /** Null while it runs. */
  endedAt: number | null
  outcome: RunOutcome | null
  error: string | null
  detail: JobDetail | null
}

/** What says when a job is due: its last run, and the last one by its schedule. */
export type JobHistory = { last: RunRecord | null; lastScheduled: RunRecord | null }

export type Claim = Pick<RunRecord, 'job' | 'cause' | 'scheduledFor' | 'jitterMs' | 'startedAt'> & {
  /** Id of the last run the claimant knows of; a newer one means that somebody was quicker. Not asked for `manual`. */
  basedOn: number | null
}

/**
 * `running`: it runs, here or elsewhere. `done`: there was a run for this time. `overtaken`: there was a run that the
 * claimant knows nothing of.
 */
export type ClaimResult = { id: number } | { refused: 'running' | 'done' | 'overtaken' }

export type RunEnd = Pick<RunRecord, 'endedAt' | 'outcome' | 'error' | 'detail'>

/** Where runs are kept. Whoever wants to run claims the run first, and only one gets it. */
export type RunStore = {
  history(job: string): JobHistory
  claim(claim: Claim): Promise<ClaimResult>
  finish(id: number, end: RunEnd): Promise<void>
  /** Marks the runs of daemons that are gone as `interrupted`. */
  interruptLost(now: number): Promise<void>
}
