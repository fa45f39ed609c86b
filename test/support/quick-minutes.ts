/**
 * Loaded before the daemon (`node --import`): its clock and its long timers run so fast that a minute lasts as long as
 * `SMD_TEST_MINUTE_MS` says. Short timers keep their time.
 */
import { isMainThread } from 'node:worker_threads'

const MINUTE_MS = 60_000
/** The scheduler looks at the clock at least once a minute, and sooner when a job is due before that. */
const LONG_MS = 20_000
const minute = Number(process.env.SMD_TEST_MINUTE_MS)
if (isMainThread && minute > 0) {
  const faster = MINUTE_MS / minute
  const start = Date.now()
  const realNow = Date.now.bind(Date)
  Date.now = () => Math.round(start + (realNow() - start) * faster)
  const realTimeout = globalThis.setTimeout
  globalThis.setTimeout = ((work: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) =>
    realTimeout(work, ms && ms >= LONG_MS ? ms / faster : ms, ...args)) as typeof setTimeout
  const realInterval = globalThis.setInterval
  globalThis.setInterval = ((work: () => void, ms: number) =>
    realInterval(work, ms >= MINUTE_MS ? ms / faster : ms)) as typeof setInterval
}
