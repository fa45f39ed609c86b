/** Time for what waits: monotonic, and replaced in tests. */

export type Clock = {
  /** Milliseconds since some moment; never goes back. */
  now(): number
  /** Calls `then` after `ms`; the returned function prevents it. Keeps no process alive. */
  after(ms: number, then: () => void): () => void
  /** Calls `then` when the events at hand have been told. */
  soon(then: () => void): void
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, then) {
    const timer = setTimeout(then, ms).unref()
    return () => clearTimeout(timer)
  },
  soon: (then) => void setImmediate(then),
}
