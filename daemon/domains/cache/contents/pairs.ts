/** Finds what is alike among many, without comparing each with each. */
import { nextTurn } from '../../../kernel/rpc/turn.ts'
import { BAND, likeness, SKETCH_BYTES } from './sketch.ts'

/** What belongs together; `likeness` is that of the least alike two that were found to. */
export type Alike = { likeness: number; ids: number[] }

/** What shares a band with more than so many others shares a phrase that everybody uses. */
const MAX_BUCKET = 100
/** Sketches put into buckets in one turn: about 5 ms. */
const SLICE = 500

/**
 * Groups of at least two, each reachable from each by steps of at least `threshold`. Only what shares a band is compared
 * (sketch.ts), so of pairs at 0.5 one in eight is missed, at 0.7 hardly one. Ids in ascending order.
 */
export async function alikePairs(
  sketches: ReadonlyArray<{ id: number; sketch: Buffer }>,
  threshold: number,
): Promise<Alike[]> {
  const groups = new Groups(sketches.length)
  const bytes = BAND * 2
  for (let band = 0; band < SKETCH_BYTES; band += bytes) {
    const buckets = new Map<string, number[]>()
    for (const [i, { sketch }] of sketches.entries()) {
      if (i % SLICE === SLICE - 1) await nextTurn()
      const key = sketch.toString('latin1', band, band + bytes)
      const bucket = buckets.get(key)
      if (!bucket) {
        buckets.set(key, [i])
        continue
      }
      if (bucket.length < MAX_BUCKET) bucket.push(i)
      for (const other of bucket) if (other !== i) join(groups, sketches, other, i, threshold)
    }
  }
  return groups.all().map(({ likeness, members }) => ({
    likeness,
    ids: members.map((i) => (sketches[i] as { id: number }).id),
  }))
}

function join(
  groups: Groups,
  sketches: ReadonlyArray<{ sketch: Buffer }>,
  a: number,
  b: number,
  threshold: number,
): void {
  if (groups.areTogether(a, b)) return
  const found = likeness(
    (sketches[a] as { sketch: Buffer }).sketch,
    (sketches[b] as { sketch: Buffer }).sketch,
  )
  if (found >= threshold) groups.join(a, b, found)
}

/** Disjoint sets, with the weakest link of each. */
class Groups {
  readonly #parent: number[]
  readonly #weakest = new Map<number, number>()

  constructor(size: number) {
    this.#parent = Array.from({ length: size }, (_, i) => i)
  }

  areTogether(a: number, b: number): boolean {
    return this.#root(a) === this.#root(b)
  }

  join(a: number, b: number, likeness: number): void {
    const [low, high] = [this.#root(a), this.#root(b)].sort((x, y) => x - y) as [number, number]
    const weakest = Math.min(likeness, this.#weakest.get(low) ?? 1, this.#weakest.get(high) ?? 1)
    this.#parent[high] = low
    this.#weakest.set(low, weakest)
  }

  /** Those of several members. */
  all(): Array<{ likeness: number; members: number[] }> {
    const members = Map.groupBy(this.#parent.keys(), (i) => this.#root(i))
    return [...members]
      .filter(([, found]) => found.length > 1)
      .map(([root, found]) => ({ likeness: this.#weakest.get(root) ?? 1, members: found }))
  }

  #root(i: number): number {
    let root = i
    while (this.#parent[root] !== root) root = this.#parent[root] as number
    // Shortens the way for the next one.
    for (let at = i; at !== root; ) {
      const next = this.#parent[at] as number
      this.#parent[at] = root
      at = next
    }
    return root
  }
}
