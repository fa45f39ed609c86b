/** A real HTTP server for a test, and a clock for those who wait for it. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'
import { type NetTimers, netTimers } from '../../daemon/kernel/net/net-timers.ts'
import { type Loopback, listen } from './loopback-server.ts'

export type { Loopback } from './loopback-server.ts'

/** Serves until the test is over. */
export async function serve(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Loopback> {
  const { loopback, close } = await listen(handle)
  onTestFinished(close)
  return loopback
}

/** A clock that moves only when somebody pauses, or when the test says that the time of every timer has come. */
export function stillClock(start = Date.UTC(2026, 0, 5, 9)) {
  const clock = {
    time: start,
    /** What was waited for, ms. */
    pauses: [] as number[],
    now: () => clock.time,
    monotonic: () => clock.time - start,
    /** The time of all timers, or of those of this length, has come. */
    ring(ms?: number): void {
      for (const timer of [...waiting]) if (ms === undefined || timer.ms === ms) timer.run()
    },
    timers: {
      async pause(ms, signal) {
        signal.throwIfAborted()
        clock.pauses.push(ms)
        clock.time += ms
      },
      after(ms, run) {
        const timer = { ms, run }
        waiting.add(timer)
        return () => void waiting.delete(timer)
      },
    } satisfies NetTimers,
  }
  const waiting = new Set<{ ms: number; run(): void }>()
  return clock
}

/** Options of a client that asks at once and never waits in earnest. */
export const quickNet = (clock = stillClock()) => ({
  offline: false,
  timeoutMs: 30_000,
  timers: { ...netTimers, pause: clock.timers.pause },
  random: () => 0.5,
  monotonic: clock.monotonic,
})
