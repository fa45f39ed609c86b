/** A logger that keeps its lines. */
import type { Logger } from '../../daemon/kernel/log/logger.ts'

export type LogLine = { level: string; message: string } & Record<string, unknown>

/** `lines` are what was logged, at every level, oldest first. */
export function recordLog(): { log: Logger; lines: LogLine[] } {
  const lines: LogLine[] = []
  const at =
    (level: string) =>
    (message: string, fields: Record<string, unknown> = {}): void =>
      void lines.push({ level, message, ...fields })
  const log: Logger = {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    setLevel: () => undefined,
    onLine: () => () => undefined,
    counts: { debug: 0, info: 0, warn: 0, error: 0 },
  }
  return { log, lines }
}
