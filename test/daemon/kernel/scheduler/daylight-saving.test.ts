/** Promise D7 over changes of the clocks; what is expected comes from Intl, not from what is tested. */
import { afterEach, describe, expect, it } from 'vitest'
import { cronSlots } from '../../../../daemon/kernel/scheduler/slots.ts'
import { JobLab } from '../../../support/job-lab.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

let lab: JobLab | null = null
afterEach(() => lab?.dispose())

/** `2026-03-29 03:00` in a zone. */
function localTime(at: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
  return format.format(at)
}

/** In each case the time falls into the gap, or comes twice. */
const changes = [
  // zone, change (UTC), wanted local time, local time on the day of the change
  ['Europe/Berlin', '2026-03-29T01:00Z', '02:30', '03:00'],
  ['Europe/Berlin', '2026-10-25T01:00Z', '02:30', '02:30'],
  ['America/New_York', '2026-03-08T07:00Z', '02:30', '03:00'],
  ['America/New_York', '2026-11-01T06:00Z', '01:30', '01:30'],
  ['Australia/Lord_Howe', '2026-10-03T15:30Z', '02:15', '02:30'],
  ['Australia/Lord_Howe', '2026-04-04T15:00Z', '01:45', '01:45'],
  ['America/Santiago', '2026-09-06T04:00Z', '00:30', '01:00'],
  ['America/Santiago', '2026-04-05T03:00Z', '23:30', '23:30'],
] as const

describe.each(changes)('%s at %s (D7)', (timezone, change, wanted, onTheDay) => {
  const changeAt = Date.parse(change)

  it(`runs a job of ${wanted} once on each day`, async () => {
    const [hour, minute] = wanted.split(':').map(Number)
    lab = new JobLab(
      changeAt - 2.5 * DAY,
      [{ name: 'job', schedule: { cron: () => `${minute} ${hour} * * *` } }],
      {
        timezone,
      },
    )
    await lab.start()
    await lab.clock.advance(4 * DAY)
    const runs = lab.runs().map(({ scheduledFor }) => localTime(scheduledFor ?? 0, timezone))
    const days = runs.map((run) => run.slice(0, 10))
    expect(days).toHaveLength(4)
    expect(new Set(days).size).toBe(4)
    const unusual = runs.filter((run) => !run.endsWith(wanted)).map((run) => run.slice(11))
    expect(unusual).toEqual(onTheDay === wanted ? [] : [onTheDay])
    expect(lab.executions).toHaveLength(4)
  })

  it('runs one of every 30 minutes by interval as if nothing had happened', async () => {
    lab = new JobLab(changeAt - 6 * HOUR, [{ name: 'job', schedule: { everyMinutes: () => 30 } }], {
      timezone,
    })
    await lab.start()
    await lab.clock.advance(12 * HOUR)
    const at = lab.runs().map(({ scheduledFor }) => scheduledFor ?? 0)
    expect(at).toHaveLength(24)
    expect(at.slice(1).every((time, i) => time - (at[i] ?? 0) === 30 * MINUTE)).toBe(true)
  })

  it.each(['skip', 'once', 'all'] as const)('after sleep over the change: %s', async (missed) => {
    const [hour, minute] = wanted.split(':').map(Number)
    const schedule = { cron: () => `${minute} ${hour} * * *` }
    lab = new JobLab(changeAt - 2.5 * DAY, [{ name: 'job', schedule, missed }], { timezone })
    await lab.start()
    lab.clock.suspend(4 * DAY)
    await lab.clock.advance(5 * MINUTE)
    expect(lab.runs()).toHaveLength({ skip: 0, once: 1, all: 4 }[missed])
    const days = lab.runs().map(({ scheduledFor }) => localTime(scheduledFor ?? 0, timezone).slice(0, 10))
    expect(new Set(days).size).toBe(days.length)
  })

  it('finds the same times looking back as looking forward', () => {
    const [hour, minute] = wanted.split(':').map(Number)
    for (const expression of [`${minute} ${hour} * * *`, '0 * * * *', '*/15 * * * *']) {
      const slots = cronSlots(expression, timezone)
      const forward: number[] = []
      const [from, until] = [changeAt - 26 * HOUR, changeAt + 26 * HOUR]
      for (let at = slots.next(from); at !== null && at <= until; at = slots.next(at)) forward.push(at)
      expect(slots.newest(1_000, from, until), expression).toEqual(forward)
      expect(slots.newest(2, from, until), expression).toEqual(forward.slice(-2))
    }
  })
})
