/**
 * One client starts the daemon, the others wait for it: fifty of them would need minutes of processor time to find out
 * that one was enough. Nothing depends on it: when two believe to be the one, the daemon's lock decides.
 */
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import type { Paths } from '../../daemon/kernel/config/paths.ts'
import { processStart } from '../../daemon/kernel/service/process-start.ts'

/** A claim that is older is of no interest: no start takes that long. */
const MAX_AGE_MS = 30_000
/** Between its creation and its content. */
const YOUNG_MS = 1_000

/** Makes this process the one that starts the daemon; the function gives that up. Null when another one does. */
export function claimStart(paths: Paths): (() => void) | null {
  const file = paths.startClaimFile
  const claim = JSON.stringify({ pid: process.pid, start: processStart(process.pid) })
  const release = (): void => {
    if (read(file) === claim) rmSync(file, { force: true })
  }
  try {
    writeFileSync(file, claim, { flag: 'wx', mode: 0o600 })
    return release
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  if (isClaimed(paths)) return null
  // Left behind by a client that was killed.
  writeFileSync(file, claim, { mode: 0o600 })
  return release
}

/** Whether a living client is starting the daemon. */
export function isClaimed({ startClaimFile: file }: Paths): boolean {
  const found = statSync(file, { throwIfNoEntry: false })
  if (!found) return false
  const age = Math.abs(Date.now() - found.mtimeMs)
  if (age > MAX_AGE_MS) return false
  try {
    const { pid, start } = JSON.parse(read(file) ?? '')
    return start === null || processStart(pid) === start
  } catch {
    return age < YOUNG_MS
  }
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
