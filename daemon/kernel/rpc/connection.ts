import type { Socket } from 'node:net'
import { SmdError } from '../../../protocol/errors.ts'
import { LineSplitter, LineTooLong } from '../../../protocol/framing.ts'
import {
  HELLO_DEADLINE_MS,
  MAX_FRAME_BYTES,
  MAX_HELLO_BYTES,
  MAX_IN_FLIGHT,
} from '../../../protocol/version.ts'
import { type Caller, type Dispatcher, failure, idOf, type Reply } from './dispatch.ts'
import { Outbox } from './outbox.ts'
import { nextTurn, TURN_MS } from './turn.ts'

/** How long a client that sent too much may go on sending before its connection is cut. */
const LINGER_MS = 1_000

/**
 * Serves one client: lines in, replies out, until either side ends.
 *
 * Before `daemon.hello` succeeded only that method is answered, within a deadline and a small size limit. Whatever the
 * client sends, the daemon goes on; only a line beyond the limit ends the connection, since its end cannot be found.
 * A client that sends faster than it is answered, or does not take its answers, is not read any further.
 */
export class Connection {
  readonly #socket: Socket
  readonly #dispatcher: Dispatcher
  readonly #caller: Caller
  readonly #lines = new LineSplitter(MAX_HELLO_BYTES)
  readonly #outbox: Outbox
  readonly #deadline: NodeJS.Timeout
  /** Received and not started yet. */
  readonly #waiting: string[] = []
  /** Started and not taken by the client yet. */
  #inFlight = 0
  /** How many may be; before the greeting was answered one, so that its answer is the first. */
  #mayBeInFlight = 1
  #pumping = false
  /** Nothing more is read: the client ended its side, or sent a line that is too long. */
  #deaf = false

  constructor(socket: Socket, dispatcher: Dispatcher, name: string) {
    this.#socket = socket
    this.#dispatcher = dispatcher
    this.#caller = { name, greeted: false }
    this.#outbox = new Outbox(socket)
    this.#deadline = setTimeout(() => socket.destroy(), HELLO_DEADLINE_MS)
    this.#deadline.unref()
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('end', () => this.#hearNoMore())
    socket.on('error', () => socket.destroy())
    socket.on('close', () => clearTimeout(this.#deadline))
  }

  #receive(chunk: Buffer): void {
    if (this.#deaf) return
    try {
      for (const line of this.#lines.push(chunk)) this.#waiting.push(line)
      void this.#pump()
    } catch (error) {
      if (!(error instanceof LineTooLong)) throw error
      this.#refuse(error.limit)
    }
  }

  /** What the client still sends is thrown away for a moment: closed at once, it would not get to read the reply. */
  #refuse(limit: number): void {
    const reply = failure(null, new SmdError('protocol.frame_too_large', { limit }).toWire())
    void this.#reply(Promise.resolve(reply))
    const cut = setTimeout(() => this.#socket.destroy(), LINGER_MS)
    this.#socket.once('close', () => clearTimeout(cut))
    this.#socket.resume()
    this.#hearNoMore()
  }

  #hearNoMore(): void {
    this.#deaf = true
    void this.#pump()
  }

  /** Starts waiting requests in the order they came, as many as may be open; the handshake has to be over first. */
  async #pump(): Promise<void> {
    if (this.#pumping) return
    this.#pumping = true
    let start = performance.now()
    while (this.#waiting.length > 0 && this.#inFlight < this.#mayBeInFlight) {
      void this.#reply(this.#answer(this.#waiting.shift() as string))
      if (performance.now() - start < TURN_MS) continue
      await nextTurn()
      start = performance.now()
    }
    this.#pumping = false
    if (this.#deaf) {
      if (this.#waiting.length === 0 && this.#inFlight === 0) this.#socket.end()
    } else if (this.#waiting.length > 0) this.#socket.pause()
    else if (this.#socket.isPaused()) this.#socket.resume()
  }

  async #reply(answer: Promise<Reply>): Promise<void> {
    this.#inFlight++
    try {
      const reply = await answer
      if (reply !== null) await this.#outbox.send(reply)
    } catch (error) {
      // A reply that broke off halfway cannot be taken back; the reason stands in the log.
      this.#socket.destroy(error as Error)
    } finally {
      this.#inFlight--
      void this.#pump()
    }
  }

  async #answer(line: string): Promise<Reply> {
    const message = parse(line)
    if (message === undefined) return failure(null, new SmdError('rpc.parse').toWire())
    const caller = this.#caller
    if (caller.greeted) return this.#dispatcher.answer(message, caller)
    if (!isHello(message)) return failure(idOf(message), new SmdError('protocol.handshake_required').toWire())
    const reply = await this.#dispatcher.answer(message, caller)
    // Set by the handler of daemon.hello.
    if ((caller as Caller).greeted) {
      clearTimeout(this.#deadline)
      this.#lines.limit = MAX_FRAME_BYTES
      this.#mayBeInFlight = MAX_IN_FLIGHT
    }
    return reply
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
