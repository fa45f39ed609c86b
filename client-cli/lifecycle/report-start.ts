import type { CommandContext } from '../command.ts'
import type { Connection } from '../connect.ts'
import { describeCounts } from '../format/counts.ts'
import { formatDuration, plural } from '../format/values.ts'
import { withRefreshBar } from '../refresh-bar.ts'

/** Says who answers and what was found, once there is something to say. Closes the connection. */
export async function reportStart(
  { io }: Pick<CommandContext, 'io'>,
  connection: Connection,
  started: boolean,
): Promise<void> {
  try {
    const status = await connection.call('daemon.status', {})
    if (!io.json)
      io.line(
        `smd ${status.version} ${started ? 'listens' : 'runs already and listens'} on ${status.socket} (pid ${status.pid})`,
      )
    // The first answer of a new cache is worth waiting for: it is what the user wants to see next.
    const filled = performance.now()
    await withRefreshBar({ io, ...connection }, connection.call('projects.list', { limit: 1 }))
    const tookMs = performance.now() - filled
    const cache = await connection.call('cache.status', {})
    if (io.json) return io.value({ started, ...(await connection.call('daemon.status', {})) })
    const counts = describeCounts(cache.countsByType)
    const took = cache.misses > 0 && tookMs > 50 ? ` in ${formatDuration(tookMs)}` : ''
    io.line(
      `Found ${plural(cache.artifacts, 'artifact')} of ${plural(cache.projects, 'project')}${took}${counts ? `: ${counts}` : ''}`,
    )
    if (cache.projects === 0) {
      io.line('No project was found on this machine. Tell smd about one: smd projects add PATH')
      io.line('Or look at a small sample: smd demo')
    } else io.line('Look at them: smd list, smd search WORD, smd show NAME')
    for (const { severity, text, fix } of status.health.warnings) io.note(`${severity}: ${text}\n  ${fix}`)
  } finally {
    connection.close()
  }
}
