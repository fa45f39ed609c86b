// @vitest-environment happy-dom
import { fireEvent, screen, waitFor, within } from '@testing-library/preact'
import { describe, expect, it, vi } from 'vitest'
import type { ParamsOf, ResultOf } from '../../../protocol/methods.ts'
import { type FakeDaemon, fakeDaemon, live, liveMock, Refusal } from '../support/fake-daemon.ts'
import { openView } from '../support/open-view.tsx'

vi.mock('../../../web/src/live.ts', () => liveMock)

type Snapshot = ResultOf<'snapshots.list'>['items'][number]
type Plan = ResultOf<'snapshots.analyze'>

const open = (path = '/collections/history?name=tools') =>
  openView(path, async () => (await import('../../../web/src/pages/snapshots/history-page.tsx')).HistoryPage)

const aSnapshot = (number: number, rest: Partial<Snapshot> = {}): Snapshot => ({
  id: `20260101-00000${number}-000000`,
  collection: 'tools',
  takenAt: Date.UTC(2026, 0, 1, 0, 0, number),
  message: `message ${number}`,
  automatic: false,
  artifactCount: 3,
  whole: true,
  archive: null,
  ...rest,
})

const aFile = (path: string, rest: Partial<Plan['files'][number]> = {}): Plan['files'][number] => ({
  path,
  action: 'restore',
  conflict: null,
  binary: false,
  ...rest,
})

function daemonWith(
  snapshots: Snapshot[] = [aSnapshot(2), aSnapshot(1)],
  files: Plan['files'] = [aFile('skills/review/SKILL.md'), aFile('commands/ship.md', { action: 'remove' })],
): FakeDaemon {
  const planOf = ({ id, paths, keepChanges }: ParamsOf<'snapshots.analyze'>): Plan => {
    const wanted = files.filter(({ path }) => paths?.includes(path) ?? true)
    const told = keepChanges ? wanted : wanted.map((file) => ({ ...file, conflict: 'modified' as const }))
    return {
      snapshot: snapshots.find((one) => one.id === id) ?? aSnapshot(1),
      isSafe: told.every(({ conflict }) => conflict === null),
      files: told,
      entries: [],
      warnings: [],
    }
  }
  return fakeDaemon({
    'snapshots.list': ({ limit = 50, cursor }) => {
      const from = Number(cursor ?? 0)
      const end = from + limit
      return {
        collection: 'tools',
        items: snapshots.slice(from, end),
        total: snapshots.length,
        nextCursor: end < snapshots.length ? `${end}` : null,
      }
    },
    'snapshots.analyze': planOf,
    'snapshots.rollback': (params) => ({ ...planOf(params), safetySnapshotId: '20260102-000000-000000' }),
  })
}

const asked = (daemon: FakeDaemon, method: string): unknown[] =>
  daemon.asked.filter((one) => one.method === method).map(({ params }) => params)
const table = (): Promise<HTMLElement> => screen.findByRole('table', { name: 'Snapshots of tools' })
const inRow = async (number: number) =>
  within(
    within(await table())
      .getByText(`message ${number}`)
      .closest('tr') as HTMLElement,
  )

describe('the page of how a collection was', () => {
  it('lists snapshots, and says when there is none', async () => {
    const daemon = daemonWith([aSnapshot(2, { automatic: true, whole: false }), aSnapshot(1)])
    await open()
    const row = await inRow(2)
    expect(row.getByText('by itself')).toBeTruthy()
    expect(row.getByText('what changed: 3 artifacts')).toBeTruthy()
    // An archive is of a whole collection.
    expect(row.queryByRole('button', { name: /^Export/ })).toBeNull()
    expect((await inRow(1)).getByRole('button', { name: /^Export/ })).toBeTruthy()
    expect(asked(daemon, 'snapshots.list')).toEqual([{ limit: 100, collection: 'tools' }])
    daemon.answer({
      'snapshots.list': () => ({ collection: 'tools', items: [], total: 0, nextCursor: null }),
    })
    await live.tell({ method: 'events.event', params: { topic: 'collections.changed' } })
    await screen.findByText(/There is no snapshot yet/)
  })

  it('brings more of them when told to', async () => {
    daemonWith(Array.from({ length: 150 }, (_, at) => ({ ...aSnapshot(1), id: `snapshot ${at}` })))
    await open()
    expect(within(await table()).getAllByRole('row')).toHaveLength(101)
    fireEvent.click(screen.getByRole('button', { name: 'Show more of 150' }))
    await waitFor(async () => expect(within(await table()).getAllByRole('row')).toHaveLength(151))
  })

  it('goes back to one, wholly, and to what was there before', async () => {
    const daemon = daemonWith()
    await open()
    fireEvent.click((await inRow(1)).getByRole('button', { name: /^Go back to/ }))
    await screen.findByText('Safe')
    fireEvent.click(screen.getByRole('button', { name: 'Go back' }))
    await screen.findByText(/^tools is as it was/)
    fireEvent.click(screen.getByRole('button', { name: 'Undo' }))
    await screen.findByText('tools is as it was before.')
    expect(asked(daemon, 'snapshots.rollback')).toEqual([
      { collection: 'tools', id: aSnapshot(1).id, keepChanges: true },
      { collection: 'tools', id: '20260102-000000-000000' },
    ])
  })

  it('goes back in the files that are chosen, and names the conflicts of the others', async () => {
    const daemon = daemonWith()
    await open()
    fireEvent.click((await inRow(1)).getByRole('button', { name: /^Go back to/ }))
    await screen.findByText('Safe')
    fireEvent.click(screen.getByLabelText(/^Keep what was edited/))
    await screen.findByText('2 conflicts')
    expect(screen.getAllByText(/edited since, which would be lost/)).toHaveLength(2)
    fireEvent.click(screen.getByLabelText(/commands\/ship\.md/))
    fireEvent.click(screen.getByRole('button', { name: 'Go back in 1 file' }))
    await screen.findByText(/^tools is as it was/)
    expect(asked(daemon, 'snapshots.rollback')).toEqual([
      {
        collection: 'tools',
        id: aSnapshot(1).id,
        keepChanges: false,
        paths: ['skills/review/SKILL.md'],
      },
    ])
  })

  it('goes nowhere where everything is as it was, or nothing is chosen', async () => {
    daemonWith([aSnapshot(1)], [])
    await open()
    fireEvent.click((await inRow(1)).getByRole('button', { name: /^Go back to/ }))
    await screen.findByText('Everything is as it was then.')
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Go back' }).disabled).toBe(true)
  })

  it('compares one with now and with another', async () => {
    const daemon = daemonWith()
    daemon.answer({
      'snapshots.compare': ({ other }) => ({
        filesAdded: other === undefined ? ['skills/new/SKILL.md'] : [],
        filesRemoved: [],
        filesModified: ['commands/ship.md'],
        linesAdded: 4,
        linesRemoved: 1,
      }),
    })
    await open()
    fireEvent.click((await inRow(1)).getByRole('button', { name: /^Compare with/ }))
    await screen.findByText('2 files differ; 4 lines more and 1 less.')
    fireEvent.change(screen.getByRole('combobox', { name: 'Until' }), { target: { value: aSnapshot(2).id } })
    await screen.findByText('1 file differs; 4 lines more and 1 less.')
    const files = screen.getByRole('list', { name: 'Files that differ' })
    expect(files.textContent).toBe('Changed commands/ship.md')
  })

  it('takes, exports and deletes them', async () => {
    const daemon = daemonWith()
    const archived = aSnapshot(1, { archive: '/home/ada/a.tar.gz' })
    daemon.answer({
      'snapshots.create': () => aSnapshot(3),
      'snapshots.export': () => ({
        ...aSnapshot(1),
        archive: '/home/ada/a.tar.gz',
        sizeBytes: 2_000,
        warnings: [],
      }),
      'snapshots.delete': () => archived,
    })
    await open()
    fireEvent.click(await screen.findByRole('button', { name: 'Take a snapshot…' }))
    fireEvent.input(screen.getByLabelText('Message'), { target: { value: ' before the move ' } })
    fireEvent.click(screen.getByRole('button', { name: 'Take it' }))
    await screen.findByText('A snapshot of tools was taken.')
    expect(asked(daemon, 'snapshots.create')).toEqual([{ collection: 'tools', message: 'before the move' }])
    fireEvent.click((await inRow(1)).getByRole('button', { name: /^Export/ }))
    await screen.findByText('Exported to /home/ada/a.tar.gz (2.0 KB).')
    daemon.answer({
      'snapshots.list': () => ({ collection: 'tools', items: [archived], total: 1, nextCursor: null }),
    })
    await live.tell({ method: 'events.event', params: { topic: 'collections.changed' } })
    await within(await table()).findByText('/home/ada/a.tar.gz')
    fireEvent.click((await inRow(1)).getByRole('button', { name: /^Delete/ }))
    await screen.findByText(/Its archive goes, too/)
    fireEvent.click(screen.getByRole('button', { name: 'Delete' }))
    await screen.findByText('The snapshot is gone.')
    expect(asked(daemon, 'snapshots.delete')).toEqual([{ collection: 'tools', id: aSnapshot(1).id }])
  })

  it('keeps the dialog open and says why when something cannot be done', async () => {
    const daemon = daemonWith()
    daemon.answer({
      'snapshots.rollback': () => {
        throw new Refusal('snapshot.changed_meanwhile', 'The collection was changed meanwhile.')
      },
    })
    await open()
    fireEvent.click((await inRow(1)).getByRole('button', { name: /^Go back to/ }))
    await screen.findByText('Safe')
    fireEvent.click(screen.getByRole('button', { name: 'Go back' }))
    await screen.findByText('The collection was changed meanwhile.')
    expect(screen.getByRole('dialog')).toBeTruthy()
  })
})
