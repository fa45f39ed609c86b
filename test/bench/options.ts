import { parseArgs } from 'node:util'

/** All groups, in the order of the report. */
export const groupNames = [
  'cli',
  'start',
  'socket',
  'http',
  'search',
  'tables',
  'scan',
  'watch',
  'fresh',
  'deploy',
  'memory',
  'peer',
  'web',
] as const
export type GroupName = (typeof groupNames)[number]

export type Options = {
  only: readonly GroupName[]
  /** Rounds of everything that starts processes; null leaves it to the groups. */
  rounds: number | null
  /** Folder with trees made earlier (`demo100`, `demo1000`); those that are missing are made there and kept. */
  trees: string | null
  /** Another build than `dist/`, to compare two. */
  dist: string | null
  /** Few rounds, to see that everything works; nothing is written. */
  quick: boolean
  /** Measure nothing, write the report again from the last figures. */
  report: boolean
}

export const usage = `Usage: npm run bench -- [options], or npm run bench:web -- [options] for the group web
  --only a,b    of ${groupNames.join(', ')}
  --rounds N    rounds of what starts processes (default: 20 or more)
  --trees DIR   generated trees to use and keep (or SMD_BENCH_TREES)
  --dist DIR    measure another build
  --quick       few rounds, writes nothing
  --report      write docs/benchmarks.md from the last figures, measure nothing
`

/** Reads the command line for a run of `here`. Throws an Error that says what is wrong with it. */
export function readOptions(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  here: readonly GroupName[],
): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      only: { type: 'string' },
      rounds: { type: 'string' },
      trees: { type: 'string' },
      dist: { type: 'string' },
      quick: { type: 'boolean', default: false },
      report: { type: 'boolean', default: false },
    },
  })
  return {
    only: values.only === undefined ? here : values.only.split(',').map((text) => groupName(text, here)),
    rounds: values.rounds === undefined ? null : wholeNumber(values.rounds),
    trees: values.trees ?? (env.SMD_BENCH_TREES || null),
    dist: values.dist ?? null,
    quick: values.quick,
    report: values.report,
  }
}

function groupName(text: string, here: readonly GroupName[]): GroupName {
  const found = here.find((name) => name === text)
  if (!found) throw new Error(`there is no group "${text}" here; there are ${here.join(', ')}`)
  return found
}

function wholeNumber(text: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1) throw new Error(`--rounds needs a whole number, not "${text}"`)
  return number
}

/** Rounds of a group: as asked for, `few` when in a hurry, else `usual`. */
export function roundsOf({ rounds, quick }: Options, usual: number, few = 3): number {
  return rounds ?? (quick ? few : usual)
}
