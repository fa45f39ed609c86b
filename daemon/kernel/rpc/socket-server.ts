import { chmodSync, lstatSync, renameSync, rmSync, unlinkSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { SmdError } from '../../../protocol/errors.ts'
import { serveConnection } from './connection.ts'
import type { Dispatcher } from './dispatch.ts'

export type SocketServer = {
  /** Stops accepting, ends open connections and removes the socket if it is still ours. */
  close(): Promise<void>
  readonly connections: number
}

/** Bytes of a socket path the system keeps; longer ones are cut silently (daemon spec, traps). */
const pathLimit = (platform: NodeJS.Platform): number => (platform === 'linux' ? 107 : 103)

/** Fails when the system would cut the path. Named pipes have no such limit. */
export function checkSocketPath(path: string, platform: NodeJS.Platform): void {
  if (platform === 'win32') return
  const bytes = Buffer.byteLength(path)
  const limit = pathLimit(platform)
  if (bytes > limit) throw new SmdError('daemon.path_too_long', { path, bytes, limit })
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
  platform: NodeJS.Platform = process.platform,
): Promise<SocketServer> {
  const open = new Set<Socket>()
  let count = 0
  const server = createServer({ noDelay: true }, (socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    serveConnection(socket, dispatcher, `socket#${++count}`)
  })
  const isPipe = platform === 'win32'
  const bound = isPipe ? path : join(dirname(path), `.${process.pid}.sock`)
  checkSocketPath(path, platform)
  if (!isPipe) rmSync(bound, { force: true })
  await listening(server, bound)
  if (!isPipe) {
    chmodSync(bound, 0o600)
    renameSync(bound, path)
  }
  const inode = isPipe ? null : lstatSync(path).ino

  return {
    get connections() {
      return open.size
    },
    close: () =>
      new Promise((resolve) => {
        if (inode !== null && inodeOf(path) === inode) unlinkSync(path)
        server.close(() => resolve())
        for (const socket of open) {
          socket.end()
          if (socket.writableLength === 0) socket.destroySoon()
        }
      }),
  }
}

function inodeOf(path: string): number | null {
  return lstatSync(path, { throwIfNoEntry: false })?.ino ?? null
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const denied = cause.code === 'EPERM' || cause.code === 'EACCES'
      reject(
        denied
          ? new SmdError('daemon.not_allowed', { socket: path, code: cause.code ?? '' }, { cause })
          : new SmdError('daemon.start_failed', { reason: cause.message, log: '' }, { cause }),
      )
    })
    server.listen(path, () => resolve())
  })
}
