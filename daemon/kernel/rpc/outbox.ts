import type { Socket } from 'node:net'
import { encodeReply, type Reply } from './dispatch.ts'
import { nextTurn } from './turn.ts'

/** A client that takes nothing for this long, while something waits for it, is gone as far as anybody can tell. */
const STALL_MS = 60_000

/**
 * Writes to one client, one message after the other, so that no line is cut in two. A reply of several parts leaves
 * room for other callers between them; all wait for a slow reader.
 */
export class Outbox {
  readonly #socket: Socket
  /** Null while the next reply can be written at once. */
  #last: Promise<void> | null = null
  /** Lines that came while a reply was half written; null while none is. */
  #held: string[] | null = null
  #heldBytes = 0

  constructor(socket: Socket) {
    this.#socket = socket
  }

  /** Bytes the client has not taken. */
  get bytes(): number {
    return this.#socket.writableLength + this.#heldBytes
  }

  /** Undefined, or a promise that resolves when the client takes more; rejects when the reply could not be made. */
  send(reply: NonNullable<Reply>): Promise<void> | undefined {
    const done = this.#last ? this.#last.then(() => this.#write(reply)) : this.#write(reply)
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

  #write(reply: NonNullable<Reply>): Promise<void> | undefined {
    const encoded = encodeReply(reply)
    if (typeof encoded !== 'string') return this.#writeParts(encoded)
    return this.#socket.write(`${encoded}\n`) ? undefined : this.#drained()
  }

  async #writeParts(parts: Iterable<string>): Promise<void> {
    const socket = this.#socket
    this.#held = []
    for (const part of parts) {
      if (socket.destroyed) return
      if (socket.write(part)) await nextTurn()
      else await this.#drained()
    }
    socket.write('\n')
    const held = this.#held
    this.#held = null
    this.#heldBytes = 0
    for (const line of held) this.push(line)
  }

  #drained(): Promise<void> {
    const socket = this.#socket
    return new Promise((resolve) => {
      if (socket.destroyed) return resolve()
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
