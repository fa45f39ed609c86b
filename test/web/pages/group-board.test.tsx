// @vitest-environment happy-dom
import { fireEvent, screen, waitFor, within } from '@testing-library/preact'
import { describe, expect, it, vi } from 'vitest'
import type { ResultOf } from '../../../protocol/methods.ts'
import { type FakeDaemon, liveMock, Refusal } from '../support/fake-daemon.ts'
import { aCollection, asked, daemonWith } from '../support/library.ts'
import { openView } from '../support/open-view.tsx'

vi.mock('../../../web/src/live.ts', () => liveMock)

type Stored = ResultOf<'groups.show'>

const aGroup = (name: string, members: string[], rest: Partial<Stored> = {}): Stored => ({
  name,
  collection: 'default',
  description: '',
  color: 'slate',
  icon: 'layers',
  position: 0,
  artifactCount: members.length,
  unresolvedCount: 0,
  members: members.map((member, position) => ({ member, position, resolved: true, artifact: null })),
  ...rest,
})

/** `Zeal` has review and lint, in that order, and one that is not there; `Care` has nothing. */
async function openBoard(): Promise<FakeDaemon> {
  const daemon = daemonWith()
  answerGroups(daemon, [aGroup('Zeal', ['review', 'command:lint', 'skill:gone']), aGroup('Care', [])])
  await openView(
    '/collections?view=groups&by=group',
    async () => (await import('../../../web/src/pages/collections/collections-page.tsx')).CollectionsPage,
  )
  await screen.findByRole('list', { name: 'Zeal' })
  return daemon
}

const answerGroups = (daemon: FakeDaemon, groups: Stored[]): void =>
  daemon.answer({
    'groups.list': () => ({ items: groups, total: groups.length }),
    'groups.show': ({ name }) => groups.find((one) => one.name === name) ?? aGroup(name, []),
  })
const cardsOf = (name: string): Array<string | null> =>
  within(screen.getByRole('region', { name }))
    .queryAllByRole('checkbox')
    .map((box) => box.getAttribute('aria-label'))
const stepDown = (name: string): void =>
  void fireEvent.keyDown(screen.getByRole('button', { name }), { key: 'ArrowDown', altKey: true })
const choose = async (menu: string, item: string): Promise<void> => {
  fireEvent.click(screen.getByRole('button', { name: menu }))
  fireEvent.click(await screen.findByRole('menuitem', { name: item }))
}

describe('the groups of a collection', () => {
  it('name members that are not in the collection', async () => {
    await openBoard()
    expect(screen.getByText('Not in the collection now: skill:gone')).toBeTruthy()
    expect(within(screen.getByRole('region', { name: 'Care' })).getByText('Nothing is in it.')).toBeTruthy()
  })

  it('say why they cannot be read, and are read again', async () => {
    const daemon = daemonWith()
    daemon.answer({
      'groups.list': () => {
        throw new Refusal('config.syntax', 'collection.toml, line 3: no value.')
      },
    })
    await openView(
      '/collections?view=groups&by=group',
      async () => (await import('../../../web/src/pages/collections/collections-page.tsx')).CollectionsPage,
    )
    await screen.findByText('collection.toml, line 3: no value.')
    answerGroups(daemon, [aGroup('Zeal', ['review'])])
    fireEvent.click(screen.getByRole('button', { name: 'Retry' }))
    await screen.findByRole('list', { name: 'Zeal' })
    expect(screen.queryByText('collection.toml, line 3: no value.')).toBeNull()
  })

  it('show a move at once, and make one after the other', async () => {
    const daemon = await openBoard()
    const waiting: Array<() => void> = []
    daemon.answer({
      'groups.order': ({ name }) => new Promise((resolve) => waiting.push(() => resolve(aGroup(name, [])))),
      'groups.assign': ({ name }) => aGroup(name, []),
    })
    stepDown('Move review')
    await waitFor(() => expect(cardsOf('Zeal')).toEqual(['Select lint', 'Select review']))
    await choose('Move review', 'Move into Care')
    await waitFor(() => expect(cardsOf('Care')).toEqual(['Select review']))
    await waitFor(() => expect(waiting).toHaveLength(1))
    expect(asked(daemon, 'groups.assign')).toEqual([])
    answerGroups(daemon, [aGroup('Zeal', ['command:lint', 'skill:gone']), aGroup('Care', ['skill:review'])])
    waiting[0]?.()
    await screen.findByText('review is number 1 of 1 in Care now.')
    expect(asked(daemon, 'groups.order')).toEqual([
      { collection: 'default', name: 'Zeal', members: ['command:lint', 'skill:review', 'skill:gone'] },
    ])
    expect(asked(daemon, 'groups.assign')).toEqual([
      { collection: 'default', name: 'Care', add: ['skill:review'], from: 'Zeal' },
    ])
    await waitFor(() => expect(cardsOf('Zeal')).toEqual(['Select lint']))
  })

  it('are as they were when a move fails', async () => {
    const daemon = await openBoard()
    daemon.answer({
      'groups.assign': () => {
        throw new Refusal('collection.changing', 'Somebody else changes it.')
      },
    })
    await choose('Move lint', 'Take out of Zeal')
    await screen.findByText('Somebody else changes it.')
    await waitFor(() => expect(cardsOf('Zeal')).toEqual(['Select review', 'Select lint']))
    expect(asked(daemon, 'groups.assign')).toEqual([
      { collection: 'default', name: 'Zeal', remove: ['command:lint'] },
    ])
  })

  it('give up what waits behind a move that fails, and move on afterwards', async () => {
    const daemon = await openBoard()
    const waiting: Array<() => void> = []
    daemon.answer({
      'groups.order': () =>
        new Promise((_, reject) =>
          waiting.push(() => reject(new Refusal('collection.changing', 'Somebody else changes it.'))),
        ),
      'groups.assign': ({ name }) => aGroup(name, []),
    })
    stepDown('Move review')
    await choose('Move review', 'Move into Care')
    await waitFor(() => expect(cardsOf('Care')).toEqual(['Select review']))
    await waitFor(() => expect(waiting).toHaveLength(1))
    waiting[0]?.()
    await screen.findByText('Somebody else changes it.')
    await waitFor(() => expect(cardsOf('Zeal')).toEqual(['Select review', 'Select lint']))
    expect(asked(daemon, 'groups.assign')).toEqual([])
    await choose('Move lint', 'Take out of Zeal')
    await waitFor(() => expect(asked(daemon, 'groups.assign')).toHaveLength(1))
  })

  it('are put in another order, and no further than the end', async () => {
    const daemon = await openBoard()
    daemon.answer({ 'groups.reorder': () => ({ items: [], total: 0 }) })
    stepDown('What to do with Care')
    stepDown('What to do with Zeal')
    await screen.findByText('Zeal is number 2 of 2 groups now.')
    expect(asked(daemon, 'groups.reorder')).toEqual([{ collection: 'default', names: ['Care', 'Zeal'] }])
  })

  it('are changed in what somebody changed alone', async () => {
    const daemon = await openBoard()
    daemon.answer({ 'groups.update': ({ name }) => aGroup(name, []) })
    await choose('What to do with Zeal', 'Change…')
    const dialog = within(screen.getByRole('dialog', { name: 'Change the group Zeal' }))
    fireEvent.input(dialog.getByLabelText('Name'), { target: { value: ' Fervour ' } })
    fireEvent.click(dialog.getByRole('radio', { name: 'rose' }))
    fireEvent.click(dialog.getByRole('button', { name: 'Change' }))
    await screen.findByText('Changed the group Fervour.')
    expect(asked(daemon, 'groups.update')).toEqual([
      { collection: 'default', name: 'Zeal', newName: 'Fervour', color: 'rose' },
    ])
  })

  it('keep a colour and an icon that the page does not know', async () => {
    const daemon = daemonWith()
    answerGroups(daemon, [aGroup('Odd', [], { color: '#123456', icon: 'dragon' })])
    daemon.answer({ 'groups.update': ({ name }) => aGroup(name, []) })
    await openView(
      '/collections?view=groups&by=group',
      async () => (await import('../../../web/src/pages/collections/collections-page.tsx')).CollectionsPage,
    )
    await screen.findByRole('region', { name: 'Odd' })
    await choose('What to do with Odd', 'Change…')
    expect(screen.getByRole<HTMLInputElement>('radio', { name: 'dragon' }).checked).toBe(true)
    expect(screen.getByLabelText<HTMLInputElement>('Another colour').value).toBe('#123456')
    fireEvent.input(screen.getByLabelText('Description'), { target: { value: 'Here be.' } })
    fireEvent.click(screen.getByRole('button', { name: 'Change' }))
    await screen.findByText('Changed the group Odd.')
    expect(asked(daemon, 'groups.update')).toEqual([
      { collection: 'default', name: 'Odd', description: 'Here be.' },
    ])
  })

  it('are copied to another collection under their name, and to their own under another', async () => {
    const daemon = await openBoard()
    daemon.answer({
      'collections.list': () => ({ items: [aCollection('default', true), aCollection('work', false)] }),
      'groups.copy': ({ name }) => aGroup(name, [], { unresolvedCount: 1 }),
    })
    await choose('What to do with Zeal', 'Copy…')
    fireEvent.click(screen.getByRole('button', { name: 'Copy' }))
    await screen.findByText(/^Copied Zeal to Zeal copy of default\./)
    await choose('What to do with Zeal', 'Copy…')
    fireEvent.change(screen.getByLabelText('Into'), { target: { value: 'work' } })
    fireEvent.click(screen.getByRole('button', { name: 'Copy' }))
    await screen.findByText(/^Copied Zeal to Zeal of work\. 1 member is not there/)
    expect(asked(daemon, 'groups.copy')).toEqual([
      { collection: 'default', name: 'Zeal', to: 'default', newName: 'Zeal copy' },
      { collection: 'default', name: 'Zeal', to: 'work' },
    ])
  })
})
