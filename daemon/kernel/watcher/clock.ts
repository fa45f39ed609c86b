import { systemTimers, type Timers } from '../timers.ts'

/** Time for what waits: monotonic, and replaced in tests. */
export type Clock = Pick<Timers, 'after'> & {
  /** Milliseconds since some moment; never goes back. */
  now(): number
  /** Calls `then` when the events at hand have been told. */
  soon(then: () => void): void
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after: systemTimers.after,
  soon: (then) => void setImmediate(then),
}
