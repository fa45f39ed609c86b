/**
 * Starts of the daemon that failed, so that clients do not try for ever (daemon spec L10). Written by whoever learns of
 * a failure: the client that started the daemon, or the daemon itself when it meets a bug.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'

/** One start that ended badly. */
export type StartFailure = {
  /** Unix ms. */
  at: number
  /** What was said about it. */
  message: string
}

/** This many failures within `WINDOW_MS` are one too many. */
export const MAX_FAILURES = 4
const WINDOW_MS = 60_000
/** How long nobody but `smd start` tries again then. */
export const HOLD_MS = 5 * 60_000

/** The last few failures, oldest first; none when there is no file that can be read. */
export function readStartFailures(file: string): StartFailure[] {
  try {
    const { failures } = JSON.parse(readFileSync(file, 'utf8'))
    return Array.isArray(failures) ? failures.filter(isFailure) : []
  } catch {
    return []
  }
}

const isFailure = (value: unknown): value is StartFailure => {
  const { at, message } = (value ?? {}) as Partial<StartFailure>
  return typeof at === 'number' && typeof message === 'string'
}

/** Adds one. Two that do so at the same moment may lose one of theirs, which makes no difference. */
export function recordStartFailure(file: string, failure: StartFailure): void {
  const failures = [...readStartFailures(file), failure].slice(-MAX_FAILURES)
  const temporary = `${file}.${process.pid}.tmp`
  writeFileSync(temporary, `${JSON.stringify({ failures })}\n`, { mode: 0o600 })
  renameSync(temporary, file)
}

/** The daemon serves, or somebody wants it tried again. */
export function forgetStartFailures(file: string): void {
  rmSync(file, { force: true })
}

/** Until when (Unix ms) no client starts a daemon by itself, or null when it may. */
export function heldUntil(failures: readonly StartFailure[], now: number): number | null {
  const recent = failures.slice(-MAX_FAILURES)
  const [first] = recent
  const last = recent.at(-1)
  if (!first || !last || recent.length < MAX_FAILURES || last.at - first.at > WINDOW_MS) return null
  const until = last.at + HOLD_MS
  // A clock that was set back must not hold anybody for longer.
  return now >= last.at && now < until ? until : null
}
