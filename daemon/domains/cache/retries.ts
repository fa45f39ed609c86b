import type { Timers } from '../../kernel/timers.ts'

/** How often a unit is read in a row before it waits for the next refresh (formats spec section 22). */
const ATTEMPTS = 3
const FIRST_PAUSE_MS = 5_000

/** Reads units again that failed: after 5, then 10 seconds, each a fifth more or less, so that not all come at once. */
export class Retries {
  readonly #read: (unitId: number) => void
  readonly #timers: Timers
  readonly #random: () => number
  readonly #failures = new Map<number, number>()
  readonly #cancel = new Map<number, () => void>()

  constructor(read: (unitId: number) => void, timers: Timers, random: () => number = Math.random) {
    this.#read = read
    this.#timers = timers
    this.#random = random
  }

  /** Returns in how many ms the unit is read again; null when that was tried often enough. */
  failed(unitId: number): number | null {
    const failures = (this.#failures.get(unitId) ?? 0) + 1
    this.#cancel.get(unitId)?.()
    this.#cancel.delete(unitId)
    if (failures >= ATTEMPTS) {
      this.#failures.delete(unitId)
      return null
    }
    this.#failures.set(unitId, failures)
    const pause = Math.round(FIRST_PAUSE_MS * 2 ** (failures - 1) * (0.8 + 0.4 * this.#random()))
    const again = (): void => {
      this.#cancel.delete(unitId)
      this.#read(unitId)
    }
    this.#cancel.set(unitId, this.#timers.after(pause, again))
    return pause
  }

  /** How many units are to be read again. */
  get waiting(): number {
    return this.#cancel.size
  }

  succeeded(unitId: number): void {
    this.#failures.delete(unitId)
    this.#cancel.get(unitId)?.()
    this.#cancel.delete(unitId)
  }

  /** Forgets all. */
  close(): void {
    for (const cancel of this.#cancel.values()) cancel()
    this.#cancel.clear()
    this.#failures.clear()
  }
}
