/** Waiting, as values that a test replaces by a clock of its own. */
import { setTimeout as sleep } from 'node:timers/promises'

export type Timers = {
  /** Resolves after so many ms. Errors: the reason of `signal`. */
  pause(ms: number, signal: AbortSignal): Promise<void>
  /** Runs something after so many ms, unless the returned function is called before. */
  after(ms: number, run: () => void): () => void
}

export const realTimers: Timers = {
  async pause(ms, signal) {
    try {
      await sleep(ms, undefined, { signal })
    } catch (error) {
      throw signal.aborted ? signal.reason : error
    }
  },
  after(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}
