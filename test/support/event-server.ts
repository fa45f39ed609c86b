/** The daemon's methods over a real socket in this process, for what is sent unasked; can be replaced by another daemon. */
import { mkdirSync } from 'node:fs'
import { type Connection, connect } from '../../client-cli/connect.ts'
import type { Composed } from '../../daemon/compose.ts'
import { composeInline } from '../../daemon/compose-inline.ts'
import { openInMemory } from '../../daemon/kernel/db/open.ts'
import { EventBus } from '../../daemon/kernel/events/bus.ts'
import type { RingLimits } from '../../daemon/kernel/events/ring.ts'
import { listenOnSocket } from '../../daemon/kernel/rpc/socket-server.ts'
import { nextTurn } from '../../daemon/kernel/rpc/turn.ts'
import type { Notification } from '../../protocol/client.ts'
import type { TestHome } from './test-daemon.ts'

export type EventServer = Composed & {
  socket: string
  /** Publishes an event that is told apart by its name. */
  publish(name: string): void
  /** Ends as a daemon does: open requests are refused, then connections. */
  close(): Promise<void>
}

export async function startEventServer({ around }: TestHome, limits?: RingLimits): Promise<EventServer> {
  const { paths, now } = around
  mkdirSync(paths.runtimeDir, { recursive: true, mode: 0o700 })
  const composed = await composeInline(around, openInMemory(), { kind: 'memory', path: ':memory:' })
  if (limits) composed.ctx.events = new EventBus(now, { limits })
  const server = await listenOnSocket(paths.socket, composed.dispatcher, { logFile: paths.logFile })
  return {
    ...composed,
    socket: paths.socket,
    publish: (name) => composed.ctx.events.publish('collections.changed', { name, path: '/collection' }),
    async close() {
      composed.refuseToGoOn()
      await server.close()
      await composed.close()
    },
  }
}

/** A client that writes down what it is sent unasked. */
export type Listener = Connection & {
  heard: Notification[]
  /** Resolves when `isThere` holds of what was heard. */
  until(isThere: (heard: readonly Notification[]) => boolean): Promise<void>
}

export function listenTo(socket: string): Listener {
  const connection = connect(socket, undefined)
  const heard: Notification[] = []
  let wake = (): void => undefined
  connection.onNotification((notification) => {
    heard.push(notification)
    wake()
  })
  return {
    ...connection,
    heard,
    async until(isThere) {
      while (!isThere(heard)) await new Promise<void>((resolve) => (wake = resolve))
    },
  }
}

/** Resolves when `holds`; looks again whenever the process has done what it had to do. */
export async function turnsUntil(holds: () => boolean): Promise<void> {
  while (!holds()) await nextTurn()
}
