/** Something a user should know and can mend. */
export type Warning = {
  /** Stable, e.g. `cache.rebuilt`. */
  code: string
  severity: 'error' | 'warning' | 'info'
  text: string
  fix: string
}

export type HealthState = 'ok' | 'degraded' | 'failing'

/** The one place where warnings come together; `smd status` and `smd doctor` show them. */
export class Health {
  readonly #warnings = new Map<string, Warning>()

  /** Sets a warning; one per code. */
  warn(warning: Warning): void {
    this.#warnings.set(warning.code, warning)
  }

  clear(code: string): void {
    this.#warnings.delete(code)
  }

  get warnings(): Warning[] {
    return [...this.#warnings.values()]
  }

  get state(): HealthState {
    const severities = this.warnings.map((warning) => warning.severity)
    if (severities.includes('error')) return 'failing'
    return severities.includes('warning') ? 'degraded' : 'ok'
  }
}
