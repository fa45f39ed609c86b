import { chmodSync, lstatSync, renameSync, rmSync, unlinkSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { dirname, join } from 'node:path'
import { SmdError } from '../../../protocol/errors.ts'
import { MAX_CONNECTIONS } from '../../../protocol/version.ts'
import { Connection } from './connection.ts'
import type { Dispatcher } from './dispatch.ts'
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
 */
export async function listenOnSocket(
  path: string,
  dispatcher: Dispatcher,
  { logFile, platform = process.platform }: { logFile: string; platform?: NodeJS.Platform },
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
  const isPipe = platform === 'win32'
  // Not longer than the final name, or the system would cut it.
  const bound = isPipe ? path : join(dirname(path), `.${process.pid.toString(36)}`)
  for (const name of [path, bound]) checkSocketPath(name, platform)
  if (!isPipe) rmSync(bound, { force: true })
  await listening(server, bound, logFile)
  try {
    if (!isPipe) putInPlace(bound, path)
  } catch (error) {
    server.close()
    throw startFailure(path, logFile, error as NodeJS.ErrnoException)
  }
  const inode = isPipe ? null : lstatSync(path).ino

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
