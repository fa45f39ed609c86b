/** Reading the disk again, and what came of it; for `cache refresh` and `projects scan`. */

import { ExitCode } from '../../protocol/errors.ts'
import type { ParamsOf, ResultOf } from '../../protocol/methods.ts'
import type { CommandContext } from '../command.ts'
import { formatBytes, formatCount, formatDuration, plural } from '../format/values.ts'
import { withRefreshBar } from '../refresh-bar.ts'

type Answer = ResultOf<'cache.refresh'>

/** Runs the refresh with a bar and prints its result. Exit code 1 when something could not be read. */
export async function refreshAndReport(
  { io, ...source }: Pick<CommandContext, 'call' | 'onNotification' | 'io'>,
  params: ParamsOf<'cache.refresh'>,
): Promise<number> {
  const answer = await withRefreshBar({ io, ...source }, source.call('cache.refresh', params))
  if (io.json) io.value(answer)
  else print(io, answer)
  return answer.result && !answer.result.success ? ExitCode.failure : ExitCode.ok
}

function print(io: CommandContext['io'], { refreshed, result }: Answer): void {
  if (!refreshed || !result) {
    io.line('Everything is fresh; nothing was read. Read it anyway with: --force')
    return
  }
  const { added, changed, removed, unchanged, filesRead, bytesRead } = result.counters
  io.line(`Read ${plural(result.projectsRefreshed, 'project')} in ${formatDuration(result.durationMs)}`)
  io.line(
    `${formatCount(added)} added, ${formatCount(changed)} changed, ${formatCount(removed)} removed, ${formatCount(unchanged)} unchanged (${plural(filesRead, 'file')}, ${formatBytes(bytesRead)} read)`,
  )
  for (const { path, message } of result.errors) io.note(`${path}: ${message}`)
}
