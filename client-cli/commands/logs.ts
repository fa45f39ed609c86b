import { setTimeout as wait } from 'node:timers/promises'
import type { LogEntry, LogFilter } from '../../daemon/kernel/log/read-log.ts'
import { SmdError } from '../../protocol/errors.ts'
import type { ParamsOf } from '../../protocol/methods.ts'
import { type CommandContext, defineCommand } from '../command.ts'
import type { Connection } from '../connect.ts'
import { logLine } from '../format/log-line.ts'
import { LastLines } from '../last-lines.ts'
import { connectToRunning } from '../session.ts'

const DEFAULT_LINES = 50
const MOST_LINES = 2_000
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
      max: MOST_LINES,
      describe: `How many lines (default: ${DEFAULT_LINES})`,
    },
    request: { type: 'string', describe: 'Only lines of this request' },
  },
  async run(ctx, { follow = false, level = 'debug', lines = DEFAULT_LINES, request }) {
    const filter: LogFilter = request === undefined ? { level } : { level, request }
    const { io } = ctx
    const print: Print = (entry) => (io.json ? io.value(entry) : io.line(logLine(entry, io.paint)))
    const connection = await connectIfRunning(ctx)
    if (!connection) return readFiles(ctx, { filter, lines, follow }, print)
    if (follow) return followDaemons(ctx, connection, { ...filter, limit: lines }, print)
    try {
      const { items, total } = await connection.call('logs.read', { ...filter, limit: lines })
      if (io.json) io.value({ items, total })
      else for (const entry of items) print(entry)
    } finally {
      connection.close()
    }
  },
})

/** Lines of the daemon that runs, and of those that follow it. Errors: `daemon.unavailable` when lines are not taken. */
async function followDaemons(
  { paths, cwd, io }: CommandContext,
  running: Connection,
  params: ParamsOf<'logs.read'>,
  print: Print,
): Promise<void> {
  const { keepConnected } = await import('../../protocol/keep-connected.ts')
  const shown = new LastLines()
  const over = new AbortController()
  let first: Connection | null = running
  let limit = params.limit ?? DEFAULT_LINES
  let isLost = false
  await keepConnected(
    {
      async open() {
        const connection = first ?? (await connectToRunning(paths, cwd))
        first = null
        return connection
      },
      onLost({ message }) {
        if (!isLost) io.note(`${message} Waiting until it is back; Ctrl+C ends.`)
        isLost = true
      },
      wait,
      signal: over.signal,
    },
    async (connection, cameThrough) => {
      const isNew = shown.goOn()
      connection.onNotification(({ method, params: heard }) => {
        if (method === 'daemon.closing' && heard.reason === 'too_slow') over.abort()
        if (method !== 'logs.line') return
        cameThrough()
        isLost = false
        if (isNew(heard)) print(heard)
      })
      await connection.call('logs.follow', { ...params, limit }).finally(() => {
        // What was written while there was no connection, the end of the last daemon for one.
        limit = MOST_LINES
      })
      throw new SmdError('daemon.unavailable', { reason: 'it sends no lines' })
    },
  )
  throw new SmdError('daemon.unavailable', {
    reason: 'it ended the connection, because lines were not taken',
  })
}

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
