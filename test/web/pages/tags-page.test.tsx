// @vitest-environment happy-dom
import { fireEvent, screen, waitFor, within } from '@testing-library/preact'
import { describe, expect, it, vi } from 'vitest'
import type { ResultOf } from '../../../protocol/methods.ts'
import { type FakeDaemon, fakeDaemon, live, liveMock, Refusal } from '../support/fake-daemon.ts'
import { asked } from '../support/library.ts'
import { openView } from '../support/open-view.tsx'

vi.mock('../../../web/src/live.ts', () => liveMock)

type Tag = ResultOf<'tags.list'>['items'][number]

const aTag = (name: string, rest: Partial<Tag> = {}): Tag => ({
  name,
  slug: name.toLowerCase(),
  color: null,
  description: '',
  artifactCount: 0,
  defined: true,
  ...rest,
})

async function openTags(items: Tag[]): Promise<FakeDaemon> {
  const daemon = fakeDaemon({ 'tags.list': () => ({ items, total: items.length }) })
  await openView(
    '/collections/tags',
    async () => (await import('../../../web/src/pages/collections/tags-page.tsx')).TagsPage,
  )
  await screen.findByRole('heading', { name: 'Tags' })
  return daemon
}

const changed = (name: string): ResultOf<'tags.update'> => ({ tag: aTag(name), notWritten: [] })

describe('the page of tags', () => {
  it('says what each is on, and leads to those', async () => {
    await openTags([
      aTag('daily', { artifactCount: 1_234, description: 'Each day.' }),
      aTag('r&d', { defined: false }),
    ])
    const row = (await screen.findByRole('link', { name: 'daily' })).closest('tr') as HTMLElement
    expect(within(row).getByText('1,234')).toBeTruthy()
    expect(within(row).getByText('Each day.')).toBeTruthy()
    expect(screen.getByRole('link', { name: 'r&d' }).getAttribute('href')).toBe('/collections?tag=r%26d')
  })

  it('makes one', async () => {
    const daemon = await openTags([])
    await screen.findByText(/^There is no tag yet\./)
    daemon.answer({ 'tags.create': ({ name }) => changed(name) })
    fireEvent.click(screen.getByRole('button', { name: 'New tag…' }))
    fireEvent.input(screen.getByLabelText('Name'), { target: { value: ' weekly ' } })
    fireEvent.click(screen.getByLabelText('With a colour'))
    fireEvent.input(await screen.findByLabelText('Colour'), { target: { value: '#22c55e' } })
    fireEvent.click(screen.getByRole('button', { name: 'Make it' }))
    await screen.findByText('Made the tag weekly.')
    expect(asked(daemon, 'tags.create')).toEqual([{ name: 'weekly', color: '#22c55e' }])
  })

  it('changes what somebody changed, and says which collection could not be written', async () => {
    const daemon = await openTags([
      aTag('daily', { color: '#22c55e', description: 'Each day.', artifactCount: 2 }),
    ])
    daemon.answer({
      'tags.update': () => {
        throw new Refusal('tag.duplicate', 'There is a tag of this name.')
      },
    })
    fireEvent.click(await screen.findByRole('button', { name: 'Change daily' }))
    expect(screen.getByText('2 artifacts of all collections have it.')).toBeTruthy()
    fireEvent.input(screen.getByLabelText('Name'), { target: { value: 'weekly' } })
    fireEvent.click(screen.getByLabelText('With a colour'))
    fireEvent.click(screen.getByRole('button', { name: 'Change' }))
    await screen.findByText('There is a tag of this name.')
    daemon.answer({
      'tags.update': () => ({
        ...changed('weekly'),
        notWritten: [{ collection: 'work', reason: 'The file is read-only.' }],
      }),
    })
    fireEvent.click(screen.getByRole('button', { name: 'Change' }))
    await screen.findByText('Changed the tag weekly. Not in work: The file is read-only.')
    expect(asked(daemon, 'tags.update').at(-1)).toEqual({ tag: 'daily', name: 'weekly', color: null })
  })

  it('changes and deletes the one that was chosen where its name is the slug of another', async () => {
    const daemon = await openTags([aTag('r-d', { slug: 'r-d-2' }), aTag('R & D', { slug: 'r-d' })])
    daemon.answer({ 'tags.update': () => changed('r-d'), 'tags.delete': () => changed('r-d') })
    fireEvent.click(await screen.findByRole('button', { name: 'Change r-d' }))
    fireEvent.input(screen.getByLabelText('Description'), { target: { value: 'Of old.' } })
    fireEvent.click(screen.getByRole('button', { name: 'Change' }))
    await screen.findByText('Changed the tag r-d.')
    expect(asked(daemon, 'tags.update')).toEqual([{ tag: 'r-d-2', description: 'Of old.' }])
    fireEvent.click(screen.getByRole('button', { name: 'Delete r-d' }))
    fireEvent.click(screen.getByRole('button', { name: 'Delete' }))
    await screen.findByText('Deleted the tag r-d.')
    expect(asked(daemon, 'tags.delete')).toEqual([{ tag: 'r-d-2' }])
  })

  it('deletes one once it is said what loses it', async () => {
    const daemon = await openTags([aTag('daily', { artifactCount: 2 })])
    daemon.answer({ 'tags.delete': ({ tag }) => changed(tag) })
    fireEvent.click(await screen.findByRole('button', { name: 'Delete daily' }))
    const dialog = within(screen.getByRole('dialog', { name: 'Delete the tag daily' }))
    expect(dialog.getByText(/^2 artifacts have it and lose it, in all collections\./)).toBeTruthy()
    fireEvent.click(dialog.getByRole('button', { name: 'Delete' }))
    await screen.findByText('Deleted the tag daily.')
    expect(asked(daemon, 'tags.delete')).toEqual([{ tag: 'daily' }])
  })

  it('shows what others do to them as it happens', async () => {
    const daemon = await openTags([aTag('daily')])
    await screen.findByRole('link', { name: 'daily' })
    daemon.answer({ 'tags.list': () => ({ items: [aTag('weekly')], total: 1 }) })
    await live.tell({ method: 'events.event', params: { topic: 'collections.changed' } })
    await waitFor(() => expect(screen.queryByRole('link', { name: 'daily' })).toBeNull())
    expect(screen.getByRole('link', { name: 'weekly' })).toBeTruthy()
  })
})
