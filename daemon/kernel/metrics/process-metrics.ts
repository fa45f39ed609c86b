/** What the system says of this process. */
import { readdirSync } from 'node:fs'
import type { EventLoopDelay } from './event-loop.ts'
import type { Family } from './exposition.ts'

/** Memory, processor time, descriptors; names as Prometheus' own clients have them. */
export function processMetrics(startedAt: number, delay: Pick<EventLoopDelay, 'read'> | null): Family[] {
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
      'Median delay of the event loop in the last stretch of work.',
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
