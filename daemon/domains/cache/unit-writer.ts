import { type Database, isCorrupt } from '../../kernel/db/database.ts'
import { failedUnit } from './engine.ts'
import type { ScannedUnit, WriterEvent } from './messages.ts'
import { cacheWrites, type UnitWritten } from './writes.ts'

/** Changed artifacts that are worth a transaction of their own. */
const BATCH = 500
/** How long units wait for others that were promised, in ms. */
const PATIENCE_MS = 25

/**
 * Writes what scanners found, several units in one transaction: while more are to come they wait for each other, since
 * a commit writes every page it touched, so one for five units costs little more than one for each.
 */
export class UnitWriter {
  readonly #db: () => Database
  readonly #say: (event: WriterEvent) => void
  #queue: ScannedUnit[] = []
  #changes = 0
  #patience: NodeJS.Timeout | undefined

  /** `db` is asked for with each transaction, so that a failure to open it is the failure of a unit. */
  constructor(db: () => Database, say: (event: WriterEvent) => void) {
    this.#db = db
    this.#say = say
  }

  add(unit: ScannedUnit): void {
    this.#queue.push(unit)
    this.#changes += unit.outcome.changed.length
    if (!unit.more || this.#changes >= BATCH) this.flush()
    else this.#patience ??= setTimeout(() => this.flush(), PATIENCE_MS)
  }

  /** Writes what waits. */
  flush(): void {
    clearTimeout(this.#patience)
    this.#patience = undefined
    const units = this.#queue
    if (units.length === 0) return
    this.#queue = []
    this.#changes = 0
    try {
      const written = cacheWrites.applyUnits(this.#db(), units)
      for (const [i, unit] of units.entries()) this.#done(unit, written[i] ?? null)
    } catch {
      // One of them is at fault: each on its own, so that the others are written and the one is named.
      for (const unit of units) this.#writeAlone(unit)
    }
  }

  #writeAlone(unit: ScannedUnit): void {
    try {
      this.#done(unit, cacheWrites.applyUnit(this.#db(), unit))
    } catch (error) {
      if (isCorrupt(error)) this.#say({ kind: 'corrupt' })
      this.#say({ kind: 'done', done: failedUnit(unit.outcome.unitId, error) })
    }
  }

  #done({ outcome }: ScannedUnit, written: UnitWritten | null): void {
    const { unitId, counters, unchangedCount: unchanged, failure } = outcome
    this.#say({
      kind: 'done',
      done: { unitId, written, counters, unchanged, failure: failure?.message ?? null },
    })
  }
}
