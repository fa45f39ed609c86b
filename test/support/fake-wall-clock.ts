/** Time that passes when a test says so: a wall clock, and timers that stand still while the machine sleeps. */
import type { Clock } from '../../daemon/kernel/scheduler/clock.ts'
import type { Timers } from '../../daemon/kernel/timers.ts'

type Timer = { at: number; work: () => void; owner: object }

export class FakeWallClock {
  /** Time the machine was awake, in ms; what timers count. */
  awake = 0
  /** What the wall clock shows beyond that. */
  #offset: number
  #timers: Timer[] = []

  constructor(now: number) {
    this.#offset = now
  }

  /** Unix ms. */
  get now(): number {
    return this.awake + this.#offset
  }

  /** The clock as one process has it; its timers end with `kill`. */
  view(): Clock & Timers & { kill(): void; sleep(ms: number): Promise<void> } {
    const owner = {}
    const after: Clock['after'] = (ms, work) => {
      const timer = { at: this.awake + ms, work, owner }
      this.#timers.push(timer)
      return () => this.#drop((other) => other === timer)
    }
    const every: Timers['every'] = (ms, work) => {
      const again = (): void => {
        cancel = after(ms, again)
        work()
      }
      let cancel = after(ms, again)
      return () => cancel()
    }
    return {
      now: () => this.now,
      after,
      every,
      sleep: (ms) => new Promise((resolve) => after(ms, resolve)),
      kill: () => this.#drop((timer) => timer.owner === owner),
    }
  }

  /** Lets time pass, and everything that is due happen, in order. */
  async advance(ms: number): Promise<void> {
    const end = this.awake + ms
    await settle()
    for (;;) {
      const next = this.#timers.reduce<Timer | null>((a, b) => (a && a.at <= b.at ? a : b), null)
      if (!next || next.at > end) break
      this.awake = Math.max(this.awake, next.at)
      this.#drop((timer) => timer === next)
      next.work()
      await settle()
    }
    this.awake = end
    await settle()
  }

  #drop(which: (timer: Timer) => boolean): void {
    this.#timers = this.#timers.filter((timer) => !which(timer))
  }

  /** The machine sleeps: the wall clock goes on, timers do not. */
  suspend(ms: number): void {
    this.#offset += ms
  }

  /** Somebody sets the clock; negative is back. */
  shift(ms: number): void {
    this.#offset += ms
  }
}

/** Promises that are settled, and what hangs on them, have had their turn. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}
