/** Time as the scheduler knows it; tests have one of their own. */
export type Clock = {
  /** Unix ms. */
  now(): number
  /** Calls `work` after `ms`, unless the returned function was called before. */
  after(ms: number, work: () => void): () => void
}

/** Timers that keep no process alive. */
export function systemClock(now: () => number): Clock {
  return {
    now,
    after(ms, work) {
      const timer = setTimeout(work, ms).unref()
      return () => clearTimeout(timer)
    },
  }
}
