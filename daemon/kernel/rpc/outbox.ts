import type { Socket } from 'node:net'
import { encodeReply, type Reply } from './dispatch.ts'
import { nextTurn } from './turn.ts'

/**
 * Writes replies one after the other, so that no line is cut in two. A reply of several parts leaves room for other
 * callers between them; all wait for a slow reader.
 */
export class Outbox {
  readonly #socket: Socket
  #last: Promise<void> = Promise.resolve()

  constructor(socket: Socket) {
    this.#socket = socket
  }

  /** Resolves when the client takes more; rejects when a part of the reply could not be made. */
  send(reply: NonNullable<Reply>): Promise<void> {
    const sent = this.#last.then(() => this.#write(encodeReply(reply)))
    this.#last = sent.catch(() => undefined)
    return sent
  }

  async #write(reply: string | Iterable<string>): Promise<void> {
    const socket = this.#socket
    if (typeof reply === 'string') {
      if (!socket.write(`${reply}\n`)) await drained(socket)
      return
    }
    for (const part of reply) {
      if (socket.destroyed) return
      if (socket.write(part)) await nextTurn()
      else await drained(socket)
    }
    socket.write('\n')
  }
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) return resolve()
    const done = (): void => {
      socket.off('drain', done)
      socket.off('close', done)
      resolve()
    }
    socket.on('drain', done)
    socket.on('close', done)
  })
}
