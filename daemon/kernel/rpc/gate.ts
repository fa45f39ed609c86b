import { SmdError } from '../../../protocol/errors.ts'
import { type Dispatcher, failure, idOf, type Reply } from './dispatch.ts'
import type { Caller } from './request.ts'

/** Name by which the daemon greets itself when it looks whether it can be reached; that is no use of it. */
export const SELF = 'smd-self-check'

/** The dispatcher with a door in front: it counts who is inside, and can be closed. */
export type Gate = Dispatcher & {
  /** Messages that are being answered. */
  readonly busy: number
  /** When somebody last came or went, Unix ms. */
  readonly lastUsedAt: number
  /** From now on everything is refused with `daemon.stopping`. */
  close(): void
  /** Resolves when nobody is inside. */
  emptied(): Promise<void>
}

/** `now` is the clock, in Unix ms. */
export function createGate(dispatcher: Dispatcher, now: () => number): Gate {
  let busy = 0
  let lastUsedAt = now()
  let closed = false
  let waiting: Array<() => void> = []

  const leave = (caller: Caller): void => {
    busy--
    if (!caller.name.includes(SELF)) lastUsedAt = now()
    if (busy > 0) return
    for (const wake of waiting) wake()
    waiting = []
  }

  return {
    ...dispatcher,
    async answer(message, caller) {
      if (closed) return refusal(message)
      busy++
      try {
        return await dispatcher.answer(message, caller)
      } finally {
        leave(caller)
      }
    },
    async callAs(caller, method, params) {
      if (closed) throw new SmdError('daemon.stopping')
      busy++
      try {
        return await dispatcher.callAs(caller, method, params)
      } finally {
        leave(caller)
      }
    },
    get busy() {
      return busy
    },
    get lastUsedAt() {
      return lastUsedAt
    },
    close() {
      closed = true
    },
    emptied: () => (busy === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  }
}

/** To each request of the message; a notification gets no answer. */
function refusal(message: unknown): Reply {
  const error = new SmdError('daemon.stopping').toWire()
  if (!Array.isArray(message)) return isNotification(message) ? null : failure(idOf(message), error)
  const refused = message.filter((part) => !isNotification(part)).map((part) => failure(idOf(part), error))
  return refused.length > 0 ? refused : null
}

const isNotification = (message: unknown): boolean =>
  typeof message === 'object' && message !== null && 'method' in message && !('id' in message)
