import { SmdError } from '../../../protocol/errors.ts'
import type { Logger } from '../log/logger.ts'
import type { Clock } from './clock.ts'
import { Entry, type Planned } from './entry.ts'
import type { Job, JobDetail, RunRecord, RunStore } from './job.ts'
import { liesAhead, neverDue, type Outlook, scheduleKey } from './outlook.ts'
import { Runner } from './runner.ts'

/** Timers stand still while the machine sleeps and cannot wait for more than 24 days; so the clock is looked at. */
const LOOK_MS = 60_000
/** A timer that is off by more than this tells of a machine that slept or a clock that was set. */
const JUMP_MS = 5_000
/** How long the end waits for a store that does not answer. */
const ABORT_MS = 1_000

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

/**
 * Runs jobs when they are due, each at most once at a time and once for each time of its schedule, also when several
 * schedulers share a store, the clock jumps or the daemon was away (promise D7). What a run needs to be known later is in
 * the store before it starts.
 */
export class Scheduler {
  readonly #options: SchedulerOptions
  readonly #entries: Map<string, Entry>
  readonly #runner: Runner
  #cancel: () => void = () => undefined
  #state: 'new' | 'started' | 'stopped' = 'new'
  #loaded = false

  constructor(options: SchedulerOptions) {
    this.#options = options
    const now = options.clock.now()
    this.#entries = new Map(
      options.jobs.map((job) => [job.name, new Entry(job, now, options.log, options.timezone)]),
    )
    this.#runner = new Runner({
      ...options,
      isStopped: () => this.#state === 'stopped',
      changed: (entry) => this.#changed(entry),
      look: () => this.#look(),
    })
  }

  /** Begins. What a former daemon left unfinished is `interrupted` then. */
  async start(): Promise<void> {
    const { store, clock, log } = this.#options
    if (this.#state !== 'new') return
    this.#state = 'started'
    await store
      .interruptLost(clock.now())
      .catch((error) => log.warn('runs that were cut off could not be marked', { error: String(error) }))
    this.#loaded = false
    this.#load()
    for (const entry of this.#entries.values()) {
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
  settled(): Promise<void> {
    return this.#runner.settled()
  }

  /**
   * Tells what runs to end, and keeps that it was interrupted. Resolves when that is kept, or after a second: what could
   * not be kept the next start finds out.
   */
  async abort(): Promise<void> {
    this.stop()
    for (const { active } of this.#entries.values()) active?.interrupt()
    const late = new Promise<void>((resolve) => this.#options.clock.after(ABORT_MS, resolve))
    await Promise.race([this.settled(), late])
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
    this.#load()
    return [...this.#entries.values()].map((entry) => this.#stateOf(entry))
  }

  /**
   * Runs a job now, also a paused one; resolves when the run is over or, in the background, when it has begun.
   * Errors: `job.not_found`, `job.running`, `daemon.stopping`; those of the store.
   */
  async run(name: string, { background = false } = {}): Promise<RunRecord> {
    this.#load()
    const entry = this.#entries.get(name)
    if (!entry) throw new SmdError('job.not_found', { name, known: [...this.#entries.keys()].join(', ') })
    if (this.#state === 'stopped') throw new SmdError('daemon.stopping')
    if (entry.busy) throw new SmdError('job.running', { name })
    const started = await this.#runner.launch(entry, { cause: 'manual', scheduledFor: null, jitterMs: 0 })
    if (!started) throw new SmdError('job.running', { name })
    return background ? started.record : started.ended
  }

  /** Reads what is kept, once; not sooner than somebody wants it, since the file may turn out to be damaged. */
  #load(): void {
    if (this.#loaded) return
    this.#loaded = true
    try {
      for (const entry of this.#entries.values()) entry.reload(this.#options.store)
    } catch (error) {
      this.#options.log.warn('the runs of jobs cannot be read', { error: String(error) })
    }
  }

  #stateOf(entry: Entry): JobState {
    const { job, active, memory, planned, skipped } = entry
    const paused = this.#options.isPaused(job.name)
    if (this.#state === 'new') entry.outlook = entry.outlookAt(this.#options.clock.now())
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
    const times = [...this.#entries.values()].flatMap(({ wakeAt }) => wakeAt ?? [])
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
    memory.bornAt = Math.min(memory.bornAt, now)
    if (this.#options.isPaused(entry.job.name)) {
      // Times during a pause are not missed: the user wanted it so.
      memory.passed = now
      entry.paused = true
      entry.planned = null
      entry.outlook = neverDue
      return
    }
    if (entry.paused) {
      entry.paused = false
      memory.passed = now
    }
    if (entry.busy) {
      entry.letPass(now)
      return
    }
    entry.outlook = entry.outlookAt(now)
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
    if (entry.waits(now) || entry.planned.startAt > now) return
    const { scheduledFor, cause, jitterMs } = entry.planned
    // Logged where it failed; it is tried again.
    void this.#runner.launch(entry, { scheduledFor, cause, jitterMs }).catch(() => undefined)
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

  #changed(entry: Entry): void {
    this.#options.onChange?.(this.#stateOf(entry))
  }
}
