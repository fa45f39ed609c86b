import { type ErrorDetails, fillIn } from '../../../protocol/errors.ts'
import {
  type HealthState,
  healthState,
  type Severity,
  type Warnable,
  type WarningCode,
  warnables,
} from '../../../protocol/health.ts'

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

const ranks: Record<Severity, number> = { error: 0, warning: 1, info: 2 }

/** The one place where warnings come together; what can be warned of is in `protocol/health.ts`. */
export class Health {
  readonly #now: () => number
  readonly #raised = new Map<WarningCode, { raisedAt: number; details: ErrorDetails }>()

  constructor(now: () => number) {
    this.#now = now
  }

  /** Raises a warning, or changes the details of the one there is. */
  warn(code: WarningCode, details: ErrorDetails = {}): void {
    this.#raised.set(code, { raisedAt: this.#raised.get(code)?.raisedAt ?? this.#now(), details })
  }

  clear(code: WarningCode): void {
    this.#raised.delete(code)
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

  #isOldEnough(code: WarningCode, raisedAt: number): boolean {
    return this.#now() - raisedAt >= warnables[code].timeToVisibleMs
  }

  #isExplained(code: WarningCode): boolean {
    const { dependsOn }: Warnable = warnables[code]
    return dependsOn.some((parent) => this.#raised.has(parent as WarningCode))
  }
}
