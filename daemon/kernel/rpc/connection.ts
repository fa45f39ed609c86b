import type { Socket } from 'node:net'
import { SmdError } from '../../../protocol/errors.ts'
import { LineSplitter, LineTooLong } from '../../../protocol/framing.ts'
import { HELLO_DEADLINE_MS, MAX_FRAME_BYTES, MAX_HELLO_BYTES } from '../../../protocol/version.ts'
import { type Caller, type Dispatcher, encodeReply, failure, type Reply } from './dispatch.ts'

/**
 * Serves one client: lines in, replies out, until either side ends.
 *
 * Before `daemon.hello` succeeded only that method is answered, within a deadline and a small size limit. Whatever the
 * client sends, the daemon goes on; only a line beyond the limit ends the connection, since its end cannot be found.
 */
export function serveConnection(socket: Socket, dispatcher: Dispatcher, name: string): Caller {
  const caller: Caller = { name, greeted: false }
  const lines = new LineSplitter(MAX_HELLO_BYTES)
  const deadline = setTimeout(() => socket.destroy(), HELLO_DEADLINE_MS)
  deadline.unref()

  /** Requests are started in the order they came; only the handshake must be over before the next one starts. */
  let greeting: Promise<void> | null = null

  const handle = async (line: string): Promise<void> => {
    const message = parse(line)
    if (message === undefined) return send(failure(null, new SmdError('rpc.parse').toWire()))
    if (caller.greeted) return send(await dispatcher.answer(message, caller))
    if (!isHello(message)) {
      const id = (message as { id?: string | number } | null)?.id ?? null
      return send(failure(id, new SmdError('protocol.handshake_required').toWire()))
    }
    const reply = await dispatcher.answer(message, caller)
    if (caller.greeted) {
      clearTimeout(deadline)
      lines.limit = MAX_FRAME_BYTES
    }
    send(reply)
  }

  const outbox = new Outbox(socket)
  const send = (reply: Reply): void => {
    if (reply !== null) outbox.send(encodeReply(reply))
  }

  const receive = (line: string): void => {
    const work = greeting ? greeting.then(() => handle(line)) : handle(line)
    if (!caller.greeted) greeting = work
    work.catch((error) => socket.destroy(error as Error))
  }

  socket.on('data', (chunk: Buffer) => {
    try {
      for (const line of lines.push(chunk)) receive(line)
    } catch (error) {
      if (!(error instanceof LineTooLong)) throw error
      const reply = failure(null, new SmdError('protocol.frame_too_large', { limit: error.limit }).toWire())
      socket.pause()
      socket.end(`${JSON.stringify(reply)}\n`, () => socket.destroy())
    }
  })
  socket.on('error', () => socket.destroy())
  socket.on('close', () => clearTimeout(deadline))
  return caller
}

/**
 * Writes replies one after the other. A reply of several parts leaves room for other callers between them and waits
 * for a slow reader; replies that are ready meanwhile queue behind it, since a line must not be cut in two.
 */
class Outbox {
  readonly #socket: Socket
  readonly #replies: Array<string | Iterable<string>> = []
  #writing = false

  constructor(socket: Socket) {
    this.#socket = socket
  }

  send(reply: string | Iterable<string>): void {
    if (this.#writing) this.#replies.push(reply)
    else if (typeof reply === 'string') this.#socket.write(`${reply}\n`)
    else void this.#writeParts(reply)
  }

  async #writeParts(parts: Iterable<string>): Promise<void> {
    this.#writing = true
    for (const part of parts) {
      const flowing = this.#socket.write(part)
      await (flowing ? nextTurn() : drained(this.#socket))
      if (this.#socket.destroyed) return
    }
    this.#socket.write('\n')
    this.#writing = false
    for (const reply of this.#replies.splice(0)) this.send(reply)
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function isHello(message: unknown): boolean {
  return (message as { method?: unknown } | null)?.method === 'daemon.hello'
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const drained = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done)
      socket.off('close', done)
      resolve()
    }
    socket.on('drain', done)
    socket.on('close', done)
  })
