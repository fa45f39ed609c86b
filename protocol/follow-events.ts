/**
 * Follows the events of a daemon over one connection after the other, without the validator: for the command line and
 * the page alike.
 */
import type { Call, Notification } from './client.ts'
import { SmdError } from './errors.ts'
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

export type FollowOptions = {
  /** Makes a connection that has greeted, or is about to. */
  open(): Promise<EventConnection>
  /** Only these; all when left out. */
  topics?: readonly (Topic | TopicGroup)[] | undefined
  /** The last event that is known; without it the stream begins with a snapshot. */
  since?: EventPosition | undefined
  /** Gets the position with each message: where to go on later. Null before the first snapshot. */
  onMessage(message: EventMessage, position: EventPosition | null): void
  /** The connection was lost, or could not be made; it is tried again after a pause. */
  onLost(reason: SmdError): void
  /** Waits for so many ms. */
  wait(ms: number): Promise<unknown>
  /** Ends it. */
  signal?: AbortSignal | undefined
}

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 1_000

/** Failures that pass: the daemon ends, is started again, or is busy. */
const passing: readonly string[] = ['daemon.unavailable', 'daemon.stopping', 'daemon.timeout']

/**
 * Goes on until `signal` ends it or something fails that will not pass. Of what happened while there was no connection
 * nothing is lost and nothing comes twice: it is sent later, or a gap says that it is missing.
 * Errors: `events.unsupported` by a daemon that is too old; those of `open` and of `events.subscribe`, as far as they
 * are no matter of time.
 */
export async function followEvents({ wait, onLost, signal, ...options }: FollowOptions): Promise<void> {
  const state: State = { position: options.since ?? null, failures: 0 }
  while (!signal?.aborted) {
    try {
      await followOnce(options, state, signal)
    } catch (error) {
      if (signal?.aborted) return
      if (!(error instanceof SmdError) || !passing.includes(error.slug)) throw error
      onLost(error)
    }
    await wait(Math.min(FIRST_PAUSE_MS * 2 ** state.failures++, LONGEST_PAUSE_MS))
  }
}

type State = {
  position: EventPosition | null
  /** Attempts since something came through. */
  failures: number
}

/** Over one connection, until that breaks; never returns. */
async function followOnce(
  { open, topics, onMessage }: Pick<FollowOptions, 'open' | 'topics' | 'onMessage'>,
  state: State,
  signal: AbortSignal | undefined,
): Promise<void> {
  const connection = await open()
  let tooSlow = false
  const stop = connection.onNotification((notification) => {
    if (notification.method === 'daemon.closing') tooSlow = notification.params.reason === 'too_slow'
    const position = positionAfter(notification, state.position)
    if (position === undefined) return
    state.position = position
    state.failures = 0
    if (notification.method !== 'events.heartbeat') onMessage(notification as EventMessage, position)
  })
  try {
    const params = {
      ...(topics && { topics: [...topics] }),
      ...(state.position && { since: state.position }),
    }
    await connection.call('events.subscribe', params, signal ? { signal } : {})
    throw new SmdError('daemon.unavailable', { reason: 'it sends no events here' })
  } catch (error) {
    if (tooSlow)
      throw new SmdError('daemon.unavailable', {
        reason: 'it ended the connection, because events were not taken',
      })
    if (error instanceof SmdError && error.slug === 'rpc.unknown_method')
      throw new SmdError('events.unsupported', {}, { cause: error })
    throw error
  } finally {
    stop()
    connection.close()
  }
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
