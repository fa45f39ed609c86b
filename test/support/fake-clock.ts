import type { Clock } from '../../daemon/kernel/watcher/clock.ts'
import { fakeTimers } from './fake-timers.ts'

export type FakeClock = Clock & {
  /** Lets time pass; what falls due on the way is called, in order. */
  pass(ms: number): void
  /** Calls what waits for the events at hand, and what that leaves behind. */
  turn(): void
  /** Timers that wait. */
  readonly waiting: number
}

/** The clock of what watches; goes only when it is told to. */
export function fakeClock(): FakeClock {
  const later = fakeTimers(0)
  let soon: Array<() => void> = []
  return {
    now: later.now,
    after: later.timers.after,
    soon: (then) => void soon.push(then),
    pass: later.advance,
    turn() {
      while (soon.length > 0) {
        const calls = soon
        soon = []
        for (const call of calls) call()
      }
    },
    get waiting() {
      return later.pending
    },
  }
}
