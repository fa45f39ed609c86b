import type { Duplex } from 'node:stream'
import { SmdError } from '../../../protocol/errors.ts'
import { LineSplitter, LineTooLong } from '../../../protocol/framing.ts'
import type { NotificationName, NotificationParams } from '../../../protocol/notifications.ts'
import {
  HELLO_DEADLINE_MS,
  MAX_FRAME_BYTES,
  MAX_HELLO_BYTES,
  MAX_IN_FLIGHT,
  MAX_QUEUE_BYTES,
  MAX_WAITING_BYTES,
} from '../../../protocol/version.ts'
import type { AccessScope } from '../../../protocol/vocabulary.ts'
import { CANCEL, cancelledId, type Dispatcher, failure, idOf, type Reply } from './dispatch.ts'
import { Outbox } from './outbox.ts'
import { RawJson } from './raw-json.ts'
import type { Caller, RequestContext } from './request.ts'
import { inTurn, joinTurns, leaveTurns, nextTurn, TURN_MS } from './turn.ts'

/** How long a client may go on sending, or taking, before its connection is cut. */
const LINGER_MS = 1_000

/** What carries the bytes of one client, both ways: a socket, or a WebSocket that looks like one. */
export type Line = Duplex & {
  /** Ends when what was written has been taken. */
  destroySoon(): void
}

/**
 * Serves one client: lines in, replies out, until either side ends.
 *
 * Before `daemon.hello` succeeded only that method is answered, within a deadline and a small size limit. Whatever the
 * client sends, the daemon goes on; only a line beyond the limit ends the connection, since its end cannot be found.
 * A client that sends faster than it is answered, or does not take its answers, is not read any further; one that does
 * not take what it subscribed to is cut off.
 */
export class Connection {
  readonly #socket: Line
  readonly #dispatcher: Dispatcher
  readonly #caller: Caller
  readonly #gone = new AbortController()
  readonly #lines = new LineSplitter(MAX_HELLO_BYTES)
  readonly #outbox: Outbox
  readonly #deadline: NodeJS.Timeout
  /** Received and not started yet; `id` once somebody wanted to know. */
  readonly #waiting: Array<{ line: string; id?: string | number | null }> = []
  #waitingBytes = 0
  /** Started and not taken by the client yet. */
  #inFlight = 0
  /** How many may be; before the greeting was answered one, so that its answer is the first. */
  #mayBeInFlight = 1
  #pumping = false
  /** Nothing more is read: the client ended its side, or sent a line that is too long. */
  #deaf = false

  /** `name` is for the log; whoever reaches the socket of the daemon may do everything. */
  constructor(socket: Line, dispatcher: Dispatcher, name: string, scope: AccessScope = 'admin') {
    this.#socket = socket
    this.#dispatcher = dispatcher
    this.#caller = {
      name,
      scope,
      greeted: false,
      open: new Map<string | number, RequestContext>(),
      gone: this.#gone.signal,
      notify: (method, params) => this.#notify(method, params),
      taken: () => this.#outbox.taken(),
    }
    this.#outbox = new Outbox(socket)
    joinTurns()
    this.#deadline = setTimeout(() => socket.destroy(), HELLO_DEADLINE_MS)
    this.#deadline.unref()
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('end', () => this.#hearNoMore())
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#closed())
  }

  /** Resolves when the connection has ended. */
  get closed(): Promise<void> {
    const { signal } = this.#gone
    return new Promise((resolve) => {
      if (signal.aborted) resolve()
      else signal.addEventListener('abort', () => resolve(), { once: true })
    })
  }

  /** Says that the daemon stops, and ends when the client has taken what waits for it. */
  end(): void {
    if (this.#caller.greeted) this.#notify('daemon.closing', { reason: 'stopping' })
    this.#socket.destroySoon()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #closed(): void {
    clearTimeout(this.#deadline)
    leaveTurns()
    this.#waiting.length = 0
    const reason = new SmdError('request.cancelled')
    for (const request of this.#caller.open.values()) request.abort(reason)
    this.#gone.abort(reason)
  }

  #receive(chunk: Buffer): void {
    if (this.#deaf) return
    try {
      for (const line of this.#lines.push(chunk)) {
        if (this.#waiting.length > 0 && this.#cancels(line)) continue
        this.#waiting.push({ line })
        this.#waitingBytes += line.length
      }
      if (this.#waitingBytes > MAX_WAITING_BYTES) this.#socket.pause()
      inTurn(() => void this.#pump())
    } catch (error) {
      if (!(error instanceof LineTooLong)) throw error
      this.#refuse(error.limit)
    }
  }

  /** Giving up does not queue behind what is given up. False when the line says something else. */
  #cancels(line: string): boolean {
    const id = line.includes(CANCEL) ? cancelledId(parse(line)) : null
    if (id === null) return false
    // Each is parsed once, however many are given up.
    const at = this.#waiting.findIndex((waiting) => {
      if (waiting.id === undefined) waiting.id = idOf(parse(waiting.line))
      return waiting.id === id
    })
    if (at === -1) void this.#dispatcher.answer(parse(line), this.#caller)
    else void this.#giveUp(id, this.#waiting.splice(at, 1)[0]?.line.length ?? 0)
    return true
  }

  /** Its bytes count until the client has taken the answer, or asking and giving up would pile up answers for ever. */
  async #giveUp(id: string | number, bytes: number): Promise<void> {
    await this.#reply(Promise.resolve(failure(id, new SmdError('request.cancelled').toWire())))
    this.#waitingBytes -= bytes
    void this.#pump()
  }

  /** What the client still sends is thrown away for a moment: closed at once, it would not get to read the reply. */
  #refuse(limit: number): void {
    const reply = failure(null, new SmdError('protocol.frame_too_large', { limit }).toWire())
    void this.#reply(Promise.resolve(reply))
    this.#cutSoon()
    this.#socket.resume()
    this.#hearNoMore()
  }

  #cutSoon(): void {
    const cut = setTimeout(() => this.#socket.destroy(), LINGER_MS)
    this.#socket.once('close', () => clearTimeout(cut))
  }

  #hearNoMore(): void {
    this.#deaf = true
    void this.#pump()
  }

  /** A client that lets too much pile up is told so, in case it wakes up, and cut off; nothing is skipped silently. */
  #notify<Name extends NotificationName>(method: Name, params: NotificationParams<Name> | RawJson): boolean {
    const socket = this.#socket
    if (socket.destroyed || socket.writableEnded) return false
    if (this.#outbox.bytes <= MAX_QUEUE_BYTES) {
      this.#outbox.push(notification(method, params))
      return true
    }
    this.#outbox.push(notification('daemon.closing', { reason: 'too_slow' }))
    socket.end()
    this.#cutSoon()
    return false
  }

  /** Starts waiting requests in the order they came, as many as may be open; the handshake has to be over first. */
  async #pump(): Promise<void> {
    if (this.#pumping) return
    this.#pumping = true
    let start = performance.now()
    while (this.#waiting.length > 0 && this.#mayStart()) {
      const { line } = this.#waiting.shift() as { line: string }
      this.#waitingBytes -= line.length
      const replied = this.#reply(this.#answer(line))
      if (this.#waiting.length === 0) break
      // What is answered at once is written before the next one starts, so that answers do not pile up here.
      await Promise.race([replied, nextTurn()])
      if (performance.now() - start < TURN_MS) continue
      await nextTurn()
      start = performance.now()
    }
    this.#pumping = false
    if (this.#deaf) {
      if (this.#waiting.length === 0 && this.#inFlight === 0) this.#socket.end()
    } else if (this.#waitingBytes <= MAX_WAITING_BYTES && this.#socket.isPaused()) this.#socket.resume()
  }

  #mayStart(): boolean {
    return this.#inFlight < this.#mayBeInFlight && this.#outbox.bytes <= MAX_QUEUE_BYTES
  }

  async #reply(answer: Promise<Reply>): Promise<void> {
    this.#inFlight++
    try {
      const reply = await answer
      // Written to one that is being cut off, it would take along what still waits for the client.
      if (reply !== null && this.#socket.writable) await this.#outbox.send(reply)
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

function notification<Name extends NotificationName>(
  method: Name,
  params: NotificationParams<Name> | RawJson,
): string {
  const text = params instanceof RawJson ? params.toText() : JSON.stringify(params)
  return `{"jsonrpc":"2.0","method":"${method}","params":${text}}`
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
