/** Timers as the kernel uses them, so that tests can hand in a clock of their own. */
export type Timers = {
  /** Calls `work` once, after `ms`. Returns what prevents it. */
  after(ms: number, work: () => void): () => void
  /** Calls `work` each `ms`. Returns what ends it. */
  every(ms: number, work: () => void): () => void
}

/** Those of Node. They keep no process alive. */
export const systemTimers: Timers = {
  after(ms, work) {
    const timer = setTimeout(work, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
  every(ms, work) {
    const timer = setInterval(work, ms)
    timer.unref()
    return () => clearInterval(timer)
  },
}
