import { afterEach, describe, expect, it } from 'vitest'
import { JobLab, type LabOptions, type TestJob } from '../../../support/job-lab.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const NOON = Date.UTC(2026, 0, 10, 12)

const labs: JobLab[] = []
afterEach(() => {
  for (const lab of labs.splice(0)) lab.dispose()
})
function labOf(jobs: readonly TestJob[], options?: LabOptions, now = NOON): JobLab {
  const lab = new JobLab(now, jobs, options)
  labs.push(lab)
  return lab
}
const every = (minutes: number | null) => ({ everyMinutes: () => minutes })
const cron = (expression: string) => ({ cron: () => expression })
const times = (lab: JobLab, job = 'job'): string[] =>
  lab.runs(job).map((run) => new Date(run.scheduledFor ?? run.startedAt).toISOString().slice(5, 16))

describe('a schedule by interval', () => {
  it('runs each N minutes, counted from the last run, without drift', async () => {
    const lab = labOf([{ name: 'job', schedule: every(90), lasts: () => 7 * MINUTE }])
    await lab.start()
    await lab.clock.advance(6 * HOUR)
    expect(times(lab)).toEqual(['01-10T13:30', '01-10T15:00', '01-10T16:30', '01-10T18:00'])
    expect(lab.runs().map(({ startedAt, scheduledFor }) => startedAt - (scheduledFor ?? 0))).toEqual([
      0, 0, 0, 0,
    ])
  })

  it('goes on after a restart instead of beginning anew', async () => {
    const lab = labOf([{ name: 'job', schedule: every(360) }])
    const first = await lab.start()
    await lab.clock.advance(6 * HOUR)
    first.kill()
    lab.clock.suspend(5 * HOUR)
    const second = await lab.start()
    expect(second.scheduler.nextAt).toBe(NOON + 12 * HOUR)
    await lab.clock.advance(HOUR)
    expect(times(lab)).toEqual(['01-10T18:00', '01-11T00:00'])
    expect(lab.runs().map(({ cause }) => cause)).toEqual(['schedule', 'schedule'])
  })

  it('counts from a run by hand, and from a late one when it was', async () => {
    const lab = labOf([{ name: 'job', schedule: every(360) }])
    const { scheduler } = await lab.start()
    await lab.clock.advance(HOUR)
    await scheduler.run('job')
    expect(scheduler.nextAt).toBe(NOON + 7 * HOUR)
    lab.clock.suspend(10 * HOUR)
    await lab.clock.advance(MINUTE)
    expect(lab.runs().map(({ cause }) => cause)).toEqual(['manual', 'missed'])
    expect(scheduler.nextAt).toBe(lab.clock.now + 6 * HOUR)
  })

  it('waits for nothing longer than a timer can wait', async () => {
    const lab = labOf([{ name: 'job', schedule: every(60 * 24 * 40) }])
    await lab.start()
    await lab.clock.advance(39 * DAY)
    expect(lab.runs()).toEqual([])
    await lab.clock.advance(DAY)
    expect(times(lab)).toEqual(['02-19T12:00'])
  })

  it('is run soon again after a failure, where that is wanted, and as usual after a success', async () => {
    let failures = 2
    const lab = labOf([
      {
        name: 'job',
        schedule: every(360),
        retryMinutes: 15,
        run: async () => {
          if (failures-- > 0) throw new Error('no luck')
          return { lucky: true }
        },
      },
    ])
    const { log } = await lab.start()
    await lab.clock.advance(13 * HOUR)
    expect(times(lab)).toEqual(['01-10T18:00', '01-10T18:15', '01-10T18:30', '01-11T00:30'])
    expect(lab.runs().map(({ outcome, error, detail }) => [outcome, error, detail])).toEqual([
      ['failure', 'no luck', null],
      ['failure', 'no luck', null],
      ['success', null, { lucky: true }],
      ['success', null, { lucky: true }],
    ])
    expect(log.filter(({ message }) => message === 'job failed')).toHaveLength(2)
  })
})

describe('missed runs (CACHE-2.2a, D7)', () => {
  it.each([
    ['skip', []],
    ['once', ['01-13T03:30']],
    ['all', ['01-11T03:30', '01-12T03:30', '01-13T03:30']],
  ] as const)('after three nights of sleep: %s', async (missed, expected) => {
    const lab = labOf([{ name: 'job', schedule: cron('30 3 * * *'), missed }], { timezone: 'UTC' })
    const { scheduler } = await lab.start()
    lab.clock.suspend(3 * DAY)
    await lab.clock.advance(5 * MINUTE)
    expect(times(lab)).toEqual(expected)
    expect(lab.runs().every(({ cause }) => cause === 'missed')).toBe(true)
    expect(scheduler.states[0]?.skipped).toBe(missed === 'skip' ? 3 : 0)
    await lab.clock.advance(DAY)
    expect(times(lab)).toEqual([...expected, '01-14T03:30'])
    expect(lab.runs().at(-1)?.cause).toBe('schedule')
  })

  it.each([
    ['skip', []],
    ['once', ['01-13T03:30']],
    ['all', ['01-12T03:30', '01-13T03:30']],
  ] as const)('after two nights without a daemon: %s', async (missed, expected) => {
    const lab = labOf([{ name: 'job', schedule: cron('30 3 * * *'), missed }], { timezone: 'UTC' })
    const first = await lab.start()
    await lab.clock.advance(DAY)
    first.kill()
    lab.clock.suspend(2 * DAY)
    await lab.start()
    await lab.clock.advance(5 * MINUTE)
    expect(times(lab)).toEqual(['01-11T03:30', ...expected])
  })

  it('takes a start within 300 s for no missed one', async () => {
    for (const [lateMs, cause] of [
      [300 * SECOND, 'schedule'],
      [301 * SECOND, 'missed'],
    ] as const) {
      const lab = labOf([{ name: 'job', schedule: every(60) }])
      await lab.start()
      lab.clock.suspend(HOUR + lateMs)
      await lab.clock.advance(MINUTE)
      // The look a minute after the sleep finds it.
      expect(lab.runs().map((run) => run.cause)).toEqual([lateMs === 300 * SECOND ? 'missed' : cause])
    }
    const lab = labOf([{ name: 'job', schedule: every(60), missed: 'skip' }])
    await lab.start()
    lab.clock.suspend(HOUR + 4 * MINUTE)
    await lab.clock.advance(MINUTE)
    expect(lab.runs().map(({ cause }) => cause)).toEqual(['schedule'])
  })

  it('makes up for at most a hundred', async () => {
    const lab = labOf([{ name: 'job', schedule: every(1), missed: 'all' }])
    await lab.start()
    lab.clock.suspend(DAY)
    await lab.clock.advance(MINUTE)
    const missed = lab.runs().filter(({ cause }) => cause === 'missed')
    expect(missed).toHaveLength(94)
    expect(lab.runs()).toHaveLength(100)
  })
})

describe('a job that takes longer than its interval', () => {
  it('never overlaps itself, and the times that it missed are counted', async () => {
    const lab = labOf([{ name: 'job', schedule: every(10), lasts: () => 25 * MINUTE }])
    const { scheduler } = await lab.start()
    await lab.clock.advance(70 * MINUTE)
    expect(times(lab)).toEqual(['01-10T12:10', '01-10T12:40', '01-10T13:10'])
    expect(scheduler.states[0]).toMatchObject({ state: 'running', skipped: 4 })
    await expect(scheduler.run('job')).rejects.toMatchObject({ slug: 'job.running' })
  })

  it('is ended by its timeout, with a signal, and holds up nobody when it ignores that', async () => {
    const seen: unknown[] = []
    const lab = labOf([
      {
        name: 'stubborn',
        schedule: every(60),
        timeoutMs: 10 * MINUTE,
        run: ({ signal, note }) => {
          note({ step: 1 })
          signal.addEventListener('abort', () => seen.push((signal.reason as Error).name))
          return new Promise(() => undefined)
        },
      },
      { name: 'job', schedule: every(60) },
    ])
    const { scheduler } = await lab.start()
    await lab.clock.advance(4 * HOUR)
    expect(lab.runs('stubborn')).toMatchObject([
      {
        outcome: 'timeout',
        error: 'It took longer than 600 s.',
        endedAt: NOON + 70 * MINUTE,
        detail: { step: 1 },
      },
    ])
    expect(seen).toEqual(['AbortError'])
    expect(lab.runs('job')).toHaveLength(4)
    expect(scheduler.states[0]).toMatchObject({ state: 'running', skipped: 3 })
  })
})

describe('the clock', () => {
  it('set back runs nothing twice, and the job goes on', async () => {
    const lab = labOf(
      [
        { name: 'daily', schedule: cron('30 3 * * *') },
        { name: 'hourly', schedule: every(60) },
      ],
      { timezone: 'UTC' },
    )
    await lab.start()
    await lab.clock.advance(16 * HOUR)
    expect(times(lab, 'daily')).toEqual(['01-11T03:30'])
    const before = lab.runs('hourly').length
    lab.clock.shift(-2 * HOUR)
    await lab.clock.advance(4 * HOUR)
    expect(times(lab, 'daily')).toEqual(['01-11T03:30'])
    // It is seen within a minute, and counts from then.
    expect(times(lab, 'hourly').slice(before)).toEqual(['01-11T03:01', '01-11T04:01', '01-11T05:01'])
    await lab.clock.advance(DAY)
    expect(times(lab, 'daily')).toEqual(['01-11T03:30', '01-12T03:30'])
    const scheduled = lab.runs().map(({ job, scheduledFor }) => `${job} ${scheduledFor}`)
    expect(new Set(scheduled).size).toBe(scheduled.length)
  })

  it('set back to where an interval has had its times, runs the job at others', async () => {
    const lab = labOf([{ name: 'often', schedule: every(30) }])
    await lab.start()
    await lab.clock.advance(3 * HOUR)
    const before = lab.runs('often').length
    // Seen a minute later: the times that come are those that were.
    lab.clock.shift(-2 * HOUR - MINUTE)
    await lab.clock.advance(2 * HOUR)
    expect(lab.runs('often').length - before).toBeGreaterThanOrEqual(2)
    const scheduled = lab.runs('often').map(({ scheduledFor }) => scheduledFor)
    expect(new Set(scheduled).size).toBe(scheduled.length)
  })

  it('set back by a year does not stop a job for a year', async () => {
    const lab = labOf([
      { name: 'daily', schedule: cron('30 3 * * *') },
      { name: 'hourly', schedule: every(60) },
    ])
    const first = await lab.start()
    await lab.clock.advance(2 * DAY)
    lab.clock.shift(-365 * DAY)
    const before = lab.runs().length
    await lab.clock.advance(DAY + HOUR)
    expect(lab.runs().length - before).toBeGreaterThanOrEqual(24)
    expect(lab.runs('daily').filter(({ startedAt }) => startedAt < NOON - 300 * DAY)).toHaveLength(1)
    first.kill()
    const { scheduler } = await lab.start()
    expect(scheduler.nextAt).toBeLessThanOrEqual(lab.clock.now + HOUR)
  })

  it('set back before the first run delays that by no more than its interval', async () => {
    const lab = labOf([{ name: 'job', schedule: every(30) }])
    await lab.start()
    lab.clock.shift(-88 * MINUTE)
    await lab.clock.advance(32 * MINUTE)
    expect(lab.runs()).toHaveLength(1)
  })

  it('set forward is as sleep', async () => {
    const lab = labOf([{ name: 'job', schedule: every(60) }])
    const { log } = await lab.start()
    lab.clock.shift(30 * DAY + 30 * MINUTE)
    await lab.clock.advance(2 * MINUTE)
    expect(lab.runs()).toMatchObject([{ cause: 'missed' }])
    expect(log.find(({ message }) => message === 'the clock jumped')).toMatchObject({
      ms: 30 * DAY + 30 * MINUTE,
    })
  })
})

describe('a crash', () => {
  it('leaves a run that the next start calls interrupted, and it is tried again soon', async () => {
    const lab = labOf([{ name: 'job', schedule: every(60), retryMinutes: 5, lasts: () => 20 * MINUTE }])
    const first = await lab.start()
    await lab.clock.advance(70 * MINUTE)
    first.kill()
    expect(lab.runs()).toMatchObject([{ outcome: null, endedAt: null }])
    lab.clock.suspend(MINUTE)
    await lab.start()
    expect(lab.runs()).toMatchObject([{ outcome: 'interrupted', endedAt: NOON + 71 * MINUTE }])
    await lab.clock.advance(30 * MINUTE)
    expect(lab.runs()).toMatchObject([{ outcome: 'interrupted' }, { outcome: 'success' }])
    expect(times(lab)).toEqual(['01-10T13:00', '01-10T13:16'])
  })
})

describe('a store that cannot be written', () => {
  it('starts nothing, is tried less and less often, and holds up nothing once it can be', async () => {
    const lab = labOf([{ name: 'job', schedule: every(60) }])
    const { db, log, scheduler } = await lab.start()
    db.pragma('query_only = ON')
    await lab.clock.advance(9 * HOUR)
    expect(lab.executions).toEqual([])
    const failures = log.filter(({ message }) => message === 'a run could not be claimed')
    expect(failures.length).toBeGreaterThan(5)
    expect(failures.length).toBeLessThan(20)
    await expect(scheduler.run('job')).rejects.toMatchObject({ slug: 'cache.read_only' })
    db.pragma('query_only = OFF')
    await lab.clock.advance(65 * MINUTE)
    expect(lab.executions.length).toBeGreaterThan(0)
  })
})

describe('the end', () => {
  it('begins nothing new, waits for what runs, and interrupts it when it is told to', async () => {
    const aborted: string[] = []
    const lab = labOf([
      { name: 'short', schedule: every(60), lasts: () => 5 * MINUTE },
      {
        name: 'long',
        schedule: every(60),
        run: ({ signal }) =>
          new Promise((_, reject) =>
            signal.addEventListener('abort', () => {
              aborted.push('long')
              reject(signal.reason as Error)
            }),
          ),
      },
    ])
    const { scheduler } = await lab.start()
    await lab.clock.advance(61 * MINUTE)
    expect(scheduler.running).toBe(2)
    scheduler.stop()
    await expect(scheduler.run('short')).rejects.toMatchObject({ slug: 'daemon.stopping' })
    await lab.clock.advance(2 * HOUR)
    expect(scheduler.running).toBe(1)
    await scheduler.abort()
    expect(aborted).toEqual(['long'])
    expect(lab.runs().map(({ job, outcome }) => [job, outcome])).toEqual([
      ['short', 'success'],
      ['long', 'interrupted'],
    ])
    await scheduler.settled()
    expect(scheduler.nextAt).toBeNull()
  })
})

describe('a pause', () => {
  it('lets times pass without making up for them, but not a run by hand', async () => {
    const paused = new Set(['job'])
    const lab = labOf([{ name: 'job', schedule: every(60), missed: 'all' }], {
      isPaused: (job) => paused.has(job),
    })
    const { scheduler, states } = await lab.start()
    await lab.clock.advance(5 * HOUR)
    expect(lab.runs()).toEqual([])
    expect(scheduler.states[0]).toMatchObject({ state: 'paused', nextAt: null })
    expect(await scheduler.run('job')).toMatchObject({ cause: 'manual', outcome: 'success' })
    await lab.clock.advance(30 * MINUTE)
    paused.clear()
    scheduler.reconsider()
    expect(states.at(-1)).toMatchObject({ state: 'idle', nextAt: NOON + 6 * HOUR })
    await lab.clock.advance(2 * HOUR)
    expect(times(lab)).toEqual(['01-10T17:00', '01-10T18:00', '01-10T19:00'])
    paused.add('job')
    scheduler.reconsider()
    expect(states.at(-1)).toMatchObject({ state: 'paused', nextAt: null })
    await lab.clock.advance(3 * DAY)
    expect(lab.runs()).toHaveLength(3)
  })
})

describe('a change of the settings', () => {
  it('counts at once, also in the middle of an interval, and makes nothing missed', async () => {
    let minutes: number | null = 360
    const lab = labOf([{ name: 'job', schedule: { everyMinutes: () => minutes } }])
    const { scheduler } = await lab.start()
    await lab.clock.advance(6 * HOUR + 50 * MINUTE)
    minutes = 20
    scheduler.reconsider()
    expect(scheduler.nextAt).toBe(NOON + 7 * HOUR)
    await lab.clock.advance(11 * MINUTE)
    expect(lab.runs().map(({ cause }) => cause)).toEqual(['schedule', 'schedule'])
    minutes = null
    scheduler.reconsider()
    expect(scheduler.nextAt).toBeNull()
    await lab.clock.advance(DAY)
    expect(lab.runs()).toHaveLength(2)
  })

  it('to something that is no schedule stops that job alone, and is logged once', async () => {
    let expression = '0 * * * *'
    const lab = labOf([
      { name: 'job', schedule: { cron: () => expression } },
      { name: 'other', schedule: every(60) },
    ])
    const { scheduler, log } = await lab.start()
    expression = 'each full moon'
    scheduler.reconsider()
    await lab.clock.advance(3 * HOUR)
    expect(lab.runs('job')).toEqual([])
    expect(lab.runs('other')).toHaveLength(3)
    expect(log.filter(({ message }) => message === 'a schedule cannot be read')).toHaveLength(1)
  })
})

describe('jitter', () => {
  it('starts later than due, is kept with the run, and moves no later run', async () => {
    const lab = labOf([{ name: 'job', schedule: every(60), jitterMs: 10 * MINUTE }], { random: () => 0.25 })
    await lab.start()
    await lab.clock.advance(3 * HOUR + 10 * MINUTE)
    expect(times(lab)).toEqual(['01-10T13:00', '01-10T14:00', '01-10T15:00'])
    for (const { jitterMs, startedAt, scheduledFor } of lab.runs()) {
      expect(jitterMs).toBe(150 * SECOND)
      expect(startedAt - (scheduledFor ?? 0)).toBe(jitterMs)
    }
  })
})

describe('two schedulers on one file', () => {
  it('run each time once between them, whatever their jitter', async () => {
    const jobs: TestJob[] = [
      { name: 'daily', schedule: cron('30 3 * * *') },
      { name: 'often', schedule: every(7), jitterMs: 2 * MINUTE, lasts: () => 3 * MINUTE },
    ]
    const lab = labOf(jobs, { timezone: 'UTC' })
    await lab.start({ random: () => 0.3 })
    await lab.start({ random: () => 0.3 })
    await lab.clock.advance(2 * DAY)
    expect(times(lab, 'daily')).toEqual(['01-11T03:30', '01-12T03:30'])
    const often = lab.executions.filter(({ job }) => job === 'often')
    const starts = often.map(({ from }) => from).toSorted((a, b) => a - b)
    expect(starts.slice(1).every((at, i) => at - (starts[i] ?? 0) >= 5 * MINUTE)).toBe(true)
    expect(often.length).toBeGreaterThan(400)
    expect(lab.executions).toHaveLength(lab.runs().length)
  })

  it('share the work also when they begin at the same moment with a job that never ran', async () => {
    const lab = labOf([{ name: 'job', schedule: every(60), firstAfterMs: MINUTE }])
    const [a, b] = await Promise.all([lab.start(), lab.start()])
    await lab.clock.advance(2 * MINUTE)
    expect(lab.runs()).toHaveLength(1)
    expect([a, b].map(({ scheduler }) => scheduler.nextAt)).toEqual([NOON + 61 * MINUTE, NOON + 61 * MINUTE])
  })
})

describe('a run by hand', () => {
  it('in the background answers as soon as it has begun, and fails for a job that does not exist', async () => {
    const lab = labOf([{ name: 'job', schedule: every(null), lasts: () => MINUTE }])
    const { scheduler } = await lab.start()
    expect(await scheduler.run('job', { background: true })).toMatchObject({ outcome: null, endedAt: null })
    expect(scheduler.states[0]).toMatchObject({ state: 'running', nextAt: null })
    await lab.clock.advance(2 * MINUTE)
    expect(scheduler.states[0]).toMatchObject({ state: 'idle', last: { outcome: 'success' } })
    await expect(scheduler.run('jbo')).rejects.toMatchObject({ slug: 'job.not_found' })
  })
})
