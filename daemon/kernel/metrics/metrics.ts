import type { EventLoopDelay } from './event-loop.ts'
import { Histogram } from './histogram.ts'

/** Seconds; most answers take less than 10 ms. */
const REQUEST_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5]
/** Seconds; a project takes milliseconds, a machine of 10,000 artifacts some seconds. */
const REFRESH_BOUNDS = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300]

type MethodMetrics = { durations: Histogram; errors: number }

/** What the daemon counts while it works; read by `daemon.metrics`. */
export class Metrics {
  readonly #methods = new Map<string, MethodMetrics>()
  readonly refreshes = new Histogram(REFRESH_BOUNDS)
  /** Open connections. */
  connections = 0
  /** Proofs that let nobody in over HTTP, by kind. */
  failedProofs: Readonly<Record<'token' | 'code', number>> = { token: 0, code: 0 }
  /** Null in processes that are no daemon. */
  eventLoop: EventLoopDelay | null = null

  /** One request of a method that exists. */
  recordRequest(method: string, ms: number, failed: boolean): void {
    let metrics = this.#methods.get(method)
    if (!metrics) {
      metrics = { durations: new Histogram(REQUEST_BOUNDS), errors: 0 }
      this.#methods.set(method, metrics)
    }
    // A greeting alone is no work: the daemon greets itself once a minute.
    if (method !== 'daemon.hello') this.eventLoop?.touch()
    metrics.durations.record(ms / 1_000)
    if (failed) metrics.errors++
  }

  recordRefresh(ms: number): void {
    this.refreshes.record(ms / 1_000)
  }

  /** By name. */
  get methods(): Array<[method: string, metrics: MethodMetrics]> {
    return [...this.#methods].toSorted(([a], [b]) => (a < b ? -1 : 1))
  }
}
