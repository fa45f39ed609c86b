import type { Distribution } from './exposition.ts'

/** Counts values by how large they are, in constant memory. */
export class Histogram {
  readonly #bounds: readonly number[]
  readonly #counts: number[]
  #count = 0
  #sum = 0

  /** `bounds` ascending. */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds
    this.#counts = bounds.map(() => 0)
  }

  record(value: number): void {
    this.#count++
    this.#sum += value
    for (let i = 0; i < this.#bounds.length; i++) {
      if (value > (this.#bounds[i] as number)) continue
      this.#counts[i] = (this.#counts[i] as number) + 1
      return
    }
  }

  get distribution(): Distribution {
    let upTo = 0
    const buckets = this.#bounds.map((bound, i) => {
      upTo += this.#counts[i] as number
      return [bound, upTo] as const
    })
    return { buckets, count: this.#count, sum: this.#sum }
  }
}
