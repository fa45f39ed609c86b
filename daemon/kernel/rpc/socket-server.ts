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
  /** Stops accepting, removes the socket if it is still ours, and ends open connections. */
  close(): Promise<void>
}

/**
 * Listens on a Unix socket (0600) or a named pipe.
 *
 * The socket is bound under a private name and renamed into place: closing a server unlinks the path it was bound to,
 * even when another process has bound it since. We remove the final path only while it is still our inode.
 * The caller holds the instance lock, so nobody else puts a socket there at the same time.
 *
 * With `inheritedFd` a service manager has opened the socket already and keeps it when the daemon ends: it is used as it
 * is, and neither its name nor its mode is touched.
 * Errors: `daemon.not_allowed`, `daemon.start_failed`.
 */
export async function listenOnSocket(
  path: string,
  dispatcher: Dispatcher,
  {
    logFile,
    platform = process.platform,
    inheritedFd = null,
  }: { logFile: string; platform?: NodeJS.Platform; inheritedFd?: number | null },
): Promise<SocketServer> {
  const open = new Set<Connection>()
  let count = 0
  // Half open: a client that ends its side after the last question still gets the answers.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const connection = new Connection(socket, dispatcher, `socket#${++count}`)
    open.add(connection)
    socket.on('close', () => open.delete(connection))
  })
  server.maxConnections = MAX_CONNECTIONS
  let inode: number | null = null
  if (inheritedFd === null) inode = await listenOnPath(server, path, platform, logFile)
  else {
    checkInheritedSocket(inheritedFd, path, logFile)
    await listening(server, { fd: inheritedFd }, path, logFile)
  }

  return {
    close: () =>
      new Promise((resolve) => {
        if (inode !== null && inodeOf(path) === inode) unlinkSync(path)
        const cut = setTimeout(() => {
          for (const connection of open) connection.destroy()
        }, DRAIN_MS)
        server.close(() => {
          clearTimeout(cut)
          resolve()
        })
        for (const connection of open) connection.end()
      }),
  }
}

/** Binds the path; gives the inode of the socket, null for a pipe. */
async function listenOnPath(
  server: Server,
  path: string,
  platform: NodeJS.Platform,
  logFile: string,
): Promise<number | null> {
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
  return isPipe ? null : lstatSync(path).ino
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
