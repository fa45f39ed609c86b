/** Reproducible chance: the same seed gives the same numbers on every machine, so the same bytes on disk. */
import { createHash } from 'node:crypto'

export type Random = {
  /** A number in [0, 1). */
  next: () => number
  /** A whole number from `min` to `max`, both included. */
  int: (min: number, max: number) => number
  /** True with this probability. */
  chance: (probability: number) => boolean
  /** One element; throws on an empty list. */
  pick: <T>(list: readonly T[]) => T
  /** A shuffled copy. */
  shuffle: <T>(list: readonly T[]) => T[]
  /** 40 lowercase hex digits, like a commit id. */
  hex40: () => string
  /** An independent sequence; what one part draws does not move the others. */
  fork: (label: string) => Random
}

/** A generator for this seed (sfc32, state from SHA-256 of the seed). */
export function createRandom(seed: string): Random {
  const state = createHash('sha256').update(seed).digest()
  let [a, b, c, d] = [0, 4, 8, 12].map((at) => state.readInt32LE(at)) as [number, number, number, number]

  const next = (): number => {
    const t = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + t) | 0
    return (t >>> 0) / 4294967296
  }
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1))

  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: (list) => {
      if (list.length === 0) throw new Error('Nothing to pick from')
      return list[int(0, list.length - 1)] as (typeof list)[number]
    },
    shuffle: (list) => {
      const copy = [...list]
      for (let i = copy.length - 1; i > 0; i--) {
        const j = int(0, i)
        ;[copy[i], copy[j]] = [copy[j] as (typeof copy)[number], copy[i] as (typeof copy)[number]]
      }
      return copy
    },
    hex40: () => Array.from({ length: 5 }, () => int(0, 0xffffffff).toString(16).padStart(8, '0')).join(''),
    fork: (label) => createRandom(`${seed}/${label}`),
  }
}
