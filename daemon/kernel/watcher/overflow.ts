import type { Clock } from './clock.ts'

/**
 * Notices that the kernel's queue of events may have been full, in which case events are lost.
 *
 * libuv drops the kernel's own word for it (IN_Q_OVERFLOW). But it empties the whole queue before anything else runs, so
 * as many events between two turns of the loop as the queue holds mean that it may have been full. A quarter of that is
 * taken for it: events of one file in a row are joined by the kernel only after they took a place, and those of watches
 * that were closed meanwhile are not told.
 */
export class OverflowGuard {
  readonly #clock: Clock
  readonly #most: number
  readonly #overflowed: () => void
  #count = 0

  /** `queue`: how many events the kernel keeps (fs.inotify.max_queued_events). */
  constructor(clock: Clock, queue: number, overflowed: () => void) {
    this.#clock = clock
    this.#most = Math.max(2, Math.floor(queue / 4))
    this.#overflowed = overflowed
  }

  /** How many watches may be closed in one turn: the kernel tells of each, into the same queue. */
  get mostCloses(): number {
    return Math.max(1, this.#most >> 1)
  }

  /** An event was told, or a watch closed. */
  count(): void {
    if (this.#count === 0) this.#clock.soon(() => this.#turn())
    this.#count++
  }

  /** How many there were in this turn. */
  get thisTurn(): number {
    return this.#count
  }

  #turn(): void {
    const isFull = this.#count >= this.#most
    this.#count = 0
    if (isFull) this.#overflowed()
  }
}
