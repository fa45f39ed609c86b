import { parseArgs } from 'node:util'

export type Options = {
  /** How long the churn lasts, in all lives together, ms; null when `operations` says it. */
  durationMs: number | null
  /** The same as a number of operations of clients; for tests. */
  operations: number | null
  /** Projects of the generated home. */
  projects: number
  /** Lives of a daemon: it is restarted, in order and by SIGKILL in turns, between them. */
  lives: number
  seed: string
  /** Measure the load figures instead. */
  load: boolean
  /** Where the figures go as JSON; null for nowhere. */
  out: string | null
  /** Program of the daemon. */
  daemon: string | null
}

export const usage = `Usage: npm run soak -- [options]
  --minutes N    how long (default: 10)
  --projects P   projects of the generated home (default: 50)
  --lives N      lives of the daemon in that time (default: 3)
  --seed S       another seed, other files and changes (default: 1)
  --load         figures under load instead: 32 clients, without and during full scans
  --out FILE     also write the figures as JSON
`

/** Reads the command line. Throws an Error that says what is wrong with it. */
export function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      minutes: { type: 'string', default: '10' },
      projects: { type: 'string', default: '50' },
      lives: { type: 'string', default: '3' },
      seed: { type: 'string', default: '1' },
      load: { type: 'boolean', default: false },
      out: { type: 'string' },
    },
  })
  return {
    durationMs: positive('minutes', values.minutes) * 60_000,
    operations: null,
    projects: Math.ceil(positive('projects', values.projects)),
    lives: Math.ceil(positive('lives', values.lives)),
    seed: values.seed,
    load: values.load,
    out: values.out ?? null,
    daemon: null,
  }
}

function positive(name: string, text: string): number {
  const number = Number(text)
  if (!Number.isFinite(number) || number <= 0)
    throw new Error(`--${name} needs a number above 0, not "${text}"`)
  return number
}
