import type { DaemonContext } from '../../context.ts'
import { selectSourceIdsOf } from './upstream-repo.ts'
import type { CheckResult } from './writer/index.ts'

const MINUTE_MS = 60_000

export type CheckWish = {
  /** Also sources that were asked not long ago. */
  force: boolean
  /** Rows of `upstream_sources`; null for all. */
  sourceIds: number[] | null
  /** How old an answer may be, ms. */
  maxAgeMs: number
}

type ChecksContext = Pick<DaemonContext, 'db' | 'engine' | 'events' | 'log' | 'now' | 'settings'>

/** Has the sources of artifacts asked, one check at a time, and tells what came of it. */
export class UpstreamChecks {
  readonly #ctx: ChecksContext
  #running: { wish: CheckWish; result: Promise<CheckResult> } | null = null

  constructor(ctx: ChecksContext) {
    this.#ctx = ctx
  }

  /** Whether a check runs now. */
  get isRunning(): boolean {
    return this.#running !== null
  }

  /** Asks marketplaces, or all others, whose answers are older than their interval. */
  due(kind: 'marketplaces' | 'others'): Promise<CheckResult> {
    const { marketplaces, upstream } = this.#ctx.settings.current
    const { interval_minutes: minutes } = kind === 'marketplaces' ? marketplaces : upstream
    const sourceIds = selectSourceIdsOf(this.#ctx.db, kind)
    return this.run({ force: false, sourceIds, maxAgeMs: minutes * MINUTE_MS })
  }

  /** Who wishes what is being done already gets its result; others wait for their turn. */
  async run(wish: CheckWish): Promise<CheckResult> {
    for (;;) {
      const running = this.#running
      if (running === null) break
      if (covers(running.wish, wish)) return running.result
      await running.result.catch(() => undefined)
    }
    const result = this.#check(wish).finally(() => {
      this.#running = null
    })
    this.#running = { wish, result }
    return result
  }

  async #check({ force, sourceIds, maxAgeMs }: CheckWish): Promise<CheckResult> {
    const { engine, log, now, settings } = this.#ctx
    const { net } = settings.current
    const result = await engine.checkUpstream({
      force,
      sourceIds,
      intervalMs: maxAgeMs,
      now: now(),
      net: { offline: net.offline, timeoutMs: net.timeout_seconds * 1_000 },
    })
    const { events, failed, ...counts } = result
    for (const { retryAt: _, ...failure } of failed) log.warn('source not asked', failure)
    log.info('upstream checked', { ...counts, failed: failed.length })
    // A state is told as a change of the artifact: whoever shows it has to look again.
    for (const data of events) this.#ctx.events.publish('artifacts.changed', data)
    return result
  }
}

function covers(running: CheckWish, asked: CheckWish): boolean {
  const all = running.sourceIds
  const wider = all === null || (asked.sourceIds?.every((id) => all.includes(id)) ?? false)
  return wider && (running.force || (!asked.force && running.maxAgeMs <= asked.maxAgeMs))
}
