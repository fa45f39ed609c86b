/** The protocol of the socket over WebSockets: the same lines, the same limits, the same code. */
import { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { Connection } from '../rpc/connection.ts'
import type { Dispatcher } from '../rpc/dispatch.ts'
import { systemTimers, type Timers } from '../timers.ts'
import type { Upgrade } from './http-server.ts'

/** What one message of a page may have; it asks, and writes no files. */
const MAX_MESSAGE_BYTES = 1024 * 1024
/** A page that does not answer to a ping until the next one is gone, though nobody said so. */
const PING_MS = 30_000
/** Codes of our own start at 4000; the page asks to be signed in again then. */
const SIGNED_OUT = 4401

export type WebSockets = {
  /** Open connections. */
  readonly connections: number
  accept(upgrade: Upgrade): void
  /** Ends all when their last answers were taken, or after `ms`. */
  end(ms: number): Promise<void>
}

export function createWebSockets(
  dispatcher: Dispatcher,
  {
    timers = systemTimers,
    onConnections = () => undefined,
  }: { timers?: Timers; onConnections?(open: number): void } = {},
): WebSockets {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    clientTracking: false,
  })
  const open = new Set<Connection>()
  let count = 0

  const serve = (socket: WebSocket, { visitor, out }: Upgrade): void => {
    const line = new WebSocketLine(socket)
    const connection = new Connection(line, dispatcher, `page#${++count} ${visitor.name}`, visitor.scope)
    open.add(connection)
    onConnections(open.size)
    const signOut = (): void => socket.close(SIGNED_OUT, 'signed out')
    if (out.aborted) signOut()
    out.addEventListener('abort', signOut, { once: true })
    const stopPinging = ping(socket, timers)
    socket.once('close', () => {
      stopPinging()
      out.removeEventListener('abort', signOut)
      open.delete(connection)
      onConnections(open.size)
    })
  }

  return {
    get connections() {
      return open.size
    },
    accept(upgrade) {
      const { request, socket, head } = upgrade
      server.handleUpgrade(request, socket, head, (webSocket) => serve(webSocket, upgrade))
    },
    async end(ms) {
      const ended = [...open].map((connection) => connection.closed)
      const cancel = timers.after(ms, () => {
        for (const connection of open) connection.destroy()
      })
      for (const connection of open) connection.end()
      await Promise.all(ended)
      cancel()
    },
  }
}

function ping(socket: WebSocket, timers: Timers): () => void {
  let isThere = true
  socket.on('pong', () => {
    isThere = true
  })
  return timers.every(PING_MS, () => {
    if (!isThere) return socket.terminate()
    isThere = false
    socket.ping()
  })
}

/**
 * Bytes over a WebSocket: what is written is one text message each, whatever it holds of a line; what comes is read in
 * the order it came, and not read any further while nobody takes it.
 */
class WebSocketLine extends Duplex {
  readonly #socket: WebSocket

  constructor(socket: WebSocket) {
    super({ allowHalfOpen: true, autoDestroy: false })
    this.#socket = socket
    socket.on('message', (data: Buffer) => {
      if (!this.push(data)) socket.pause()
    })
    // A message that is too long, or what is no WebSocket.
    socket.on('error', () => undefined)
    socket.once('close', () => {
      this.push(null)
      this.destroy()
    })
  }

  override _read(): void {
    this.#socket.resume()
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    // Gone meanwhile: what is written to it is lost, as with any socket.
    if (this.#socket.readyState !== this.#socket.OPEN) done()
    else this.#socket.send(chunk, { binary: false }, () => done())
  }

  override _final(done: () => void): void {
    this.#socket.close(1000)
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.terminate()
    done(error)
  }

  destroySoon(): void {
    this.end()
    // The page answers to the end; what does not is cut off by whoever wanted it.
  }
}
