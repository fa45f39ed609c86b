/** Why a call failed, as the page shows it. The table of errors stays with the daemon, which sends its sentences along. */
export class CallError extends Error {
  /** Stable, e.g. `project.not_found`; see docs/reference/errors.md. */
  readonly slug: string
  /** What to do next. */
  hint: string

  constructor(slug: string, message: string, hint: string) {
    super(message)
    this.name = 'CallError'
    this.slug = slug
    this.hint = hint
  }

  /** Whether the same call may succeed in a moment: the daemon ends, starts, or cannot be reached. */
  get passes(): boolean {
    return passing.has(this.slug)
  }
}

const passing = new Set(['daemon.unavailable', 'daemon.stopping', 'daemon.timeout'])

/** No daemon answers. */
export const unreachable = (): CallError =>
  new CallError('daemon.unavailable', 'The daemon does not answer.', 'Start it: smd start')
