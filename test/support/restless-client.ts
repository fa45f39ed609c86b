/** A client of the event stream whose connection breaks, sleeps and stops reading when a test wants it to. */
import { connect, type Socket } from 'node:net'
import { nextTurn } from '../../daemon/kernel/rpc/turn.ts'
import { createClient, helloParams, type Notification } from '../../protocol/client.ts'
import { SmdError } from '../../protocol/errors.ts'
import {
  type EventConnection,
  type EventMessage,
  type EventPosition,
  followEvents,
} from '../../protocol/follow-events.ts'
import { LineSplitter } from '../../protocol/framing.ts'
import type { Topic, TopicGroup } from '../../protocol/vocabulary.ts'

export type RestlessClient = {
  /** What it was told, in order. */
  readonly heard: readonly EventMessage[]
  readonly position: EventPosition | null
  /** Resolves when `holds`, looking after each message. */
  until(holds: () => boolean): Promise<void>
  /** Breaks the connection; another one is made at once, or when it wakes. */
  cut(): void
  sleep(): void
  wake(): void
  /** Takes nothing more from its connection. */
  pause(): void
  resume(): void
  /** Ends it; rejects with what went wrong. */
  end(): Promise<void>
}

export function restlessClient(path: string, topics?: readonly (Topic | TopicGroup)[]): RestlessClient {
  const heard: EventMessage[] = []
  const over = new AbortController()
  let position: EventPosition | null = null
  let current: Socket | null = null
  /** Null while it is awake. */
  let sleep: PromiseWithResolvers<void> | null = null
  const wake = (): void => {
    sleep?.resolve()
    sleep = null
  }
  let told = (): void => undefined
  const done = followEvents({
    async open() {
      await sleep?.promise
      const { socket, connection } = open(path)
      current = socket
      return connection
    },
    topics,
    onMessage(message, at) {
      heard.push(message)
      position = at
      told()
    },
    onLost: () => undefined,
    wait: nextTurn,
    signal: over.signal,
  })
  done.catch(() => told())
  return {
    heard,
    get position() {
      return position
    },
    async until(holds) {
      const failed = done.then(() => {
        throw new Error('it has ended')
      })
      failed.catch(() => undefined)
      while (!holds()) await Promise.race([failed, new Promise<void>((resolve) => (told = resolve))])
    },
    cut: () => current?.destroy(),
    sleep() {
      sleep ??= Promise.withResolvers()
      current?.destroy()
    },
    wake,
    pause: () => current?.pause(),
    resume: () => current?.resume(),
    end() {
      over.abort()
      wake()
      current?.destroy()
      return done
    },
  }
}

function open(path: string): { socket: Socket; connection: EventConnection } {
  const socket = connect(path)
  const listeners = new Set<(notification: Notification) => void>()
  const client = createClient(
    (line) => void socket.write(`${line}\n`),
    (notification) => {
      for (const listener of listeners) listener(notification)
    },
  )
  const lines = new LineSplitter(Number.POSITIVE_INFINITY)
  socket.on('data', (chunk: Buffer) => {
    for (const line of lines.push(chunk)) client.receive(line)
  })
  socket.on('error', () => undefined)
  socket.on('close', () => client.fail(new SmdError('daemon.unavailable', { reason: 'it broke' })))
  client.call('daemon.hello', helloParams('restless/1')).catch(() => undefined)
  const onNotification: EventConnection['onNotification'] = (listener) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }
  return { socket, connection: { call: client.call, onNotification, close: () => void socket.destroy() } }
}
