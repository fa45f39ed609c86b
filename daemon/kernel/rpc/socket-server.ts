import { chmodSync, lstatSync, renameSync, rmSync, unlinkSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { dirname, join } from 'node:path'
import { SmdError } from '../../../protocol/errors.ts'
import { MAX_CONNECTIONS } from '../../../protocol/version.ts'
import { Connection } from './connection.ts'
import type { Dispatcher } from './dispatch.ts'
import { checkInheritedSocket } from './inherited-socket.ts'
import { checkSocketPath } from './socket-path.ts'

/** How long clients may take to read their last answers when the server closes. */
const DRAIN_MS = 1_000

export type SocketServer = {
  /** Open connections. */
  readonly connections: number
  /** Whether clients find this server at its path. */
  isInPlace(): boolean
  /** Puts a new socket at the path, whatever is there; open connections go on. */
  rebind(): Promise<void>
  /** Accepts no more connections; the socket stays in its place. */
  stopAccepting(): void
  /** Ends open connections when their last answers were taken, or after a moment. */
  endConnections(): Promise<void>
  /** Removes the socket if it is still ours. */
  removeSocket(): void
  /** All of that: stops accepting, removes the socket, ends open connections. */
  close(): Promise<void>
}

export type SocketOptions = {
  logFile: string
  platform?: NodeJS.Platform
  /** Descriptor of a socket that a service manager opened. */
  inheritedFd?: number | null
  /** Called with their number when one comes or goes. */
  onConnections?(open: number): void
}

/**
 * Listens on a Unix socket (0600) or a named pipe.
 *
 * The socket is bound under a private name and renamed into place: closing a server unlinks the path it was bound to,
 * even when another process has bound it since. We remove the final path only while it is still our inode.
 * The caller holds the instance lock, so nobody else puts a socket there at the same time.
 *
 * With `inheritedFd` a service manager has opened the socket already and keeps it when the daemon ends: it is used as it
 * is, and its name is not touched.
 * Errors: `daemon.not_allowed`, `daemon.start_failed`.
 */
export async function listenOnSocket(
  path: string,
  dispatcher: Dispatcher,
  {
    logFile,
    platform = process.platform,
    inheritedFd = null,
    onConnections = () => undefined,
  }: SocketOptions,
): Promise<SocketServer> {
  const open = new Set<Connection>()
  let count = 0
  const listen = async (fd: number | null): Promise<{ server: Server; inode: number | null }> => {
    // Half open: a client that ends its side after the last question still gets the answers.
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      const connection = new Connection(socket, dispatcher, `socket#${++count}`)
      open.add(connection)
      onConnections(open.size)
      socket.on('close', () => {
        open.delete(connection)
        onConnections(open.size)
      })
    })
    server.maxConnections = MAX_CONNECTIONS
    if (fd === null) await listenOnPath(server, path, platform, logFile)
    else {
      checkInheritedSocket(fd, path, logFile)
      await listening(server, { fd }, path, logFile)
    }
    return { server, inode: platform === 'win32' ? null : inodeOf(path) }
  }

  let current = await listen(inheritedFd)
  /** A socket of the service manager is not ours to remove. */
  let isOwn = inheritedFd === null
  const isInPlace = (): boolean => current.inode === null || inodeOf(path) === current.inode
  const removeSocket = (): void => {
    if (isOwn && current.inode !== null && isInPlace()) unlinkSync(path)
  }
  // The connections of a server are not closed with it.
  const stopAccepting = (): void => void current.server.close()

  const endConnections = async (): Promise<void> => {
    const ended = [...open].map((connection) => connection.closed)
    const cut = setTimeout(() => {
      for (const connection of open) connection.destroy()
    }, DRAIN_MS)
    for (const connection of open) connection.end()
    await Promise.all(ended)
    clearTimeout(cut)
  }

  return {
    get connections() {
      return open.size
    },
    isInPlace,
    async rebind() {
      // A pipe has no file that could be lost.
      if (platform === 'win32') return
      stopAccepting()
      // Something else at the path gives way to the rename, but for a folder.
      current = await listen(null)
      isOwn = true
    },
    stopAccepting,
    endConnections,
    removeSocket,
    close: () => {
      stopAccepting()
      removeSocket()
      return endConnections()
    },
  }
}

/** Binds the path. */
async function listenOnPath(
  server: Server,
  path: string,
  platform: NodeJS.Platform,
  logFile: string,
): Promise<void> {
  const isPipe = platform === 'win32'
  // Not longer than the final name, or the system would cut it.
  const bound = isPipe ? path : join(dirname(path), `.${process.pid.toString(36)}`)
  for (const name of [path, bound]) checkSocketPath(name, platform)
  if (!isPipe) rmSync(bound, { force: true })
  await listening(server, { path: bound }, path, logFile)
  try {
    if (!isPipe) putInPlace(bound, path)
  } catch (error) {
    server.close()
    throw startFailure(path, logFile, error as NodeJS.ErrnoException)
  }
}

function putInPlace(bound: string, path: string): void {
  chmodSync(bound, 0o600)
  renameSync(bound, path)
}

function inodeOf(path: string): number | null {
  return lstatSync(path, { throwIfNoEntry: false })?.ino ?? null
}

type Listenable = { path: string } | { fd: number }

function listening(server: Server, on: Listenable, path: string, logFile: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => reject(startFailure(path, logFile, cause)))
    server.listen(on, () => resolve())
  })
}

function startFailure(path: string, log: string, cause: NodeJS.ErrnoException): SmdError {
  const { code = '', message } = cause
  if (code === 'EPERM' || code === 'EACCES')
    return new SmdError('daemon.not_allowed', { socket: path, code }, { cause })
  return new SmdError('daemon.start_failed', { reason: message, log }, { cause })
}
