/** The jobs commands with a faked client: what they ask for, what they print, how they end. */
import { describe, expect, it } from 'vitest'
import { jobsHistoryCommand } from '../../../client-cli/commands/jobs/history.ts'
import type { Job, Run } from '../../../client-cli/commands/jobs/job-text.ts'
import { jobsListCommand } from '../../../client-cli/commands/jobs/list.ts'
import { jobsPauseCommand } from '../../../client-cli/commands/jobs/pause.ts'
import { jobsResumeCommand } from '../../../client-cli/commands/jobs/resume.ts'
import { jobsRunCommand } from '../../../client-cli/commands/jobs/run.ts'
import { cachedNames } from '../../../client-cli/completion/names.ts'
import { SmdError } from '../../../protocol/errors.ts'
import { type Answers, runWithFakeClient as runWith } from '../../support/fake-client.ts'

/** `--json` turns the times of an answer into text, in place. */
const runWithFakeClient: typeof runWith = (command, args, answers, options) => {
  const own = Object.entries(answers).map(([name, answer]) => [
    name,
    answer instanceof SmdError ? answer : structuredClone(answer),
  ])
  return runWith(command, args, Object.fromEntries(own) as Answers, options)
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Commands tell the time themselves; half a minute more or less changes nothing of what they print. */
const now = Date.now()

const run: Run = {
  id: 7,
  job: 'refresh',
  cause: 'schedule',
  scheduledFor: now - 3 * HOUR,
  jitterMs: 12_000,
  startedAt: now - 3 * HOUR,
  endedAt: now - 3 * HOUR + 2_400,
  outcome: 'success',
  error: null,
  detail: { projectsRefreshed: 1_203, changesDetected: 2, left: null },
}
const failed: Run = { ...run, id: 8, outcome: 'failure', error: 'The disk is full.', detail: null }

const job: Job = {
  name: 'refresh',
  summary: 'Reads projects again.',
  schedule: { everyMinutes: 360, cron: null },
  missed: 'once',
  jitterMs: 60_000,
  timeoutMs: HOUR,
  state: 'idle',
  nextAt: now + 3 * HOUR + MINUTE,
  lastRun: run,
  detail: null,
  skipped: 0,
}
const jobs: Job[] = [
  job,
  { ...job, name: 'backup', state: 'paused', nextAt: null, lastRun: failed },
  {
    ...job,
    name: 'maintenance',
    state: 'running',
    schedule: { everyMinutes: null, cron: '30 3 * * *' },
    nextAt: now - 1,
    lastRun: { ...run, endedAt: null, outcome: null },
  },
  { ...job, name: 'odd', schedule: { everyMinutes: null, cron: null }, nextAt: null, lastRun: null },
]

describe('jobs list', () => {
  it('prints when each runs next and how it went, and what went wrong', async () => {
    const answers = { 'jobs.list': { items: jobs, total: 4 } }
    const { terminal, done } = runWithFakeClient(jobsListCommand, {}, answers)
    expect(await done).toBe(0)
    expect(terminal.stdout()).toMatchInlineSnapshot(`
      "JOB          STATE    SCHEDULE    NEXT    LAST     OUTCOME  WHAT
      refresh      idle     every 6 h   in 3 h  3 h ago  success  Reads projects again.
      backup       paused   every 6 h   -       3 h ago  failure  Reads projects again.
      maintenance  running  30 3 * * *  now     3 h ago  running  Reads projects again.
      odd          idle     by hand     -       -        -        Reads projects again.
      "
    `)
    expect(terminal.stderr()).toBe('backup: The disk is full.\n')
  })

  it('prints one object with --json', async () => {
    const answers = { 'jobs.list': { items: [job], total: 1 } }
    const { terminal, done } = runWithFakeClient(jobsListCommand, {}, answers, { json: true })
    expect(await done).toBe(0)
    expect(JSON.parse(terminal.stdout())).toMatchObject({
      schema: 1,
      total: 1,
      items: [{ name: 'refresh', nextAt: new Date(job.nextAt ?? 0).toISOString() }],
    })
    expect(terminal.stderr()).toBe('')
  })
})

describe('jobs run', () => {
  it('says what came of it', async () => {
    const { terminal, calls, done } = runWithFakeClient(
      jobsRunCommand,
      { name: 'refresh' },
      { 'jobs.run': run },
    )
    expect(await done).toBe(0)
    expect(calls).toEqual([['jobs.run', { name: 'refresh', background: false }]])
    expect(terminal.stdout()).toBe(
      'refresh: success after 2 s (projects refreshed 1,203, changes detected 2)\n',
    )
  })

  it.each(['failure', 'timeout', 'interrupted'] as const)('ends with 1 after: %s', async (outcome) => {
    const answers = { 'jobs.run': { ...failed, outcome } }
    const { terminal, done } = runWithFakeClient(jobsRunCommand, { name: 'refresh' }, answers)
    expect(await done).toBe(1)
    expect(terminal.stdout()).toBe(`refresh: ${outcome} after 2 s\n`)
    expect(terminal.stderr()).toBe('The disk is full.\n')
    const json = runWithFakeClient(jobsRunCommand, { name: 'refresh' }, answers, { json: true })
    expect(await json.done).toBe(1)
    expect(JSON.parse(json.terminal.stdout())).toMatchObject({ schema: 1, outcome })
  })

  it('does not wait in the background', async () => {
    const answers = { 'jobs.run': { ...run, endedAt: null, outcome: null } }
    const args = { name: 'refresh', background: true }
    const { terminal, calls, done } = runWithFakeClient(jobsRunCommand, args, answers)
    expect(await done).toBe(0)
    expect(calls).toEqual([['jobs.run', args]])
    expect(terminal.stderr()).toBe('refresh has begun. See how it goes with: smd jobs\n')
  })

  it('passes on that there is no such job, or that it runs', async () => {
    for (const [error, exit] of [
      [new SmdError('job.not_found', { name: 'x', known: 'refresh' }), 3],
      [new SmdError('job.running', { name: 'x' }), 4],
    ] as const) {
      expect(error.spec.exit).toBe(exit)
      const { done } = runWithFakeClient(jobsRunCommand, { name: 'x' }, { 'jobs.run': error })
      await expect(done).rejects.toBe(error)
    }
  })
})

describe('jobs pause and resume', () => {
  it('say what holds now', async () => {
    const paused = runWithFakeClient(jobsPauseCommand, { name: 'refresh' }, { 'jobs.pause': job })
    expect(await paused.done).toBe(0)
    expect(paused.terminal.stdout()).toBe('refresh is paused.\n')
    expect(paused.terminal.stderr()).toBe('Let it run again with: smd jobs resume refresh\n')
    const resumed = runWithFakeClient(jobsResumeCommand, { name: 'refresh' }, { 'jobs.resume': job })
    expect(await resumed.done).toBe(0)
    expect(resumed.terminal.stdout()).toBe('refresh runs by its schedule, next in 3 h.\n')
  })

  it('print the job with --json', async () => {
    const json = { json: true }
    const paused = runWithFakeClient(jobsPauseCommand, { name: 'refresh' }, { 'jobs.pause': job }, json)
    const resumed = runWithFakeClient(jobsResumeCommand, { name: 'refresh' }, { 'jobs.resume': job }, json)
    for (const { terminal, done } of [paused, resumed]) {
      expect(await done).toBe(0)
      expect(JSON.parse(terminal.stdout())).toMatchObject({ schema: 1, name: 'refresh', state: 'idle' })
    }
  })
})

describe('jobs history', () => {
  it('prints runs, newest first as they come, and how to go on', async () => {
    const page = { items: [failed, run], total: 12, nextCursor: 'abc' }
    const args = { job: 'refresh', limit: 2 }
    const { terminal, calls, done } = runWithFakeClient(jobsHistoryCommand, args, { 'jobs.history': page })
    expect(await done).toBe(0)
    expect(calls).toEqual([['jobs.history', { job: 'refresh', limit: 2, cursor: undefined }]])
    expect(terminal.stdout()).toMatchInlineSnapshot(`
      "JOB      STARTED  CAUSE     OUTCOME  TOOK  DETAIL
      refresh  3 h ago  schedule  failure   2 s  The disk is full.
      refresh  3 h ago  schedule  success   2 s  projects refreshed 1,203, changes detected 2
      "
    `)
    expect(terminal.stderr()).toBe('More: smd jobs history refresh --cursor abc\n')
  })

  it('says when there is none, and prints the page with --json', async () => {
    const answers = { 'jobs.history': { items: [], total: 0, nextCursor: null } }
    const { terminal, done } = runWithFakeClient(jobsHistoryCommand, {}, answers)
    expect(await done).toBe(0)
    expect(terminal.stdout()).toBe('')
    expect(terminal.stderr()).toBe('No run is known.\n')
    const json = runWithFakeClient(jobsHistoryCommand, {}, answers, { json: true })
    await json.done
    expect(JSON.parse(json.terminal.stdout())).toEqual({ schema: 1, items: [], total: 0, nextCursor: null })
  })
})

describe('completion of jobs', () => {
  it('offers their names with what they do', async () => {
    const call = (async () => ({ items: jobs, total: 4 })) as unknown as Parameters<typeof cachedNames>[0]
    expect(await cachedNames(call, 'job', 'ma')).toEqual([
      { value: 'maintenance', what: 'Reads projects again.' },
    ])
  })
})
