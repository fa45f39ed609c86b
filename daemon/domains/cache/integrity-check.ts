import type { Engine } from './engine.ts'

export type IntegrityVerdict = {
  /** Unix ms. */
  checkedAt: number
  /** What SQLite found first; null when every page is in order. */
  problem: string | null
}

/**
 * Looks for damage in cache.db. It reads every page, so the writer thread does it, once at the start and again when
 * somebody asks later; callers at the same time share one look.
 */
export class IntegrityCheck {
  readonly #engine: Engine
  readonly #now: () => number
  #last: IntegrityVerdict | null = null
  #running: Promise<IntegrityVerdict> | null = null
  /** Called with what was found. */
  onDamage: (problem: string) => void = () => undefined

  constructor(engine: Engine, now: () => number) {
    this.#engine = engine
    this.#now = now
  }

  /** The last verdict when it is not older than `maxAgeMs`, else a new one. */
  async latest(maxAgeMs: number): Promise<IntegrityVerdict> {
    const last = this.#last
    return last && this.#now() - last.checkedAt <= maxAgeMs ? last : this.run()
  }

  run(): Promise<IntegrityVerdict> {
    this.#running ??= this.#look().finally(() => {
      this.#running = null
    })
    return this.#running
  }

  async #look(): Promise<IntegrityVerdict> {
    const problem = await this.#engine.write('check', {})
    const verdict = { checkedAt: this.#now(), problem }
    // A damaged file is about to be replaced, and what is said of it then no longer holds.
    this.#last = problem === null ? verdict : null
    if (problem !== null) this.onDamage(problem)
    return verdict
  }
}
