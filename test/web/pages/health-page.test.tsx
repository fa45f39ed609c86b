// @vitest-environment happy-dom
import { fireEvent, screen, waitFor, within } from '@testing-library/preact'
import { describe, expect, it, vi } from 'vitest'
import type { ResultOf } from '../../../protocol/methods.ts'
import { type FakeDaemon, fakeDaemon, live, liveMock, Refusal } from '../support/fake-daemon.ts'
import { openView } from '../support/open-view.tsx'
import { aProjectRow } from '../support/rows.ts'

vi.mock('../../../web/src/live.ts', () => liveMock)

const open = () =>
  openView('/health', async () => (await import('../../../web/src/pages/health/health-page.tsx')).HealthPage)

type Status = ResultOf<'daemon.status'>

const wellStatus: Status = {
  pid: 42,
  instance: 'one',
  version: '1.2.3',
  protocol: 1,
  uptimeMs: 60_000,
  socket: '/run/smd.sock',
  projects: 1,
  artifacts: 2,
  cache: { storage: 'file', path: '/data/cache.db', sizeBytes: 1, lastRefreshAt: 1, refreshing: false },
  watch: { folders: 12, units: 3, scanUnits: 0 },
  web: null,
  health: { state: 'ok', warnings: [] },
}
const limited: Status = {
  ...wellStatus,
  watch: { folders: 12, units: 3, scanUnits: 2 },
  health: {
    state: 'degraded',
    warnings: [
      {
        code: 'watch.limited',
        severity: 'warning',
        title: 'Not all projects can be watched',
        text: '2 of 3 places are read every 30 seconds.',
        fix: 'Let programs watch more.',
        raisedAt: 1,
      },
    ],
  },
}

const daemonWith = (status: Status): FakeDaemon =>
  fakeDaemon({
    'daemon.status': () => status,
    'cache.status': () => ({
      storage: 'file',
      path: '/data/cache.db',
      sizeBytes: 2_500_000,
      schemaVersion: 6,
      ttlMs: 3_600_000,
      projects: 1,
      staleProjects: 0,
      failedProjects: 0,
      artifacts: 2,
      countsByType: {},
      outdatedArtifacts: 0,
      modifiedArtifacts: 0,
      oldestFetchedAt: 1,
      newestFetchedAt: 1,
      lastRefreshAt: 1,
      ageMs: 1,
      hits: 3,
      misses: 1,
      hitRate: 0.75,
      queries: { count: 4, meanMs: 0.25, maxMs: 12, slow: 0 },
      refresh: null,
    }),
    'projects.list': () => ({ items: [], total: 0, nextCursor: null }),
    'upstream.sources': () => ({ items: [], total: 0, nextCursor: null }),
    'web.status': () => ({
      url: 'http://127.0.0.1:7700/',
      port: 7700,
      problem: null,
      sessions: 2,
      connections: 1,
    }),
  })

const card = (name: string): HTMLElement => screen.getByRole('region', { name })

describe('the page of health', () => {
  it('says so when all is well', async () => {
    daemonWith(wellStatus)
    await open()
    await screen.findByText('The daemon warns of nothing.')
    expect(screen.getByText('All is well')).toBeTruthy()
    expect(screen.queryByRole('list', { name: 'Warnings' })).toBeNull()
  })

  it('shows each warning with what happened, what to do, and since when', async () => {
    daemonWith(limited)
    await open()
    const [warning] = within(await screen.findByRole('list', { name: 'Warnings' })).getAllByRole('listitem')
    const text = warning?.textContent ?? ''
    for (const part of [
      'Warning',
      'Not all projects can be watched',
      '2 of 3 places are read every 30 seconds.',
      'What to do: Let programs watch more.',
      'since Jan 1, 1970',
    ])
      expect(text).toContain(part)
    expect(screen.getByText('Needs attention')).toBeTruthy()
    expect(card('Watching').textContent).toContain('2 places')
  })

  it('tells the figures of cache, watching, daemon and page', async () => {
    daemonWith(wellStatus)
    await open()
    await within(await screen.findByRole('region', { name: 'Cache' })).findByText('2.5 MB')
    expect(card('Cache').textContent).toContain('75% of 4 reads')
    expect(card('Cache').textContent).toContain('mean 0.25 ms, longest 12 ms')
    expect(card('Watching').textContent).toContain('None: all are watched')
    expect(card('Daemon').textContent).toContain('1.2.3')
    await within(card('Page')).findByText('http://127.0.0.1:7700/')
    expect(card('Page').textContent).toContain('2 browsers')
  })

  it('names projects that could not be read and sources that did not answer', async () => {
    const daemon = daemonWith(wellStatus)
    daemon.answer({
      'projects.list': () => ({
        items: [
          aProjectRow({ name: 'good' }),
          aProjectRow({ name: 'bad', status: 'error', errorMessage: 'EACCES: not allowed' }),
        ],
        total: 2,
        nextCursor: null,
      }),
      'upstream.sources': () => ({
        items: [
          {
            name: 'github:ada/gone',
            kind: 'github',
            artifactCount: 2,
            version: null,
            revision: null,
            checkedAt: null,
            changedAt: null,
            failure: { code: 'not_found', message: 'There is no such repository.', retryAt: 1 },
          },
        ],
        total: 1,
        nextCursor: null,
      }),
    })
    await open()
    const projects = await screen.findByRole('region', { name: '1 project could not be read' })
    expect(projects.textContent).toContain('EACCES: not allowed')
    expect(within(projects).getByRole('link', { name: 'bad' }).getAttribute('href')).toBe('/projects/prj_bad')
    const sources = await screen.findByRole('region', { name: '1 source did not answer' })
    expect(sources.textContent).toContain('There is no such repository.')
  })

  it.each([
    [null, 'Every page of the cache is in order.'],
    ['page 7 is odd', 'The cache is damaged: page 7 is odd. It is set aside and read anew.'],
  ])('checks the file of the cache: %s', async (problem, told) => {
    const daemon = daemonWith(wellStatus)
    daemon.answer({ 'cache.check': () => ({ checkedAt: 1, problem }) })
    await open()
    fireEvent.click(await screen.findByRole('button', { name: 'Check the file' }))
    await screen.findByText(told)
    expect(daemon.asked.find(({ method }) => method === 'cache.check')?.params).toEqual({ maxAgeMs: 0 })
  })

  it('hears of a warning that is over, and tells when the daemon cannot say', async () => {
    const daemon = daemonWith(limited)
    await open()
    await screen.findByRole('list', { name: 'Warnings' })
    daemon.answer({ 'daemon.status': () => wellStatus })
    await live.tell({ method: 'events.event', params: { topic: 'health.changed' } })
    await waitFor(() => expect(screen.queryByRole('list', { name: 'Warnings' })).toBeNull())
    daemon.answer({
      'daemon.status': () => {
        throw new Refusal('internal', 'Something is wrong inside.')
      },
    })
    await live.tell({ method: 'events.event', params: { topic: 'health.changed' } })
    await screen.findByText('Something is wrong inside.')
    expect(card('Daemon').textContent).toContain('1.2.3')
  })
})
