import { writeSync } from 'node:fs'

export const logLevels = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof logLevels)[number]
type Fields = Record<string, unknown>

/** One JSON object per line; `time` is Unix ms. */
export type Logger = Record<LogLevel, (message: string, fields?: Fields) => void> & {
  setLevel(level: LogLevel): void
}

/** Writes lines to a file descriptor that stays open; the daemon's is its log file. */
export function createLogger(fd: number, level: LogLevel, now: () => number): Logger {
  let threshold = logLevels.indexOf(level)
  /** Lines that could not be written, e.g. on a full disk; the next one that can says how many. */
  let lost = 0
  const at =
    (name: LogLevel) =>
    (message: string, fields: Fields = {}): void => {
      if (logLevels.indexOf(name) < threshold) return
      const line = { time: now(), level: name, message, ...fields, ...(lost > 0 && { lostLines: lost }) }
      try {
        writeSync(fd, `${JSON.stringify(line)}\n`)
        lost = 0
      } catch {
        lost++
      }
    }
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    setLevel(next) {
      threshold = logLevels.indexOf(next)
    },
  }
}

/** For processes that have no log: the offline command line and tests. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
}
