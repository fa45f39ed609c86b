/** Schedulers over one real database file, a fake clock, and jobs that write down what they do. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInlineEngine } from '../../daemon/domains/cache/inline-engine.ts'
import { createRunStore } from '../../daemon/domains/jobs/index.ts'
import { selectRuns } from '../../daemon/domains/jobs/runs-repo.ts'
import type { Database } from '../../daemon/kernel/db/database.ts'
import { openForWriting } from '../../daemon/kernel/db/open.ts'
import type { Job, JobRun, RunRecord } from '../../daemon/kernel/scheduler/job.ts'
import { type JobState, Scheduler, type SchedulerOptions } from '../../daemon/kernel/scheduler/scheduler.ts'
import { FakeWallClock } from './fake-wall-clock.ts'
import { type LogLine, recordLog } from './record-log.ts'

/** What a job did; times are Unix ms, `from` and `to` count the time awake. */
export type Execution = {
  job: string
  instance: string
  scheduledFor: number | null
  cause: JobRun['cause']
  from: number
  /** Null while it runs. */
  to: number | null
}

export type TestJob = Partial<Job> & Pick<Job, 'name' | 'schedule'> & { lasts?: () => number }

export type Daemon = {
  instance: string
  scheduler: Scheduler
  /** Its connection to the file. */
  db: Database
  log: LogLine[]
  states: JobState[]
  /** As SIGKILL: nothing of it goes on, and nothing more is written. */
  kill(): void
}

export type LabOptions = Partial<Pick<SchedulerOptions, 'timezone' | 'random' | 'isPaused'>>

export class JobLab {
  readonly folder = mkdtempSync(join(tmpdir(), 'smd-jobs-'))
  readonly file = join(this.folder, 'cache.db')
  readonly clock: FakeWallClock
  readonly executions: Execution[] = []
  readonly #jobs: readonly TestJob[]
  readonly #options: LabOptions
  readonly #alive = new Map<string, Database>()
  #started = 0

  constructor(now: number, jobs: readonly TestJob[], options: LabOptions = {}) {
    this.clock = new FakeWallClock(now)
    this.#jobs = jobs
    this.#options = options
  }

  /** Another daemon on the same file. */
  async start(options: LabOptions = {}): Promise<Daemon> {
    const db = openForWriting(this.file)
    const instance = `instance-${++this.#started}`
    this.#alive.set(instance, db)
    const view = this.clock.view()
    const { log, lines } = recordLog()
    const identity = { instance, pid: 1, version: '1.0.0', startedAt: this.clock.now }
    const engine = createInlineEngine(db)
    const states: JobState[] = []
    const scheduler = new Scheduler({
      jobs: this.#jobs.map((job) => this.#recording(job, instance, view.sleep)),
      store: createRunStore({ db, engine, identity }, { alive: () => [...this.#alive.keys()] }),
      clock: view,
      log,
      isPaused: () => false,
      random: () => 0,
      onChange: (state) => states.push(state),
      ...this.#options,
      ...options,
    })
    const kill = (): void => {
      view.kill()
      this.#alive.delete(instance)
      db.close()
      for (const run of this.executions)
        if (run.instance === instance && run.to === null) run.to = this.clock.awake
    }
    await scheduler.start()
    return { instance, scheduler, db, log: lines, states, kill }
  }

  /** What is kept, oldest first. */
  runs(job?: string): RunRecord[] {
    const db = openForWriting(this.file)
    try {
      return selectRuns(db, { job, before: null, limit: 100_000 }).reverse()
    } finally {
      db.close()
    }
  }

  dispose(): void {
    for (const db of this.#alive.values()) db.close()
    rmSync(this.folder, { recursive: true, force: true })
  }

  #recording(
    { lasts = () => 0, ...job }: TestJob,
    instance: string,
    sleep: (ms: number) => Promise<void>,
  ): Job {
    return {
      summary: 'A job of the test.',
      missed: 'once',
      jitterMs: 0,
      timeoutMs: 24 * 3_600_000,
      ...job,
      run: async (run) => {
        const { scheduledFor, cause } = run
        const { awake: from } = this.clock
        const execution: Execution = { job: job.name, instance, scheduledFor, cause, from, to: null }
        this.executions.push(execution)
        try {
          if (job.run) return await job.run(run)
          const ms = lasts()
          if (ms > 0) await sleep(ms)
          return null
        } finally {
          execution.to ??= this.clock.awake
        }
      },
    }
  }
}
