// @vitest-environment happy-dom
import { fireEvent, screen, waitFor, within } from '@testing-library/preact'
import { describe, expect, it, vi } from 'vitest'
import type { UpdateRow } from '../../../web/src/components/update-available-dialog/update-row.ts'
import { type FakeDaemon, fakeDaemon, live, liveMock, Refusal } from '../support/fake-daemon.ts'
import { aCollection, aHeld, asked } from '../support/library.ts'
import { openView } from '../support/open-view.tsx'
import { answerUpdates, anUpdate } from '../support/updates.ts'

vi.mock('../../../web/src/live.ts', () => liveMock)

const open = (path = '/outdated') =>
  openView(path, async () => (await import('../../../web/src/pages/outdated/outdated-page.tsx')).OutdatedPage)

const noSources = () => ({ items: [], total: 0, nextCursor: null })
const daemonWith = (rows: readonly UpdateRow[]): FakeDaemon =>
  fakeDaemon({
    'artifacts.outdated': (params) => answerUpdates(rows, params),
    'upstream.sources': noSources,
  })

const some = [
  anUpdate({ name: 'beta' }),
  anUpdate({ name: 'alpha', state: 'diverged', type: 'command' }),
  anUpdate({ name: 'gamma', state: 'modified' }),
]
const names = (): Array<string | null> =>
  within(screen.getByRole('grid'))
    .getAllByRole('link')
    .map((link) => link.textContent)

describe('the page of what is outdated', () => {
  it('shows what has an update, the most urgent first, and counts each choice (CACHE-5.3b)', async () => {
    daemonWith(some)
    await open()
    expect(screen.getByText('Reading what is outdated…')).toBeTruthy()
    await screen.findByRole('grid')
    expect(names()).toEqual(['alpha', 'beta'])
    expect(screen.getByText('2 artifacts')).toBeTruthy()
    expect(screen.getByRole('button', { name: /^Update available/, pressed: true }).textContent).toContain(
      '2',
    )
    expect(screen.getByRole('button', { name: /^Modified/ }).textContent).toContain('1')
    // What there is none of is not offered.
    expect(screen.queryByRole('button', { name: /^Unknown/ })).toBeNull()
  })

  it('asks for another state, in the address, and keeps the rows until they are here', async () => {
    let answer = (): void => undefined
    const asked = new Promise<void>((resolve) => {
      answer = resolve
    })
    const daemon = daemonWith(some)
    await open()
    await screen.findByRole('grid')
    daemon.answer({
      'artifacts.outdated': async (params) => {
        await asked
        return answerUpdates(some, params)
      },
    })
    fireEvent.click(screen.getByRole('button', { name: /^Modified/ }))
    await waitFor(() => expect(location.search).toBe('?state=modified'))
    expect(names()).toEqual(['alpha', 'beta'])
    answer()
    await waitFor(() => expect(names()).toEqual(['gamma']))
  })

  it('filters by what is typed, by type and by project without asking', async () => {
    const daemon = daemonWith(some)
    await open('/outdated?type=command')
    await screen.findByRole('grid')
    expect(names()).toEqual(['alpha'])
    expect(screen.getByText('1 of 2 artifacts')).toBeTruthy()
    const before = daemon.asked.length
    fireEvent.change(screen.getByRole('combobox', { name: 'Type' }), { target: { value: '' } })
    fireEvent.input(screen.getByRole('searchbox', { name: 'Filter' }), { target: { value: 'bet' } })
    await waitFor(() => expect(names()).toEqual(['beta']))
    fireEvent.input(screen.getByRole('searchbox', { name: 'Filter' }), { target: { value: 'zzz' } })
    await screen.findByText(/No artifact is like that/)
    fireEvent.click(screen.getByRole('button', { name: 'Show all' }))
    await waitFor(() => expect(names()).toEqual(['alpha', 'beta']))
    expect(daemon.asked.length).toBe(before)
  })

  it('opens a dialog with both versions, the source and what to do, by badge and by key (CACHE-5.3a)', async () => {
    const daemon = daemonWith([
      anUpdate({
        name: 'beta',
        failure: { code: 'timeout', message: 'It took too long.', retryAt: 5 },
      }),
    ])
    daemon.answer({
      'artifacts.diff': () => ({
        left: { label: 'here', version: null },
        right: { label: 'there', version: null },
        files: [],
        same: 3,
      }),
    })
    await open()
    fireEvent.click(await screen.findByRole('button', { name: 'Update available: beta' }))
    const dialog = await screen.findByRole('dialog')
    await within(dialog).findByText('1.0.0')
    const text = dialog.textContent ?? ''
    for (const part of ['1.1.0', 'minor version upgrade', 'github:ada/skills/beta', 'It took too long.'])
      expect(text).toContain(part)
    expect(
      within(dialog).getByRole('button', { name: 'Copy cd /home/ada/api && npx skills update beta' }),
    ).toBeTruthy()
    expect(within(dialog).getByRole('link', { name: 'beta' }).getAttribute('href')).toBe(
      '/artifacts/art_beta',
    )
    await within(dialog).findByText(/Nothing differs/)
    expect(daemon.asked.at(-1)).toEqual({ method: 'artifacts.diff', params: { id: 'art_beta' } })

    fireEvent.click(within(dialog).getByRole('button', { name: 'Close' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    fireEvent.keyDown(screen.getByRole('grid'), { key: 'Enter' })
    expect(await screen.findByRole('dialog')).toBeTruthy()
  })

  it('says in the dialog why nothing can be compared, and when it is gone meanwhile', async () => {
    const daemon = daemonWith(some)
    daemon.answer({
      'artifacts.diff': () => {
        throw new Refusal('artifact.no_upstream_files', 'There is nothing of its source to compare it with.')
      },
    })
    await open()
    fireEvent.click(await screen.findByRole('button', { name: 'Update available: beta' }))
    await screen.findByText(/There is nothing of its source/)
    fireEvent.click(screen.getByRole('button', { name: 'Close' }))
    daemon.answer({ 'artifacts.outdated': (params) => answerUpdates([], params) })
    fireEvent.click(screen.getByRole('button', { name: 'Diverged: alpha' }))
    await screen.findByText('It is not there any more.')
  })

  it('asks the sources when told to, and tells what came of it', async () => {
    let answer = (): void => undefined
    const asked = new Promise<void>((resolve) => {
      answer = resolve
    })
    const daemon = daemonWith(some)
    daemon.answer({
      'upstream.check': async () => {
        await asked
        daemon.answer({
          'artifacts.outdated': (params) => answerUpdates([anUpdate({ name: 'new' })], params),
        })
        return {
          result: {
            sources: 3,
            asked: 3,
            unchanged: 1,
            changed: 1,
            offline: 0,
            requests: 3,
            artifactsChanged: 2,
            outdated: 1,
            failed: [{ source: 'github:ada/gone', code: 'not_found', message: 'Gone.', retryAt: 5 }],
          },
        }
      },
    })
    await open()
    await screen.findByRole('grid')
    fireEvent.click(screen.getByRole('button', { name: 'Check now' }))
    const button = await screen.findByRole('button', { name: 'Checking…' })
    expect(button.hasAttribute('disabled')).toBe(true)
    expect(screen.getByText('Asking the sources…')).toBeTruthy()
    answer()
    await screen.findByText(
      '3 sources asked. 2 artifacts changed; 1 update available. 1 source did not answer.',
    )
    await waitFor(() => expect(names()).toEqual(['new']))
    expect(daemon.asked.find(({ method }) => method === 'upstream.check')?.params).toEqual({ force: true })
  })

  it('tells a check that failed, and tries it again', async () => {
    const daemon = daemonWith(some)
    daemon.answer({
      'upstream.check': () => {
        throw new Refusal('auth.forbidden', 'This browser may only look.', 'Sign in again.')
      },
    })
    await open()
    fireEvent.click(await screen.findByRole('button', { name: 'Check now' }))
    await screen.findByText('This browser may only look. Sign in again.')
    const checks = (): number => daemon.asked.filter(({ method }) => method === 'upstream.check').length
    fireEvent.click(screen.getByRole('button', { name: 'Retry' }))
    await waitFor(() => expect(checks()).toBe(2))
  })

  it('names the sources that did not answer', async () => {
    const daemon = daemonWith(some)
    daemon.answer({
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
            failure: { code: 'not_found', message: 'There is no such repository.', retryAt: 5 },
          },
        ],
        total: 1,
        nextCursor: null,
      }),
    })
    await open()
    const list = (await screen.findByText('1 source did not answer')).closest('details')
    expect(list?.textContent).toContain('There is no such repository.')
  })

  it('says that all is up to date, or that nobody was asked', async () => {
    const daemon = daemonWith([])
    await open()
    await screen.findByText(/Everything is up to date/)
    daemon.answer({
      'artifacts.outdated': (params) => ({ ...answerUpdates([], params), oldestCheckAt: null }),
    })
    await open()
    await screen.findByText(/No source was asked yet/)
  })

  it('tells a failure, tries again, and follows what happens', async () => {
    const daemon = fakeDaemon({
      'artifacts.outdated': () => {
        throw new Refusal('cache.unavailable', 'cache.db cannot be used: full.')
      },
      'upstream.sources': noSources,
    })
    await open()
    const alert = await screen.findByText('cache.db cannot be used: full.')
    daemon.answer({ 'artifacts.outdated': (params) => answerUpdates(some, params) })
    fireEvent.click(within(alert.parentElement as HTMLElement).getByRole('button', { name: 'Retry' }))
    await screen.findByRole('grid')
    daemon.answer({ 'artifacts.outdated': (params) => answerUpdates(some.slice(0, 1), params) })
    await live.tell({ method: 'events.event', params: { topic: 'artifacts.changed' } })
    await waitFor(() => expect(names()).toEqual(['beta']))
  })

  it('updates what is of a collection of what is chosen, and leaves the rest to what installed it', async () => {
    const own = anUpdate({ name: 'own', scope: 'collection', project: null })
    const daemon = daemonWith([...some, own])
    daemon.answer({
      'artifacts.list': () => ({
        items: [{ id: own.id, name: 'own', type: 'skill', path: aHeld('own').path }] as never,
        total: 1,
        nextCursor: null,
      }),
      'collections.list': () => ({ items: [aCollection('default', true), aCollection('work', false)] }),
      'collections.show': () => ({ ...aCollection('default', true), artifacts: [aHeld('own')] }),
      'collections.update': () => ({
        operations: [],
        collection: 'default',
        items: [],
        pushed: [],
        warnings: [],
      }),
    })
    await open()
    const select = (name: string): void => {
      const link = within(screen.getByRole('grid')).getByRole('link', { name })
      fireEvent.click(within(link.closest('[role="row"]') as HTMLElement).getByRole('checkbox'))
    }
    await screen.findByRole('grid')
    select('beta')
    const update = await screen.findByRole<HTMLButtonElement>('button', { name: 'Update…' })
    expect(update.disabled).toBe(true)
    expect(update.title).toBe('Only artifacts of a collection are updated here')
    select('own')
    fireEvent.click(await screen.findByRole('button', { name: 'Update 1 of collections…' }))
    await screen.findByRole('dialog', { name: 'Update own of default' })
    await screen.findByText('Everything is as its source has it.')
    expect(asked(daemon, 'collections.update')).toEqual([
      {
        collection: 'default',
        artifacts: ['skill:own'],
        strategy: 'merge',
        conflicts: 'stop',
        dryRun: true,
      },
    ])
  })
})
