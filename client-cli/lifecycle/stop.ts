import { setTimeout as wait } from 'node:timers/promises'
import type { Paths } from '../../daemon/kernel/config/paths.ts'
import { fateOf, type Registration, readRegistration } from '../../daemon/kernel/service/registration.ts'
import { SmdError } from '../../protocol/errors.ts'
import { connectToRunning } from '../session.ts'

/** Longer than a daemon takes at worst (15 s), since it ends itself then. */
const PATIENCE_MS = 16_000
/** How long one that does not answer may take after SIGTERM before it is killed. */
const TERM_MS = 5_000
const KILL_MS = 5_000

export type StopOptions = {
  /** Also when it does not answer: with signals, once it is certain which process it is. */
  force?: boolean
  /** Only when it is not at work. */
  ifIdle?: boolean
}

export type Stopped = { pid: number; killed: boolean }

/** What the daemon said when it was asked to end. */
type Reply =
  | { kind: 'ending'; pid: number }
  /** Nobody listens. */
  | { kind: 'nobody' }
  /** Somebody listens and cannot be asked: does not answer, speaks otherwise, or is ending already. */
  | { kind: 'deaf'; error: SmdError }

/**
 * Ends the daemon and returns when its process is gone; null when none was running.
 *
 * A process is signalled only when the kernel says that it is the one that registered itself (`processStart`): numbers
 * are given to other processes, and files can say anything (daemon spec L6).
 * Errors: `daemon.busy` with `ifIdle`; `daemon.timeout` when it does not end; `daemon.unidentified` when something
 * listens and it is not certain which process that is.
 */
export async function stopDaemon(paths: Paths, options: StopOptions = {}): Promise<Stopped | null> {
  const registered = readRegistration(paths.registrationFile)
  const reply = await ask(paths, options.ifIdle ?? false)
  if (reply.kind === 'nobody') {
    // It starts, ends, or has lost its socket; or it is long gone.
    if (!registered || fateOf(registered) !== 'alive') return null
    return endProcess(paths, registered, options)
  }
  if (reply.kind === 'deaf') {
    const { slug } = reply.error
    const mayBeSignalled = options.force || slug === 'daemon.stopping' || slug === 'protocol.version'
    if (!mayBeSignalled) throw reply.error
    return endProcess(paths, identified(paths, registered), options)
  }
  if (registered?.pid === reply.pid && fateOf(registered) !== 'elsewhere') {
    if (await goneWithin(PATIENCE_MS, () => isOver(registered))) return { pid: reply.pid, killed: false }
    if (!options.force) throw new SmdError('daemon.timeout', { socket: paths.socket })
    return endProcess(paths, registered, options)
  }
  // Its registration is lost, or it runs on the other side of a container: gone is when nobody listens.
  const unreachable = async (): Promise<boolean> => (await ask(paths, false)).kind === 'nobody'
  if (await goneWithin(PATIENCE_MS, unreachable)) return { pid: reply.pid, killed: false }
  throw new SmdError('daemon.timeout', { socket: paths.socket })
}

async function ask(paths: Paths, ifIdle: boolean): Promise<Reply> {
  try {
    const connection = await connectToRunning(paths)
    try {
      const { pid } = await connection.call('daemon.stop', ifIdle ? { ifIdle } : {})
      return { kind: 'ending', pid }
    } catch (error) {
      if (!(error instanceof SmdError) || error.slug === 'daemon.busy') throw error
      return { kind: 'deaf', error }
    } finally {
      connection.close()
    }
  } catch (error) {
    if (error instanceof SmdError && error.slug === 'daemon.unavailable') return { kind: 'nobody' }
    throw error
  }
}

/** The registered process, when it is certain that it is the one. Errors: `daemon.unidentified`. */
function identified({ registrationFile, socket }: Paths, registered: Registration | null): Registration {
  const refuse = (reason: string): SmdError => new SmdError('daemon.unidentified', { reason, socket })
  if (!registered) throw refuse(`something listens on ${socket}, but ${registrationFile} names no process`)
  const { pid } = registered
  switch (fateOf(registered)) {
    case 'alive':
      return registered
    case 'gone':
      throw refuse(`something listens on ${socket}, but the registered process ${pid} is gone`)
    case 'replaced':
      throw refuse(`${pid}, its registered number, belongs to another process now`)
    case 'elsewhere':
      throw refuse(`it was registered on another machine, ${registered.host}`)
    case 'unknown':
      throw refuse(`nothing tells whether process ${pid} is the one that registered itself`)
  }
}

async function endProcess(
  paths: Paths,
  registered: Registration,
  { force = false }: StopOptions,
): Promise<Stopped> {
  const { pid, state } = registered
  // One that is ending already would only be hurried by another signal.
  if (state !== 'stopping' || force) signal(registered, 'SIGTERM')
  if (await goneWithin(force ? TERM_MS : PATIENCE_MS, () => isOver(registered))) return { pid, killed: false }
  if (!force) throw new SmdError('daemon.timeout', { socket: paths.socket })
  signal(registered, 'SIGKILL')
  if (await goneWithin(KILL_MS, () => isOver(registered))) return { pid, killed: true }
  throw new SmdError('daemon.timeout', { socket: paths.socket })
}

/** Looks once more who it is, right before. */
function signal(registered: Registration, name: 'SIGTERM' | 'SIGKILL'): void {
  if (fateOf(registered) !== 'alive') return
  try {
    process.kill(registered.pid, name)
  } catch (error) {
    // It ended this very moment.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

const isOver = (registered: Registration): boolean => !['alive', 'unknown'].includes(fateOf(registered))

async function goneWithin(ms: number, isGone: () => boolean | Promise<boolean>): Promise<boolean> {
  const deadline = performance.now() + ms
  while (!(await isGone())) {
    if (performance.now() > deadline) return false
    await wait(10)
  }
  return true
}
