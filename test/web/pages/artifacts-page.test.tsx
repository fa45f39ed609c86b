// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/preact'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ArtifactRow } from '../../../web/src/pages/artifacts/artifact-rows.ts'
import { anArtifactRow, answerFacets, answerTable, manyRows } from '../support/artifacts.ts'
import { type FakeDaemon, fakeDaemon, live, liveMock, Refusal } from '../support/fake-daemon.ts'

vi.mock('../../../web/src/live.ts', () => liveMock)

/** Fresh modules for each test: the page holds answers for as long as it is open. */
async function openArtifacts() {
  vi.resetModules()
  const { ArtifactsPage } = await import('../../../web/src/pages/artifacts/artifacts-page.tsx')
  const { Notices } = await import('../../../web/src/components/notices/notices.tsx')
  const { keepQueriesFresh } = await import('../../../web/src/lib/use-query.ts')
  const { connect } = await import('../../../web/src/connection.ts')
  keepQueriesFresh()
  void connect()
  return render(
    <>
      <ArtifactsPage />
      <Notices />
    </>,
  )
}

/** A daemon that knows these. */
const daemonWith = (rows: readonly ArtifactRow[]): FakeDaemon =>
  fakeDaemon({
    'artifacts.table': (params) => answerTable(rows, params),
    'artifacts.facets': () => answerFacets(rows),
    'cache.status': () => ({ artifacts: rows.length }) as never,
  })

const grid = (): HTMLElement => screen.getByRole('grid', { name: 'Artifacts' })
const names = (): Array<string | null> =>
  within(grid())
    .getAllByRole('link')
    .map((link) => link.textContent)
const offsetsAsked = ({ asked }: FakeDaemon): unknown[] =>
  asked
    .filter(({ method }) => method === 'artifacts.table')
    .map(({ params }) => (params as { offset: number }).offset)
const search = (value: string): boolean =>
  fireEvent.input(screen.getByRole('searchbox', { name: 'Search artifacts' }), { target: { value } })
const select = (name: string, init: object = {}): void => {
  const row = screen.getByRole('link', { name }).closest('[role="row"]') as HTMLElement
  fireEvent.click(within(row).getByRole('checkbox'), init)
}
const selected = (): string | null => screen.getByRole('group', { name: 'Selected artifacts' }).textContent

let copied: string[] = []
beforeEach(() => {
  localStorage.clear()
  // What is kept for the next visit is kept at once: never after the test, in the storage of the next one.
  vi.stubGlobal('requestIdleCallback', (work: () => void) => work())
  history.replaceState(null, '', '/artifacts')
  copied = []
  vi.spyOn(navigator.clipboard, 'writeText').mockImplementation(async (text) => void copied.push(text))
})
afterEach(() => {
  cleanup()
  vi.restoreAllMocks()
})

const some = [
  anArtifactRow({
    name: 'deploy',
    type: 'command',
    state: 'outdated',
    deployedVersion: '1.0',
    upstreamVersion: '1.1',
  }),
  anArtifactRow({ name: 'review', problems: 2 }),
  anArtifactRow({ name: 'review-sql', projectName: null, projectId: null, scope: 'user' }),
]

describe('the list of artifacts', () => {
  it('shows a placeholder at the very first load only, then the rows', async () => {
    daemonWith(some)
    await openArtifacts()
    expect(screen.getByText('Reading artifacts…')).toBeTruthy()
    await screen.findByRole('grid', { name: 'Artifacts' })
    expect(screen.queryByText('Reading artifacts…')).toBeNull()
    expect(names()).toEqual(['deploy', 'review▲, 2 problems', 'review-sql'])
    expect(screen.getByText('3 artifacts')).toBeTruthy()
    expect(screen.getByText('Update available', { selector: 'span' })).toBeTruthy()
  })

  it('asks for the rows in view and their neighbours alone, however many there are', async () => {
    const daemon = daemonWith(manyRows(100_000))
    await openArtifacts()
    await screen.findByText('a000000')
    expect(grid().getAttribute('aria-rowcount')).toBe('100001')
    expect(offsetsAsked(daemon)).toEqual([0])
    grid().scrollTop = 50_150 * 32
    fireEvent.scroll(grid())
    await screen.findByText('a050150')
    expect(offsetsAsked(daemon)).toEqual([0, 50_000, 50_200])
    fireEvent.keyDown(grid(), { key: 'End' })
    expect(within(grid()).getAllByRole('row').length).toBeLessThan(80)
  })

  it('keeps the rows while an answer to what was typed is on its way, and drops what comes too late', async () => {
    const daemon = daemonWith(some)
    await openArtifacts()
    await screen.findByText('deploy')
    let answerSlow = (): void => undefined
    const slow = new Promise<void>((resolve) => {
      answerSlow = resolve
    })
    daemon.answer({
      'artifacts.table': async (params) => {
        if (params.query === 'd') await slow
        return answerTable(some, params)
      },
    })
    search('d')
    await waitFor(() => expect(location.search).toBe('?q=d'))
    expect(names()).toHaveLength(3)
    search('review-')
    await waitFor(() => expect(names()).toEqual(['review-sql']))
    answerSlow()
    await screen.findByText('1 of 3 artifacts')
    expect(names()).toEqual(['review-sql'])
    expect(location.search).toBe('?q=review-')
  })

  it('is narrowed by facets with their counts, and widened by their chips', async () => {
    daemonWith(some)
    await openArtifacts()
    const types = await screen.findByRole('combobox', { name: 'Type' })
    await within(types).findByText('Skills (2)')
    fireEvent.change(types, { target: { value: 'command' } })
    await waitFor(() => expect(names()).toEqual(['deploy']))
    expect(location.search).toBe('?type=command')
    fireEvent.click(screen.getByRole('button', { name: 'Remove Commands' }))
    await waitFor(() => expect(names()).toHaveLength(3))
    expect(location.search).toBe('')
  })

  it('asks for what its address says, and leaves out what means nothing', async () => {
    history.replaceState(
      null,
      '',
      '/artifacts?state=outdated&problems=1&type=nonsense&sort=size&desc=1&host=codex',
    )
    const daemon = daemonWith(some)
    await openArtifacts()
    await screen.findByRole('grid')
    expect(daemon.asked.find(({ method }) => method === 'artifacts.table')?.params).toEqual({
      state: 'outdated',
      problems: true,
      host: 'codex',
      sort: 'size',
      descending: true,
      offset: 0,
      limit: 200,
    })
    expect(screen.getByRole('columnheader', { name: /Changed/ }).getAttribute('aria-sort')).toBeNull()
  })

  it('names the project that its address asks for', async () => {
    history.replaceState(null, '', '/artifacts?project=prj_api')
    const daemon = daemonWith(some)
    daemon.answer({ 'projects.show': () => ({ name: 'api' }) as never })
    await openArtifacts()
    fireEvent.click(await screen.findByRole('button', { name: 'Remove Project api' }))
    await waitFor(() => expect(location.search).toBe(''))
    expect(daemon.asked.find(({ method }) => method === 'artifacts.table')?.params).toMatchObject({
      project: 'prj_api',
    })
  })

  it('says how to widen a search that finds nothing', async () => {
    history.replaceState(null, '', '/artifacts?q=zzz&state=current')
    daemonWith(some)
    await openArtifacts()
    await screen.findByText('Nothing matches “zzz” with these filters.')
    fireEvent.click(screen.getByRole('button', { name: 'Search without the filters' }))
    await screen.findByText('Nothing matches “zzz”.')
    expect(location.search).toBe('?q=zzz')
    fireEvent.click(screen.getByRole('button', { name: 'Clear the search' }))
    await screen.findByText('deploy')
  })

  it('says what to do when there is nothing at all', async () => {
    daemonWith([])
    await openArtifacts()
    await screen.findByText(/No artifact yet/)
  })

  it('tells a failure and tries again when asked', async () => {
    const daemon = daemonWith(some)
    daemon.answer({
      'artifacts.table': () => {
        throw new Refusal('cache.unavailable', 'cache.db cannot be used: full.', 'Run: smd doctor')
      },
    })
    await openArtifacts()
    const alert = await screen.findByText('cache.db cannot be used: full.')
    expect(alert).toBeTruthy()
    daemon.answer({ 'artifacts.table': (params) => answerTable(some, params) })
    fireEvent.click(screen.getByRole('button', { name: 'Retry' }))
    await screen.findByText('deploy')
  })

  it('changes in place when an event tells of it: rows, focus and selection stay', async () => {
    const daemon = daemonWith(some)
    await openArtifacts()
    await screen.findByText('deploy')
    select('deploy')
    grid().focus()
    const next = [anArtifactRow({ name: 'aardvark' }), ...some]
    daemon.answer({ 'artifacts.table': (params) => answerTable(next, params) })
    await live.tell({ method: 'events.event', params: { topic: 'artifacts.changed', data: {} } })
    await screen.findByText('aardvark')
    expect(document.activeElement).toBe(grid())
    const row = screen.getByRole('link', { name: 'deploy' }).closest('[role="row"]')
    expect(row?.getAttribute('aria-selected')).toBe('true')
  })

  it('shows the last picture, marked, while the daemon does not answer', async () => {
    const daemon = daemonWith(some)
    await openArtifacts()
    await screen.findByText('deploy')
    await waitFor(() =>
      expect(Object.keys(localStorage).some((name) => name.includes('artifacts.table'))).toBe(true),
    )
    cleanup()
    daemon.isGone = true
    await openArtifacts()
    expect(names()).toHaveLength(3)
    expect(screen.getByText('As of just now')).toBeTruthy()
  })
})

describe('selected artifacts', () => {
  it('are toggled by Space and in ranges, and stay while something else is searched', async () => {
    daemonWith(some)
    await openArtifacts()
    await screen.findByText('deploy')
    fireEvent.keyDown(grid(), { key: ' ' })
    fireEvent.keyDown(grid(), { key: 'ArrowDown' })
    fireEvent.keyDown(grid(), { key: 'ArrowDown' })
    fireEvent.keyDown(grid(), { key: ' ', shiftKey: true })
    await waitFor(() => expect(selected()).toContain('3 selected'))
    fireEvent.keyDown(grid(), { key: ' ' })
    await waitFor(() => expect(selected()).toContain('2 selected'))
    search('review-')
    await waitFor(() => expect(names()).toEqual(['review-sql']))
    expect(selected()).toContain('2 selected')
    fireEvent.keyDown(document.body, { key: 'Escape' })
    await waitFor(() => expect(selected()).toBe(''))
  })

  it('are all that the filter leaves, also those that were not loaded', async () => {
    daemonWith(manyRows(450))
    await openArtifacts()
    await screen.findByText('a000000')
    fireEvent.click(screen.getByRole('checkbox', { name: 'Select all' }))
    await waitFor(() => expect(selected()).toContain('450 selected'))
    fireEvent.click(screen.getByRole('button', { name: 'Copy names' }))
    await screen.findByText('Copied 450 names')
    expect(copied[0]?.split('\n')).toHaveLength(450)
    expect(copied[0]).toContain('a000449')
    fireEvent.click(screen.getByRole('checkbox', { name: 'Select all' }))
    await waitFor(() => expect(selected()).toBe(''))
  })

  it('are the first ten thousand of more, and that is said', async () => {
    daemonWith(manyRows(10_050))
    await openArtifacts()
    await screen.findByText('a000000')
    fireEvent.click(screen.getByRole('checkbox', { name: 'Select all' }))
    await waitFor(() => expect(selected()).toContain('10,000 selected'))
    expect(screen.getByText(/The first 10,000 of 10,050 are selected/)).toBeTruthy()
  })

  it('are compared when there are two', async () => {
    daemonWith(some)
    await openArtifacts()
    await screen.findByText('deploy')
    select('deploy')
    const compare = await screen.findByRole('button', { name: 'Compare' })
    expect(compare.hasAttribute('disabled')).toBe(true)
    select('review-sql')
    await waitFor(() => expect(compare.hasAttribute('disabled')).toBe(false))
    fireEvent.click(compare)
    expect(location.pathname + location.search).toBe('/artifacts/art_deploy?tab=compare&with=art_review-sql')
  })

  it('are copied as paths, read in full; one that is gone is left out', async () => {
    const daemon = daemonWith(some)
    daemon.answer({
      'artifacts.get': ({ id }) => {
        if (id === 'art_review-sql') throw new Refusal('artifact.not_found', 'There is no such artifact.')
        return { id, path: `/home/ada/${id}` } as never
      },
    })
    await openArtifacts()
    await screen.findByText('deploy')
    fireEvent.click(screen.getByRole('checkbox', { name: 'Select all' }))
    fireEvent.click(await screen.findByRole('button', { name: 'Copy paths' }))
    await screen.findByText('Copied 2 paths')
    expect(copied).toEqual(['/home/ada/art_deploy\n/home/ada/art_review'])
  })

  it('have their sources asked, once for each project, or all when one belongs to none', async () => {
    const daemon = daemonWith(some)
    const result = { asked: 2, artifactsChanged: 1, failed: [] }
    daemon.answer({ 'upstream.check': () => ({ result }) as never })
    await openArtifacts()
    await screen.findByText('deploy')
    select('deploy')
    fireEvent.click(await screen.findByRole('button', { name: 'Check sources now' }))
    await screen.findByText('Asked 2 sources: 1 artifact changed state.')
    select('review-sql')
    await waitFor(() => expect(selected()).toContain('2 selected'))
    fireEvent.click(screen.getByRole('button', { name: 'Check sources now' }))
    await waitFor(() =>
      expect(
        daemon.asked.filter(({ method }) => method === 'upstream.check').map(({ params }) => params),
      ).toEqual([{ force: true, project: 'prj_api' }, { force: true }]),
    )
  })

  it('are exported as a file; without any, everything that the filter leaves', async () => {
    const files: Blob[] = []
    vi.spyOn(URL, 'createObjectURL').mockImplementation((file) => {
      files.push(file as Blob)
      return 'blob:test'
    })
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined)
    daemonWith(some)
    await openArtifacts()
    await screen.findByText('deploy')
    const [exportAll] = screen.getAllByRole('button', { name: 'Export CSV' }) as [HTMLElement]
    fireEvent.click(exportAll)
    await waitFor(() => expect(files).toHaveLength(1))
    const lines = (await files[0]?.text())?.trimEnd().split('\r\n')
    expect(lines).toHaveLength(4)
    expect(lines?.[1]).toBe(
      'deploy,command,project,api,claude-code,outdated,1.0,1.1,,1000,250,0,1970-01-01T00:00:00.001Z,art_deploy',
    )
    select('review-sql')
    fireEvent.click((await screen.findAllByRole('button', { name: 'Export CSV' }))[1] as HTMLElement)
    await waitFor(() => expect(files).toHaveLength(2))
    expect((await files[1]?.text())?.trimEnd().split('\r\n')).toHaveLength(2)
  })
})
