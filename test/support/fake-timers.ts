import type { Timers } from '../../daemon/kernel/timers.ts'

/** A clock that stands still until it is told to go on, with the timers that run by it. */
export type FakeTimers = {
  timers: Timers
  now(): number
  /** Lets time pass; timers that are due run in order, each at its time. */
  advance(ms: number): void
  /** How many are set. */
  readonly pending: number
  /** In how many ms each of them is due, soonest first. */
  readonly dueIn: number[]
}

export function fakeTimers(start = 1_000_000): FakeTimers {
  let now = start
  const set = new Set<{ at: number; every: number | null; work(): void }>()
  const add = (ms: number, every: number | null, work: () => void): (() => void) => {
    const timer = { at: now + ms, every, work }
    set.add(timer)
    return () => void set.delete(timer)
  }
  return {
    timers: { after: (ms, work) => add(ms, null, work), every: (ms, work) => add(ms, ms, work) },
    now: () => now,
    advance(ms) {
      const end = now + ms
      for (;;) {
        const next = [...set].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0]
        if (!next) break
        now = next.at
        if (next.every === null) set.delete(next)
        else next.at += next.every
        next.work()
      }
      now = end
    },
    get pending() {
      return set.size
    },
    get dueIn() {
      return [...set].map(({ at }) => at - now).toSorted((a, b) => a - b)
    },
  }
}
