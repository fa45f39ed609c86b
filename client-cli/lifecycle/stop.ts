import { setTimeout as wait } from 'node:timers/promises'
import type { Paths } from '../../daemon/kernel/config/paths.ts'
import { SmdError } from '../../protocol/errors.ts'
import { connectToRunning } from '../session.ts'

/** Longer than a daemon takes at worst (15 s), since it ends itself then. */
const PATIENCE_MS = 16_000

/** Ends the daemon and returns when its process is gone; null when none was running. Errors: `daemon.timeout`. */
export async function stopDaemon(paths: Paths): Promise<{ pid: number } | null> {
  const connection = await connectToRunning(paths).catch((error) => {
    if (error instanceof SmdError && error.slug === 'daemon.unavailable') return null
    throw error
  })
  if (!connection) return null
  const { pid } = await connection.call('daemon.stop', {}).finally(connection.close)
  const deadline = performance.now() + PATIENCE_MS
  while (isAlive(pid)) {
    if (performance.now() > deadline) throw new SmdError('daemon.timeout', { socket: paths.socket })
    await wait(10)
  }
  return { pid }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
