import type { AnyEvent, Topic, TopicData } from '../../../protocol/events.ts'

/** An event with its place in the order of this daemon's events. */
export type NumberedEvent = AnyEvent & {
  /** 1, 2, 3 … within one daemon instance. */
  seq: number
  /** Unix ms. */
  at: number
}

type Listener = (event: NumberedEvent) => void

/** Hands what happens to whoever listens, in order. Listeners must not throw. */
export class EventBus {
  readonly #now: () => number
  readonly #listeners = new Set<Listener>()
  #head = 0

  constructor(now: () => number) {
    this.#now = now
  }

  /** Number of the last event; 0 before the first. */
  get head(): number {
    return this.#head
  }

  publish<Name extends Topic>(topic: Name, data: TopicData<Name>): void {
    const event = { seq: ++this.#head, at: this.#now(), topic, data } as NumberedEvent
    for (const listener of this.#listeners) listener(event)
  }

  /** Returns what ends it. */
  on(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }
}
