// @vitest-environment happy-dom
import { fireEvent, screen, waitFor, within } from '@testing-library/preact'
import { useState } from 'preact/hooks'
import { describe, expect, it, vi } from 'vitest'
import type { ResultOf } from '../../../protocol/methods.ts'
import { type FakeDaemon, live, liveMock, Refusal } from '../support/fake-daemon.ts'
import { asked, daemonWith } from '../support/library.ts'
import { openView } from '../support/open-view.tsx'

vi.mock('../../../web/src/live.ts', () => liveMock)

type Updated = ResultOf<'collections.update'>
type Item = Updated['items'][number]
type FilePlan = Item['files'][number]

const aFile = (path: string, rest: Partial<FilePlan> = {}): FilePlan => ({
  path,
  movedFrom: null,
  status: 'remote',
  conflict: null,
  isBinary: false,
  choice: null,
  isOpen: false,
  change: 'changed',
  hunks: [{ leftStart: 1, leftLines: 1, rightStart: 1, rightLines: 1, lines: ['-old words', '+new words'] }],
  ...rest,
})

const anItem = (name: string, rest: Partial<Item> = {}): Item => ({
  name,
  type: 'skill',
  action: 'copy',
  reason: null,
  from: { sha: null, version: '1.0.0' },
  to: { sha: null, version: '1.1.0' },
  hasBase: true,
  files: [aFile('SKILL.md')],
  openConflicts: 0,
  ...rest,
})

const answerOf = (items: Item[], operations: string[] = []): Updated => ({
  operations,
  collection: 'default',
  items,
  pushed: [],
  warnings: [],
})

const openDialog = (artifacts: Array<{ name: string; type: string }>) =>
  openView(
    '/collections',
    async () => (await import('../../../web/src/pages/sync/update-dialog.tsx')).UpdateDialog,
    { collection: 'default', artifacts, onClose: closed },
  )
const closed = vi.fn<() => void>()

/** Answers previews and updates with these items. */
function updating(preview: Item[], done: Updated = answerOf(preview, ['op-7'])): FakeDaemon {
  closed.mockClear()
  const daemon = daemonWith()
  daemon.answer({ 'collections.update': ({ dryRun }) => (dryRun ? answerOf(preview) : done) })
  return daemon
}

const review = { name: 'review', type: 'skill' }

describe('the dialog that updates artifacts of a collection', () => {
  it('shows what would change, does it, and takes it back', async () => {
    const daemon = updating([anItem('review')])
    await openDialog([review])
    await screen.findByText('1 artifact would change.')
    const dialog = within(screen.getByRole('dialog', { name: 'Update review of default' }))
    expect(dialog.getByTitle('1.0.0 here, 1.1.0 at its source')).toBeTruthy()
    expect(dialog.getByText('changed at the source')).toBeTruthy()
    await dialog.findByText(/kept in a snapshot first/)
    fireEvent.click(dialog.getByRole('button', { name: 'Update' }))
    await screen.findByText('Updated 1 artifact of default. What was there before is in a snapshot.')
    expect(closed).toHaveBeenCalledOnce()
    const request = {
      collection: 'default',
      artifacts: ['skill:review'],
      strategy: 'merge',
      conflicts: 'stop',
    }
    expect(asked(daemon, 'collections.update')[0]).toEqual({ ...request, dryRun: true })
    expect(asked(daemon, 'collections.update')).toContainEqual({ ...request, push: false })
    fireEvent.click(screen.getByRole('button', { name: 'Undo' }))
    await waitFor(() => expect(asked(daemon, 'deployments.undo')).toEqual([{ operation: 'op-7' }]))
  })

  it('lets each file be decided, and asks again what that does', async () => {
    const conflict = aFile('SKILL.md', { status: 'conflict', conflict: 'content', isOpen: true })
    const daemon = updating([anItem('review', { action: 'conflict', files: [conflict], openConflicts: 1 })])
    await openDialog([review])
    await screen.findByText(/^1 file to decide/)
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Update' }).disabled).toBe(true)
    daemon.answer({
      'collections.update': () => answerOf([anItem('review', { action: 'merge' })]),
    })
    const take = screen.getByRole<HTMLSelectElement>('combobox', { name: 'Which version of SKILL.md' })
    expect([...take.options].map(({ text }) => text)).toEqual([
      'By itself',
      'The source’s',
      'The collection’s',
      'Both merged',
      'As it was fetched',
    ])
    fireEvent.change(take, { target: { value: 'theirs' } })
    await screen.findByText('1 artifact would change.')
    expect(asked(daemon, 'collections.update').at(-1)).toMatchObject({
      choices: [{ artifact: 'skill:review', path: 'SKILL.md', take: 'theirs' }],
      dryRun: true,
    })
  })

  it('offers the source’s version or none instead of a merge, and the projects as well', async () => {
    const done = answerOf([anItem('review')], ['op-1', 'op-2'])
    const pushed = [{ ...anItem('review'), project: '/home/ada/api' }] as unknown as Updated['pushed']
    const daemon = updating([anItem('review')], { ...done, pushed })
    await openDialog([review])
    await screen.findByText('1 artifact would change.')
    fireEvent.change(screen.getByRole('combobox', { name: 'Strategy' }), { target: { value: 'upstream' } })
    await waitFor(() => expect(screen.queryByRole('combobox', { name: 'Conflicts' })).toBeNull())
    fireEvent.click(screen.getByLabelText(/^Bring it to the projects/))
    await waitFor(() =>
      expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Update' }).disabled).toBe(false),
    )
    fireEvent.click(screen.getByRole('button', { name: 'Update' }))
    await screen.findByText(/^Updated 1 artifact of default\. Brought to 1 project\./)
    expect(asked(daemon, 'collections.update')).toContainEqual({
      collection: 'default',
      artifacts: ['skill:review'],
      strategy: 'upstream',
      push: true,
    })
  })

  it('updates several, shows them closed, and stays open for what is left', async () => {
    const names = ['a', 'b', 'c', 'd']
    const items = [
      ...names.map((name) => anItem(name)),
      anItem('e', { action: 'failed', reason: 'Its source is gone.', to: null, files: [] }),
      anItem('f', { action: 'none', files: [] }),
    ]
    const daemon = updating(items)
    await openDialog([...names, 'e', 'f'].map((name) => ({ name, type: 'skill' })))
    await screen.findByText('4 artifacts would change. 1 artifact cannot be updated.')
    expect(screen.queryByText('changed at the source')).toBeNull()
    fireEvent.click(screen.getByRole('button', { name: 'Update 4 artifacts' }))
    await screen.findByText(/^Updated 4 artifacts of default\. 1 artifact is as before\./)
    expect(closed).not.toHaveBeenCalled()
    // A preview, the update, and a preview of what is left.
    await waitFor(() => expect(asked(daemon, 'collections.update')).toHaveLength(3))
  })

  it('asks the sources when somebody chooses, and not whenever a file is saved', async () => {
    const daemon = updating([anItem('review')])
    await openDialog([review])
    await screen.findByText('1 artifact would change.')
    for (const topic of ['artifacts.changed', 'collections.changed'])
      await live.tell({ method: 'events.event', params: { topic } })
    fireEvent.change(screen.getByRole('combobox', { name: 'Strategy' }), { target: { value: 'local' } })
    await waitFor(() =>
      expect(asked(daemon, 'collections.update').at(-1)).toMatchObject({ strategy: 'local' }),
    )
    expect(asked(daemon, 'collections.update')).toHaveLength(2)
  })

  it('asks them no more than before when somebody looks at the page again', async () => {
    const daemon = updating([anItem('review')])
    await openDialog([review])
    await screen.findByText('1 artifact would change.')
    window.dispatchEvent(new Event('focus'))
    fireEvent.click(screen.getByRole('button', { name: 'Update' }))
    await screen.findByText(/^Updated 1 artifact of default\./)
    expect(asked(daemon, 'collections.update')).toMatchObject([{ dryRun: true }, { push: false }])
  })

  it('asks the sources each time it is opened', async () => {
    const daemon = updating([anItem('review')])
    await openView('/collections', async () => {
      const { UpdateDialog } = await import('../../../web/src/pages/sync/update-dialog.tsx')
      return () => {
        const [isOpen, setOpen] = useState(true)
        return isOpen ? (
          <UpdateDialog collection="default" artifacts={[review]} onClose={() => setOpen(false)} />
        ) : (
          <button type="button" onClick={() => setOpen(true)}>
            Open again
          </button>
        )
      }
    })
    await screen.findByText('1 artifact would change.')
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }))
    fireEvent.click(await screen.findByRole('button', { name: 'Open again' }))
    await waitFor(() => expect(asked(daemon, 'collections.update')).toHaveLength(2))
  })

  it('names the projects that it was not brought to', async () => {
    const pushed = [
      { ...anItem('review'), project: '/home/ada/api' },
      { ...anItem('review', { action: 'conflict' }), project: '/home/ada/web' },
      { ...anItem('review', { action: 'skip' }), project: '/home/ada/docs' },
      { ...anItem('review', { action: 'none' }), project: '/home/ada/idle' },
    ] as unknown as Updated['pushed']
    updating([anItem('review')], { ...answerOf([anItem('review')], ['op-1']), pushed })
    await openDialog([review])
    await screen.findByText('1 artifact would change.')
    fireEvent.click(screen.getByRole('button', { name: 'Update' }))
    await screen.findByText(
      'Updated 1 artifact of default. Brought to 1 project. Something stayed as it was in 2 projects: /home/ada/docs, /home/ada/web. What was there before is in a snapshot.',
    )
  })

  it('says why nothing was done', async () => {
    updating(
      [anItem('review')],
      answerOf([anItem('review', { action: 'failed', reason: 'Somebody edits it.' })]),
    )
    await openDialog([review])
    await screen.findByText('1 artifact would change.')
    fireEvent.click(screen.getByRole('button', { name: 'Update' }))
    await screen.findByText('Somebody edits it.')
    expect(closed).not.toHaveBeenCalled()
  })

  it('says when there is nothing to do, and when it cannot be told', async () => {
    const daemon = updating([anItem('review', { action: 'none', files: [] })])
    await openDialog([review])
    await screen.findByText('Everything is as its source has it.')
    daemon.answer({
      'collections.update': () => {
        throw new Refusal('collection.not_found', 'There is no such collection.')
      },
    })
    fireEvent.change(screen.getByRole('combobox', { name: 'Strategy' }), { target: { value: 'local' } })
    await screen.findByText('There is no such collection.')
  })

  it('carries out no plan that nobody saw', async () => {
    const daemon = updating([anItem('review')])
    await openDialog([review])
    await screen.findByText('1 artifact would change.')
    const button = screen.getByRole<HTMLButtonElement>('button', { name: 'Update' })
    expect(button.disabled).toBe(false)
    daemon.answer({
      'collections.update': () => {
        throw new Refusal('collection.not_found', 'There is no such collection.')
      },
    })
    fireEvent.change(screen.getByRole('combobox', { name: 'Strategy' }), { target: { value: 'upstream' } })
    await screen.findByText('There is no such collection.')
    expect(screen.getByText('1 artifact would change.')).toBeTruthy()
    expect(button.disabled).toBe(true)
  })
})
