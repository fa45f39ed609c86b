import { setTimeout as sleep } from 'node:timers/promises'
import { systemTimers, type Timers } from '../timers.ts'

/** Waiting between requests, as a value that a test replaces by a clock of its own. */
export type NetTimers = Pick<Timers, 'after'> & {
  /** Resolves after so many ms. Errors: the reason of `signal`. */
  pause(ms: number, signal: AbortSignal): Promise<void>
}

export const netTimers: NetTimers = {
  after: systemTimers.after,
  async pause(ms, signal) {
    try {
      await sleep(ms, undefined, { signal })
    } catch (error) {
      throw signal.aborted ? signal.reason : error
    }
  },
}
