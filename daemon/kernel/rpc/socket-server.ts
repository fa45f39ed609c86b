import { chmodSync, lstatSync, renameSync, rmSync, unlinkSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { SmdError } from '../../../protocol/errors.ts'
import { MAX_CONNECTIONS } from '../../../protocol/version.ts'
import { Connection } from './connection.ts'
import type { Dispatcher } from './dispatch.ts'
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

/**
 * Listens on a Unix socket (0600) or a named pipe.
 *
 * The socket is bound under a private name and renamed into place: closing a server unlinks the path it was bound to,
 * even when another process has bound it since. We remove the final path only while it is still our inode.
 * The caller holds the instance lock, so nobody else puts a socket there at the same time.
 */
export async function listenOnSocket(
  path: string,
  dispatcher: Dispatcher,
  { logFile, platform = process.platform }: { logFile: string; platform?: NodeJS.Platform },
): Promise<SocketServer> {
  const open = new Set<Socket>()
  let count = 0
  const isPipe = platform === 'win32'
  // Not longer than the final name, or the system would cut it.
  const bound = isPipe ? path : join(dirname(path), `.${process.pid.toString(36)}`)
  for (const name of [path, bound]) checkSocketPath(name, platform)

  const listen = async (): Promise<{ server: Server; inode: number | null }> => {
    // Half open: a client that ends its side after the last question still gets the answers.
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      open.add(socket)
      socket.on('close', () => open.delete(socket))
      new Connection(socket, dispatcher, `socket#${++count}`)
    })
    server.maxConnections = MAX_CONNECTIONS
    if (!isPipe) rmSync(bound, { force: true })
    await listening(server, bound, logFile)
    try {
      if (!isPipe) putInPlace(bound, path)
    } catch (error) {
      server.close()
      throw startFailure(path, logFile, error as NodeJS.ErrnoException)
    }
    return { server, inode: isPipe ? null : inodeOf(path) }
  }

  let current = await listen()
  const isOurs = (): boolean => current.inode !== null && inodeOf(path) === current.inode
  const removeSocket = (): void => {
    if (isOurs()) unlinkSync(path)
  }
  // The connections of a server are not closed with it.
  const stopAccepting = (): void => void current.server.close()

  const endConnections = async (): Promise<void> => {
    const ended = [...open].map((socket) => new Promise((resolve) => socket.once('close', resolve)))
    const cut = setTimeout(() => {
      for (const socket of open) socket.destroy()
    }, DRAIN_MS)
    for (const socket of open) socket.destroySoon()
    await Promise.all(ended)
    clearTimeout(cut)
  }

  return {
    get connections() {
      return open.size
    },
    isInPlace: () => isPipe || isOurs(),
    async rebind() {
      // A pipe has no file that could be lost.
      if (isPipe) return
      stopAccepting()
      // Something else at the path gives way to the rename, but for a folder.
      current = await listen()
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

function putInPlace(bound: string, path: string): void {
  chmodSync(bound, 0o600)
  renameSync(bound, path)
}

function inodeOf(path: string): number | null {
  return lstatSync(path, { throwIfNoEntry: false })?.ino ?? null
}

function listening(server: Server, path: string, logFile: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => reject(startFailure(path, logFile, cause)))
    server.listen(path, () => resolve())
  })
}

function startFailure(path: string, log: string, cause: NodeJS.ErrnoException): SmdError {
  const { code = '', message } = cause
  if (code === 'EPERM' || code === 'EACCES')
    return new SmdError('daemon.not_allowed', { socket: path, code }, { cause })
  return new SmdError('daemon.start_failed', { reason: message, log }, { cause })
}
