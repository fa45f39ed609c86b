import { defineCommand } from '../command.ts'
import { connectToRunning } from '../session.ts'

export const metricsCommand = defineCommand({
  name: 'metrics',
  summary: 'Print figures of the daemon in the text format of Prometheus',
  examples: [
    ['smd metrics', 'Processor, memory, requests, cache, health'],
    ['smd metrics > /var/lib/node_exporter/smd.prom', 'For the textfile collector of node_exporter'],
  ],
  args: {},
  async run({ io, paths }) {
    // Never starts the daemon: its figures would all be 0.
    const connection = await connectToRunning(paths)
    const metrics = await connection.call('daemon.metrics', {}).finally(connection.close)
    if (io.json) return io.value(metrics)
    io.line(metrics.text.trimEnd())
  },
})
