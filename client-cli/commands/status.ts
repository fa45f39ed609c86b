import type { Paths } from '../../daemon/kernel/config/paths.ts'
import { SmdError } from '../../protocol/errors.ts'
import { exitCodeOf } from '../../protocol/health.ts'
import { VERSION } from '../../protocol/version.ts'
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
    const connection = await connectToRunning(paths).catch(async (error) => {
      throw await withLastFailure(paths, error)
    })
    const status = await connection.call('daemon.status', {}).finally(connection.close)
    const { cache, health } = status
    const exit = exitCodeOf(health.state)
    if (io.json) {
      io.value(status)
      return exit
    }
    io.line(`smd ${status.version} runs for ${formatDuration(status.uptimeMs)} (pid ${status.pid})`)
    if (status.version !== VERSION)
      io.line(`This command line is smd ${VERSION}. To run the daemon of this version: smd restart`)
    io.line(`${io.paint('dim', 'Socket ')} ${status.socket}`)
    io.line(
      `${io.paint('dim', 'Holds  ')} ${plural(status.artifacts, 'artifact')} of ${plural(status.projects, 'project')}`,
    )
    const refreshed = cache.refreshing
      ? 'being refreshed now'
      : `read ${formatAge(cache.lastRefreshAt, Date.now())}`
    io.line(`${io.paint('dim', 'Cache  ')} ${formatBytes(cache.sizeBytes)} in ${cache.path}, ${refreshed}`)
    // A daemon of an older version does not say.
    if (status.watch) {
      const { folders, scanUnits } = status.watch
      const rest = scanUnits > 0 ? `, ${plural(scanUnits, 'place')} read at intervals` : ''
      io.line(`${io.paint('dim', 'Watches')} ${plural(folders, 'folder')}${rest}`)
    }
    if (status.web) io.line(`${io.paint('dim', 'Page   ')} ${status.web.url} (smd open signs you in)`)
    io.line(
      `${io.paint('dim', 'Health ')} ${io.paint(health.state === 'ok' ? 'green' : 'yellow', health.state)}`,
    )
    for (const { severity, text, fix } of health.warnings) io.line(`  ${severity}: ${text}\n    ${fix}`)
    return exit
  },
})

/** Not running is the more interesting when the last start failed. */
async function withLastFailure(paths: Paths, error: unknown): Promise<unknown> {
  if (!(error instanceof SmdError) || error.slug !== 'daemon.unavailable') return error
  const { lastFailure, localTime, startHold } = await import('../lifecycle/start-hold.ts')
  const failure = lastFailure(paths)
  if (!failure) return error
  const { at: failedAt, message: lastError } = failure
  const held = startHold(paths) ? '; commands do not start it for some minutes' : ''
  const reason = `${error.details.reason}; at ${localTime(failedAt)} it failed${held}: ${lastError.replace(/\.$/, '')}`
  return new SmdError('daemon.unavailable', { ...error.details, reason, lastError, failedAt })
}
