/** Once a minute the daemon looks at itself as a client does (daemon spec L5). */
import type { Logger } from '../log/logger.ts'
import type { SocketServer } from '../rpc/socket-server.ts'
import type { InstanceLock } from './instance-lock.ts'
import { fateOf, type Registration, readRegistration, writeRegistration } from './registration.ts'

/** Who answered at a socket: an instance, or nobody who speaks as smd does. */
export type Answer = { instance: string } | { nobody: string }

export type SelfCheckParts = {
  /** What the daemon says of itself in its registration. */
  own: Registration
  registrationFile: string
  server: Pick<SocketServer, 'isInPlace' | 'rebind'>
  lock: Pick<InstanceLock, 'isInPlace'>
  /** Greets whoever listens on a socket. */
  greet(socket: string): Promise<Answer>
  log: Logger
}

/**
 * `well`: clients reach this daemon. `mended`: they did not, and do again. `usurped`: another daemon serves in this
 * one's place, which happens when somebody deleted the lock's file; this one has to go.
 */
export type Outcome = 'well' | 'mended' | 'usurped'

/** Looks, and mends what can be mended. Open connections are not touched. */
export async function checkSelf(parts: SelfCheckParts): Promise<Outcome> {
  const { own, registrationFile, server, lock, log } = parts
  const registered = readRegistration(registrationFile)
  const answer = await parts.greet(own.socket)
  const answering = 'instance' in answer ? answer.instance : null

  if (await anotherServes(parts, registered, answering)) {
    log.warn('another daemon serves in this place', { lockInPlace: lock.isInPlace(), registered })
    return 'usurped'
  }
  let mended = false
  if (!server.isInPlace() || (answering === null && isRefusal(answer))) {
    await server.rebind()
    log.warn('the socket was gone or not ours, and is there again', { socket: own.socket, answer })
    mended = true
  }
  if (registered?.instance !== own.instance) {
    writeRegistration(registrationFile, own)
    log.warn('the registration was gone or not ours, and is there again', { registered })
    mended = true
  }
  return mended ? 'mended' : 'well'
}

/** Another instance counts when it answers for itself: a file that names one is a hint and no more. */
async function anotherServes(
  { own, greet, lock }: SelfCheckParts,
  registered: Registration | null,
  answering: string | null,
): Promise<boolean> {
  if (registered === null || registered.instance === own.instance) {
    // Somebody speaks for smd at our socket, and is not us, and may hold a lock.
    return answering !== null && answering !== own.instance && !lock.isInPlace()
  }
  if (registered.instance === answering) return true
  const fate = fateOf(registered)
  if (fate !== 'alive' && fate !== 'unknown') return false
  const there = await greet(registered.socket)
  return 'instance' in there && there.instance === registered.instance
}

const isRefusal = (answer: Answer): boolean =>
  'nobody' in answer && ['ECONNREFUSED', 'ENOENT', 'ENOTSOCK'].includes(answer.nobody)
