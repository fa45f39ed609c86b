import { connect as connectSocket, type Socket } from 'node:net'
import { type Call, createClient, helloParams } from '../protocol/client.ts'
import { SmdError } from '../protocol/errors.ts'
import { LineSplitter } from '../protocol/framing.ts'
import { VERSION } from '../protocol/version.ts'

/** A daemon that accepts a connection but does not greet within this time is stuck (daemon spec L2). */
const HELLO_MS = 5_000

export type Connection = { call: Call; close(): void }

/**
 * Connects to the daemon's socket and greets it. The greeting and the first call go out together, so a short command
 * waits for one round trip only.
 * Errors: `daemon.unavailable` when nobody listens (details.code), `daemon.not_allowed` when the system forbids it;
 * calls reject with `daemon.timeout`, `protocol.version`, or what the daemon answers.
 */
export async function connect(socketPath: string, cwd: string | undefined): Promise<Connection> {
  const socket = await open(socketPath)
  const client = createClient((line) => void socket.write(`${line}\n`))
  const lines = new LineSplitter(Number.POSITIVE_INFINITY)
  socket.on('data', (chunk: Buffer) => {
    for (const line of lines.push(chunk)) client.receive(line)
  })
  const ended = (): void =>
    client.fail(new SmdError('daemon.unavailable', { reason: 'it ended the connection' }))
  socket.on('close', ended)
  const stuck = setTimeout(() => {
    client.fail(new SmdError('daemon.timeout', { socket: socketPath }))
    socket.destroy()
  }, HELLO_MS)
  // Written together with the first call: the system sends both at the end of this turn.
  socket.cork()
  process.nextTick(() => socket.uncork())
  client.call('daemon.hello', helloParams(`smd-cli/${VERSION}`, cwd)).then(
    () => clearTimeout(stuck),
    (error: SmdError) => {
      clearTimeout(stuck)
      client.fail(error)
    },
  )
  return {
    call: client.call,
    close: () => {
      clearTimeout(stuck)
      socket.off('close', ended)
      socket.destroy()
    },
  }
}

function open(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket(path)
    socket.once('connect', () => {
      socket.off('error', failed)
      socket.on('error', () => socket.destroy())
      resolve(socket)
    })
    const failed = (cause: NodeJS.ErrnoException): void => {
      const code = cause.code ?? cause.message
      const denied = code === 'EACCES' || code === 'EPERM'
      reject(
        denied
          ? new SmdError('daemon.not_allowed', { socket: path, code }, { cause })
          : new SmdError('daemon.unavailable', { reason: `nobody listens on ${path}`, code }, { cause }),
      )
    }
    socket.once('error', failed)
  })
}
