// @vitest-environment happy-dom
import { fireEvent, screen, waitFor, within } from '@testing-library/preact'
import { describe, expect, it, vi } from 'vitest'
import type { ResultOf } from '../../../protocol/methods.ts'
import { type FakeDaemon, fakeDaemon, live, liveMock, Refusal } from '../support/fake-daemon.ts'
import { openView } from '../support/open-view.tsx'

vi.mock('../../../web/src/live.ts', () => liveMock)

const open = (path = '/matrix') =>
  openView(path, async () => (await import('../../../web/src/pages/matrix/matrix-page.tsx')).MatrixPage)

const matrix: ResultOf<'artifacts.matrix'> = {
  columns: [
    { id: null, name: 'user' },
    { id: 'prj_api', name: 'api' },
    { id: 'prj_web', name: 'web' },
  ],
  states: ['untracked', 'modified'],
  rows: [
    { name: 'deploy', type: 'command', variants: 1, cells: [1, 0, 0] },
    { name: 'review', type: 'skill', variants: 2, cells: [0, 0, 0, 1, 0, 0, 2, 1, 1] },
  ],
}

const daemonWith = (answer: ResultOf<'artifacts.matrix'>): FakeDaemon =>
  fakeDaemon({
    'artifacts.matrix': () => answer,
    'artifacts.show': ({ name, project }) =>
      ({
        id: `art_${name}_${project ?? 'user'}`,
        name,
        path: `/home/ada/${project ?? '.claude'}/${name}`,
        state: 'modified',
        stateReason: null,
        deployedVersion: '1.0.0',
        upstreamVersion: null,
        source: null,
        description: 'Looks twice.',
        tokens: 850,
        sizeBytes: 3_000,
        updatedAt: 1,
      }) as never,
    'artifacts.diff': () => ({
      left: { label: 'a', version: null },
      right: { label: 'b', version: null },
      files: [],
      same: 4,
    }),
  })

const rows = (): Array<string | null> =>
  screen.getAllByRole('rowheader').map((head) => within(head).getByRole('link').textContent)
const signs = (): Array<string | null> =>
  screen.getAllByRole('gridcell').flatMap((cell) =>
    within(cell)
      .queryAllByRole('img')
      .map((sign) => sign.getAttribute('aria-label')),
  )

describe('the matrix', () => {
  it('shows each place by a sign with its words, and a letter where contents differ', async () => {
    daemonWith(matrix)
    await open()
    expect(screen.getByText('Reading which project has what…')).toBeTruthy()
    await screen.findByRole('grid')
    expect(rows()).toEqual(['deploy', 'review'])
    expect(signs()).toEqual([
      'deploy in api: Untracked',
      'review in user: Untracked, content A',
      'review in api: Untracked, content A',
      'review in web: Modified, content B',
    ])
    expect(screen.getByRole('img', { name: 'review in web: Modified, content B' }).textContent).toBe('±B')
    expect(screen.getByText('2 artifacts in 3 places')).toBeTruthy()
  })

  it('leads to projects and artifacts by its heads', async () => {
    daemonWith(matrix)
    await open()
    await screen.findByRole('grid')
    expect(screen.getByRole('link', { name: 'web' }).getAttribute('href')).toBe('/projects/prj_web')
    expect(screen.getByRole('link', { name: 'review' }).getAttribute('href')).toBe(
      '/artifacts?q=review&type=skill',
    )
  })

  it('filters as its address says, and the other way round', async () => {
    daemonWith(matrix)
    await open('/matrix?type=skill')
    await screen.findByRole('grid')
    expect(rows()).toEqual(['review'])
    fireEvent.change(screen.getByRole('combobox', { name: 'Type' }), { target: { value: '' } })
    await waitFor(() => expect(rows()).toEqual(['deploy', 'review']))
    fireEvent.change(screen.getByRole('combobox', { name: 'Places' }), { target: { value: '2' } })
    await waitFor(() => expect(rows()).toEqual(['review']))
    expect(location.search).toBe('?min=2')
    fireEvent.click(screen.getByRole('button', { name: 'Differing' }))
    fireEvent.click(screen.getByRole('button', { name: 'Diverged' }))
    await screen.findByText(/No artifact is like that/)
    fireEvent.click(screen.getByRole('button', { name: 'Show all' }))
    await waitFor(() => expect(rows()).toEqual(['deploy', 'review']))
    expect(location.search).toBe('')
  })

  it('opens one copy, and compares it with what most places have', async () => {
    const daemon = daemonWith(matrix)
    await open()
    fireEvent.click(await screen.findByRole('img', { name: 'review in web: Modified, content B' }))
    const dialog = await screen.findByRole('dialog', { name: 'review in web' })
    await within(dialog).findByText('Looks twice.')
    expect(daemon.asked.at(-1)).toEqual({
      method: 'artifacts.show',
      params: { name: 'review', type: 'skill', project: 'prj_web' },
    })
    expect(dialog.textContent).toContain('B: 1 place of 3; 2 different ones in all')
    expect(within(dialog).getByRole('link', { name: 'Open its page' }).getAttribute('href')).toBe(
      '/artifacts/art_review_prj_web',
    )
    fireEvent.click(within(dialog).getByRole('button', { name: 'Compare with the majority' }))
    await within(dialog).findByText(/Nothing differs/)
    expect(daemon.asked.at(-1)).toEqual({
      method: 'artifacts.diff',
      params: { id: 'art_review_user', against: 'art_review_prj_web' },
    })
  })

  it('offers no comparison for what most places have', async () => {
    daemonWith(matrix)
    await open()
    fireEvent.click(await screen.findByRole('img', { name: 'review in user: Untracked, content A' }))
    const dialog = await screen.findByRole('dialog')
    await within(dialog).findByText('Looks twice.')
    expect(within(dialog).queryByRole('button', { name: 'Compare with the majority' })).toBeNull()
  })

  it('goes through places by keys, and opens nothing where nothing is', async () => {
    daemonWith(matrix)
    await open()
    const grid = await screen.findByRole('grid')
    fireEvent.keyDown(grid, { key: 'Enter' })
    expect(screen.queryByRole('dialog')).toBeNull()
    fireEvent.keyDown(grid, { key: 'ArrowRight' })
    fireEvent.keyDown(grid, { key: 'Enter' })
    expect(await screen.findByRole('dialog', { name: 'deploy in api' })).toBeTruthy()
  })

  it('tells a failure, tries again, says when there is nothing, and follows what happens', async () => {
    const daemon = daemonWith(matrix)
    daemon.answer({
      'artifacts.matrix': () => {
        throw new Refusal('cache.unavailable', 'cache.db cannot be used: full.')
      },
    })
    await open()
    await screen.findByText('cache.db cannot be used: full.')
    daemon.answer({ 'artifacts.matrix': () => ({ columns: [], states: [], rows: [] }) })
    fireEvent.click(screen.getByRole('button', { name: 'Retry' }))
    await screen.findByText(/No project has an artifact yet/)
    daemon.answer({ 'artifacts.matrix': () => matrix })
    await live.tell({ method: 'events.event', params: { topic: 'artifacts.changed' } })
    await screen.findByRole('grid')
  })
})
