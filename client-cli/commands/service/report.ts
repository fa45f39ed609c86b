/** Sentences that several verbs of `smd service` share. */
import type { Asked, ServiceStatus } from '../../autostart/service.ts'
import type { Io } from '../../io.ts'

export const managerNames: Record<ServiceStatus['kind'], string> = {
  systemd: 'systemd',
  launchd: 'launchd',
  'windows-task': 'the Task Scheduler',
}

export const activityTexts = {
  running: 'runs',
  listening: 'starts with the first command',
  stopped: 'is stopped',
  failed: 'has failed',
} as const

/** Said where the manager cannot be asked, as in a container or a shell without a login session. */
export function reportUnasked(io: Io, kind: ServiceStatus['kind'], asked: Asked, commands: boolean): void {
  if (asked.reachable) return
  io.note(`${managerNames[kind]} cannot be asked here: ${asked.reason}`)
  if (!commands) return
  io.note('It takes effect at the next login, or with:')
  for (const line of asked.byHand) io.note(`  ${line}`)
}

/** Said of systemd, where it can be chosen. */
export function reportLinger(io: Io, kind: ServiceStatus['kind'], lingers: boolean | null): void {
  if (kind === 'systemd' && lingers === false)
    io.note('It ends when you have logged out everywhere. To keep it: loginctl enable-linger')
}
