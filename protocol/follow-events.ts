/**
 * Follows the events of a daemon over one connection after the other, without the validator: for the command line and
 * the page alike.
 */
import type { Call, Notification } from './client.ts'
import { SmdError } from './errors.ts'
import { type KeepOptions, keepConnected } from './keep-connected.ts'
import type { Topic, TopicGroup } from './vocabulary.ts'

/** An event, by the daemon that told it and its number there. */
export type EventPosition = { instance: string; seq: number }

/** What comes through the stream, in order: how things stand, what happens, what was missed. */
export type EventMessage = Extract<
  Notification,
  { method: 'events.snapshot' | 'events.event' | 'events.gap' }
>

/** What events come through. */
export type EventConnection = {
  call: Call
  /** Returns what ends it. */
  onNotification(listener: (notification: Notification) => void): () => void
  close(): void
}

export type FollowOptions = KeepOptions<EventConnection> & {
  /** Only these; all when left out. */
  topics?: readonly (Topic | TopicGroup)[] | undefined
  /** The last event that is known; without it the stream begins with a snapshot. */
  since?: EventPosition | undefined
  /** Gets the position with each message: where to go on later. Null before the first snapshot. */
  onMessage(message: EventMessage, position: EventPosition | null): void
}

/**
 * Goes on until `signal` ends it or something fails that will not pass. Of what happened while there was no connection
 * nothing is lost and nothing comes twice: it is sent later, or a gap says that it is missing.
 * Errors: `events.unsupported` by a daemon that is too old; those of `open` and of `events.subscribe`, as far as they
 * are no matter of time.
 */
export function followEvents(options: FollowOptions): Promise<void> {
  const { topics, since, onMessage, signal } = options
  let position = since ?? null
  return keepConnected(options, async (connection, cameThrough) => {
    let tooSlow = false
    const stop = connection.onNotification((notification) => {
      if (notification.method === 'daemon.closing') tooSlow = notification.params.reason === 'too_slow'
      const next = positionAfter(notification, position)
      if (next === undefined) return
      position = next
      cameThrough()
      if (notification.method !== 'events.heartbeat') onMessage(notification as EventMessage, position)
    })
    try {
      const params = { ...(topics && { topics: [...topics] }), ...(position && { since: position }) }
      await connection.call('events.subscribe', params, signal ? { signal } : {})
      throw new SmdError('daemon.unavailable', { reason: 'it sends no events here' })
    } catch (error) {
      throw tooSlow ? notTaken() : explained(error)
    } finally {
      stop()
    }
  })
}

const notTaken = (): SmdError =>
  new SmdError('daemon.unavailable', {
    reason: 'it ended the connection, because events were not taken',
  })

function explained(error: unknown): unknown {
  const isOld = error instanceof SmdError && error.slug === 'rpc.unknown_method'
  return isOld ? new SmdError('events.unsupported', {}, { cause: error }) : error
}

/** Where a message leads to; undefined for one that is none of the stream. A gap leads nowhere: a snapshot follows. */
function positionAfter(
  { method, params }: Notification,
  before: EventPosition | null,
): EventPosition | null | undefined {
  switch (method) {
    case 'events.snapshot':
      return { instance: params.instance, seq: params.seq }
    case 'events.event':
    case 'events.heartbeat':
      return before && { ...before, seq: params.seq }
    case 'events.gap':
      return before
    default:
      return undefined
  }
}
