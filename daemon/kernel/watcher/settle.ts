/** Joins what happens to one thing until it is quiet, so that a burst is one piece of work. */
import type { Clock } from './clock.ts'

/** Milliseconds. */
export type SettleTimes = {
  /** How long nothing may happen. */
  quiet: number
  /** How long the first event waits at most. */
  most: number
}

export type SettlerOptions<Key> = {
  clock: Clock
  /** Asked for each event, so that a change of the settings counts at once. */
  times(key: Key): SettleTimes
  /** Whether to go on waiting although it is quiet, within `most`. */
  isHeld?(key: Key): boolean
  settled(keys: Key[]): void
}

type Burst = { first: number; last: number }

/** One timer for all keys: each event costs a look into a map. */
export class Settler<Key> {
  readonly #options: SettlerOptions<Key>
  readonly #bursts = new Map<Key, Burst>()
  #cancel: (() => void) | null = null
  #wakesAt = Number.POSITIVE_INFINITY

  constructor(options: SettlerOptions<Key>) {
    this.#options = options
  }

  /** Something happened to this one. */
  note(key: Key): void {
    const now = this.#options.clock.now()
    const burst = this.#bursts.get(key)
    if (burst) burst.last = now
    else this.#bursts.set(key, { first: now, last: now })
    if (!burst) this.#wakeAt(this.#dueAt(key, { first: now, last: now }))
  }

  /** Forgets this one. */
  drop(key: Key): void {
    this.#bursts.delete(key)
  }

  /** Hands over all that wait, at once. */
  flush(): void {
    const keys = [...this.#bursts.keys()]
    this.close()
    if (keys.length > 0) this.#options.settled(keys)
  }

  get waiting(): number {
    return this.#bursts.size
  }

  close(): void {
    this.#bursts.clear()
    this.#cancel?.()
    this.#cancel = null
    this.#wakesAt = Number.POSITIVE_INFINITY
  }

  #dueAt(key: Key, { first, last }: Burst): number {
    const { quiet, most } = this.#options.times(key)
    return Math.min(last + quiet, first + Math.max(quiet, most))
  }

  #wakeAt(at: number): void {
    if (at >= this.#wakesAt) return
    this.#cancel?.()
    this.#wakesAt = at
    this.#cancel = this.#options.clock.after(Math.max(0, at - this.#options.clock.now()), () => this.#wake())
  }

  #wake(): void {
    this.#cancel = null
    this.#wakesAt = Number.POSITIVE_INFINITY
    const now = this.#options.clock.now()
    const settled: Key[] = []
    let next = Number.POSITIVE_INFINITY
    for (const [key, burst] of this.#bursts) {
      let due = this.#dueAt(key, burst)
      if (due <= now && this.#isHeld(key, burst, now)) {
        burst.last = now
        due = this.#dueAt(key, burst)
      }
      if (due > now) next = Math.min(next, due)
      else {
        this.#bursts.delete(key)
        settled.push(key)
      }
    }
    // A timer of Node has whole milliseconds and may fire a fraction early
    if (next < Number.POSITIVE_INFINITY) this.#wakeAt(Math.max(next, now + 1))
    if (settled.length > 0) this.#options.settled(settled)
  }

  #isHeld(key: Key, { first }: Burst, now: number): boolean {
    const { quiet, most } = this.#options.times(key)
    return now < first + Math.max(quiet, most) && this.#options.isHeld?.(key) === true
  }
}
