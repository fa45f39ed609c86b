import { describe, expect, it } from 'vitest'
import { renderMetrics } from '../../../../daemon/kernel/metrics/exposition.ts'
import { processMetrics } from '../../../../daemon/kernel/metrics/process-metrics.ts'
import { readMetrics } from '../../../support/prometheus.ts'

const figure = (text: string, name: string): number | undefined =>
  readMetrics(text).get(name)?.samples[0]?.value

describe('processMetrics', () => {
  it('says how much memory, time and descriptors the process takes', () => {
    const text = renderMetrics(processMetrics(5_000, null))
    expect(figure(text, 'process_start_time_seconds')).toBe(5)
    expect(figure(text, 'process_resident_memory_bytes')).toBeGreaterThan(10_000_000)
    expect(figure(text, 'process_cpu_user_seconds_total')).toBeGreaterThan(0)
    expect(figure(text, 'process_open_fds')).toBeGreaterThan(2)
    expect(text).not.toContain('eventloop')
  })
})
