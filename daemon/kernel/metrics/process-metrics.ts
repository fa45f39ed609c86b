/** What the system says of this process. */
import { readdirSync } from 'node:fs'
import type { Family } from './exposition.ts'

/**
 * How often the event loop is looked at. The usual 10 ms would wake an idle process a hundred times a second; a stall is
 * met by one look in proportion to its length either way, which is what percentiles are about.
 */
const RESOLUTION_MS = 100

export type EventLoopDelay = {
  /** Seconds that half, or 99 of 100, of the looks came late, since the last reading; then counts anew. */
  read(): { p50: number; p99: number }
  stop(): void
}

/** Begins to look at the event loop. Keeps no process alive. */
export function watchEventLoop(): EventLoopDelay {
  // Asked of the system only here: loading it takes time that the start of the daemon does not have.
  const { monitorEventLoopDelay } = process.getBuiltinModule('node:perf_hooks')
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  histogram.enable()
  const late = (percentile: number): number =>
    Math.max(0, histogram.percentile(percentile) / 1e9 - RESOLUTION_MS / 1_000)
  return {
    read() {
      const delay = { p50: late(50), p99: late(99) }
      histogram.reset()
      return delay
    },
    stop: () => void histogram.disable(),
  }
}

/** Memory, processor time, descriptors; names as Prometheus' own clients have them. */
export function processMetrics(startedAt: number, delay: EventLoopDelay | null): Family[] {
  const { user, system } = process.cpuUsage()
  const late = delay?.read() ?? null
  const fds = openDescriptors()
  const gauge = (name: string, help: string, value: number | null): Family => ({
    name,
    help,
    type: 'gauge',
    samples: value === null ? [] : [{ value }],
  })
  const counter = (name: string, help: string, value: number): Family => ({
    name,
    help,
    type: 'counter',
    samples: [{ value }],
  })
  return [
    counter('process_cpu_user_seconds_total', 'Processor time of smd itself.', user / 1e6),
    counter('process_cpu_system_seconds_total', 'Processor time the system spent for smd.', system / 1e6),
    gauge('process_resident_memory_bytes', 'Resident memory.', process.memoryUsage.rss()),
    gauge('process_start_time_seconds', 'Unix time of the start.', startedAt / 1_000),
    gauge('process_open_fds', 'Open file descriptors.', fds),
    gauge(
      'nodejs_eventloop_lag_p50_seconds',
      'Median delay of the event loop since the last reading.',
      late?.p50 ?? null,
    ),
    gauge('nodejs_eventloop_lag_p99_seconds', 'Delay that 99 of 100 were below.', late?.p99 ?? null),
  ]
}

/** Null where the system does not say. */
function openDescriptors(): number | null {
  const folder = process.platform === 'linux' ? '/proc/self/fd' : '/dev/fd'
  try {
    // One of them is the folder itself.
    return readdirSync(folder).length - 1
  } catch {
    return null
  }
}
