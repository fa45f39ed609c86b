import type { monitorEventLoopDelay } from 'node:perf_hooks'

/** How often the event loop is looked at while there is work. */
const RESOLUTION_MS = 20
/** Without a request for this long there is no work. */
const IDLE_MS = 10_000

/**
 * How late the event loop is while the daemon works. Each look wakes the process, which costs an idle one more than all it
 * does else; so nobody looks while there are no requests.
 */
export class EventLoopDelay {
  #histogram: ReturnType<typeof monitorEventLoopDelay> | null = null
  #idle: NodeJS.Timeout | undefined
  #worked = false
  #stopped = false

  /** There is work. The first call of a stretch begins to look, after whoever waits now has had the answer. */
  touch(): void {
    this.#worked = true
    if (this.#idle || this.#stopped) return
    this.#idle = setInterval(() => this.#pauseIfIdle(), IDLE_MS)
    this.#idle.unref()
    setImmediate(() => this.#begin())
  }

  /** Seconds that half, or 99 of 100, of the looks came late, since the last reading or the last pause. */
  read(): { p50: number; p99: number } {
    const delay = { p50: this.#late(50), p99: this.#late(99) }
    this.#histogram?.reset()
    return delay
  }

  stop(): void {
    this.#stopped = true
    this.#pause()
  }

  #begin(): void {
    if (!this.#idle) return
    // Loading it takes time that the start of the daemon does not have.
    const { monitorEventLoopDelay: monitor } = process.getBuiltinModule('node:perf_hooks')
    this.#histogram ??= monitor({ resolution: RESOLUTION_MS })
    // Otherwise the pause would count as one long delay.
    this.#histogram.reset()
    this.#histogram.enable()
  }

  #pauseIfIdle(): void {
    if (!this.#worked) this.#pause()
    this.#worked = false
  }

  #pause(): void {
    clearInterval(this.#idle)
    this.#idle = undefined
    this.#histogram?.disable()
  }

  #late(percentile: number): number {
    const seconds = (this.#histogram?.percentile(percentile) ?? 0) / 1e9
    return Math.max(0, seconds - RESOLUTION_MS / 1_000)
  }
}
