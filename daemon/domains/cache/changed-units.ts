import { SmdError } from '../../../protocol/errors.ts'
import type { Timers } from '../../kernel/timers.ts'
import { FEW } from './engine.ts'
import { projectIdOf } from './ids.ts'
import type { KnownUnits } from './known-units.ts'
import type { RefreshContext } from './refresh.ts'
import { createTally } from './refresh-tally.ts'
import type { UnitRef } from './scan/job.ts'
import type { UnitReports } from './unit-reports.ts'

/** How long after the last change the index of words and the totals are brought in order. */
const TIDY_AFTER_MS = 2_000

type Surroundings = {
  /** Resolves when the open cache is the one on the disk. */
  ready(): Promise<unknown>
  stopping: AbortSignal
  isRefreshing(): boolean
}

/**
 * Units that changed and are read at once, a few at a time, beside any refresh. Each is read after its last change, and
 * those that wait are joined.
 */
export class ChangedUnits {
  readonly #ctx: RefreshContext
  readonly #known: KnownUnits
  readonly #reports: UnitReports
  readonly #timers: Timers
  readonly #around: Surroundings
  readonly #waiting = new Set<number>()
  #running: Promise<void> | null = null
  /** Artifacts that changed since the cache was last tidied. */
  #untidied = 0
  #cancelTidy: () => void = () => undefined

  constructor(
    ctx: RefreshContext,
    known: KnownUnits,
    reports: UnitReports,
    timers: Timers,
    around: Surroundings,
  ) {
    this.#ctx = ctx
    this.#known = known
    this.#reports = reports
    this.#timers = timers
    this.#around = around
  }

  /** Resolves when all that wait have been read. */
  async add(unitIds: readonly number[]): Promise<void> {
    for (const id of unitIds) this.#waiting.add(id)
    if (this.#waiting.size > 0) this.#running ??= this.#run()
    await this.#running
  }

  /** What is being read or waits, if anything. */
  get running(): Promise<void> | null {
    return this.#running
  }

  /** A refresh brought in order what was left for later. */
  tidied(): void {
    this.#untidied = 0
  }

  close(): void {
    this.#waiting.clear()
    this.#cancelTidy()
  }

  async #run(): Promise<void> {
    while (this.#waiting.size > 0) {
      const some = [...this.#waiting].slice(0, FEW)
      for (const id of some) this.#waiting.delete(id)
      await this.#read(some)
    }
    // In the turn of the last look: whoever comes later begins anew.
    this.#running = null
  }

  async #read(ids: readonly number[]): Promise<void> {
    const { engine, events, log, now } = this.#ctx
    const startedAt = now()
    try {
      await this.#around.ready()
      const { env } = this.#known
      const refs = ids.flatMap((id) => this.#known.get(id) ?? [])
      if (!env || refs.length === 0) return
      const projectIds = refs.map(projectIdOf).filter((id) => id !== null)
      events.publish('refresh.started', { projectIds, full: false })
      const tally = createTally(refs)
      await engine.scan(
        refs,
        env,
        startedAt,
        (done) => {
          tally.add(done)
          this.#reports.took(done)
        },
        this.#around.stopping,
      )
      const result = tally.result(now() - startedAt)
      this.#reports.completed(projectIds.length === 1 ? (projectIds[0] ?? null) : null, result)
      log.debug('changes read', { ...result.counters, durationMs: result.durationMs })
      if (result.changesDetected > 0) this.#followUp(refs, result.changesDetected)
    } catch (error) {
      this.#reports.failed(error, null, ids)
      if (error instanceof SmdError && error.slug === 'daemon.stopping') return
      log.error('changes could not be read', { units: ids.length, error: String((error as Error).stack) })
    }
  }

  /** Projects are judged by the collections they have something from; the bookkeeping waits for a quiet moment. */
  #followUp(refs: readonly UnitRef[], changes: number): void {
    if (refs.some(({ unit }) => unit.kind === 'collection'))
      for (const { id, projectId } of this.#known.all) if (projectId !== null) this.#waiting.add(id)
    this.#untidied += changes
    this.#cancelTidy()
    this.#cancelTidy = this.#timers.after(TIDY_AFTER_MS, () => void this.#tidy())
  }

  async #tidy(): Promise<void> {
    const { engine, log, now, settings } = this.#ctx
    const changes = this.#untidied
    // A refresh does the same at its end.
    if (changes === 0 || this.#around.isRefreshing()) return
    this.#untidied = 0
    const { cleanup_retention_days: retentionDays } = settings.current.cache
    const what = { now: now(), changes, unforeseen: [], full: false, retentionDays }
    await engine
      .write('finishRefresh', what)
      .catch((error) => log.warn('the cache could not be tidied', { error: String(error) }))
  }
}
