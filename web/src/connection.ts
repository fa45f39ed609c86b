/**
 * How the page talks to the daemon: by single requests at first, so that the first rows need no connection, then through
 * one WebSocket, which also brings the events.
 */

import type { Notification } from '../../protocol/client.ts'
import type { EventMessage } from '../../protocol/follow-events.ts'
import type { MethodName, ParamsOf, ResultOf } from '../../protocol/methods.ts'
import { CallError } from './lib/call-error.ts'
import { takeFirst } from './lib/first-answers.ts'
import { callByHttp } from './lib/http-call.ts'
import { createStore } from './lib/store.ts'

/** `starting` until the first connection stands; `lost` while it is tried again; `signed-out` until there is a session. */
export type ConnectionState = 'starting' | 'live' | 'lost' | 'signed-out'

export const connectionState = createStore<ConnectionState>('starting')

/** Calls one method; what carries it is chosen here. */
export type PageCall = <Name extends MethodName>(
  method: Name,
  params: ParamsOf<Name>,
  signal?: AbortSignal,
) => Promise<ResultOf<Name>>

/** The connection's own call, while it stands. */
let live: PageCall | null = null

/** What nothing waits for before the first paint is asked after it. */
let held: Promise<void> | null = null

/** From now on calls wait until `until`, unless their answers came along with the page. */
export function holdCalls(until: Promise<void>): void {
  held = until
}

/** Calls one method of the daemon. Errors: `CallError`. */
export const call: PageCall = async (method, params, signal) => {
  try {
    if (live) return await live(method, params, signal)
    const first = takeFirst(method, params)
    if (first !== undefined) return first as ResultOf<typeof method>
    await held
    signal?.throwIfAborted()
    return await (live ?? callByHttp)(method, params, signal)
  } catch (error) {
    if (error instanceof CallError && error.slug === 'auth.required') connectionState.set('signed-out')
    throw error
  }
}

const listeners = new Set<(message: EventMessage) => void>()

/** Hears everything that happens. Returns what ends it. */
export function onEvent(listener: (message: EventMessage) => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

const notified = new Set<(notification: Notification) => void>()

/** Hears what the daemon sends unasked over the connection, such as lines of the log. Returns what ends it. */
export function onNotification(listener: (notification: Notification) => void): () => void {
  notified.add(listener)
  return () => void notified.delete(listener)
}

/** Keeps a connection for as long as the page is open; its code is loaded after the first rows were painted. */
export async function connect(): Promise<void> {
  const { keepLive } = await import('./live.ts')
  await keepLive({
    onOpen(next) {
      live = next
      connectionState.set('live')
    },
    onLost(signedOut) {
      live = null
      connectionState.set(signedOut ? 'signed-out' : 'lost')
    },
    onMessage(message) {
      for (const listener of [...listeners]) listener(message)
    },
    onNotification(notification) {
      for (const listener of [...notified]) listener(notification)
    },
  })
}
