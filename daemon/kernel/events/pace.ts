import type { Timers } from '../timers.ts'

/** Lets a value through at most once each `ms`: of those that come in between, the last one, when the time has come. */
export class Pace<Value> {
  readonly #ms: number
  readonly #clock: { now(): number; timers: Timers }
  readonly #send: (value: Value) => void
  #lastAt = Number.NEGATIVE_INFINITY
  #held: { value: Value; cancel(): void } | null = null

  constructor(ms: number, clock: { now(): number; timers: Timers }, send: (value: Value) => void) {
    this.#ms = ms
    this.#clock = clock
    this.#send = send
  }

  offer(value: Value): void {
    if (this.#held) {
      this.#held.value = value
      return
    }
    const sinceMs = this.#clock.now() - this.#lastAt
    // A clock that was put back would hold everything up.
    if (sinceMs >= this.#ms || sinceMs < 0) this.#pass(value)
    else {
      const cancel = this.#clock.timers.after(this.#ms - sinceMs, () => this.flush())
      this.#held = { value, cancel }
    }
  }

  /** Lets through what is held back. */
  flush(): void {
    const held = this.#held
    if (!held) return
    this.#held = null
    held.cancel()
    this.#pass(held.value)
  }

  #pass(value: Value): void {
    this.#lastAt = this.#clock.now()
    this.#send(value)
  }
}
