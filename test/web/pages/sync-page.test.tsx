// @vitest-environment happy-dom
import { fireEvent, screen, waitFor, within } from '@testing-library/preact'
import { describe, expect, it, vi } from 'vitest'
import type { ParamsOf, ResultOf } from '../../../protocol/methods.ts'
import { drifts } from '../../../protocol/sync-words.ts'
import { type FakeDaemon, fakeDaemon, live, liveMock, Refusal } from '../support/fake-daemon.ts'
import { openView } from '../support/open-view.tsx'
import { undone } from '../support/plans.ts'

vi.mock('../../../web/src/live.ts', () => liveMock)

type Check = ResultOf<'sync.check'>
type Row = Check['items'][number]
type Item = ResultOf<'sync.preview'>['items'][number]
type FilePlan = Item['files'][number]

const open = (path = '/projects/prj_api/sync') =>
  openView(path, async () => (await import('../../../web/src/pages/sync/sync-page.tsx')).SyncPage, {
    params: { id: 'prj_api' },
  })

const aRow = (name: string, drift: Row['drift'], rest: Partial<Row> = {}): Row => ({
  name,
  type: 'skill',
  collection: 'default',
  profile: 'claude_code',
  path: `/home/ada/api/.claude/skills/${name}`,
  drift,
  recommendation: 'none',
  baseHash: null,
  collectionHash: null,
  projectHash: null,
  hasBase: true,
  problem: null,
  ...rest,
})

const aFile = (path: string, rest: Partial<FilePlan> = {}): FilePlan => ({
  path,
  movedFrom: null,
  status: 'remote',
  conflict: null,
  isBinary: false,
  choice: null,
  isOpen: false,
  change: 'changed',
  hunks: [{ leftStart: 1, leftLines: 1, rightStart: 1, rightLines: 1, lines: ['-old line', '+new line'] }],
  ...rest,
})

/** Of each artifact one file that goes together, and of those in conflict one that does not. */
function itemOf(row: Row, choices: ParamsOf<'sync.preview'>['choices'] = []): Item {
  const choice = choices.find(({ artifact }) => artifact === `skill:${row.name}`)?.take ?? null
  const isOpen = row.drift === 'conflict' && choice === null
  const files = [
    aFile('SKILL.md'),
    ...(row.drift === 'conflict'
      ? [aFile('rules.md', { status: 'conflict', conflict: 'content', isOpen, choice })]
      : []),
  ]
  return {
    name: row.name,
    type: row.type,
    collection: row.collection,
    profile: row.profile,
    project: '/home/ada/api',
    drift: row.drift,
    action: isOpen ? 'conflict' : row.drift === 'none' ? 'none' : 'copy',
    reason: null,
    hasBase: row.hasBase,
    files: row.drift === 'none' ? [] : files,
    openConflicts: isOpen ? 1 : 0,
  }
}

const checkOf = (items: Row[]): Check => ({
  project: { id: 'prj_api', name: 'api', path: '/home/ada/api' },
  items,
  counts: Object.fromEntries(drifts.map((drift) => [drift, 0])) as Check['counts'],
  warnings: [],
  checkedAt: 1,
})

function daemonWith(rows: Row[]): FakeDaemon {
  const resultOf = (params: Pick<ParamsOf<'sync.preview'>, 'artifacts' | 'choices'>) => ({
    operations: ['op-1'],
    items: rows
      .filter(({ name }) => params.artifacts?.includes(`skill:${name}`) ?? true)
      .map((row) => itemOf(row, params.choices)),
    warnings: [],
  })
  return fakeDaemon({
    'sync.check': () => checkOf(rows),
    'sync.preview': resultOf,
    'sync.pull': resultOf,
    'sync.push': resultOf,
    'deployments.undo': () => undone('Pull review'),
  })
}

const asked = (daemon: FakeDaemon, method: string): unknown[] =>
  daemon.asked.filter((one) => one.method === method).map(({ params }) => params)

describe('the page that keeps a project in step', () => {
  it('tells how each artifact stands, what is out of step first', async () => {
    daemonWith([aRow('calm', 'none'), aRow('review', 'modified'), aRow('lint', 'outdated')])
    await open()
    const table = await screen.findByRole('table', { name: 'What api has from collections' })
    fireEvent.click(screen.getByRole('button', { name: 'Show 1 in step or not deployed' }))
    await within(table).findByText('calm')
    const cells = within(table)
      .getAllByRole('row')
      .slice(1)
      .map((row) => row.querySelector('td')?.textContent)
    expect(cells[0]).toContain('review')
    expect(cells[2]).toContain('calm')
    expect(within(table).getByText('Modified')).toBeTruthy()
    expect(within(table).getByText('It was edited in the project.')).toBeTruthy()
    // What is in step needs nothing.
    expect(within(table).queryByRole('button', { name: 'calm' })).toBeNull()
    await screen.findByText('2 artifacts out of step, of 3.')
  })

  it('says what could not be looked at', async () => {
    daemonWith([]).answer({
      'sync.check': () => ({ ...checkOf([]), warnings: ['/home/ada/api/.codex cannot be read (EACCES).'] }),
    })
    await open()
    await screen.findByText('/home/ada/api/.codex cannot be read (EACCES).')
  })

  it('says when everything is in step, and when nothing is from a collection', async () => {
    const daemon = daemonWith([aRow('calm', 'none')])
    await open()
    await screen.findByText('Everything from collections is in step.')
    expect(screen.queryByRole('region', { name: 'Preview' })).toBeNull()
    daemon.answer({ 'sync.check': () => checkOf([]) })
    await live.tell({ method: 'events.event', params: { topic: 'artifacts.changed' } })
    await screen.findByText(/Nothing in this project is from a collection/)
  })

  it('shows what a pull changes, file by file, then does it and takes it back', async () => {
    const daemon = daemonWith([aRow('review', 'modified'), aRow('lint', 'outdated')])
    await open()
    fireEvent.click(await screen.findByRole('button', { name: 'review' }))
    await screen.findByRole('heading', { name: 'Pull review' })
    expect(location.search).toBe('?artifact=skill%3Areview')
    const item = await screen.findByRole('region', { name: 'review, claude_code' })
    expect(item.textContent).toContain('changed in the project')
    expect(item.textContent).toContain('new line')
    expect(item.textContent).toContain('the collection, afterwards')
    fireEvent.click(screen.getByRole('button', { name: 'Pull 1 artifact' }))
    await screen.findByText('Pulled review.')
    expect(asked(daemon, 'sync.pull')).toEqual([
      { project: 'prj_api', strategy: 'merge', conflicts: 'stop', artifacts: ['skill:review'] },
    ])
    fireEvent.click(screen.getByRole('button', { name: 'Undo' }))
    await screen.findByText('Taken back: Pull review')
  })

  it('goes the way that fits, and turns', async () => {
    const daemon = daemonWith([aRow('lint', 'outdated')])
    await open()
    await screen.findByRole('heading', { name: 'Push everything in api' })
    await screen.findByText('1 artifact would change.')
    fireEvent.click(screen.getByRole('button', { name: 'Push 1 artifact' }))
    await screen.findByText('Pushed everything in api.')
    expect(asked(daemon, 'sync.push')).toEqual([
      { projects: ['prj_api'], strategy: 'merge', conflicts: 'stop' },
    ])
    fireEvent.click(screen.getByRole('button', { name: /^Pull: project/ }))
    await screen.findByRole('heading', { name: 'Pull everything in api' })
    expect(location.search).toBe('?way=pull')
  })

  it('leaves a conflict until somebody decides, for this file', async () => {
    const daemon = daemonWith([aRow('review', 'conflict')])
    await open()
    await screen.findByText(/^1 file to decide/)
    expect(screen.getByText('Conflict: the same lines')).toBeTruthy()
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Pull 0 artifacts' }).disabled).toBe(true)
    const take = screen.getByRole<HTMLSelectElement>('combobox', { name: 'Which version of rules.md' })
    expect([...take.options].map(({ text }) => text)).toEqual([
      'By itself',
      'The project’s',
      'The collection’s',
      'Both merged',
      'As it was deployed',
    ])
    fireEvent.change(take, { target: { value: 'theirs' } })
    await screen.findByText('Decided')
    fireEvent.click(screen.getByRole('button', { name: 'Pull 1 artifact' }))
    await screen.findByText('Pulled everything in api.')
    expect(asked(daemon, 'sync.pull')).toEqual([
      {
        project: 'prj_api',
        strategy: 'merge',
        conflicts: 'stop',
        choices: [{ artifact: 'skill:review', path: 'rules.md', take: 'theirs' }],
      },
    ])
  })

  it('names both sides the other way round for a push, and offers no version that is not kept', async () => {
    daemonWith([aRow('review', 'conflict', { hasBase: false })])
    await open('/projects/prj_api/sync?way=push')
    const take = await screen.findByRole<HTMLSelectElement>('combobox', { name: 'Which version of rules.md' })
    expect([...take.options].map(({ value, text }) => `${value} ${text}`)).toEqual([
      ' By itself',
      'theirs The collection’s',
      'ours The project’s',
      'merged Both merged',
    ])
    await screen.findByText(/What was deployed is not kept, so/)
  })

  it('asks again for another strategy', async () => {
    const daemon = daemonWith([aRow('review', 'modified')])
    await open()
    await screen.findByText('1 artifact would change.')
    fireEvent.change(screen.getByRole('combobox', { name: 'Strategy' }), { target: { value: 'fork' } })
    await waitFor(() => expect(asked(daemon, 'sync.preview').at(-1)).toMatchObject({ strategy: 'fork' }))
    expect(screen.queryByRole('combobox', { name: 'Conflicts' })).toBeNull()
  })

  it('carries out no plan that nobody saw', async () => {
    const daemon = daemonWith([aRow('review', 'modified')])
    await open()
    const button = await screen.findByRole<HTMLButtonElement>('button', { name: 'Pull 1 artifact' })
    expect(button.disabled).toBe(false)
    daemon.answer({
      'sync.preview': () => {
        throw new Refusal('sync.bad_records', 'Its records cannot be read.', 'Correct the file.')
      },
    })
    fireEvent.change(screen.getByRole('combobox', { name: 'Strategy' }), { target: { value: 'overwrite' } })
    await screen.findByText('Its records cannot be read.')
    expect(button.disabled).toBe(true)
  })

  it('says what failed', async () => {
    const daemon = daemonWith([aRow('review', 'modified')])
    daemon.answer({
      'sync.pull': () => ({
        operations: [],
        items: [{ ...itemOf(aRow('review', 'modified')), action: 'failed', reason: 'The disk is full.' }],
        warnings: [],
      }),
    })
    await open()
    fireEvent.click(await screen.findByRole('button', { name: 'Pull 1 artifact' }))
    await screen.findByText('review: The disk is full.')
  })

  it('says why a project cannot be compared', async () => {
    const daemon = daemonWith([])
    daemon.answer({
      'sync.check': () => {
        throw new Refusal('sync.bad_records', 'Its records cannot be read.', 'Correct the file.')
      },
    })
    await open()
    await screen.findByText('Its records cannot be read.')
  })
})
