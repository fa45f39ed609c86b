import type { AnyEvent, TopicData } from '../../../protocol/events.ts'
import type { Topic } from '../../../protocol/vocabulary.ts'
import { systemTimers, type Timers } from '../timers.ts'
import { Pace } from './pace.ts'
import { EventRing, type KeptEvent, type RingLimits, ringLimits } from './ring.ts'

/** An event with its place in the order of this daemon's events. */
export type NumberedEvent = AnyEvent & {
  /** 1, 2, 3 … within one daemon instance. */
  seq: number
  /** Unix ms. */
  at: number
}

type Listener = (event: NumberedEvent) => void

type BusOptions = {
  timers?: Timers
  limits?: RingLimits
  /** Told when a listener throws; the others hear of the event all the same. */
  onError?(error: unknown): void
}

/** The progress of a refresh goes out at most this often, ms; whoever publishes it need not count. */
const PROGRESS_MS = 100

/**
 * Hands what happens to whoever listens, each event to all of them before the next one. Keeps the last events from the
 * moment on when somebody first follows them: before, to publish costs next to nothing.
 */
export class EventBus {
  readonly now: () => number
  readonly timers: Timers
  /** Those who follow the stream, by what stands for them. */
  readonly followers = new Set<object>()
  readonly #limits: RingLimits
  readonly #onError: (error: unknown) => void
  readonly #listeners = new Set<Listener>()
  readonly #progress: Pace<TopicData<'refresh.progress'>>
  readonly #counts = new Map<Topic, number>()
  /** Published by a listener while an event is handed out. */
  readonly #waiting: Array<AnyEvent & { at: number }> = []
  #delivering = false
  #ring: EventRing | null = null
  #head = 0

  constructor(
    now: () => number,
    { timers = systemTimers, limits = ringLimits, onError = () => undefined }: BusOptions = {},
  ) {
    this.now = now
    this.timers = timers
    this.#limits = limits
    this.#onError = onError
    this.#progress = new Pace(PROGRESS_MS, { now, timers }, (data) =>
      this.#add({ topic: 'refresh.progress', data }),
    )
  }

  /** Number of the last event; 0 before the first. */
  get head(): number {
    return this.#head
  }

  /** How many events there were, by topic. */
  get counts(): ReadonlyMap<Topic, number> {
    return this.#counts
  }

  publish<Name extends Topic>(topic: Name, data: TopicData<Name>): void {
    const event = { topic, data } as AnyEvent
    // A copy: whoever publishes may count on in the same object while this one waits for its turn.
    if (event.topic === 'refresh.progress') this.#progress.offer({ ...event.data })
    else {
      if (endsRefresh(event)) this.#progress.flush()
      this.#add(event)
    }
  }

  /** Returns what ends it. */
  on(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** From now on events are kept. */
  keep(): void {
    this.#ring ??= new EventRing(this.#head + 1, this.#limits)
  }

  /** The events after number `seq`, as `EventRing.after` says. */
  after(seq: number, maxBytes: number): KeptEvent[] | null {
    if (this.#ring) return this.#ring.after(seq, maxBytes)
    return seq < this.#head ? null : []
  }

  #add(event: AnyEvent): void {
    this.#waiting.push({ ...event, at: this.now() })
    if (this.#delivering) return
    this.#delivering = true
    try {
      for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) this.#deliver(next)
    } finally {
      this.#delivering = false
    }
  }

  #deliver({ at, topic, data }: AnyEvent & { at: number }): void {
    const event = { seq: this.#head + 1, at, topic, data } as NumberedEvent
    this.#ring?.push(event)
    this.#head = event.seq
    this.#counts.set(topic, (this.#counts.get(topic) ?? 0) + 1)
    for (const listener of this.#listeners) {
      try {
        listener(event)
      } catch (error) {
        this.#onError(error)
      }
    }
  }
}

/** After these no progress may come any more: what is held back goes first. */
function endsRefresh({ topic, data }: AnyEvent): boolean {
  return topic === 'refresh.completed' || (topic === 'refresh.failed' && data.projectId === null)
}
