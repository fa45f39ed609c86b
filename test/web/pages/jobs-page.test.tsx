// @vitest-environment happy-dom
import { fireEvent, screen, waitFor, within } from '@testing-library/preact'
import { describe, expect, it, vi } from 'vitest'
import type { Job, Run } from '../../../web/src/lib/job-words.ts'
import { type FakeDaemon, fakeDaemon, live, liveMock, Refusal } from '../support/fake-daemon.ts'
import { openView } from '../support/open-view.tsx'

vi.mock('../../../web/src/live.ts', () => liveMock)

const open = (path = '/jobs') =>
  openView(path, async () => (await import('../../../web/src/pages/jobs/jobs-page.tsx')).JobsPage)

const aRun = (run: Partial<Run>): Run => ({
  id: 1,
  job: 'refresh',
  cause: 'schedule',
  scheduledFor: 1,
  jitterMs: 0,
  startedAt: 1_000,
  endedAt: 3_500,
  outcome: 'success',
  error: null,
  detail: { projects: 1_200, sizeBytes: 2_500_000, made: 'copy' },
  ...run,
})
const aJob = (job: Partial<Job>): Job => ({
  name: 'refresh',
  summary: 'Reads projects again.',
  schedule: { everyMinutes: 360, cron: null },
  missed: 'once',
  jitterMs: 0,
  timeoutMs: 1,
  state: 'idle',
  nextAt: Date.now() + 2 * 3_600_000,
  lastRun: null,
  detail: null,
  skipped: 0,
  ...job,
})

const daemonWith = (jobs: Job[], runs: Run[] = []): FakeDaemon =>
  fakeDaemon({
    'jobs.list': () => ({ items: jobs, total: jobs.length }),
    'jobs.history': ({ job, limit = 100 }) => {
      const chosen = runs.filter((run) => job === undefined || run.job === job)
      return { items: chosen.slice(0, limit), total: chosen.length, nextCursor: null }
    },
  })

const row = (name: string): HTMLElement =>
  within(screen.getByRole('table', { name: 'Jobs' }))
    .getByRole('rowheader', { name: new RegExp(`^${name}`) })
    .closest('tr') as HTMLElement
const paused = { method: 'jobs.pause', params: { name: 'refresh' } }

/** Something the test lets go when it likes. */
function held<Value>(): { wait: Promise<Value>; go(value: Value): void } {
  let go: (value: Value) => void = () => undefined
  const wait = new Promise<Value>((resolve) => {
    go = resolve
  })
  return { wait, go: (value) => go(value) }
}

describe('the page of jobs', () => {
  it('shows each job with its state, when it ran and when it runs next', async () => {
    daemonWith([
      aJob({ lastRun: aRun({ outcome: 'failure', error: 'No room.' }) }),
      aJob({
        name: 'tidy',
        schedule: { everyMinutes: null, cron: '30 3 * * *' },
        state: 'paused',
        nextAt: null,
      }),
      aJob({ name: 'ask', state: 'running', detail: { asked: 7 } }),
    ])
    await open()
    await screen.findByRole('table', { name: 'Jobs' })
    expect(row('refresh').textContent).toContain('every 6 h')
    expect(row('refresh').textContent).toContain('in 2 h')
    expect(within(row('refresh')).getByText('Failed').getAttribute('title')).toBe('No room.')
    expect(row('tidy').textContent).toContain('30 3 * * *')
    expect(within(row('tidy')).getByText('Paused')).toBeTruthy()
    expect(within(row('tidy')).getByRole('button', { name: 'Resume tidy' })).toBeTruthy()
    expect(row('ask').textContent).toContain('asked 7')
  })

  it('shows a job as paused at once, before the daemon has answered', async () => {
    const answer = held<Job>()
    const daemon = daemonWith([aJob({})])
    daemon.answer({ 'jobs.pause': () => answer.wait })
    await open()
    fireEvent.click(await screen.findByRole('button', { name: 'Pause refresh' }))
    await within(row('refresh')).findByText('Paused')
    const button = within(row('refresh')).getByRole('button', { name: 'Resume refresh' })
    expect(button.hasAttribute('disabled')).toBe(true)
    daemon.answer({ 'jobs.list': () => ({ items: [aJob({ state: 'paused', nextAt: null })], total: 1 }) })
    answer.go(aJob({ state: 'paused' }))
    await waitFor(() => expect(button.hasAttribute('disabled')).toBe(false))
    expect(daemon.asked).toContainEqual(paused)
  })

  it('takes back what the daemon refuses, says why, and tries again', async () => {
    const daemon = daemonWith([aJob({})])
    daemon.answer({
      'jobs.pause': () => {
        throw new Refusal('config.locked', 'SMD_JOBS_PAUSED decides.', 'Unset it.')
      },
    })
    await open()
    fireEvent.click(await screen.findByRole('button', { name: 'Pause refresh' }))
    await screen.findByText('SMD_JOBS_PAUSED decides. Unset it.')
    await within(row('refresh')).findByText('Waiting')
    fireEvent.click(screen.getByRole('button', { name: 'Retry' }))
    await waitFor(() => expect(daemon.asked.filter(({ method }) => method === 'jobs.pause')).toHaveLength(2))
  })

  it('runs and resumes jobs', async () => {
    const daemon = daemonWith([aJob({}), aJob({ name: 'tidy', state: 'paused' })])
    daemon.answer({ 'jobs.run': () => aRun({ endedAt: null }), 'jobs.resume': () => aJob({ name: 'tidy' }) })
    await open()
    fireEvent.click(await screen.findByRole('button', { name: 'Run now: refresh' }))
    fireEvent.click(screen.getByRole('button', { name: 'Resume tidy' }))
    await waitFor(() =>
      expect(daemon.asked).toEqual(
        expect.arrayContaining([
          { method: 'jobs.run', params: { name: 'refresh', background: true } },
          { method: 'jobs.resume', params: { name: 'tidy' } },
        ]),
      ),
    )
  })

  it('lists runs with what they told, of one job as the address says', async () => {
    daemonWith(
      [aJob({}), aJob({ name: 'tidy' })],
      [
        aRun({}),
        aRun({ id: 2, job: 'tidy', outcome: 'timeout', error: 'It took too long.', cause: 'missed' }),
      ],
    )
    await open()
    const table = await screen.findByRole('table', { name: 'Runs' })
    expect(table.textContent).toContain('projects 1,200, size 2.5 MB, made copy')
    expect(table.textContent).toContain('2.5 s')
    expect(table.textContent).toContain('It took too long.')
    expect(screen.getByText('2 runs')).toBeTruthy()
    fireEvent.change(screen.getByRole('combobox', { name: 'Runs of' }), { target: { value: 'tidy' } })
    await screen.findByText('1 run')
    expect(location.search).toBe('?job=tidy')
    expect(screen.getByRole('table', { name: 'Runs' }).textContent).toContain('Made up for')
  })

  it('shows more runs when asked', async () => {
    daemonWith(
      [aJob({})],
      Array.from({ length: 30 }, (_, index) => aRun({ id: index })),
    )
    await open()
    const rows = (): number =>
      within(screen.getByRole('table', { name: 'Runs' })).getAllByRole('row').length - 1
    await screen.findByRole('table', { name: 'Runs' })
    expect(rows()).toBe(20)
    fireEvent.click(screen.getByRole('button', { name: 'Show more of 30' }))
    await waitFor(() => expect(rows()).toBe(30))
    expect(screen.queryByRole('button', { name: /Show more/ })).toBeNull()
  })

  it('follows jobs, says when nothing has run, and tells a failure', async () => {
    const daemon = daemonWith([aJob({})])
    await open()
    await screen.findByText(/Nothing has run yet/)
    daemon.answer({ 'jobs.list': () => ({ items: [aJob({ state: 'running' })], total: 1 }) })
    await live.tell({ method: 'events.event', params: { topic: 'jobs.changed' } })
    await within(row('refresh')).findByText('Running')
    daemon.answer({
      'jobs.list': () => {
        throw new Refusal('internal', 'Something is wrong inside.')
      },
    })
    await live.tell({ method: 'events.event', params: { topic: 'jobs.changed' } })
    await screen.findByText('Something is wrong inside.')
    expect(row('refresh')).toBeTruthy()
  })
})
