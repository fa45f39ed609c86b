/** Whether the clock can be trusted: what counts as fresh is told by it. */
import { statSync } from 'node:fs'
import { readRegistration } from '../../daemon/kernel/service/registration.ts'
import { type Finding, fault, type Machine, ok } from './finding.ts'

/** Clocks that are set a little now and then are no fault. */
const TOLERANCE_MS = 5 * 60_000

/** `lastRefreshAt` as the running daemon says it; null without one. */
export function checkClock({ paths, now }: Machine, lastRefreshAt: number | null): Finding[] {
  const times: Array<[what: string, at: number | null]> = [
    ['The cache was read', lastRefreshAt],
    ['The daemon was started', readRegistration(paths.registrationFile)?.startedAt ?? null],
    [`${paths.cacheDb} was changed`, changedAt(paths.cacheDb)],
    [`${paths.logFile} was changed`, changedAt(paths.logFile)],
  ]
  const ahead = times.find(([, at]) => at !== null && at > now() + TOLERANCE_MS)
  if (!ahead) return [ok('clock', 'No file is from the future')]
  const [what, at] = ahead as [string, number]
  return [
    fault(
      'clock',
      `${what} at ${new Date(at).toISOString()}, which is in the future.`,
      'Set the clock (timedatectl set-ntp true), then read everything again: smd cache refresh --force',
    ),
  ]
}

function changedAt(path: string): number | null {
  try {
    return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null
  } catch {
    // Its folder cannot be entered, which is a finding of its own.
    return null
  }
}
