import { exitCodeOf } from '../../protocol/health.ts'
import { defineCommand } from '../command.ts'
import { formatAge, formatBytes, formatDuration, plural } from '../format/values.ts'
import { connectToRunning } from '../session.ts'

export const statusCommand = defineCommand({
  name: 'status',
  summary: 'Say whether the daemon runs, what it holds and how it is',
  examples: [
    ['smd status', 'Exit code 1 when the daemon does not run or is failing'],
    ['smd status --json | jq .health.state', 'For a script: ok, degraded or failing'],
  ],
  args: {},
  async run({ io, paths }) {
    // Never starts the daemon: the question is whether it runs.
    const connection = await connectToRunning(paths)
    const status = await connection.call('daemon.status', {}).finally(connection.close)
    const { cache, health } = status
    const exit = exitCodeOf(health.state)
    if (io.json) {
      io.value(status)
      return exit
    }
    io.line(`smd ${status.version} runs for ${formatDuration(status.uptimeMs)} (pid ${status.pid})`)
    io.line(`${io.paint('dim', 'Socket ')} ${status.socket}`)
    io.line(
      `${io.paint('dim', 'Holds  ')} ${plural(status.artifacts, 'artifact')} of ${plural(status.projects, 'project')}`,
    )
    const refreshed = cache.refreshing
      ? 'being refreshed now'
      : `read ${formatAge(cache.lastRefreshAt, Date.now())}`
    io.line(`${io.paint('dim', 'Cache  ')} ${formatBytes(cache.sizeBytes)} in ${cache.path}, ${refreshed}`)
    io.line(
      `${io.paint('dim', 'Health ')} ${io.paint(health.state === 'ok' ? 'green' : 'yellow', health.state)}`,
    )
    for (const { severity, text, fix } of health.warnings) io.line(`  ${severity}: ${text}\n    ${fix}`)
    return exit
  },
})
