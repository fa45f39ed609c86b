/** Reads the log from its files, newest line first where possible, so that a long log costs no more than a short one. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { atLeast, type LogLevel, logLevels } from './logger.ts'
import { redactLogText } from './redact.ts'
import { logFiles } from './rotate.ts'

/** One line of the log. */
export type LogEntry = {
  /** Unix ms; null for text that is no line of the log, such as what a dying process printed. */
  loggedAt: number | null
  level: LogLevel
  message: string
  /** The command line or client call that caused it. */
  requestId: string | null
  fields: Record<string, unknown>
}

export type LogFilter = {
  /** Least severity. */
  level: LogLevel
  /** Only lines of this request. */
  request?: string | undefined
}

const CHUNK = 64 * 1024
const NEWLINE = 0x0a

/** The last `count` entries that pass, oldest first, over all files of the log. None where there are no files. */
export function readLog(path: string, filter: LogFilter, count: number): LogEntry[] {
  const found: LogEntry[] = []
  if (count === 0) return found
  for (const line of linesFromEnd(path)) {
    const entry = parseLogLine(line)
    if (!entry || !passes(entry, filter)) continue
    found.push(entry)
    if (found.length === count) break
  }
  return found.reverse()
}

export function passes({ level, requestId }: LogEntry, filter: LogFilter): boolean {
  return atLeast(level, filter.level) && (filter.request === undefined || requestId === filter.request)
}

/** Null for an empty line. */
export function parseLogLine(line: string): LogEntry | null {
  if (line.trim() === '') return null
  const value = parse(line)
  if (!value)
    return { loggedAt: null, level: 'error', message: redactLogText(line), requestId: null, fields: {} }
  const { time, level, message, requestId = null, ...fields } = value
  return { loggedAt: time, level, message, requestId: requestId as string | null, fields }
}

type Line = { time: number; level: LogLevel; message: string; [field: string]: unknown }

function parse(line: string): Line | null {
  if (!line.startsWith('{')) return null
  try {
    const value = JSON.parse(line)
    return logLevels.includes(value.level) &&
      typeof value.time === 'number' &&
      typeof value.message === 'string'
      ? value
      : null
  } catch {
    return null
  }
}

/** All lines, the last one first. A file that is renamed meanwhile is read once. */
function* linesFromEnd(path: string): Generator<string> {
  const seen = new Set<number>()
  for (const file of logFiles(path)) {
    const fd = openIfThere(file)
    if (fd === null) continue
    try {
      const { ino, size } = fstatSync(fd)
      if (seen.has(ino)) continue
      seen.add(ino)
      yield* linesOf(fd, size)
    } finally {
      closeSync(fd)
    }
  }
}

function* linesOf(fd: number, size: number): Generator<string> {
  /** Chunks of the line whose beginning has not been found yet, in the order of the file. */
  let open: Buffer[] = []
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - CHUNK)
    const chunk = Buffer.alloc(end - start)
    readSync(fd, chunk, 0, chunk.length, start)
    let to = chunk.length
    for (
      let at = chunk.lastIndexOf(NEWLINE);
      at !== -1;
      at = at === 0 ? -1 : chunk.lastIndexOf(NEWLINE, at - 1)
    ) {
      yield Buffer.concat([chunk.subarray(at + 1, to), ...open]).toString('utf8')
      open = []
      to = at
    }
    open.unshift(chunk.subarray(0, to))
    end = start
  }
  yield Buffer.concat(open).toString('utf8')
}

function openIfThere(file: string): number | null {
  try {
    return openSync(file, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
