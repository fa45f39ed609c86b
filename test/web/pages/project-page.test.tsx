// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/preact'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ResultOf } from '../../../protocol/methods.ts'
import type { EffectiveItem } from '../../../web/src/pages/projects/effective.ts'
import { anArtifactRow, answerFacets, answerTable } from '../support/artifacts.ts'
import { type FakeDaemon, fakeDaemon, live, liveMock, Refusal } from '../support/fake-daemon.ts'
import { aProjectRow } from '../support/rows.ts'

vi.mock('../../../web/src/live.ts', () => liveMock)

/** Fresh modules for each test: the page holds answers for as long as it is open. */
async function openProject(address = '/projects/prj_api') {
  history.replaceState(null, '', address)
  vi.resetModules()
  const { ProjectPage } = await import('../../../web/src/pages/projects/project-page.tsx')
  const { Notices } = await import('../../../web/src/components/notices/notices.tsx')
  const { keepQueriesFresh } = await import('../../../web/src/lib/use-query.ts')
  const { connect } = await import('../../../web/src/connection.ts')
  keepQueriesFresh()
  void connect()
  return render(
    <>
      <ProjectPage params={{ id: 'prj_api' }} />
      <Notices />
    </>,
  )
}

const api: ResultOf<'projects.show'> = {
  ...aProjectRow({ name: 'api', artifactCount: 2, countsByType: { skill: 1, mcp: 1 }, problemCount: 1 }),
  origins: ['added', 'session'],
  diagnostics: [
    { code: 'config.invalid_json', severity: 'error', message: 'Not valid JSON', path: '.mcp.json' },
  ],
}

const anItem = (item: Partial<EffectiveItem> & { name: string }): EffectiveItem => ({
  id: `art_${item.name}`,
  type: 'skill',
  scope: 'project',
  host: 'claude-code',
  path: `/home/ada/api/${item.name}`,
  description: null,
  deployedVersion: null,
  state: 'untracked',
  problems: 0,
  tokens: 100,
  updatedAt: 1,
  hiddenBy: null,
  ...item,
})

const effective = [
  anItem({ name: 'PreToolUse:Bash#1', id: 'art_hook', type: 'hook', description: './check.sh' }),
  anItem({ name: 'Stop#1', id: 'art_stop', type: 'hook', description: './done.sh' }),
  anItem({ name: 'github', type: 'mcp', description: 'npx server-github', scope: 'user' }),
  anItem({ name: 'review', id: 'art_winner', scope: 'user', tokens: 2_000 }),
  anItem({ name: 'review', id: 'art_loser', hiddenBy: 'art_winner', tokens: 7_000 }),
]

const daemonWith = (project: ResultOf<'projects.show'> = api): FakeDaemon =>
  fakeDaemon({
    'projects.show': () => project,
    'projects.effective': () => ({ items: effective }),
    'events.history': () => ({ items: [], total: 0, nextCursor: null }),
  })

const tab = (name: RegExp): boolean => fireEvent.click(screen.getByRole('tab', { name }))

beforeEach(() => {
  localStorage.clear()
  vi.stubGlobal('requestIdleCallback', (work: () => void) => work())
})
afterEach(cleanup)

describe('the page of a project', () => {
  it('tells what the project is, also when it is opened for the first time', async () => {
    daemonWith()
    await openProject()
    expect(screen.getByText('Reading the project…')).toBeTruthy()
    await screen.findByRole('heading', { level: 1, name: 'api' })
    expect(screen.getByText('/home/ada/api')).toBeTruthy()
    expect(screen.getByText('you added it, an agent has worked in it')).toBeTruthy()
    expect(screen.getByText('1 skill, 1 MCP server')).toBeTruthy()
    expect(screen.getByRole('tab', { name: /Problems/ }).textContent).toBe('Problems2')
  })

  it('shows what is in effect by type, with what hides what, and counts what is used alone', async () => {
    daemonWith()
    await openProject()
    const skills = await screen.findByRole('table', { name: 'Skills in effect' })
    const rows = within(skills).getAllByRole('row').slice(1)
    expect(rows.map((row) => within(row).getByRole('link').getAttribute('href'))).toEqual([
      '/artifacts/art_winner',
      '/artifacts/art_loser',
    ])
    expect(rows[1]?.textContent).toContain('hidden by the one of User')
    expect(rows[0]?.textContent).not.toContain('hidden')
    expect(
      screen.getByText(
        '4 of the project, you, plugins and the machine, 2.3k tokens if all were loaded; 1 hidden by others',
      ),
    ).toBeTruthy()
  })

  it('filters what is in effect by what is typed, in the address', async () => {
    daemonWith()
    await openProject()
    const field = await screen.findByRole('searchbox', { name: 'Filter what is in effect' })
    fireEvent.input(field, { target: { value: 'npx git' } })
    await waitFor(() => expect(screen.queryByRole('table', { name: 'Skills in effect' })).toBeNull())
    expect(screen.getByRole('link', { name: 'github' })).toBeTruthy()
    expect(location.search).toBe('?q=npx+git')
    fireEvent.input(field, { target: { value: 'zzz' } })
    fireEvent.click(await screen.findByRole('button', { name: 'Show all' }))
    await screen.findByRole('table', { name: 'Skills in effect' })
  })

  it('shows servers and hooks as lists, with what a hook is for', async () => {
    daemonWith()
    await openProject()
    await screen.findByRole('heading', { level: 1, name: 'api' })
    tab(/Servers/)
    const hooks = await screen.findByRole('table', { name: 'Hooks' })
    expect(location.search).toBe('?tab=servers')
    expect(screen.getByText('npx server-github')).toBeTruthy()
    const [, first, second] = within(hooks).getAllByRole('row')
    expect(first?.textContent).toMatch(/^PreToolUseBash\.\/check\.sh/)
    expect(second?.textContent).toMatch(/^Stopall\.\/done\.sh/)
  })

  it('lists its own artifacts as the list of all of them does', async () => {
    const daemon = daemonWith()
    const rows = [anArtifactRow({ name: 'review' }), anArtifactRow({ name: 'deploy' })]
    daemon.answer({
      'artifacts.table': (params) => answerTable(rows, params),
      'artifacts.facets': () => answerFacets(rows),
    })
    await openProject('/projects/prj_api?tab=artifacts&q=rev')
    await screen.findByRole('grid', { name: 'Artifacts of the project' })
    expect(screen.getByText('1 artifact')).toBeTruthy()
    const asked = daemon.asked.find(({ method }) => method === 'artifacts.table')
    expect(asked?.params).toMatchObject({ project: 'prj_api', query: 'rev' })
    expect(screen.queryByRole('columnheader', { name: /Project/ })).toBeNull()
  })

  it('tells what is wrong in it, the worst first, with what to do', async () => {
    const daemon = daemonWith()
    const broken = {
      id: 'art_review',
      name: 'review',
      type: 'skill',
      diagnostics: [{ code: 'description.missing', severity: 'warning', message: 'No description' }],
    }
    const fine = { ...broken, name: 'fine', diagnostics: [] }
    daemon.answer({
      'artifacts.list': ({ cursor }) =>
        (cursor
          ? { items: [broken], total: 2, nextCursor: null }
          : { items: [fine], total: 2, nextCursor: 'next' }) as never,
    })
    await openProject('/projects/prj_api?tab=problems')
    await screen.findByText('No description')
    const items = screen.getAllByRole('listitem').map((item) => item.textContent)
    expect(items).toHaveLength(2)
    expect(items[0]).toMatch(/error\.mcp\.jsonNot valid JSONCorrect the file/)
    expect(items[1]).toMatch(/warningreview skillNo descriptionSay in "description/)
  })

  it('tells what happened, with names that lead to what is still there', async () => {
    const daemon = daemonWith()
    const named = (name: string) => ({ id: `art_${name}`, name, type: 'skill' })
    daemon.answer({
      'events.history': () =>
        ({
          items: [
            {
              at: 2,
              topic: 'artifacts.changed',
              data: {
                project: null,
                path: '/home/ada/api',
                counts: { added: 1, changed: 0, removed: 12 },
                added: [named('new')],
                changed: [],
                removed: Array.from({ length: 12 }, (_, index) => named(`old${index}`)),
              },
            },
            {
              at: 1,
              topic: 'projects.changed',
              data: { id: 'prj_api', name: 'api', path: '/', change: 'added', status: 'active' },
            },
          ],
          total: 2,
          nextCursor: null,
        }) as never,
    })
    await openProject('/projects/prj_api?tab=history')
    expect((await screen.findByRole('link', { name: 'new' })).getAttribute('href')).toBe('/artifacts/art_new')
    expect(screen.queryByRole('link', { name: 'old0' })).toBeNull()
    expect(screen.queryByText(/old11/)).toBeNull()
    fireEvent.click(screen.getByRole('button', { name: 'and 4 more' }))
    await screen.findByText(/old11/)
    expect(screen.getByText('Project found')).toBeTruthy()
  })

  it('says what is empty in each part', async () => {
    const daemon = daemonWith({
      ...api,
      problemCount: 0,
      diagnostics: [],
      artifactCount: 0,
      countsByType: {},
    })
    daemon.answer({
      'projects.effective': () => ({ items: [] }),
      'artifacts.list': () => ({ items: [], total: 0, nextCursor: null }),
      'artifacts.table': (params) => answerTable([], params),
      'artifacts.facets': () => answerFacets([]),
    })
    await openProject()
    await screen.findByText(/Nothing is in effect here/)
    tab(/Own/)
    await screen.findByText(/Nothing in this project is an artifact/)
    tab(/Servers/)
    await screen.findByText(/in the project and the settings of agents name servers/)
    tab(/Problems/)
    await screen.findByText('Nothing is wrong here.')
    tab(/History/)
    await screen.findByText(/Nothing has changed since smd knows this project/)
  })

  it('is walked by keys from tab to tab', async () => {
    daemonWith()
    await openProject()
    const first = await screen.findByRole('tab', { name: 'In effect' })
    first.focus()
    fireEvent.keyDown(first, { key: 'ArrowLeft' })
    await waitFor(() => expect(document.activeElement?.textContent).toBe('History'))
    expect(location.search).toBe('?tab=history')
    fireEvent.keyDown(document.activeElement as HTMLElement, { key: 'Home' })
    await waitFor(() => expect(document.activeElement).toBe(first))
    expect(first.getAttribute('aria-selected')).toBe('true')
    expect(location.search).toBe('')
  })

  it('reads it again when asked', async () => {
    const daemon = daemonWith()
    daemon.answer({ 'cache.refresh': () => ({ result: { errors: [] } }) as never })
    await openProject()
    fireEvent.click(await screen.findByRole('button', { name: 'Read it again' }))
    await screen.findByText('Project updated')
    expect(daemon.asked.find(({ method }) => method === 'cache.refresh')?.params).toEqual({
      force: true,
      project: 'prj_api',
    })
  })

  it('tells why it could not be read, with what was read before', async () => {
    daemonWith({ ...api, status: 'error', errorMessage: 'EACCES' })
    await openProject()
    expect(await screen.findByText('It could not be read: EACCES')).toBeTruthy()
    expect(screen.getByText('What was read before is shown.')).toBeTruthy()
    await screen.findByRole('table', { name: 'Skills in effect' })
  })

  it('says when there is no such project, and where all are', async () => {
    fakeDaemon({
      'projects.show': () => {
        throw new Refusal('project.not_found', 'There is no such project.')
      },
    })
    await openProject()
    await screen.findByRole('heading', { level: 1, name: 'No such project' })
    expect(screen.getByRole('link', { name: 'All projects' }).getAttribute('href')).toBe('/projects')
  })

  it('tells a failure and tries again when asked', async () => {
    const daemon = fakeDaemon({
      'projects.show': () => {
        throw new Refusal('cache.unavailable', 'cache.db cannot be used: full.')
      },
    })
    await openProject()
    await screen.findByText('cache.db cannot be used: full.')
    daemon.answer({ 'projects.show': () => api, 'projects.effective': () => ({ items: effective }) })
    fireEvent.click(screen.getByRole('button', { name: 'Retry' }))
    await screen.findByRole('heading', { level: 1, name: 'api' })
  })

  it('changes in place when an event tells of it', async () => {
    const daemon = daemonWith()
    await openProject()
    await screen.findByRole('table', { name: 'Skills in effect' })
    const chosen = screen.getByRole('tab', { name: 'In effect' })
    chosen.focus()
    daemon.answer({ 'projects.effective': () => ({ items: [...effective, anItem({ name: 'zebra' })] }) })
    await live.tell({ method: 'events.event', params: { topic: 'artifacts.changed', data: {} } })
    await screen.findByRole('link', { name: 'zebra' })
    expect(document.activeElement).toBe(chosen)
  })
})
