// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/preact'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ResultOf } from '../../../protocol/methods.ts'
import { type FakeDaemon, fakeDaemon, live, liveMock, Refusal } from '../support/fake-daemon.ts'
import { aProjectRow } from '../support/rows.ts'

vi.mock('../../../web/src/live.ts', () => liveMock)

const cacheStatus = {
  projects: 3,
  artifacts: 1_234,
  outdatedArtifacts: 7,
  staleProjects: 0,
  lastRefreshAt: Date.now() - 5 * 60_000,
  refresh: null,
} as unknown as ResultOf<'cache.status'>
const daemonStatus = { health: { state: 'ok', warnings: [] } } as unknown as ResultOf<'daemon.status'>
const refreshed = {
  refreshed: true,
  started: true,
  result: { errors: [] },
} as unknown as ResultOf<'cache.refresh'>

async function openApp(answers: Parameters<typeof fakeDaemon>[0] = {}): Promise<FakeDaemon> {
  vi.resetModules()
  const daemon = fakeDaemon({
    'cache.status': () => cacheStatus,
    'daemon.status': () => daemonStatus,
    'projects.list': () => ({ items: [aProjectRow({ name: 'api' })], total: 1, nextCursor: null }),
    'artifacts.search': () => ({ items: [], total: 0, totalIsExact: true, correctedQuery: null }),
    ...answers,
  })
  const { App } = await import('../../../web/src/app.tsx')
  const { connect } = await import('../../../web/src/connection.ts')
  const { keepQueriesFresh } = await import('../../../web/src/lib/use-query.ts')
  keepQueriesFresh()
  void connect()
  render(<App failure={null} />)
  return daemon
}

const event = (topic: string, data: unknown) => ({ method: 'events.event', params: { topic, data } })
const press = (key: string, keys: { ctrlKey?: boolean; shiftKey?: boolean } = {}): boolean =>
  fireEvent.keyDown(document.body, { key, ...keys })

beforeEach(() => {
  localStorage.clear()
  history.replaceState(null, '', '/projects')
})
afterEach(cleanup)

describe('the page around its views', () => {
  it('names the views, counts what is in them, and marks the one that is shown', async () => {
    await openApp()
    const views = screen.getByRole('navigation', { name: 'Views' })
    await within(views).findByText('1,234')
    expect(
      within(views)
        .getAllByRole('link')
        .map((link) => link.textContent),
    ).toEqual([
      'Overview',
      'Projects3',
      'Artifacts1,234',
      'Collections',
      'Deployments',
      'Matrix',
      'Outdated7',
      'Analytics',
      'Jobs and logs',
      'Health',
      'Settings',
    ])
    expect(within(views).getByRole('link', { current: 'page' }).textContent).toContain('Projects')
  })

  it('counts warnings beside Health, not what is for information only', async () => {
    const warning = (severity: string) => ({ code: 'x', severity, title: '', text: '', fix: '', raisedAt: 1 })
    const warnings = [warning('error'), warning('warning'), warning('info')]
    await openApp({ 'daemon.status': () => ({ health: { state: 'failing', warnings } }) as never })
    await waitFor(() => expect(screen.getByRole('link', { name: 'Health 2' })).toBeTruthy())
  })

  it('says when the daemon does not answer, and nothing once it does', async () => {
    await openApp()
    const { listeners } = await vi.waitUntil(() => live.listeners && live)
    listeners?.onOpen(async () => ({}) as never)
    expect(screen.queryByText(/does not answer/)).toBeNull()
    listeners?.onLost(false)
    await screen.findByText(/The daemon does not answer; this is the last picture/)
    listeners?.onOpen(async () => ({}) as never)
    await waitFor(() => expect(screen.queryByText(/does not answer/)).toBeNull())
  })

  it('gives way to the way in when the session is over', async () => {
    await openApp()
    const { listeners } = await vi.waitUntil(() => live.listeners && live)
    listeners?.onLost(true)
    await screen.findByRole('heading', { name: 'This browser is not signed in' })
    expect(screen.queryByRole('navigation')).toBeNull()
  })

  it('says so when there is no such view', async () => {
    history.replaceState(null, '', '/nowhere')
    await openApp()
    await screen.findByRole('heading', { name: 'Nothing here' })
  })
})

describe('the refresh button (CACHE-3.3d, CACHE-3.4a, CACHE-3.4b, CACHE-3.5a)', () => {
  const button = (): HTMLButtonElement => screen.getByRole('button', { name: 'Refresh' })

  it('tells the age of the picture (CACHE-3.3c)', async () => {
    await openApp()
    await screen.findByText('Updated 5 min ago')
  })

  it('is off while it runs, and tells the begin and the end', async () => {
    let end = (): void => undefined
    const daemon = await openApp({
      'cache.refresh': () =>
        new Promise((resolve) => {
          end = () => resolve(refreshed)
        }),
    })
    fireEvent.click(button())
    await waitFor(() => expect(button().disabled).toBe(true))
    expect(button().getAttribute('aria-busy')).toBe('true')
    expect(screen.getByText('Syncing projects…')).toBeTruthy()
    await waitFor(() =>
      expect(daemon.asked).toContainEqual({ method: 'cache.refresh', params: { force: true } }),
    )
    end()
    await screen.findByText('Projects updated')
    expect(screen.queryByText('Syncing projects…')).toBeNull()
    expect(button().disabled).toBe(false)
  })

  it('tells a failure as an alert, and tries again', async () => {
    const daemon = await openApp({
      'cache.refresh': () => {
        throw new Refusal('cache.read_only', 'The cache is read-only.', 'See smd doctor.')
      },
    })
    fireEvent.click(button())
    const retry = await screen.findByRole('button', { name: 'Retry' })
    expect(retry.closest('[role=alert]')?.textContent).toContain('The cache is read-only. See smd doctor.')
    daemon.answer({ 'cache.refresh': () => refreshed })
    fireEvent.click(retry)
    await screen.findByText('Projects updated')
  })

  it('tells that some could not be read', async () => {
    await openApp({
      'cache.refresh': () => ({ ...refreshed, result: { errors: [{}, {}] } }) as never,
    })
    fireEvent.click(button())
    await screen.findByText('Projects updated; 2 could not be read. Health tells which.')
  })

  it('is pressed by its shortcut (CACHE-3.4c)', async () => {
    const daemon = await openApp({ 'cache.refresh': () => refreshed })
    press('R', { ctrlKey: true, shiftKey: true })
    await screen.findByText('Projects updated')
    expect(daemon.asked.filter(({ method }) => method === 'cache.refresh')).toHaveLength(1)
  })

  it('shows a refresh that somebody else asked for', async () => {
    await openApp()
    await live.tell(event('refresh.started', { projectIds: [], full: true }))
    await live.tell(event('refresh.progress', { unitsDone: 3, unitsTotal: 12 }))
    await screen.findByText('3 of 12')
    expect(button().disabled).toBe(true)
    await live.tell(event('refresh.completed', {}))
    await waitFor(() => expect(button().disabled).toBe(false))
  })

  it('does not mind the reading of a few changed files', async () => {
    await openApp()
    await live.tell(event('refresh.started', { projectIds: ['prj_1'], full: false }))
    expect(button().disabled).toBe(false)
  })
})

describe('colours', () => {
  it('go from the system to light to dark, and are kept', async () => {
    await openApp()
    const button = (): HTMLElement => screen.getByRole('button', { name: /^Colours/ })
    expect(button().getAttribute('aria-label')).toContain('as the system')
    fireEvent.click(button())
    await waitFor(() => expect(document.documentElement.dataset.theme).toBe('light'))
    fireEvent.click(button())
    await waitFor(() => expect(document.documentElement.dataset.theme).toBe('dark'))
    expect(localStorage.getItem('smd:theme')).toBe('dark')
  })
})

describe('the palette', () => {
  const field = (): Promise<HTMLElement> => screen.findByRole('combobox', { name: 'Search or go to' })
  const options = (): Array<string | null> =>
    screen.getAllByRole('option').map((option) => option.textContent)

  it('opens by its shortcut and goes to a view by its name', async () => {
    await openApp()
    press('k', { ctrlKey: true })
    fireEvent.input(await field(), { target: { value: 'matr' } })
    await waitFor(() => expect(options()[0]).toBe('Go toMatrix'))
    fireEvent.keyDown(await field(), { key: 'Enter' })
    await waitFor(() => expect(location.pathname).toBe('/matrix'))
    expect(screen.queryByRole('combobox')).toBeNull()
  })

  it('finds projects and artifacts', async () => {
    const hit = { id: 'art_1', name: 'api-review', type: 'skill', project: { name: 'web' } }
    const daemon = await openApp({ 'artifacts.search': () => ({ items: [hit], total: 1 }) as never })
    press('k', { ctrlKey: true })
    fireEvent.input(await field(), { target: { value: 'api' } })
    await waitFor(() =>
      expect(options()).toEqual([
        'Projectapi/home/ada/api',
        'Skillapi-reviewweb',
        'SearchAll artifacts with “api”',
      ]),
    )
    // While somebody types nothing is settled, which the daemon notes.
    const searches = () => daemon.asked.filter(({ method }) => method === 'artifacts.search')
    expect(searches().map(({ params }) => params)).toEqual([{ query: 'api', limit: 8, settled: false }])
    fireEvent.keyDown(await field(), { key: 'ArrowDown' })
    await waitFor(() =>
      expect(screen.getByRole('option', { selected: true }).textContent).toContain('api-review'),
    )
    fireEvent.keyDown(await field(), { key: 'Enter' })
    await waitFor(() => expect(location.pathname).toBe('/artifacts/art_1'))
    expect(searches().at(-1)?.params).toEqual({ query: 'api', limit: 8 })
  })

  it('goes round at both ends', async () => {
    await openApp()
    press('k', { ctrlKey: true })
    fireEvent.keyDown(await field(), { key: 'ArrowUp' })
    await waitFor(() =>
      expect(screen.getByRole('option', { selected: true }).textContent).toContain('Sign this browser out'),
    )
  })

  it('does what is chosen', async () => {
    await openApp()
    press('k', { ctrlKey: true })
    fireEvent.input(await field(), { target: { value: 'dark' } })
    fireEvent.click(await screen.findByRole('option', { name: /Dark colours/ }))
    await waitFor(() => expect(document.documentElement.dataset.theme).toBe('dark'))
  })

  it('is opened by / where a view has no search, and leaves typing alone', async () => {
    history.replaceState(null, '', '/nowhere')
    await openApp()
    await screen.findByRole('heading', { name: 'Nothing here' })
    press('/')
    const input = await field()
    fireEvent.keyDown(input, { key: '?' })
    expect(screen.queryByRole('dialog', { name: 'Shortcuts' })).toBeNull()
  })

  it('leaves / to the search of a view', async () => {
    await openApp()
    const search = await screen.findByRole('searchbox', { name: 'Filter projects' })
    press('/')
    await waitFor(() => expect(document.activeElement).toBe(search))
  })

  it('shows all shortcuts for ?', async () => {
    await openApp()
    press('?', { shiftKey: true })
    const dialog = await screen.findByRole('dialog', { name: 'Shortcuts' })
    expect(within(dialog).getByText('Read everything again')).toBeTruthy()
    fireEvent.click(within(dialog).getByRole('button', { name: 'Close' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  })
})
