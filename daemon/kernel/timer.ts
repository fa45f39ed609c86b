/** Calls `work` after `ms`, unless the returned function was called before. */
export type Timer = (work: () => void, ms: number) => () => void

/** Keeps no process alive. */
export const systemTimer: Timer = (work, ms) => {
  const timeout = setTimeout(work, ms).unref()
  return () => clearTimeout(timeout)
}
