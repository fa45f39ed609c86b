/** A socket that a service manager opened before the daemon ran, and handed over (sd_listen_fds(3)). */
import { fstatSync, readFileSync, statSync } from 'node:fs'
import { SmdError } from '../../../protocol/errors.ts'

/** Descriptors handed over begin after the three standard streams. */
const FIRST_DESCRIPTOR = 3

/** What smd's socket unit calls its socket, so that it is found among several. */
const SOCKET_NAME = 'rpc'

const variables = ['LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES', 'LISTEN_PIDFDID'] as const

/**
 * The descriptor of the inherited socket, or null when nothing was handed to this process.
 *
 * The variables are taken out of `env`, so that no child believes they are meant for it. They count only when they name
 * this very process: a daemon that a client in a socket-activated shell starts inherits them, too.
 */
export function takeInheritedSocket(env: NodeJS.ProcessEnv, pid: number): number | null {
  const { LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES } = env
  for (const variable of variables) delete env[variable]
  if (LISTEN_PID !== String(pid)) return null
  if (!LISTEN_FDS || !/^[1-9]\d{0,3}$/.test(LISTEN_FDS)) return null
  const named = LISTEN_FDNAMES?.split(':').slice(0, Number(LISTEN_FDS)).indexOf(SOCKET_NAME) ?? -1
  return FIRST_DESCRIPTOR + Math.max(named, 0)
}

/**
 * Fails unless the inherited socket is the one that clients use, or nobody would ever come. `path` is that of clients.
 * Errors: `daemon.start_failed`.
 */
export function checkInheritedSocket(fd: number, path: string, logFile: string): void {
  const held = addressOfSocket(fd)
  if (held !== null && isSameFile(held, path)) return
  const reason = `the service manager listens on ${held ?? 'something else'}, but clients use ${path}; write the service anew with: smd service install`
  throw new SmdError('daemon.start_failed', { reason, log: logFile })
}

/**
 * The path that a Unix socket is bound to, or null when the descriptor is no such socket. Asked of the kernel's table,
 * because Node does not tell it for a socket it did not open itself.
 */
function addressOfSocket(fd: number): string | null {
  const inode = String(fstatSync(fd).ino)
  // `Num RefCount Protocol Flags Type St Inode Path`
  for (const line of readFileSync('/proc/self/net/unix', 'utf8').split('\n')) {
    const [, found, path] = /^(?:\S+\s+){6}(\d+) (\/.*)$/.exec(line) ?? []
    if (found === inode && path !== undefined) return path
  }
  return null
}

/** Two spellings of one path are the same socket. */
function isSameFile(one: string, other: string): boolean {
  const [a, b] = [one, other].map((path) => statSync(path, { throwIfNoEntry: false }))
  return a !== undefined && b !== undefined && a.ino === b.ino && a.dev === b.dev
}
