/** Failed starts, as the command line sees them: after too many, only `smd start` tries again (daemon spec L10). */
import type { Paths } from '../../daemon/kernel/config/paths.ts'
import {
  forgetStartFailures,
  heldUntil,
  MAX_FAILURES,
  readStartFailures,
  recordStartFailure,
  type StartFailure,
} from '../../daemon/kernel/service/start-failures.ts'
import { SmdError } from '../../protocol/errors.ts'

/** Remembers why a start failed. */
export function noteFailure({ startFailuresFile }: Paths, error: SmdError): void {
  try {
    recordStartFailure(startFailuresFile, { at: Date.now(), message: error.message })
  } catch {
    // A state folder that cannot be written: the failure itself is what the user has to hear of.
  }
}

/** Why no daemon may be started now, or null. */
export function startHold({ startFailuresFile }: Paths): SmdError | null {
  const failures = readStartFailures(startFailuresFile)
  const until = heldUntil(failures, Date.now())
  if (until === null) return null
  const reason = failures.at(-1)?.message ?? ''
  return new SmdError('daemon.crash_loop', { count: MAX_FAILURES, until: localTime(until), reason })
}

/** The last failure of a daemon that has not served since, or null. */
export function lastFailure({ startFailuresFile }: Paths): StartFailure | null {
  return readStartFailures(startFailuresFile).at(-1) ?? null
}

/** The user wants it tried. */
export function liftHold({ startFailuresFile }: Paths): void {
  forgetStartFailures(startFailuresFile)
}

/** `14:05:09` */
export const localTime = (at: number): string => new Date(at).toTimeString().slice(0, 8)
