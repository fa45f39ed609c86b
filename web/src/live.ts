/** The WebSocket of the page: the same lines as on the daemon's socket (docs/protocol.md). */
import { createClient, helloParams, type Notification } from '../../protocol/client.ts'
import { SmdError } from '../../protocol/errors.ts'
import { type EventConnection, type EventMessage, followEvents } from '../../protocol/follow-events.ts'
import { VERSION } from '../../protocol/version.ts'
import type { PageCall } from './connection.ts'
import { addressOf } from './lib/base.ts'

export type LiveListeners = {
  /** A connection stands; calls go through it. */
  onOpen(call: PageCall): void
  /** It is lost, and tried again; or this browser has no session, then it ends. */
  onLost(signedOut: boolean): void
  onMessage(message: EventMessage): void
  /** Everything else that the daemon sends unasked, such as lines of the log. */
  onNotification(notification: Notification): void
}

/** Follows all events over one connection after the other; ends when the browser is not signed in any more. */
export async function keepLive({ onOpen, onLost, onMessage, onNotification }: LiveListeners): Promise<void> {
  const signedOut = new AbortController()
  await followEvents({
    async open() {
      const connection = await openSocket()
      connection.onNotification(onNotification)
      onOpen(pageCall(connection))
      return connection
    },
    async onLost() {
      const isOut = await hasNoSession()
      if (isOut) signedOut.abort()
      onLost(isOut)
    },
    wait: (ms) => nextTry(ms),
    signal: signedOut.signal,
    onMessage,
  })
}

/** What ends a pause early: somebody looks at the page again, or the network is back. */
function nextTry(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      window.removeEventListener('focus', done)
      window.removeEventListener('online', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    window.addEventListener('focus', done)
    window.addEventListener('online', done)
  })
}

/** False also when nobody answers: then the session may be good still. */
async function hasNoSession(): Promise<boolean> {
  try {
    return (await fetch(addressOf('api/session'))).status === 401
  } catch {
    return false
  }
}

function openSocket(): Promise<EventConnection> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(addressOf('ws').replace(/^http/, 'ws'))
    const listeners = new Set<(notification: Notification) => void>()
    const client = createClient(
      (line) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(`${line}\n`)
      },
      (notification) => {
        for (const listener of [...listeners]) listener(notification)
      },
    )
    const connection: EventConnection = {
      call: client.call,
      onNotification(listener) {
        listeners.add(listener)
        return () => void listeners.delete(listener)
      },
      close: () => socket.close(),
    }
    let rest = ''
    socket.onmessage = ({ data }: MessageEvent<string>) => {
      // A long answer comes in several messages; a line ends where one ends.
      rest += data
      if (!data.endsWith('\n')) return
      const lines = rest.split('\n')
      rest = ''
      for (const line of lines) if (line !== '') client.receive(line)
    }
    socket.onclose = () => {
      const lost = new SmdError('daemon.unavailable', { reason: 'the connection ended' })
      client.fail(lost)
      reject(lost)
    }
    socket.onopen = () => {
      client.call('daemon.hello', helloParams(`smd-page/${VERSION}`)).then(() => resolve(connection), reject)
    }
  })
}

const pageCall =
  ({ call }: EventConnection): PageCall =>
  (method, params, signal) =>
    call(method, params, signal ? { signal } : {})
