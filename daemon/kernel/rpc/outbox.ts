import type { Writable } from 'node:stream'
import type { Reply } from './dispatch.ts'
import { encodeReply } from './encode.ts'
import { nextTurn } from './turn.ts'

/** A client that takes nothing for this long, while something waits for it, is gone as far as anybody can tell. */
const STALL_MS = 60_000

/** Work on one long reply, in ms, after which others come first. */
const PARTS_MS = 1

const SCRATCH_BYTES = 64 * 1024
/** Where parts are put together, outside of V8's heap; shared, because it is filled and sent within one turn. */
let scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES)

/** What takes bytes for one client: a socket, or the answer to an HTTP request. */
export type Sink = Pick<
  Writable,
  'write' | 'writableLength' | 'writableNeedDrain' | 'destroyed' | 'destroy' | 'on' | 'off'
>

/**
 * Writes to one client, one message after the other, so that no line is cut in two. A reply of several parts leaves
 * room for other callers between them; all wait for a slow reader.
 */
export class Outbox {
  readonly #socket: Sink
  /** Null while the next reply can be written at once. */
  #last: Promise<void> | null = null
  /** Lines that came while a reply was half written; null while none is. */
  #held: string[] | null = null
  #heldBytes = 0

  constructor(socket: Sink) {
    this.#socket = socket
  }

  /** Bytes the client has not taken. */
  get bytes(): number {
    return this.#socket.writableLength + this.#heldBytes
  }

  /** Undefined, or a promise that resolves when the client takes more; rejects when the reply could not be made. */
  send(reply: NonNullable<Reply>): Promise<void> | undefined {
    return this.sendText(() => encodeReply(reply))
  }

  /** The same for text, whole or in parts, which is made when it is its turn. */
  sendText(make: () => string | Iterable<string>): Promise<void> | undefined {
    const done = this.#last ? this.#last.then(() => this.#write(make())) : this.#write(make())
    if (!done) return undefined
    const over = done
      .catch(() => undefined)
      .then(() => {
        if (this.#last === over) this.#last = null
      })
    this.#last = over
    return done
  }

  /** A line that is no reply. It does not wait for the client, only for a reply that is half written. */
  push(line: string): void {
    if (!this.#held) return void this.#socket.write(`${line}\n`)
    this.#held.push(line)
    this.#heldBytes += line.length
  }

  /** Resolves when the client has taken what was sent to it, or is gone. */
  async taken(): Promise<void> {
    await this.#last
    await this.#drained()
  }

  #write(encoded: string | Iterable<string>): Promise<void> | undefined {
    if (typeof encoded === 'string') return this.#socket.write(`${encoded}\n`) ? undefined : this.#drained()
    const parts = encoded[Symbol.iterator]()
    const state = this.#writeSome(parts)
    if (state !== 'done') return this.#writeRest(parts, state)
    return this.#socket.writableNeedDrain ? this.#drained() : undefined
  }

  async #writeRest(parts: Iterator<string>, first: Written): Promise<void> {
    this.#held = []
    for (let state = first; state !== 'done'; state = this.#writeSome(parts)) {
      await (state === 'turn' ? nextTurn() : this.#drained())
      if (this.#socket.destroyed) return
    }
    const held = this.#held
    this.#held = null
    this.#heldBytes = 0
    for (const line of held) this.push(line)
  }

  /** Writes parts until there are no more, the client takes no more, or others should have their turn. */
  #writeSome(parts: Iterator<string>): Written {
    const start = performance.now()
    let length = 0
    let taken = true
    const flush = (): void => {
      if (length === 0) return
      taken = this.#socket.write(scratch.subarray(0, length))
      // What was not taken at once is still to be read from there.
      if (this.#socket.writableLength > 0) scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES)
      length = 0
    }
    for (;;) {
      const { done, value } = parts.next()
      const text = done ? '\n' : value
      // A UTF-16 unit has at most three bytes in UTF-8.
      if (text.length * 3 > SCRATCH_BYTES - length) flush()
      if (text.length * 3 > SCRATCH_BYTES) taken = this.#socket.write(text)
      else length += scratch.write(text, length)
      if (done) {
        flush()
        return 'done'
      }
      if (!taken || performance.now() - start > PARTS_MS) {
        flush()
        return taken ? 'turn' : 'blocked'
      }
    }
  }

  #drained(): Promise<void> {
    const socket = this.#socket
    return new Promise((resolve) => {
      if (socket.destroyed || !socket.writableNeedDrain) return resolve()
      const stalled = setTimeout(() => socket.destroy(), STALL_MS)
      stalled.unref()
      const done = (): void => {
        clearTimeout(stalled)
        socket.off('drain', done)
        socket.off('close', done)
        resolve()
      }
      socket.on('drain', done)
      socket.on('close', done)
    })
  }
}

type Written = 'done' | 'turn' | 'blocked'
