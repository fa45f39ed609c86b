/** A daemon that runs already, and is not the one this command line came with (daemon spec L8, L9). */
import { setTimeout as pause } from 'node:timers/promises'
import lt from 'semver/functions/lt.js'
import type { Paths } from '../../daemon/kernel/config/paths.ts'
import { SmdError } from '../../protocol/errors.ts'
import type { ResultOf } from '../../protocol/methods.ts'
import { VERSION } from '../../protocol/version.ts'
import type { Connection } from '../connect.ts'
import { stopDaemon } from './stop.ts'

/** How often, and after what pause, a daemon at work is asked again whether it may end. */
const BUSY_ATTEMPTS = 5
const BUSY_PAUSE_MS = 200

/** `kept`: it goes on, and `remark` says what the user should know about that. */
export type Replacement = { kind: 'ended' } | { kind: 'kept'; remark: string | null }

/**
 * Ends the running daemon when it is older than this command line, or its files were replaced, and it is idle; one that
 * is at work is left alone.
 */
export async function endIfOutdated(
  paths: Paths,
  connection: Pick<Connection, 'greeting'>,
  status: ResultOf<'daemon.status'>,
): Promise<Replacement> {
  const { version, health, cache } = status
  if (isOlder(VERSION, version)) {
    const remark = `The daemon is smd ${version}, newer than this command line (${VERSION}). Update it: npm install --global smd`
    return { kind: 'kept', remark }
  }
  const replaced = health.warnings.some(({ code }) => code === 'daemon.restart_needed')
  if (!replaced && !isOlder(version, VERSION)) return { kind: 'kept', remark: null }
  const { capabilities } = await connection.greeting
  const busy = {
    kind: 'kept',
    remark: `The daemon is still smd ${version}, because it is at work. Replace it when that is done: smd restart`,
  } as const
  // One that cannot be asked to look for itself is judged by what it says.
  if (!capabilities.includes('stop.if-idle') && cache.refreshing) return busy
  // What it does by itself is over in a moment.
  for (let attempt = 1; ; attempt++) {
    try {
      await stopDaemon(paths, { ifIdle: true })
      return { kind: 'ended' }
    } catch (error) {
      if (!(error instanceof SmdError) || error.slug !== 'daemon.busy') throw error
      if (attempt === BUSY_ATTEMPTS) return busy
      await pause(BUSY_PAUSE_MS)
    }
  }
}

function isOlder(version: string, other: string): boolean {
  try {
    return lt(version, other)
  } catch {
    // No version at all: nothing can be said.
    return false
  }
}
