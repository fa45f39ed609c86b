import type { Topic } from '../../../protocol/vocabulary.ts'
import { RawJson } from '../rpc/raw-json.ts'
import type { NumberedEvent } from './bus.ts'

/** An event as it is sent: encoded once, however many get it. */
export type KeptEvent = { seq: number; topic: Topic; params: RawJson; bytes: number }

/** How much is kept, whichever is reached first (daemon spec, "Events"). */
export type RingLimits = { events: number; bytes: number }

export const ringLimits: RingLimits = { events: 10_000, bytes: 8 * 1024 * 1024 }

/** The last events, for those who were away for a moment. Their numbers have no holes. */
export class EventRing {
  readonly #limits: RingLimits
  /** The event with number `seq` has the place `seq % limits.events`. */
  readonly #places: Array<KeptEvent | undefined> = []
  /** Number of the oldest one that is kept. */
  #oldest: number
  /** Number that the next one will have. */
  #next: number
  #bytes = 0

  /** `next` is the number of the first event that will be pushed. */
  constructor(next: number, limits: RingLimits) {
    this.#limits = limits
    this.#oldest = next
    this.#next = next
  }

  push(event: NumberedEvent): void {
    const text = JSON.stringify(event)
    const bytes = Buffer.byteLength(text)
    while (
      this.#oldest < this.#next &&
      (this.#next - this.#oldest >= this.#limits.events || this.#bytes + bytes > this.#limits.bytes)
    )
      this.#drop()
    const { seq, topic } = event
    this.#places[seq % this.#limits.events] = { seq, topic, params: new RawJson([text]), bytes }
    this.#bytes += bytes
    this.#next = seq + 1
  }

  /**
   * What came after the event `seq`, oldest first, up to `maxBytes` but at least one if there is any; null when some of
   * it is not kept.
   */
  after(seq: number, maxBytes: number): KeptEvent[] | null {
    if (seq + 1 < this.#oldest) return null
    const found: KeptEvent[] = []
    let bytes = 0
    for (let next = seq + 1; next < this.#next && bytes < maxBytes; next++) {
      const event = this.#at(next)
      bytes += event.bytes
      found.push(event)
    }
    return found
  }

  #at(seq: number): KeptEvent {
    const event = this.#places[seq % this.#limits.events]
    if (event?.seq !== seq) throw new Error(`event ${seq} is not in its place`)
    return event
  }

  #drop(): void {
    this.#bytes -= this.#at(this.#oldest).bytes
    this.#places[this.#oldest % this.#limits.events] = undefined
    this.#oldest++
  }
}
