import type { Clock } from '../../daemon/kernel/watcher/clock.ts'

export type FakeClock = Clock & {
  /** Lets time pass; what falls due on the way is called, in order. */
  pass(ms: number): void
  /** Calls what waits for the events at hand, and what that leaves behind. */
  turn(): void
  /** Timers that wait. */
  readonly waiting: number
}

/** A clock that goes only when it is told to. */
export function fakeClock(): FakeClock {
  let now = 0
  let timers: Array<{ at: number; then: () => void }> = []
  let soon: Array<() => void> = []
  return {
    now: () => now,
    after(ms, then) {
      const timer = { at: now + ms, then }
      timers.push(timer)
      return () => {
        timers = timers.filter((each) => each !== timer)
      }
    },
    soon: (then) => void soon.push(then),
    pass(ms) {
      const end = now + ms
      for (;;) {
        const [next] = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)
        if (!next) break
        timers = timers.filter((each) => each !== next)
        now = Math.max(now, next.at)
        next.then()
      }
      now = end
    },
    turn() {
      while (soon.length > 0) {
        const calls = soon
        soon = []
        for (const call of calls) call()
      }
    },
    get waiting() {
      return timers.length
    },
  }
}
