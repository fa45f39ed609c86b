// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/preact'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ProjectRow } from '../../../web/src/lib/use-project-cache.ts'
import { fakeDaemon, live, liveMock, Refusal } from '../support/fake-daemon.ts'
import { aProjectRow } from '../support/rows.ts'

vi.mock('../../../web/src/live.ts', () => liveMock)

/** Fresh modules for each test: the page holds answers for as long as it is open. */
async function openProjects() {
  vi.resetModules()
  const { ProjectsPage } = await import('../../../web/src/pages/projects/projects-page.tsx')
  const { keepQueriesFresh } = await import('../../../web/src/lib/use-query.ts')
  const { connect } = await import('../../../web/src/connection.ts')
  keepQueriesFresh()
  void connect()
  return render(<ProjectsPage />)
}

const listOf = (items: ProjectRow[]) => () => ({ items, total: items.length, nextCursor: null })
const names = (): Array<string | null> =>
  within(screen.getByRole('grid', { name: 'Projects' }))
    .getAllByRole('link')
    .map((link) => link.textContent)

beforeEach(() => {
  localStorage.clear()
  history.replaceState(null, '', '/projects')
})
afterEach(() => {
  cleanup()
  vi.restoreAllMocks()
})

const some = [
  aProjectRow({ name: 'api', outdatedCount: 2 }),
  aProjectRow({ name: 'docs', status: 'stale' }),
  aProjectRow({ name: 'web', status: 'error', errorMessage: 'EACCES' }),
]

describe('the page of projects (CACHE-3.2a, CACHE-3.3b, CACHE-3.5a)', () => {
  it('shows a placeholder at the very first load only, then the rows', async () => {
    fakeDaemon({ 'projects.list': listOf(some) })
    await openProjects()
    expect(screen.getByText('Reading projects…')).toBeTruthy()
    await screen.findByRole('grid', { name: 'Projects' })
    expect(screen.queryByText('Reading projects…')).toBeNull()
    expect(names()).toEqual(['api', 'docs', 'web'])
    expect(screen.getByText('3 projects')).toBeTruthy()
  })

  it('shows the first rows while the others are on their way', async () => {
    let answerRest = (): void => undefined
    const rest = new Promise<void>((resolve) => {
      answerRest = resolve
    })
    fakeDaemon({
      'projects.list': async ({ cursor }) => {
        if (cursor === undefined) return { items: some.slice(0, 1), total: 3, nextCursor: 'more' }
        await rest
        return { items: some.slice(1), total: 3, nextCursor: null }
      },
    })
    await openProjects()
    await screen.findByText('api')
    expect(screen.getByText('1 of 3 projects')).toBeTruthy()
    answerRest()
    await screen.findByText('docs')
    expect(names()).toEqual(['api', 'docs', 'web'])
  })

  it('filters by what is typed and by what needs attention, in the address', async () => {
    fakeDaemon({ 'projects.list': listOf(some) })
    await openProjects()
    await screen.findByText('api')
    fireEvent.click(screen.getByRole('button', { name: /Update available/ }))
    await waitFor(() => expect(names()).toEqual(['api']))
    expect(location.search).toBe('?show=outdated')
    fireEvent.click(screen.getByRole('button', { name: 'All' }))
    fireEvent.input(screen.getByRole('searchbox', { name: 'Filter projects' }), { target: { value: 'do' } })
    await waitFor(() => expect(names()).toEqual(['docs']))
    expect(location.search).toBe('?q=do')
  })

  it('opens as its address says', async () => {
    history.replaceState(null, '', '/projects?sort=outdated&desc=1&show=outdated')
    fakeDaemon({ 'projects.list': listOf([...some, aProjectRow({ name: 'zoo', outdatedCount: 9 })]) })
    await openProjects()
    await screen.findByText('zoo')
    expect(names()).toEqual(['zoo', 'api'])
    expect(screen.getByRole('columnheader', { name: /Outdated/ }).getAttribute('aria-sort')).toBe(
      'descending',
    )
  })

  it('sorts by a column, the other way round at the second click', async () => {
    fakeDaemon({ 'projects.list': listOf(some) })
    await openProjects()
    const heading = await screen.findByRole('button', { name: /^Project/ })
    fireEvent.click(heading)
    await waitFor(() => expect(names()).toEqual(['web', 'docs', 'api']))
  })

  it('says what to do when there is no project, and when none is like that', async () => {
    const daemon = fakeDaemon({ 'projects.list': listOf([]) })
    await openProjects()
    await screen.findByText(/No project yet/)
    cleanup()
    daemon.answer({ 'projects.list': listOf(some) })
    history.replaceState(null, '', '/projects?q=zzz')
    await openProjects()
    await screen.findByText(/No project is like that/)
    fireEvent.click(screen.getByRole('button', { name: 'Show all' }))
    await screen.findByText('api')
  })

  it('tells a failure and tries again when asked', async () => {
    const daemon = fakeDaemon({
      'projects.list': () => {
        throw new Refusal('cache.unavailable', 'cache.db cannot be used: full.', 'Run: smd doctor')
      },
    })
    await openProjects()
    const alert = await screen.findByRole('alert')
    expect(alert.textContent).toContain('cache.db cannot be used: full.')
    expect(alert.textContent).toContain('Run: smd doctor')
    daemon.answer({ 'projects.list': listOf(some) })
    fireEvent.click(within(alert).getByRole('button', { name: 'Retry' }))
    await screen.findByText('api')
    expect(screen.queryByRole('alert')).toBeNull()
  })

  it('keeps the rows and says so while the daemon does not answer; at the next visit they are marked', async () => {
    const daemon = fakeDaemon({ 'projects.list': listOf(some) })
    await openProjects()
    await screen.findByText('api')
    await waitFor(() =>
      expect(Object.keys(localStorage).some((name) => name.includes('projects.list'))).toBe(true),
    )
    cleanup()
    daemon.isGone = true
    await openProjects()
    expect(names()).toEqual(['api', 'docs', 'web'])
    expect(screen.getByText('As of just now')).toBeTruthy()
    expect((await screen.findByRole('alert')).textContent).toContain('The daemon does not answer.')
    expect(names()).toEqual(['api', 'docs', 'web'])
  })

  it('asks again when somebody comes back to the window, unless the answer is fresh (CACHE-3.2c)', async () => {
    const start = Date.now()
    const clock = vi.spyOn(Date, 'now').mockReturnValue(start)
    const daemon = fakeDaemon({ 'projects.list': listOf(some) })
    await openProjects()
    await screen.findByText('3 projects')
    const asked = (): number => daemon.asked.filter(({ method }) => method === 'projects.list').length
    const before = asked()
    clock.mockReturnValue(start + 29_000)
    fireEvent.focus(window)
    expect(asked()).toBe(before)
    clock.mockReturnValue(start + 31_000)
    fireEvent.focus(window)
    await waitFor(() => expect(asked()).toBe(before + 1))
  })

  it('shows a change at once when an event tells of it, and leaves the focus', async () => {
    const daemon = fakeDaemon({ 'projects.list': listOf(some) })
    await openProjects()
    await screen.findByText('api')
    const grid = screen.getByRole('grid', { name: 'Projects' })
    grid.focus()
    daemon.answer({ 'projects.list': listOf([aProjectRow({ name: 'aardvark' }), ...some]) })
    await live.tell({ method: 'events.event', params: { topic: 'projects.changed', data: {} } })
    await screen.findByText('aardvark')
    expect(document.activeElement).toBe(grid)
  })
})

describe('the table', () => {
  const many = Array.from({ length: 500 }, (_, index) =>
    aProjectRow({ name: `p${`${index}`.padStart(3, '0')}` }),
  )
  const active = (): string | null | undefined => {
    const id = screen.getByRole('grid').getAttribute('aria-activedescendant')
    return id ? document.getElementById(id)?.querySelector('a')?.textContent : null
  }

  it('has only some rows in the document, and says how many there are', async () => {
    fakeDaemon({ 'projects.list': listOf(many) })
    await openProjects()
    const grid = await screen.findByRole('grid')
    expect(grid.getAttribute('aria-rowcount')).toBe('501')
    expect(within(grid).getAllByRole('row').length).toBeLessThan(80)
  })

  it('is walked by keys, and opens the active row', async () => {
    fakeDaemon({ 'projects.list': listOf(many) })
    await openProjects()
    const grid = await screen.findByRole('grid')
    expect(active()).toBe('p000')
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowUp']) fireEvent.keyDown(grid, { key })
    expect(active()).toBe('p001')
    fireEvent.keyDown(grid, { key: 'Home' })
    fireEvent.keyDown(grid, { key: 'ArrowUp' })
    expect(active()).toBe('p000')
    fireEvent.keyDown(grid, { key: 'Enter' })
    expect(location.pathname).toBe('/projects/prj_p000')
  })
})
