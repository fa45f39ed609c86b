import type { Timer } from '../../daemon/kernel/timer.ts'

/** A timer of which a test says when it is over. */
export type FakeTimer = {
  timer: Timer
  /** Pauses that are neither over nor cancelled, in ms, in the order in which they began. */
  readonly pauses: number[]
  /** Ends the first pause of this length. */
  end(ms: number): void
}

export function fakeTimer(): FakeTimer {
  const waiting: Array<{ work: () => void; ms: number }> = []
  const drop = (entry: (typeof waiting)[number]): void => {
    const at = waiting.indexOf(entry)
    if (at >= 0) waiting.splice(at, 1)
  }
  return {
    timer(work, ms) {
      const entry = { work, ms }
      waiting.push(entry)
      return () => drop(entry)
    },
    get pauses() {
      return waiting.map(({ ms }) => ms)
    },
    end(ms) {
      const entry = waiting.find((each) => each.ms === ms)
      if (!entry) throw new Error(`nothing waits for ${ms} ms`)
      drop(entry)
      entry.work()
    },
  }
}
