// @vitest-environment happy-dom
import { fireEvent, screen, waitFor, within } from '@testing-library/preact'
import { describe, expect, it, vi } from 'vitest'
import type { ResultOf } from '../../../protocol/methods.ts'
import { type FakeDaemon, fakeDaemon, liveMock, Refusal } from '../support/fake-daemon.ts'
import { openView } from '../support/open-view.tsx'

vi.mock('../../../web/src/live.ts', () => liveMock)

const open = (path = '/analytics') =>
  openView(
    path,
    async () => (await import('../../../web/src/pages/analytics/analytics-page.tsx')).AnalyticsPage,
  )

const usage = (name: string, counts: Partial<ResultOf<'analytics.top'>['items'][number]>) => ({
  name,
  type: 'skill',
  deploys: 0,
  updates: 0,
  syncs: 0,
  removals: 0,
  searches: 0,
  imports: 0,
  uses: 0,
  total: 0,
  firstAt: 1,
  lastAt: 2,
  ...counts,
})

const withAll = (summary: Partial<ResultOf<'analytics.summary'>> = {}): FakeDaemon =>
  fakeDaemon({
    'analytics.summary': () => ({
      enabled: true,
      transcripts: false,
      retentionDays: 90,
      events: 7,
      recent: 3,
      byType: [
        { type: 'deploy', count: 5 },
        { type: 'search', count: 2 },
      ],
      mostDeployed: { name: 'review', type: 'skill', count: 5 },
      firstAt: 1,
      lastAt: 2,
      ...summary,
    }),
    'analytics.top': ({ metric = 'total' }) => ({
      items: [
        usage('review', { total: 7, deploys: 5 }),
        usage('ship', { total: 2, uses: metric === 'uses' ? 9 : 0 }),
      ],
    }),
    'analytics.trends': ({ period = 'day' }) => ({
      points: [
        { at: Date.UTC(2026, 2, 1), events: 0, deploys: 0, artifacts: 0, top: null },
        {
          at: Date.UTC(2026, 2, 2),
          events: period === 'day' ? 7 : 70,
          deploys: 5,
          artifacts: 2,
          top: 'review',
        },
      ],
    }),
    'analytics.unused': ({ days = 90 }) => ({
      items: [{ name: 'old one', type: 'agent', copies: 2, sizeBytes: 2_048, tokens: 500, lastAt: null }],
      total: days === 90 ? 1 : 12,
      sizeBytes: 2_048,
      transcripts: false,
    }),
  })

const card = (name: string): HTMLElement => screen.getByRole('region', { name })

describe('the page of analytics', () => {
  it('says what was noted, that it stays here, and where to turn it off', async () => {
    withAll()
    await open()
    await within(card('Noted')).findByText('5 deploy, 2 search')
    expect(card('Noted').textContent).toContain('It stays on this machine')
    expect(within(card('Noted')).getByRole('link', { name: 'settings' }).getAttribute('href')).toBe(
      '/settings?q=analytics',
    )
  })

  it('says when nothing is noted', async () => {
    withAll({ enabled: false, events: 0, byType: [], lastAt: null })
    await open()
    await within(card('Noted')).findByText(/Nothing is noted/)
  })

  it('lists what is used most by what is asked for, which the address keeps', async () => {
    withAll()
    await open()
    const list = await screen.findByRole('list', { name: 'Artifacts by all events' })
    expect(
      within(list)
        .getAllByRole('listitem')
        .map(({ textContent }) => textContent),
    ).toEqual(['review skill7', 'ship skill2'])
    fireEvent.change(screen.getByLabelText('Counted'), { target: { value: 'uses' } })
    const used = await screen.findByRole('list', { name: 'Artifacts by used by agents' })
    await waitFor(() => expect(used.textContent).toBe('ship skill9'))
    expect(window.location.search).toBe('?by=uses')
  })

  it('tells periods, newest first', async () => {
    withAll()
    await open()
    const list = await screen.findByRole('list', { name: 'Events over time' })
    await waitFor(() =>
      expect(
        within(list)
          .getAllByRole('listitem')
          .map(({ textContent }) => textContent),
      ).toEqual(['2026-03-02 review7', '2026-03-01 0']),
    )
    fireEvent.change(screen.getByLabelText('Period'), { target: { value: 'month' } })
    await within(list).findByText('70')
  })

  it('lists what is never used, with what that does not say', async () => {
    withAll()
    await open()
    const table = await screen.findByRole('table', { name: 'Never used' })
    expect(within(table).getByRole('link', { name: 'old one' }).getAttribute('href')).toBe(
      '/artifacts?q=old%20one&type=agent',
    )
    expect(card('Never used').textContent).toContain('What agents use is not counted')
    fireEvent.change(screen.getByLabelText('For how long'), { target: { value: '365' } })
    await within(card('Never used')).findByText(/12 names/)
  })

  it('says what failed in the part that failed', async () => {
    const daemon = withAll()
    daemon.answer({
      'analytics.top': () => {
        throw new Refusal('internal', 'Something failed inside smd.')
      },
    })
    await open()
    await within(card('Most used')).findByText(/Something failed inside smd/)
    await within(card('Noted')).findByText('5 deploy, 2 search')
  })
})
