import type { DaemonContext } from '../../context.ts'
import type { Timers } from '../../kernel/timers.ts'
import { anonymousMetadata, anonymousPath } from './privacy.ts'
import type { UsageEvent } from './work/index.ts'

/** What somebody did with an artifact, as the one who carried it out knows it. */
export type Usage = Pick<UsageEvent, 'type' | 'name' | 'artifactType'> &
  Partial<Pick<UsageEvent, 'collection' | 'outcome' | 'metadata'>> & {
    /** Absolute path. */
    project?: string | null
  }

/** Events are written together: so long after the first one, ms, or when there are so many. */
const WRITE_AFTER_MS = 30_000
const MANY = 200
/** So often a write is tried, with a pause that doubles (formats spec section 27). */
const TRIES = 3
const PAUSE_MS = 5_000

export type AnalyticsContext = Pick<DaemonContext, 'engine' | 'folders' | 'log' | 'now' | 'settings'> & {
  timers: Timers
}

/**
 * Notes what is done with artifacts, for the reports to sum up. It never makes anybody wait and never fails: events gather
 * here and are written by another process later; what cannot be written is dropped.
 */
export class Analytics {
  readonly #ctx: AnalyticsContext
  #events: UsageEvent[] = []
  #tries = 0
  #cancel: (() => void) | null = null

  constructor(ctx: AnalyticsContext) {
    this.#ctx = ctx
  }

  /** Unless the user does not want it; whether the library's own settings allow it is asked where it is written. */
  note(...done: readonly Usage[]): void {
    const { folders, now, settings, timers } = this.#ctx
    if (done.length === 0 || !settings.current.analytics.enabled) return
    for (const { type, name, artifactType, project = null, ...rest } of done) {
      this.#events.push({
        type,
        name,
        artifactType,
        collection: rest.collection ?? null,
        project: project === null ? null : anonymousPath(project, folders.home),
        at: now(),
        outcome: rest.outcome ?? 'success',
        metadata: anonymousMetadata(rest.metadata ?? {}, folders.home) as Record<string, unknown>,
      })
    }
    if (this.#events.length >= MANY) void this.flush()
    else this.#cancel ??= timers.after(WRITE_AFTER_MS, () => void this.flush())
  }

  /** Writes what was gathered; called before a report, and at the end. */
  async flush(): Promise<void> {
    this.#cancel?.()
    this.#cancel = null
    const events = this.#events
    if (events.length === 0) return
    this.#events = []
    const { engine, folders, log, now, settings, timers } = this.#ctx
    const { net, analytics } = settings.current
    const around = {
      folders,
      now: now(),
      net: { offline: net.offline, timeoutMs: net.timeout_seconds * 1_000 },
    }
    try {
      await engine.work('noteUsage', { events, retentionDays: analytics.retention_days }, around)
      this.#tries = 0
    } catch (error) {
      if (++this.#tries >= TRIES) {
        this.#tries = 0
        log.warn('what was done could not be noted', { events: events.length, error: String(error) })
        return
      }
      this.#events = [...events, ...this.#events]
      this.#cancel ??= timers.after(PAUSE_MS * 2 ** this.#tries, () => void this.flush())
    }
  }
}
