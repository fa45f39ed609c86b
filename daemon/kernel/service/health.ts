import { type ErrorDetails, fillIn } from '../../../protocol/errors.ts'
import {
  type HealthState,
  healthState,
  type Severity,
  type Warnable,
  type WarningCode,
  warnables,
} from '../../../protocol/health.ts'
import { systemTimers, type Timers } from '../timers.ts'

/** Something a user should know and can mend. */
export type Warning = {
  /** Stable, e.g. `cache.rebuilt`. */
  code: WarningCode
  severity: Severity
  title: string
  text: string
  fix: string
  /** Unix ms. */
  raisedAt: number
}

type Watched = {
  listener(): void
  /** Codes that were visible when they were last looked at. */
  shown: string
  /** They will be looked at in a moment. */
  looking: boolean
  /** Ends the wait for a warning to be old enough. */
  cancel(): void
}

const ranks: Record<Severity, number> = { error: 0, warning: 1, info: 2 }

/** The one place where warnings come together; what can be warned of is in `protocol/health.ts`. */
export class Health {
  readonly #now: () => number
  readonly #timers: Timers
  readonly #raised = new Map<WarningCode, { raisedAt: number; details: ErrorDetails }>()
  #watched: Watched | null = null

  constructor(now: () => number, timers: Timers = systemTimers) {
    this.#now = now
    this.#timers = timers
  }

  /**
   * Calls `listener` when other warnings than before are visible: because one was raised or cleared, or has lasted long
   * enough. What is cleared and raised again in one go is no change. There is one listener.
   */
  onChange(listener: () => void): void {
    this.#watched = { listener, shown: this.#shown(), looking: false, cancel: () => undefined }
    this.#lookWhenOld(this.#watched)
  }

  /** Raises a warning, or changes the details of the one there is. */
  warn(code: WarningCode, details: ErrorDetails = {}): void {
    this.#raised.set(code, { raisedAt: this.#raised.get(code)?.raisedAt ?? this.#now(), details })
    this.#lookSoon()
  }

  clear(code: WarningCode): void {
    if (this.#raised.delete(code)) this.#lookSoon()
  }

  /** What users should see now: worst first, without what is too young and without what another one explains. */
  get warnings(): Warning[] {
    const visible = [...this.#raised].filter(
      ([code, { raisedAt }]) => this.#isOldEnough(code, raisedAt) && !this.#isExplained(code),
    )
    return visible
      .map(([code, { raisedAt, details }]) => {
        const { severity, title, text, fix } = warnables[code]
        return {
          code,
          severity,
          title,
          text: fillIn(text, details),
          fix: fillIn(fix, details),
          raisedAt,
        }
      })
      .toSorted((a, b) => ranks[a.severity] - ranks[b.severity])
  }

  get state(): HealthState {
    return healthState(this.warnings.map((warning) => warning.severity))
  }

  #shown(): string {
    return this.warnings.map(({ code }) => code).join()
  }

  #lookSoon(): void {
    const watched = this.#watched
    if (!watched || watched.looking) return
    watched.looking = true
    queueMicrotask(() => {
      watched.looking = false
      this.#look(watched)
    })
  }

  #look(watched: Watched): void {
    const shown = this.#shown()
    this.#lookWhenOld(watched)
    if (shown === watched.shown) return
    watched.shown = shown
    watched.listener()
  }

  /** A warning that is too young is looked at again when it is not. */
  #lookWhenOld(watched: Watched): void {
    watched.cancel()
    const waits = [...this.#raised]
      .map(([code, { raisedAt }]) => raisedAt + warnables[code].timeToVisibleMs - this.#now())
      .filter((ms) => ms > 0)
    watched.cancel =
      waits.length === 0 ? () => undefined : this.#timers.after(Math.min(...waits), () => this.#look(watched))
  }

  #isOldEnough(code: WarningCode, raisedAt: number): boolean {
    return this.#now() - raisedAt >= warnables[code].timeToVisibleMs
  }

  #isExplained(code: WarningCode): boolean {
    const { dependsOn }: Warnable = warnables[code]
    return dependsOn.some((parent) => this.#raised.has(parent as WarningCode))
  }
}
