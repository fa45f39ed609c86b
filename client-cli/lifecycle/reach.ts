import { SmdError } from '../../protocol/errors.ts'
import type { CommandContext } from '../command.ts'
import type { Connection } from '../connect.ts'
import { connectToRunning } from '../session.ts'
import { startDaemon } from './start.ts'
import { startHold } from './start-hold.ts'

/**
 * A connection of its own to the daemon, which is started when it is not running and may be: for commands that go on,
 * and that nothing but a daemon can serve.
 * Errors: those of `connect` and `startDaemon`; `daemon.crash_loop`.
 */
export async function reachDaemon({
  paths,
  env,
  cwd,
  spawn,
}: Pick<CommandContext, 'paths' | 'env' | 'cwd' | 'spawn'>): Promise<Connection> {
  try {
    return await connectToRunning(paths, cwd)
  } catch (error) {
    const isMissing = error instanceof SmdError && error.slug === 'daemon.unavailable'
    if (!isMissing || !spawn) throw error
  }
  const hold = startHold(paths)
  if (hold) throw hold
  await startDaemon(paths, env)
  return connectToRunning(paths, cwd)
}
