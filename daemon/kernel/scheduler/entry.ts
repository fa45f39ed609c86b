import type { ActiveRun } from './active-run.ts'
import type { Job, JobHistory, RunRecord } from './job.ts'
import { type Memory, neverDue, type Outlook, scheduleKey } from './outlook.ts'

export type Planned = {
  scheduledFor: number
  cause: 'schedule' | 'missed'
  jitterMs: number
  startAt: number
}

/** A job and what the scheduler knows of it. */
export class Entry {
  readonly job: Job
  readonly memory: Memory
  key: string
  planned: Planned | null = null
  active: ActiveRun | null = null
  /** A claim is under way. */
  claiming = false
  paused = false
  skipped = 0
  outlook: Outlook = neverDue
  /** Id of the newest run this scheduler knows of. */
  seenId: number | null
  /** Claims that were refused in a row. */
  refusals = 0
  /** No claim before this time, after one that failed. */
  waitUntil = 0
  /** A schedule that cannot be read is reported once. */
  complainedOf: string | null = null

  constructor(job: Job, history: JobHistory, now: number) {
    this.job = job
    this.key = scheduleKey(job)
    this.seenId = history.last?.id ?? null
    this.memory = { history, bornAt: now, passed: 0, rebasedAt: null, notBefore: 0 }
  }

  get busy(): boolean {
    return this.claiming || this.active !== null
  }
}

/** `former` is the record it takes the place of; a run that was overtaken by another one is not the last one any more. */
export function keepRecord(history: JobHistory, record: RunRecord, former: RunRecord | null = null): void {
  if (former === null || history.last === former) history.last = record
  if (record.scheduledFor === null) return
  if (former === null || history.lastScheduled === former) history.lastScheduled = record
}
