import { SmdError } from '../../../protocol/errors.ts'
import type { ParsedParamsOf, ResultOf } from '../../../protocol/methods.ts'
import type { DaemonContext } from '../../context.ts'
import { parseLogLine, passes, readLog } from '../../kernel/log/read-log.ts'
import type { RequestContext } from '../../kernel/rpc/request.ts'

/** The last lines, from the files. */
export function readLogs(
  { paths }: DaemonContext,
  { limit, ...filter }: ParsedParamsOf<'logs.read'>,
): ResultOf<'logs.read'> {
  const items = readLog(paths.logFile, filter, limit)
  return { items, total: items.length }
}

/**
 * Sends lines until the caller wants no more or is gone. New ones come from the logger and not from the file, so it does
 * not matter when that is rotated; between the last old line and the first new one nothing can be written.
 */
export async function followLogs(
  { paths, log, closing }: DaemonContext,
  { limit, ...filter }: ParsedParamsOf<'logs.follow'>,
  request: RequestContext,
): Promise<ResultOf<'logs.follow'>> {
  const { caller, signal } = request
  // Without an id nobody could end it, and a caller in this process hears nothing.
  if (![...caller.open.values()].includes(request)) return { followed: false }
  for (const entry of readLog(paths.logFile, filter, limit)) {
    if (!caller.notify('logs.line', entry)) return { followed: false }
  }
  let stop = (): void => undefined
  const over = new Promise<void>((resolve) => {
    for (const end of [signal, closing]) end.addEventListener('abort', () => resolve(), { once: true })
    stop = log.onLine((line) => {
      const entry = parseLogLine(line)
      if (entry && passes(entry, filter) && !caller.notify('logs.line', entry)) resolve()
    })
  })
  await over.finally(stop)
  if (closing.aborted) throw new SmdError('daemon.stopping')
  return { followed: false }
}
