import { lstatSync } from 'node:fs'
import { connect as connectSocket } from 'node:net'
import { dirname } from 'node:path'
import { type Call, createClient, helloParams, type Notification } from '../protocol/client.ts'
import { SmdError } from '../protocol/errors.ts'
import { LineSplitter } from '../protocol/framing.ts'
import type { ResultOf } from '../protocol/methods.ts'
import { VERSION } from '../protocol/version.ts'

/** A daemon that accepts a connection but does not greet within this time is stuck (daemon spec L2). */
const HELLO_MS = 5_000

/** Names this run of the command line in the log of the daemon: `smd logs --request`. */
const requestId = Math.random().toString(36).slice(2, 10)

export type Connection = {
  call: Call
  /** Hands on what the daemon sends unasked. Returns what ends that. */
  onNotification(listener: (notification: Notification) => void): () => void
  close(): void
  /** Settles when the connection stands. Errors: those of `connect`. */
  opened: Promise<void>
  /** What the daemon said of itself. Errors: those of calls. */
  greeting: Promise<ResultOf<'daemon.hello'>>
  /** Why no connection came about; calls reject with this very error then. Null otherwise. */
  refusal(): SmdError | null
}

/**
 * Connects to the daemon's socket and greets it. Greeting and first calls are sent without waiting for anything, so a
 * short command takes one round trip.
 * Errors, of calls and of `opened`: `daemon.unavailable` when nobody listens (details.code), `daemon.not_allowed` when
 * the system forbids it. Of calls: `daemon.timeout`, `protocol.version`, and what the daemon answers. Thrown at once:
 * `daemon.unsafe_folder`, because what listens there may be anybody.
 */
export function connect(socketPath: string, cwd: string | undefined): Connection {
  refuseStrangers(socketPath)
  let refusal: SmdError | null = null
  const socket = connectSocket(socketPath)
  const listeners = new Set<(notification: Notification) => void>()
  const client = createClient(
    (line) => void socket.write(`${line}\n`),
    (notification) => {
      for (const listener of listeners) listener(notification)
    },
  )
  const call: Call = (method, params, options) =>
    client.call(method, params, { ...options, meta: { requestId, ...options?.meta } })
  const lines = new LineSplitter(Number.POSITIVE_INFINITY)
  socket.on('data', (chunk: Buffer) => {
    for (const line of lines.push(chunk)) client.receive(line)
  })
  const opened = new Promise<void>((resolve, reject) => {
    let connected = false
    socket.once('connect', () => {
      connected = true
      resolve()
    })
    socket.on('error', (cause: NodeJS.ErrnoException) => {
      if (!connected) refusal = refused(socketPath, cause)
      const error =
        refusal ??
        new SmdError('daemon.unavailable', { reason: `the connection broke (${cause.code})` }, { cause })
      client.fail(error)
      reject(error)
    })
  })
  // Whoever only calls hears of it through the calls.
  opened.catch(() => undefined)
  const ended = (): void =>
    client.fail(new SmdError('daemon.unavailable', { reason: 'it ended the connection' }))
  socket.on('close', ended)
  const stuck = setTimeout(() => {
    client.fail(new SmdError('daemon.timeout', { socket: socketPath }))
    socket.destroy()
  }, HELLO_MS)
  const greeting = call('daemon.hello', helloParams(`smd-cli/${VERSION}`, cwd))
  greeting.then(
    () => clearTimeout(stuck),
    (error: SmdError) => {
      clearTimeout(stuck)
      client.fail(error)
      // Whoever talks otherwise may leave the connection open for ever.
      socket.destroy()
    },
  )
  return {
    call,
    onNotification(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    close: () => {
      clearTimeout(stuck)
      socket.off('close', ended)
      socket.destroy()
    },
    opened,
    greeting,
    refusal: () => refusal,
  }
}

/** Others can put a socket into a folder that is theirs or open to them, such as `/tmp`: it has to be one of ours then. */
function refuseStrangers(socketPath: string): void {
  const uid = process.getuid?.()
  if (uid === undefined) return
  const folder = dirname(socketPath)
  try {
    const { uid: owner, mode } = lstatSync(folder)
    if (owner === uid && (mode & 0o022) === 0) return
    const { uid: listener } = lstatSync(socketPath)
    if (listener === uid) return
    const reason = `the socket in it belongs to user ${listener}, not to ${uid}`
    throw new SmdError('daemon.unsafe_folder', { path: folder, reason })
  } catch (error) {
    // Nothing there, or no way in: connecting says so.
    if (error instanceof SmdError) throw error
  }
}

function refused(socket: string, cause: NodeJS.ErrnoException): SmdError {
  const code = cause.code ?? cause.message
  if (code === 'EACCES' || code === 'EPERM')
    return new SmdError('daemon.not_allowed', { socket, code }, { cause })
  return new SmdError('daemon.unavailable', { reason: `nobody listens on ${socket}`, code }, { cause })
}
