import { pino } from 'pino'
import { type Fields, type Logger, type LogLevel, logLevels } from './logger.ts'
import { redactFields, redactLogText } from './redact.ts'
import { currentRequest } from './request-scope.ts'

export type LogOptions = {
  level: LogLevel
  /** Unix ms. */
  now(): number
  /** Called when lines begin to be lost, with the reason, and with null when they can be written again. */
  onTrouble?(reason: string | null): void
}

/**
 * A logger that writes each line with `sink`, in the order in which it is called and before it returns: a process that
 * dies has its last words in the file. A line is `{"level","time","message",…}`; `time` is Unix ms.
 */
export function createLogger(
  sink: { write(line: string): void },
  { level, now, onTrouble = () => undefined }: LogOptions,
): Logger {
  /** Lines that could not be written, e.g. on a full disk; the next one that can says how many. */
  let lost = 0
  const counts: Record<LogLevel, number> = { debug: 0, info: 0, warn: 0, error: 0 }
  const listeners = new Set<(line: string) => void>()
  const write = (line: string): void => {
    try {
      sink.write(line)
      if (lost > 0) onTrouble(null)
      lost = 0
    } catch (error) {
      if (lost === 0) onTrouble((error as Error).message)
      lost++
    }
    for (const listener of listeners) listener(line.trimEnd())
  }
  const inner = pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: () => `,"time":${now()}`,
      formatters: { level: (name) => ({ level: name }) },
      mixin: () => ({
        ...(currentRequest() !== undefined && { requestId: currentRequest() }),
        ...(lost > 0 && { lostLines: lost }),
      }),
    },
    { write },
  )
  const at =
    (name: LogLevel) =>
    (message: string, fields: Fields = {}): void => {
      if (!inner.isLevelEnabled(name)) return
      counts[name]++
      inner[name](redactFields(fields), redactLogText(message))
    }
  const [debug, info, warn, error] = logLevels.map(at) as [Write, Write, Write, Write]
  return {
    debug,
    info,
    warn,
    error,
    counts,
    setLevel(next) {
      inner.level = next
    },
    onLine(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

type Write = Logger[LogLevel]
