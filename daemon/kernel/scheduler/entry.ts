import type { Logger } from '../log/logger.ts'
import type { ActiveRun } from './active-run.ts'
import type { Job, JobHistory, RunRecord, RunStore } from './job.ts'
import { type Memory, neverDue, type Outlook, outlookOf, scheduleKey, slotCount } from './outlook.ts'

/** A run that is due, with the moment at which it is to start. */
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
  readonly #log: Logger
  readonly #timezone: string | undefined
  /** What its schedule was when it was looked at last. */
  key: string
  planned: Planned | null = null
  active: ActiveRun | null = null
  /** A claim is under way. */
  claiming = false
  paused = false
  skipped = 0
  outlook: Outlook = neverDue
  /** Id of the newest run this scheduler knows of. */
  seenId: number | null = null
  /** Claims that were refused in a row. */
  refusals = 0
  /** No claim in this span of time, after one that failed. Unix ms. */
  #wait = { since: 0, until: 0 }
  /** A schedule that cannot be read is reported once. */
  #complainedOf: string | null = null

  constructor(job: Job, now: number, log: Logger, timezone: string | undefined) {
    this.job = job
    this.#log = log
    this.#timezone = timezone
    this.key = scheduleKey(job)
    const history = { last: null, lastScheduled: null }
    this.memory = { history, bornAt: now, passed: 0, rebasedAt: null, notBefore: 0 }
  }

  get busy(): boolean {
    return this.claiming || this.active !== null
  }

  pause(now: number, ms: number): void {
    this.#wait = { since: now, until: now + ms }
  }

  /** Whether it is to wait still. A pause of a future from which the clock was set back is over. */
  waits(now: number): boolean {
    if (now < this.#wait.since) this.pause(now, 0)
    return this.#wait.until > now
  }

  /** When it is to be looked at again; null for not before the next round, or when it says so itself. */
  get wakeAt(): number | null {
    if (this.busy) return null
    return this.planned ? Math.max(this.planned.startAt, this.#wait.until) : this.outlook.nextAt
  }

  outlookAt(now: number): Outlook {
    return this.#guarded(neverDue, () => outlookOf(this.job, this.memory, now, this.#timezone))
  }

  /** Times that come while it runs are let pass, except where each is to have its run. */
  letPass(now: number): void {
    const { job, memory } = this
    if (!this.active) return
    if (job.missed !== 'all') {
      const from = Math.max(memory.passed, memory.history.last?.startedAt ?? now)
      this.skipped += this.#guarded(0, () => slotCount(job, memory, from, now, this.#timezone))
      memory.passed = Math.max(memory.passed, now)
    }
    this.outlook = { ...neverDue, nextAt: this.outlookAt(now).nextAt }
  }

  /** What the store says counts; that it says nothing, because cache.db is a new one, does not. */
  reload(store: RunStore): void {
    const history = store.history(this.job.name)
    this.seenId = history.last?.id ?? null
    if (history.last) this.memory.history = history
  }

  /** A run that has begun. */
  keep(record: RunRecord): void {
    const { history } = this.memory
    this.seenId = record.id
    history.last = record
    if (record.scheduledFor !== null) history.lastScheduled = record
  }

  /** The same run, over. It need not be the last one any more. */
  replace(record: RunRecord): void {
    const { history } = this.memory
    for (const which of ['last', 'lastScheduled'] as const satisfies ReadonlyArray<keyof JobHistory>)
      if (history[which]?.id === record.id) history[which] = record
  }

  /** A schedule that cannot be read is none, and stops no other job. */
  #guarded<Result>(otherwise: Result, ask: () => Result): Result {
    try {
      return ask()
    } catch (error) {
      const about = { job: this.job.name, schedule: this.key, error: String(error) }
      if (this.#complainedOf !== this.key) this.#log.error('a schedule cannot be read', about)
      this.#complainedOf = this.key
      return otherwise
    }
  }
}
