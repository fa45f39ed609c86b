// @vitest-environment happy-dom
import { fireEvent, screen, waitFor, within } from '@testing-library/preact'
import { describe, expect, it, vi } from 'vitest'
import { artifactColumns } from '../../../protocol/domains/artifacts.ts'
import { anArtifactRow, answerTable } from '../support/artifacts.ts'
import { type FakeDaemon, fakeDaemon, live, liveMock, Refusal } from '../support/fake-daemon.ts'
import { openView } from '../support/open-view.tsx'
import { aProjectRow } from '../support/rows.ts'

vi.mock('../../../web/src/live.ts', () => liveMock)

const open = () =>
  openView('/', async () => (await import('../../../web/src/pages/overview/overview-page.tsx')).OverviewPage)

const projects = [
  aProjectRow({ name: 'calm' }),
  aProjectRow({ name: 'busy', outdatedCount: 1, modifiedCount: 3 }),
  aProjectRow({ name: 'lost', status: 'missing', errorMessage: 'The folder does not exist.' }),
]

const daemonWithAll = (): FakeDaemon =>
  fakeDaemon({
    'cache.status': () =>
      ({
        projects: 3,
        artifacts: 1_234,
        outdatedArtifacts: 5,
        modifiedArtifacts: 7,
        lastRefreshAt: 1,
      }) as never,
    'artifacts.facets': () => ({
      total: 1_234,
      sizeBytes: 2_500_000,
      tokens: 45_600,
      types: [
        { value: 'skill', count: 1_000 },
        { value: 'command', count: 234 },
      ],
      scopes: [],
      states: [
        { value: 'untracked', count: 1_200 },
        { value: 'outdated', count: 5 },
      ],
      hosts: [],
      problems: 9,
    }),
    'projects.list': () => ({ items: projects, total: 3, nextCursor: null }),
    'events.history': () => ({
      items: [
        {
          at: 2,
          topic: 'artifacts.changed',
          data: {
            project: { id: 'prj_busy', name: 'busy', path: '/home/ada/busy' },
            path: '/home/ada/busy',
            counts: { added: 1, changed: 12, removed: 0 },
            added: [{ id: 'art_1', name: 'review', type: 'skill' }],
            changed: [],
            removed: [],
          },
        },
        {
          at: 1,
          topic: 'projects.changed',
          data: { id: 'prj_old', name: 'old', path: '/home/ada/old', change: 'removed', status: 'missing' },
        },
      ],
      total: 2,
      nextCursor: null,
    }),
    'events.activity': () => ({ items: [{ at: 1, added: 2, changed: 3, removed: 4 }], since: 1 }),
    'artifacts.table': (params) => answerTable([anArtifactRow({ name: 'huge', tokens: 9_900 })], params),
    'daemon.status': () =>
      ({
        health: {
          state: 'degraded',
          warnings: [
            {
              code: 'watch.limited',
              severity: 'warning',
              title: 'Not all projects can be watched',
              text: 'Some are read at intervals.',
              fix: 'Let programs watch more.',
              raisedAt: 1,
            },
          ],
        },
        watch: { folders: 9, units: 4, scanUnits: 1 },
        cache: { refreshing: false, lastRefreshAt: 1 },
      }) as never,
    'jobs.list': () => ({
      items: [
        {
          name: 'refresh',
          summary: 'Reads projects again.',
          schedule: { everyMinutes: 60, cron: null },
          missed: 'once',
          jitterMs: 0,
          timeoutMs: 1,
          state: 'paused',
          nextAt: null,
          lastRun: {
            id: 1,
            job: 'refresh',
            cause: 'manual',
            scheduledFor: null,
            jitterMs: 0,
            startedAt: 1,
            endedAt: 2,
            outcome: 'failure',
            error: 'No room.',
            detail: null,
          },
          detail: null,
          skipped: 0,
        },
      ],
      total: 1,
    }),
  })

const card = (name: string): HTMLElement => screen.getByRole('region', { name })
const hrefOf = (within_: HTMLElement, name: RegExp | string): string | null =>
  within(within_).getByRole('link', { name }).getAttribute('href')

describe('the overview', () => {
  it('counts what matters, each figure leading to what it counts', async () => {
    daemonWithAll()
    await open()
    const figures = screen.getByRole('list', { name: 'Figures' })
    await within(figures).findByText('45.6k')
    expect(hrefOf(figures, '1,234 Artifacts')).toBe('/artifacts')
    expect(hrefOf(figures, '5 Updates available')).toBe('/outdated')
    expect(hrefOf(figures, '7 Modified')).toBe('/artifacts?state=modified')
    expect(hrefOf(figures, '9 With problems')).toBe('/artifacts?problems=1')
    expect(hrefOf(figures, '2.5 MB On the disk')).toBe('/artifacts?sort=size&desc=1')
  })

  it('counts artifacts by type and state, with links to the filtered list', async () => {
    daemonWithAll()
    await open()
    await within(card('By type')).findByText('Commands')
    expect(hrefOf(card('By type'), /Commands/)).toBe('/artifacts?type=command')
    expect(within(card('By type')).getByText('1,000')).toBeTruthy()
    expect(hrefOf(card('By state'), /Update available/)).toBe('/artifacts?state=outdated')
  })

  it('names projects that need attention, what cannot be read first, and none that is well', async () => {
    daemonWithAll()
    await open()
    const attention = card('Projects that need attention')
    await within(attention).findByRole('link', { name: 'busy' })
    const names = within(attention)
      .getAllByRole('listitem')
      .map((item) => item.textContent)
    expect(names).toEqual(['lostMissing', 'busy1 update3 modified'])
  })

  it('tells recent changes: few by name, many by number', async () => {
    daemonWithAll()
    await open()
    await within(card('Recent changes')).findByText(/added review, changed 12 artifacts/)
    expect(hrefOf(card('Recent changes'), 'busy')).toBe('/projects/prj_busy')
    expect(card('Recent changes').textContent).toContain('old was forgotten')
    // What is gone has no page.
    expect(within(card('Recent changes')).queryByRole('link', { name: 'old' })).toBeNull()
  })

  it('shows activity with a table behind it, the heaviest artifacts, health and jobs', async () => {
    daemonWithAll()
    await open()
    const table = await within(card('Activity')).findByRole('table')
    expect(
      within(table)
        .getAllByRole('cell')
        .map((cell) => cell.textContent),
    ).toEqual(['2', '3', '4'])
    expect(hrefOf(card('Heaviest'), 'huge')).toBe('/artifacts/art_huge')
    expect(card('Heaviest').textContent).toContain('9.9k')
    expect(card('Health').textContent).toContain('Needs attention')
    expect(card('Health').textContent).toContain('Not all projects can be watched')
    expect(card('Health').textContent).toContain('3 of 4 places')
    const jobs = within(card('Jobs'))
    expect(jobs.getByText('Paused')).toBeTruthy()
    expect(jobs.getByText('Failed').getAttribute('title')).toBe('No room.')
  })

  it('tells in its own card what fails, and shows the others', async () => {
    const daemon = daemonWithAll()
    daemon.answer({
      'events.history': () => {
        throw new Refusal('cache.unavailable', 'The history cannot be read.')
      },
    })
    await open()
    await within(card('Recent changes')).findByText('The history cannot be read.')
    await within(card('By type')).findByText('Skills')
    daemon.answer({ 'events.history': () => ({ items: [], total: 0, nextCursor: null }) })
    fireEvent.click(within(card('Recent changes')).getByRole('button', { name: 'Retry' }))
    await within(card('Recent changes')).findByText(/Nothing has changed yet/)
  })

  it('follows what happens', async () => {
    const daemon = daemonWithAll()
    await open()
    await within(card('Heaviest')).findByText('huge')
    daemon.answer({
      'artifacts.table': (params) => answerTable([anArtifactRow({ name: 'larger' })], params),
    })
    await live.tell({ method: 'events.event', params: { topic: 'artifacts.changed' } })
    await waitFor(() => expect(within(card('Heaviest')).queryByText('huge')).toBeNull())
    expect(within(card('Heaviest')).getByText('larger')).toBeTruthy()
  })

  it('says what to do where nothing was found', async () => {
    const daemon = daemonWithAll()
    daemon.answer({
      'cache.status': () =>
        ({
          projects: 0,
          artifacts: 0,
          outdatedArtifacts: 0,
          modifiedArtifacts: 0,
          lastRefreshAt: 1,
        }) as never,
      'projects.list': () => ({ items: [], total: 0, nextCursor: null }),
      'artifacts.table': () => ({ columns: [...artifactColumns], rows: [], total: 0, nextCursor: null }),
    })
    await open()
    await screen.findByText(/Nothing was found yet/)
    await within(card('Projects that need attention')).findByText(/None: nothing is outdated/)
    await within(card('Heaviest')).findByText('There is no artifact yet.')
  })
})
