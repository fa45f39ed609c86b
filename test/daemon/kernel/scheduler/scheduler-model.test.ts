/** Promise D7 as a property: whatever happens, no job overlaps itself, no time is run twice and none is forgotten. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Daemon, type Execution, JobLab, type TestJob } from '../../../support/job-lab.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const START = Date.UTC(2026, 2, 28, 12)
/** Histories of each property; `npm run test:jobs` plays many more. */
const RUNS = Number(process.env.SMD_TEST_JOB_RUNS ?? 30)
/** Each takes some hundred milliseconds at most, on a busy machine. */
const TIMEOUT_MS = 30_000 + RUNS * 1_000

type Step =
  | { kind: 'advance' | 'suspend' | 'shift'; minutes: number }
  | { kind: 'restart'; which: 0 | 1; awayMinutes: number }
  | { kind: 'byHand'; which: 0 | 1 }

const minutes = (max: number) => fc.integer({ min: 1, max })
const step = (backwards: boolean): fc.Arbitrary<Step> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('advance' as const), minutes: minutes(200) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('suspend' as const), minutes: minutes(3_000) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('restart' as const),
        which: fc.constantFrom(0 as const, 1 as const),
        awayMinutes: fc.integer({ min: 0, max: 600 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('byHand' as const),
        which: fc.constantFrom(0 as const, 1 as const),
      }),
    },
    ...(backwards
      ? [
          {
            weight: 1,
            arbitrary: fc.record({
              kind: fc.constant('shift' as const),
              minutes: fc.integer({ min: -300, max: 300 }),
            }),
          },
        ]
      : []),
  )

/** Durations differ from run to run, and are now and then longer than the interval. */
function jobs(durations: readonly number[]): TestJob[] {
  let run = 0
  const lasts = (): number => (durations[run++ % durations.length] ?? 0) * MINUTE
  return [
    { name: 'often', schedule: { everyMinutes: () => 30 }, missed: 'once', jitterMs: 5 * MINUTE, lasts },
    { name: 'hourly', schedule: { cron: () => '0 * * * *' }, missed: 'skip', lasts },
    { name: 'nightly', schedule: { cron: () => '30 2 * * *' }, missed: 'all', lasts },
  ]
}

async function play(steps: readonly Step[], durations: readonly number[]): Promise<JobLab> {
  const lab = new JobLab(START, jobs(durations), { timezone: 'Europe/Berlin', random: () => 0.5 })
  const daemons: [Daemon, Daemon] = [await lab.start(), await lab.start()]
  for (const action of steps) {
    if (action.kind === 'advance') await lab.clock.advance(action.minutes * MINUTE)
    else if (action.kind === 'suspend') lab.clock.suspend(action.minutes * MINUTE)
    else if (action.kind === 'shift') lab.clock.shift(action.minutes * MINUTE)
    else if (action.kind === 'byHand') {
      const { scheduler } = daemons[action.which]
      await scheduler.run('often', { background: true }).catch((error) => {
        if (error.slug !== 'job.running') throw error
      })
    } else if (action.kind === 'restart') {
      daemons[action.which].kill()
      await lab.clock.advance(action.awayMinutes * MINUTE)
      daemons[action.which] = await lab.start()
    }
  }
  return lab
}

function overlaps(executions: readonly Execution[]): string[] {
  const found: string[] = []
  for (const name of new Set(executions.map(({ job }) => job))) {
    const runs = executions.filter(({ job }) => job === name).toSorted((a, b) => a.from - b.from)
    for (const [i, run] of runs.slice(1).entries()) {
      const before = runs[i]
      if (before && (before.to ?? Number.POSITIVE_INFINITY) > run.from) found.push(`${name} at ${run.from}`)
    }
  }
  return found
}

function repeated(executions: readonly Execution[]): string[] {
  const times = executions
    .filter((run) => run.scheduledFor !== null)
    .map((run) => `${run.job} ${run.scheduledFor}`)
  return times.filter((time, i) => times.indexOf(time) !== i)
}

const durations = fc.array(fc.integer({ min: 0, max: 45 }), { minLength: 1, maxLength: 5 })

describe('any history of two schedulers (D7)', () => {
  it(
    'has no overlap and no time run twice, also when the clock is set',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step(true), { maxLength: 14 }), durations, async (steps, lasting) => {
          const lab = await play(steps, lasting)
          try {
            expect(overlaps(lab.executions)).toEqual([])
            expect(repeated(lab.executions)).toEqual([])
            // Whatever happened, everything goes on.
            const before = lab.clock.awake
            await lab.clock.advance(2 * HOUR)
            expect(lab.executions.some(({ job, from }) => job === 'often' && from > before)).toBe(true)
          } finally {
            lab.dispose()
          }
        }),
        { numRuns: RUNS },
      )
    },
    TIMEOUT_MS,
  )

  it(
    'forgets nothing: each night has its run, and what is missed is made up for once',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step(false), { maxLength: 14 }), durations, async (steps, lasting) => {
          const lab = await play(steps, lasting)
          try {
            await lab.clock.advance(6 * HOUR)
            const nights = lab.runs('nightly').map(({ scheduledFor }) => scheduledFor)
            const expected: number[] = []
            for (let night = Date.UTC(2026, 2, 29, 1); night <= lab.clock.now - 3 * HOUR; ) {
              expected.push(night)
              // 02:30 in summer; the first night has no 02:30.
              night = Date.UTC(2026, 2, 29 + expected.length, 0, 30)
            }
            expect(nights.filter((at) => expected.includes(at ?? 0))).toEqual(expected)
            expect(overlaps(lab.executions)).toEqual([])
            expect(repeated(lab.executions)).toEqual([])
          } finally {
            lab.dispose()
          }
        }),
        { numRuns: RUNS },
      )
    },
    TIMEOUT_MS,
  )
})
