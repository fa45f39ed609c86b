import type { LogEntry } from '../../daemon/kernel/log/read-log.ts'
import type { Style } from '../io.ts'
import { localTime } from './local-time.ts'

const styles: Record<LogEntry['level'], Style> = { debug: 'dim', info: 'green', warn: 'yellow', error: 'red' }

/** `2026-11-25 21:45:03.123 info  message  name=value` in local time; texts of several lines come below, indented. */
export function logLine(entry: LogEntry, paint: (style: Style, text: string) => string): string {
  const { loggedAt, level, message, requestId, fields } = entry
  const values = Object.entries(requestId === null ? fields : { requestId, ...fields })
  const isLong = ([, value]: [string, unknown]): boolean => typeof value === 'string' && value.includes('\n')
  const short = values.filter((value) => !isLong(value)).map(([name, value]) => `${name}=${plain(value)}`)
  const long = values.filter(isLong).map(([name, value]) => `${name}: ${value}`)
  const head = [
    paint('dim', loggedAt === null ? ' '.repeat(23) : localTime(new Date(loggedAt))),
    paint(styles[level], level.padEnd(5)),
    message,
    ...(short.length > 0 ? [paint('dim', short.join(' '))] : []),
  ].join(' ')
  const below = long.flatMap((text) => text.split('\n').map((line) => `    ${line}`))
  return [head, ...below].join('\n')
}

/** Quoted where a space would hide where it ends. */
function plain(value: unknown): string {
  if (typeof value === 'string' && /^[^\s"]+$/.test(value)) return value
  return JSON.stringify(value)
}
