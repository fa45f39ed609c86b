import { setTimeout as wait } from 'node:timers/promises'
import type { LogEntry, LogFilter } from '../../daemon/kernel/log/read-log.ts'
import { SmdError } from '../../protocol/errors.ts'
import type { ParamsOf } from '../../protocol/methods.ts'
import { type CommandContext, defineCommand } from '../command.ts'
import type { Connection } from '../connect.ts'
import { logLine } from '../format/log-line.ts'
import { connectToRunning } from '../session.ts'

const DEFAULT_LINES = 50
/** How often files are looked at where no daemon can be asked. */
const POLL_MS = 250

type Print = (entry: LogEntry) => void

export const logsCommand = defineCommand({
  name: 'logs',
  summary: 'Show what the daemon did: the last lines of its log, and those to come',
  examples: [
    ['smd logs --level warn', 'Only what went wrong'],
    ['smd logs -f', 'Go on until Ctrl+C'],
    ['smd logs --request 4f0c2a9b', 'What one command caused; an internal error names its request'],
  ],
  args: {
    follow: { type: 'boolean', alias: 'f', describe: 'Go on with new lines until Ctrl+C' },
    level: { type: 'string', choices: ['debug', 'info', 'warn', 'error'], describe: 'Least severity' },
    lines: {
      type: 'number',
      alias: 'n',
      min: 0,
      max: 2_000,
      describe: `How many lines (default: ${DEFAULT_LINES})`,
    },
    request: { type: 'string', describe: 'Only lines of this request' },
  },
  async run(ctx, { follow = false, level = 'debug', lines = DEFAULT_LINES, request }) {
    const filter: LogFilter = request === undefined ? { level } : { level, request }
    const { io } = ctx
    const print: Print = (entry) => (io.json ? io.value(entry) : io.line(logLine(entry, io.paint)))
    let over: (error: SmdError) => void = () => undefined
    const cutOff = new Promise<never>((_, reject) => {
      over = reject
    })
    cutOff.catch(() => undefined)
    const connection = await connectIfRunning(ctx)
    if (!connection) return readFiles(ctx, { filter, lines, follow }, print)
    connection.onNotification(({ method, params }) => {
      if (method === 'logs.line') print(params)
      else if (method === 'daemon.closing' && params.reason === 'too_slow') over(tooSlow())
    })
    try {
      const params: ParamsOf<'logs.read'> = { ...filter, limit: lines }
      if (follow) await Promise.race([connection.call('logs.follow', params), cutOff])
      else {
        const { items, total } = await connection.call('logs.read', params)
        if (io.json) io.value({ items, total })
        else for (const entry of items) print(entry)
      }
    } finally {
      connection.close()
    }
  },
})

const tooSlow = (): SmdError =>
  new SmdError('daemon.unavailable', { reason: 'it ended the connection, because lines were not taken' })

/** Null where there is no daemon to ask. */
async function connectIfRunning({ paths, cwd, io }: CommandContext): Promise<Connection | null> {
  try {
    return await connectToRunning(paths, cwd)
  } catch (error) {
    const known =
      error instanceof SmdError && ['daemon.unavailable', 'daemon.not_allowed'].includes(error.slug)
    if (!known) throw error
    io.note(`${error.message} Read from ${paths.logFile}.`)
    return null
  }
}

async function readFiles(
  { paths, io }: CommandContext,
  { filter, lines, follow }: { filter: LogFilter; lines: number; follow: boolean },
  print: Print,
): Promise<void> {
  const { passes, readLog } = await import('../../daemon/kernel/log/read-log.ts')
  const { LogFollower } = await import('../../daemon/kernel/log/follow-log.ts')
  const follower = follow ? new LogFollower(paths.logFile) : null
  const items = readLog(paths.logFile, filter, lines)
  if (io.json && !follow) return io.value({ items, total: items.length })
  for (const entry of items) print(entry)
  while (follower) {
    for (const entry of follower.poll()) if (passes(entry, filter)) print(entry)
    await wait(POLL_MS)
  }
}
