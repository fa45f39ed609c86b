import type { NotificationParams } from '../../../protocol/notifications.ts'
import type { Topic } from '../../../protocol/vocabulary.ts'
import type { RawJson } from '../rpc/raw-json.ts'
import type { EventBus } from './bus.ts'

/** Whom the stream goes to. What sends returns false when there is nobody any more. */
export type Receiver = {
  wants(topic: Topic): boolean
  /** Tells how things stand at this very moment. */
  snapshot(): boolean
  event(params: RawJson): boolean
  gap(params: NotificationParams<'events.gap'>): boolean
  heartbeat(params: NotificationParams<'events.heartbeat'>): boolean
  /** Resolves when it has taken what was sent, or is gone. */
  taken(): Promise<void>
}

/** Where the stream begins: with a snapshot, or after an event; `missed` when events before that are lost for sure. */
export type Beginning = { after: number } | { missed: NotificationParams<'events.gap'> } | null

const HEARTBEAT_MS = 15_000
/** What was missed is sent in portions of this size, each when the one before was taken. */
const PORTION_BYTES = 256 * 1024

/**
 * Sends what happens, in order, without a hole that is not told of. Resolves when the receiver is gone or `over`.
 *
 * What was missed waits in the ring of the bus for a receiver that takes it slowly; what happens now is sent at once,
 * and the limit of the connection decides who is too slow for it. The change from one to the other, as that from the
 * snapshot to the first event, happens within one turn of the event loop, so nothing can come in between.
 */
export async function followEvents(
  bus: EventBus,
  beginning: Beginning,
  to: Receiver,
  over: AbortSignal,
): Promise<void> {
  bus.keep()
  let position = bus.head
  const restart = (gap: NotificationParams<'events.gap'> | null): boolean => {
    position = bus.head
    return (gap === null || to.gap(gap)) && to.snapshot()
  }
  /** Sends a portion of what the receiver does not know yet. */
  const send = (): 'all' | 'more' | 'gone' => {
    const events = bus.after(position, PORTION_BYTES)
    if (!events) {
      const lost = { from: position + 1, to: bus.head, reason: 'too_old' as const }
      if (!restart(lost)) return 'gone'
    }
    for (const { seq, topic, params } of events ?? []) {
      position = seq
      if (to.wants(topic) && !to.event(params)) return 'gone'
    }
    return position >= bus.head ? 'all' : 'more'
  }

  const aborted = new Promise<void>((resolve) => {
    over.addEventListener('abort', () => resolve(), { once: true })
  })
  if (beginning && 'after' in beginning) position = beginning.after
  else if (!restart(beginning?.missed ?? null)) return
  for (let sent = send(); sent !== 'all'; sent = send()) {
    if (sent === 'gone') return
    // A receiver that takes nothing must not keep the end waiting.
    await Promise.race([to.taken(), aborted])
    if (over.aborted) return
  }
  if (over.aborted) return
  await untilOver(bus, over, {
    event() {
      for (;;) {
        const sent = send()
        if (sent !== 'more') return sent === 'all'
      }
    },
    heartbeat: () => to.heartbeat({ seq: position, at: bus.now() }),
  })
}

/** Calls what sends until it says that there is nobody any more. */
function untilOver(
  bus: EventBus,
  over: AbortSignal,
  send: { event(): boolean; heartbeat(): boolean },
): Promise<void> {
  const endings: Array<() => void> = []
  return new Promise<void>((resolve, reject) => {
    const attempt = (work: () => boolean) => (): void => {
      try {
        if (!work()) resolve()
      } catch (error) {
        reject(error)
      }
    }
    const end = (): void => resolve()
    over.addEventListener('abort', end, { once: true })
    endings.push(bus.on(attempt(send.event)), bus.timers.every(HEARTBEAT_MS, attempt(send.heartbeat)), () =>
      over.removeEventListener('abort', end),
    )
  }).finally(() => {
    for (const ending of endings) ending()
  })
}
