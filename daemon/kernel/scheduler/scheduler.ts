import { SmdError } from '../../../protocol/errors.ts'
import type { Logger } from '../log/logger.ts'
import { ActiveRun } from './active-run.ts'
import type { Clock } from './clock.ts'
import { Entry, keepRecord, type Planned } from './entry.ts'
import type { Job, JobDetail, RunRecord, RunStore } from './job.ts'
import { liesAhead, neverDue, type Outlook, outlookOf, scheduleKey, slotCount } from './outlook.ts'

/** Timers stand still while the machine sleeps and cannot wait for more than 24 days; so the clock is looked at. */
const LOOK_MS = 60_000
/** A timer that is off by more than this tells of a machine that slept or a clock that was set. */
const JUMP_MS = 5_000
/** After a claim that was refused; doubles. */
const FIRST_PAUSE_MS = 1_000

export type SchedulerOptions = {
  jobs: readonly Job[]
  store: RunStore
  clock: Clock
  log: Logger
  /** Whether the user has paused a job. */
  isPaused(job: string): boolean
  /** Called whenever what `state` says of a job may have changed. */
  onChange?(state: JobState): void
  /** Uniform in [0, 1). */
  random?(): number
  /** Of cron expressions; the local one when left out. */
  timezone?: string
}

/** What is to be known of a job now. */
export type JobState = {
  job: Job
  state: 'idle' | 'running' | 'paused'
  /** When it runs by itself next, Unix ms; null when it does not. */
  nextAt: number | null
  last: RunRecord | null
  /** What the running one has said of itself. */
  detail: JobDetail | null
  /** Times since the start that were let pass: it ran still, or they were missed. */
  skipped: number
}

type Launched = { record: RunRecord; ended: Promise<RunRecord> }
/**
 * Runs jobs when they are due, each at most once at a time and once for each time of its schedule, also when several
 * schedulers share a store, the clock jumps or the daemon was away (promise D7). What a run needs to be known later is in
 * the store before it starts.
 */
export class Scheduler {
  readonly #options: SchedulerOptions
  readonly #entries: Map<string, Entry>
  readonly #running = new Set<Promise<unknown>>()
  #cancel: () => void = () => undefined
  #state: 'new' | 'started' | 'stopped' = 'new'

  constructor(options: SchedulerOptions) {
    this.#options = options
    const now = options.clock.now()
    this.#entries = new Map(
      options.jobs.map((job) => [job.name, new Entry(job, options.store.history(job.name), now)]),
    )
  }

  /** Begins. What a former daemon left unfinished is `interrupted` then. */
  async start(): Promise<void> {
    const { store, clock, log } = this.#options
    if (this.#state !== 'new') return
    this.#state = 'started'
    await store
      .interruptLost(clock.now())
      .catch((error) => log.warn('runs that were cut off could not be marked', { error: String(error) }))
    for (const entry of this.#entries.values()) {
      this.#reload(entry)
      if (entry.memory.history.last === null) entry.memory.notBefore = await this.#notBefore(entry.job)
    }
    this.#look()
  }

  async #notBefore({ name, notBefore }: Job): Promise<number> {
    try {
      return (await notBefore?.()) ?? 0
    } catch (error) {
      // The job itself will say what is wrong.
      this.#options.log.warn('it is not known when a job is due', { job: name, error: String(error) })
      return 0
    }
  }

  /** The settings may have changed: from now on the new schedules hold, and what they would have had before does not. */
  reconsider(): void {
    const now = this.#options.clock.now()
    const before = [...this.#entries.values()].map(({ key, paused }) => ({ key, paused }))
    for (const entry of this.#entries.values()) {
      const key = scheduleKey(entry.job)
      if (key === entry.key) continue
      entry.key = key
      entry.planned = null
      entry.memory.passed = Math.max(entry.memory.passed, now)
    }
    this.#look()
    for (const [i, entry] of [...this.#entries.values()].entries())
      if (entry.key !== before[i]?.key || entry.paused !== before[i]?.paused) this.#changed(entry)
  }

  /** No new runs from now on; what runs goes on. */
  stop(): void {
    this.#state = 'stopped'
    this.#cancel()
  }

  /** Resolves when nothing runs any more. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }

  /** Tells what runs to end, and keeps that it was interrupted; resolves when that is kept. */
  async abort(): Promise<void> {
    this.stop()
    for (const { active } of this.#entries.values()) active?.interrupt()
    await this.settled()
  }

  /** How many jobs run. */
  get running(): number {
    return [...this.#entries.values()].filter((entry) => entry.busy).length
  }

  /** When the next job starts by itself; null when none does. */
  get nextAt(): number | null {
    const times = this.states.flatMap(({ nextAt }) => nextAt ?? [])
    return times.length === 0 ? null : Math.min(...times)
  }

  get states(): JobState[] {
    return [...this.#entries.values()].map((entry) => this.#stateOf(entry))
  }

  /**
   * Runs a job now, also a paused one; resolves when the run is over or, in the background, when it has begun.
   * Errors: `job.not_found`, `job.running`, `daemon.stopping`; those of the store.
   */
  async run(name: string, { background = false } = {}): Promise<RunRecord> {
    const entry = this.#entries.get(name)
    if (!entry) throw new SmdError('job.not_found', { name, known: [...this.#entries.keys()].join(', ') })
    if (this.#state === 'stopped') throw new SmdError('daemon.stopping')
    if (entry.busy) throw new SmdError('job.running', { name })
    const started = await this.#launch(entry, { cause: 'manual', scheduledFor: null, jitterMs: 0 })
    if (!started) throw new SmdError('job.running', { name })
    return background ? started.record : started.ended
  }

  #stateOf(entry: Entry): JobState {
    const { job, active, memory, planned, skipped } = entry
    const paused = this.#options.isPaused(job.name)
    if (this.#state === 'new') entry.outlook = this.#outlook(entry, this.#options.clock.now())
    const next = planned?.startAt ?? entry.outlook.nextAt
    return {
      job,
      state: active ? 'running' : paused ? 'paused' : 'idle',
      nextAt: paused || this.#state === 'stopped' ? null : next,
      last: memory.history.last,
      detail: active?.detail ?? null,
      skipped,
    }
  }

  #look(): void {
    if (this.#state !== 'started') return
    this.#cancel()
    const { clock, log } = this.#options
    const now = clock.now()
    for (const entry of this.#entries.values()) this.#consider(entry, now)
    // What is busy calls for a look itself when it is not any more.
    const times = [...this.#entries.values()].flatMap(({ busy, planned, outlook, waitUntil }) => {
      const at = planned ? Math.max(planned.startAt, waitUntil) : outlook.nextAt
      return busy || at === null ? [] : at
    })
    const wait = Math.max(1, Math.min(LOOK_MS, ...times.map((at) => at - now)))
    this.#cancel = clock.after(wait, () => {
      const late = clock.now() - now - wait
      if (Math.abs(late) > JUMP_MS) log.info('the clock jumped', { ms: late })
      this.#look()
    })
  }

  /** Plans what is due, and starts what was planned. */
  #consider(entry: Entry, now: number): void {
    const { memory } = entry
    if (!liesAhead(memory, now)) memory.rebasedAt = null
    else memory.rebasedAt = Math.min(memory.rebasedAt ?? now, now)
    memory.passed = Math.min(memory.passed, now)
    if (this.#options.isPaused(entry.job.name)) {
      // Times during a pause are not missed: the user wanted it so.
      memory.passed = now
      entry.paused = true
      entry.planned = null
      return
    }
    if (entry.paused) {
      entry.paused = false
      memory.passed = now
    }
    if (entry.busy) {
      this.#letPass(entry, now)
      return
    }
    entry.outlook = this.#outlook(entry, now)
    const { due, skipped, skippedUntil } = entry.outlook
    if (skippedUntil !== null) {
      memory.passed = skippedUntil
      entry.skipped += skipped
    }
    if (!due) {
      entry.planned = null
      return
    }
    // Planned already; a newer time that came meanwhile changes nothing for `all`, and takes over for the others.
    if (entry.planned?.scheduledFor !== due.scheduledFor) entry.planned = this.#plan(entry, due, now)
    if (entry.planned.startAt > now || entry.waitUntil > now) return
    const { scheduledFor, cause, jitterMs } = entry.planned
    const launch = this.#launch(entry, { scheduledFor, cause, jitterMs })
    this.#untilOver(launch)
    // Logged where it failed; it is tried again.
    void launch.catch(() => undefined)
  }

  #plan(entry: Entry, due: NonNullable<Outlook['due']>, now: number): Planned {
    const { random = Math.random } = this.#options
    const { nextAt } = entry.outlook
    // Never so late that the next one comes first.
    const most = Math.min(entry.job.jitterMs, nextAt === null ? Number.POSITIVE_INFINITY : (nextAt - now) / 2)
    const jitterMs = Math.floor(random() * Math.max(0, most))
    const from = due.cause === 'missed' ? now : due.scheduledFor
    return { ...due, jitterMs, startAt: from + jitterMs }
  }

  /** Times that come while it runs are let pass, except where each is to have its run. */
  #letPass(entry: Entry, now: number): void {
    const { job, memory, active } = entry
    if (!active) return
    if (job.missed !== 'all') {
      const { timezone } = this.#options
      const from = Math.max(memory.passed, memory.history.last?.startedAt ?? now)
      entry.skipped += this.#guarded(entry, 0, () => slotCount(job, memory, from, now, timezone))
      memory.passed = Math.max(memory.passed, now)
    }
    entry.outlook = { ...neverDue, nextAt: this.#outlook(entry, now).nextAt }
  }

  /** Errors: those of the store. Null when it is not to run, or not now. */
  async #launch(
    entry: Entry,
    plan: Pick<RunRecord, 'cause' | 'scheduledFor' | 'jitterMs'>,
  ): Promise<Launched | null> {
    const { store, clock, log } = this.#options
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
      entry.waitUntil = startedAt + LOOK_MS
      throw error
    } finally {
      entry.claiming = false
      this.#look()
    }
  }

  #refused(entry: Entry, scheduledFor: number | null, why: 'running' | 'done' | 'overtaken'): void {
    const { memory, job } = entry
    this.#reload(entry)
    if (scheduledFor === null) return
    const letPass = why === 'done' || (why === 'running' && job.missed !== 'all')
    if (letPass) memory.passed = Math.max(memory.passed, scheduledFor)
    if (letPass && why === 'running') entry.skipped++
    // It need not be asked again at once; and never without a pause.
    entry.waitUntil = this.#options.clock.now() + Math.min(LOOK_MS, FIRST_PAUSE_MS * 2 ** entry.refusals++)
  }

  #begin(entry: Entry, record: RunRecord): Launched {
    const { clock, log } = this.#options
    const { job, memory } = entry
    entry.seenId = record.id
    keepRecord(memory.history, record)
    const active = new ActiveRun(job, record, clock)
    entry.active = active
    log.info('job started', { job: job.name, cause: record.cause, scheduledFor: record.scheduledFor })
    if (this.#state === 'stopped') active.interrupt()
    const ended = this.#end(entry, active, record)
    this.#untilOver(ended)
    this.#changed(entry)
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
    const { store, log } = this.#options
    const end = await active.ended
    const record = { ...started, ...end }
    keepRecord(entry.memory.history, record, started)
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
    if (entry.active === active) this.#changed(entry)
    return record
  }

  /** The job itself is over, so it may run again. */
  #free(entry: Entry, active: ActiveRun): void {
    if (entry.active !== active) return
    this.#letPass(entry, this.#options.clock.now())
    entry.active = null
    this.#changed(entry)
    this.#look()
  }

  /** What the store says counts; that it says nothing, because cache.db is a new one, does not. */
  #reload(entry: Entry): void {
    const history = this.#options.store.history(entry.job.name)
    entry.seenId = history.last?.id ?? null
    if (history.last) entry.memory.history = history
  }

  #changed(entry: Entry): void {
    this.#options.onChange?.(this.#stateOf(entry))
  }

  #outlook(entry: Entry, now: number): Outlook {
    return this.#guarded(entry, neverDue, () =>
      outlookOf(entry.job, entry.memory, now, this.#options.timezone),
    )
  }

  /** A schedule that cannot be read is none, and stops no other job. */
  #guarded<Result>(entry: Entry, otherwise: Result, ask: () => Result): Result {
    try {
      return ask()
    } catch (error) {
      const about = { job: entry.job.name, schedule: entry.key, error: String(error) }
      if (entry.complainedOf !== entry.key) this.#options.log.error('a schedule cannot be read', about)
      entry.complainedOf = entry.key
      return otherwise
    }
  }
}
