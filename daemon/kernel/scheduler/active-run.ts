import { SmdError } from '../../../protocol/errors.ts'
import type { Clock } from './clock.ts'
import type { Job, JobDetail, RunEnd, RunRecord } from './job.ts'

/**
 * One run under way. It ends for the scheduler when the job does, when its time is over or when it is interrupted,
 * whatever comes first: a job that ignores its signal holds up nobody.
 */
export class ActiveRun {
  readonly #controller = new AbortController()
  readonly #clock: Clock
  readonly #stop = Promise.withResolvers<RunEnd>()
  readonly #cancelTimeout: () => void
  /** What the job has said so far. */
  detail: JobDetail | null = null
  /** How the run ended; never rejects. */
  readonly ended: Promise<RunEnd>
  /** Resolves when the job itself is over, which may be later. */
  readonly over: Promise<unknown>
  /** What is to be logged when it failed in a way nobody foresaw. */
  stack: string | null = null

  constructor(job: Job, { cause, scheduledFor }: RunRecord, clock: Clock) {
    this.#clock = clock
    const { signal } = this.#controller
    const note = (detail: JobDetail): void => {
      this.detail = detail
    }
    const work = Promise.resolve().then(() => job.run({ signal, cause, scheduledFor, note }))
    this.#cancelTimeout = clock.after(job.timeoutMs, () => {
      const error = `It took longer than ${job.timeoutMs / 1_000} s.`
      this.#end('timeout', error)
    })
    const finished = work.then(
      (detail) => this.#endOf('success', null, detail ?? this.detail),
      (error: unknown) => this.#failed(error),
    )
    this.over = finished
    this.ended = Promise.race([finished, this.#stop.promise]).finally(this.#cancelTimeout)
  }

  /** The daemon ends. */
  interrupt(): void {
    this.#end('interrupted', null)
  }

  #end(outcome: 'timeout' | 'interrupted', error: string | null): void {
    this.#stop.resolve(this.#endOf(outcome, error, this.detail))
    this.#controller.abort(new DOMException(error ?? 'The daemon ends.', 'AbortError'))
  }

  #failed(error: unknown): RunEnd {
    const ending = error instanceof SmdError && error.slug === 'daemon.stopping'
    if (ending) return this.#endOf('interrupted', null, this.detail)
    if (!(error instanceof SmdError)) this.stack = String((error as Error)?.stack ?? error)
    return this.#endOf('failure', String((error as Error)?.message ?? error), this.detail)
  }

  #endOf(outcome: NonNullable<RunEnd['outcome']>, error: string | null, detail: JobDetail | null): RunEnd {
    return { endedAt: this.#clock.now(), outcome, error, detail }
  }
}
