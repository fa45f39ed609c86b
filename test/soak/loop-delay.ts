/**
 * Loaded into the daemon before its own code (`--import`): measures how long its event loop keeps others waiting. On
 * SIGUSR2 it writes the figures so far, ms, to the file SMD_SOAK_LOOP names, and begins anew.
 */
import { renameSync, writeFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { isMainThread } from 'node:worker_threads'

/** The timer that measures is due this often, which is no delay. */
const RESOLUTION_MS = 5

const file = process.env.SMD_SOAK_LOOP
if (isMainThread && file) {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  histogram.enable()
  const beyond = (ns: number): number => Math.max(0, ns / 1e6 - RESOLUTION_MS)
  process.on('SIGUSR2', () => {
    const figures = {
      p50: beyond(histogram.percentile(50)),
      p99: beyond(histogram.percentile(99)),
      max: beyond(histogram.max),
      count: histogram.count,
    }
    writeFileSync(`${file}.tmp`, JSON.stringify(figures))
    renameSync(`${file}.tmp`, file)
    histogram.reset()
  })
}
