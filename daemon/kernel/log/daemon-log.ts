import type { Health } from '../service/health.ts'
import type { Logger } from './logger.ts'
import { createLogger } from './pino-logger.ts'
import { RotatingFile } from './rotate.ts'

export type DaemonLog = {
  log: Logger
  /** From now on, and for what happened before, lost lines are a warning. */
  warnOfTrouble(health: Health): void
}

/** The log in its files, at level `info` until somebody knows better. Errors: those of the file system. */
export function openDaemonLog(path: string, now: () => number): DaemonLog {
  let health: Health | null = null
  let trouble: string | null = null
  const tell = (): void => {
    if (trouble === null) health?.clear('log.unwritable')
    else health?.warn('log.unwritable', { reason: trouble, file: path })
  }
  const log = createLogger(new RotatingFile(path), {
    level: 'info',
    now,
    onTrouble(reason) {
      trouble = reason
      tell()
    },
  })
  return {
    log,
    warnOfTrouble(place) {
      health = place
      tell()
    },
  }
}
