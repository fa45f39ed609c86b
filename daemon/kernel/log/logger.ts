/** The seam between smd and its log: what a service may say, and how severe it is. */

export const logLevels = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof logLevels)[number]
export type Fields = Record<string, unknown>

/** One JSON object per line, secrets hidden; lines that a request caused carry its id. */
export type Logger = Record<LogLevel, (message: string, fields?: Fields) => void> & {
  setLevel(level: LogLevel): void
  /** Calls `listener` with each line that is written from now on, without its line end; returns what ends that. */
  onLine(listener: (line: string) => void): () => void
  /** Lines since the start, by level; those below the level do not count. */
  readonly counts: Readonly<Record<LogLevel, number>>
}

/** Whether `level` is at least as severe as `least`. */
export const atLeast = (level: LogLevel, least: LogLevel): boolean =>
  logLevels.indexOf(level) >= logLevels.indexOf(least)

/** For processes that have no log: the offline command line and tests. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  onLine: () => () => undefined,
  counts: { debug: 0, info: 0, warn: 0, error: 0 },
}
