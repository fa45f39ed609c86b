import type { Logger } from '../log/logger.ts'
import { ActiveRun } from './active-run.ts'
import type { Clock } from './clock.ts'
import type { Entry } from './entry.ts'
import type { RunRecord, RunStore } from './job.ts'
import { liesAhead } from './outlook.ts'

/** After a claim that failed; doubles, up to an hour. */
const PAUSE_MS = 60_000
const MAX_DOUBLINGS = 6
/** After a claim that was refused; doubles. */
const FIRST_PAUSE_MS = 1_000

type Plan = Pick<RunRecord, 'cause' | 'scheduledFor' | 'jitterMs'>
type Launched = { record: RunRecord; ended: Promise<RunRecord> }

export type RunnerContext = {
  store: RunStore
  clock: Clock
  log: Logger
  /** Nothing is to begin any more. */
  isStopped(): boolean
  /** What is said of a job has changed. */
  changed(entry: Entry): void
  /** Something may be due now. */
  look(): void
}

/** Carries runs out: claims, starts and ends them, and keeps what came of them. */
export class Runner {
  readonly #context: RunnerContext
  readonly #running = new Set<Promise<unknown>>()

  constructor(context: RunnerContext) {
    this.#context = context
  }

  /** Resolves when nothing runs any more. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }

  /** Claims a run and begins it. Null when it is not to run, or not now. Errors: those of the store, which are logged. */
  launch(entry: Entry, plan: Plan): Promise<Launched | null> {
    const launch = this.#launch(entry, plan)
    this.#untilOver(launch)
    return launch
  }

  async #launch(entry: Entry, plan: Plan): Promise<Launched | null> {
    const { store, clock, log } = this.#context
    const { job } = entry
    const startedAt = clock.now()
    entry.claiming = true
    entry.planned = null
    try {
      const claimed = await store.claim({ ...plan, job: job.name, startedAt, basedOn: entry.seenId })
      if ('refused' in claimed) {
        this.#refused(entry, plan.scheduledFor, claimed.refused)
        return null
      }
      entry.refusals = 0
      const open = { endedAt: null, outcome: null, error: null, detail: null }
      return this.#begin(entry, { id: claimed.id, job: job.name, ...plan, startedAt, ...open })
    } catch (error) {
      log.warn('a run could not be claimed', { job: job.name, error: String(error) })
      entry.pause(startedAt, PAUSE_MS * 2 ** Math.min(entry.refusals++, MAX_DOUBLINGS))
      throw error
    } finally {
      entry.claiming = false
      this.#context.look()
    }
  }

  #refused(entry: Entry, scheduledFor: number | null, why: 'running' | 'done' | 'overtaken'): void {
    const { memory, job } = entry
    entry.reload(this.#context.store)
    if (scheduledFor === null) return
    const now = this.#context.clock.now()
    // Since the clock was set back, times come again that have had their run: an interval counts from beside them.
    if (why === 'done' && liesAhead(memory, now)) memory.rebasedAt = Math.min(scheduledFor, now) - 1
    const letPass = why === 'done' || (why === 'running' && job.missed !== 'all')
    if (letPass) memory.passed = Math.max(memory.passed, scheduledFor)
    if (letPass && why === 'running') entry.skipped++
    // It need not be asked again at once; and never without a pause.
    entry.pause(now, Math.min(PAUSE_MS, FIRST_PAUSE_MS * 2 ** entry.refusals++))
  }

  #begin(entry: Entry, record: RunRecord): Launched {
    const { clock, log } = this.#context
    const { job } = entry
    entry.keep(record)
    const active = new ActiveRun(job, record, clock)
    entry.active = active
    log.info('job started', { job: job.name, cause: record.cause, scheduledFor: record.scheduledFor })
    if (this.#context.isStopped()) active.interrupt()
    const ended = this.#end(entry, active, record)
    this.#untilOver(ended)
    this.#context.changed(entry)
    return { record, ended }
  }

  /** Lets `settled` wait for it. */
  #untilOver(work: Promise<unknown>): void {
    const over = work.then(
      () => undefined,
      () => undefined,
    )
    this.#running.add(over)
    void over.then(() => this.#running.delete(over))
  }

  async #end(entry: Entry, active: ActiveRun, started: RunRecord): Promise<RunRecord> {
    const { store, log } = this.#context
    const end = await active.ended
    const record = { ...started, ...end }
    entry.replace(record)
    const { job, outcome, error } = record
    const about = { job, outcome, error, durationMs: (record.endedAt ?? record.startedAt) - record.startedAt }
    if (active.stack !== null) log.error('job failed', { ...about, stack: active.stack })
    else if (outcome === 'failure' || outcome === 'timeout') log.warn('job failed', about)
    else log.info('job ended', about)
    await store
      .finish(record.id, end)
      .catch((cause) => log.warn('the end of a run could not be kept', { job, error: String(cause) }))
    if (outcome === 'timeout' || outcome === 'interrupted')
      void active.over.then(() => this.#free(entry, active))
    else await active.over.then(() => this.#free(entry, active))
    if (entry.active === active) this.#context.changed(entry)
    return record
  }

  /** The job itself is over, so it may run again. */
  #free(entry: Entry, active: ActiveRun): void {
    if (entry.active !== active) return
    entry.letPass(this.#context.clock.now())
    entry.active = null
    this.#context.changed(entry)
    this.#context.look()
  }
}
