// @vitest-environment happy-dom
import { fireEvent, screen, waitFor, within } from '@testing-library/preact'
import { describe, expect, it, vi } from 'vitest'
import type { ResultOf } from '../../../protocol/methods.ts'
import { live, liveMock, Refusal } from '../support/fake-daemon.ts'
import { aCollection, aHeld, asked, daemonWith } from '../support/library.ts'
import { openView } from '../support/open-view.tsx'

vi.mock('../../../web/src/live.ts', () => liveMock)

type Artifact = ResultOf<'artifacts.list'>['items'][number]

const open = (path = '/collections') =>
  openView(
    path,
    async () => (await import('../../../web/src/pages/collections/collections-page.tsx')).CollectionsPage,
  )

const grid = (): Promise<HTMLElement> => screen.findByRole('grid', { name: 'Artifacts of the collection' })
const names = async (): Promise<Array<string | undefined>> =>
  within(await grid())
    .getAllByRole('link')
    .map((link) => link.textContent?.trim())
const select = async (name: string): Promise<void> => {
  const row = within(await grid())
    .getAllByRole('row')
    .find((one) => one.textContent?.includes(name))
  fireEvent.click(within(row as HTMLElement).getByRole('checkbox'))
}

describe('the page of collections', () => {
  it('shows what the active one holds, with how it stands to its source and its files', async () => {
    daemonWith()
    await open()
    expect(await names()).toEqual(['lint', 'lost Files missing', 'review'])
    const table = await grid()
    await within(table).findByText('Update available')
    expect(within(table).getByText('Current')).toBeTruthy()
    expect(within(table).getByTitle('1.0.0 here, 1.1.0 at its source')).toBeTruthy()
    const link = within(table).getByRole('link', { name: 'review' })
    expect(link.getAttribute('href')).toBe('/artifacts/art_review')
    await screen.findByText('3 artifacts')
    const chooser = screen.getByRole<HTMLSelectElement>('combobox', { name: 'Collection' })
    expect([...chooser.options].map(({ text }) => text)).toEqual(['default (active), 3', 'work, 3'])
  })

  it('finds by words, type, tag and state, in its address', async () => {
    daemonWith()
    await open('/collections?tag=quality')
    expect(await names()).toEqual(['lint', 'review'])
    await screen.findByText('2 of 3 artifacts')
    fireEvent.change(screen.getByRole('combobox', { name: 'Type' }), { target: { value: 'command' } })
    await waitFor(async () => expect(await names()).toEqual(['lint']))
    expect(location.search).toBe('?tag=quality&type=command')
    fireEvent.click(screen.getByRole('button', { name: 'Clear all' }))
    await waitFor(async () => expect(await names()).toHaveLength(3))
    fireEvent.input(screen.getByRole('searchbox'), { target: { value: 'about REV' } })
    await waitFor(async () => expect(await names()).toEqual(['review']))
    fireEvent.input(screen.getByRole('searchbox'), { target: { value: 'zzz' } })
    fireEvent.click(await screen.findByRole('button', { name: 'Show all' }))
    fireEvent.change(await screen.findByRole('combobox', { name: 'Against its source' }), {
      target: { value: 'outdated' },
    })
    await waitFor(async () => expect(await names()).toEqual(['review']))
  })

  it('shows cards, and groups of them in which one with two tags stands twice', async () => {
    daemonWith()
    await open('/collections?view=grid')
    const cards = await screen.findByRole('list', { name: 'Artifacts of the collection' })
    expect(within(cards).getByText('About review.')).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: 'Grouped' }))
    fireEvent.change(await screen.findByRole('combobox', { name: 'Grouped' }), { target: { value: 'tag' } })
    const cardsOf = (name: string): Array<string | null> =>
      within(screen.getByRole('list', { name }))
        .getAllByRole('checkbox')
        .map((box) => box.getAttribute('aria-label'))
    await waitFor(() => expect(cardsOf('quality')).toEqual(['Select lint', 'Select review']))
    expect(cardsOf('daily')).toEqual(['Select review'])
    expect(screen.getAllByRole('heading', { level: 2 }).map(({ textContent }) => textContent)).toEqual([
      '▾ daily 1',
      '▾ quality 2',
      '▾ Without a tag 1',
    ])
    fireEvent.click(screen.getByRole('button', { name: /daily/, expanded: true }))
    await waitFor(() => expect(screen.queryByRole('list', { name: 'daily' })).toBeNull())
    fireEvent.click(
      within(screen.getByRole('list', { name: 'quality' })).getAllByText('quality')[0] as Element,
    )
    await waitFor(() => expect(location.search).toContain('tag=quality'))
  })

  it('says in how many projects each is, how those are, and leads to them', async () => {
    const daemon = daemonWith()
    const aDeployment = (name: string, type: string, project: string | null, state: string) =>
      ({ name, type, state, project: project && { id: project, name: project, path: '/p' } }) as never
    daemon.answer({
      'deployments.list': () => ({
        items: [
          aDeployment('review', 'skill', 'prj_api', 'current'),
          // For another agent of the same project.
          aDeployment('review', 'skill', 'prj_api', 'outdated'),
          aDeployment('review', 'skill', 'prj_web', 'current'),
          aDeployment('lint', 'command', null, 'missing'),
        ],
        total: 4,
        states: {},
      }),
    })
    await open()
    const link = await within(await grid()).findByRole('link', { name: '2 projects' })
    expect(link.getAttribute('href')).toBe('/deployments?collection=default&artifact=skill%3Areview')
    expect(link.title).toBe('review: 2 synced, 1 outdated')
    expect(within(await grid()).getByRole('link', { name: 'home' }).title).toBe('lint: 1 missing')
    expect(within(await grid()).getByText('Not deployed')).toBeTruthy()
    expect(asked(daemon, 'deployments.list')).toEqual([{ collection: 'default', limit: 10_000 }])
    await select('lost')
    const leads = await screen.findByRole('link', { name: 'Deployments' })
    expect(leads.getAttribute('href')).toBe('/deployments?collection=default&artifact=skill%3Alost')
  })

  it('shows another one, and makes it the active one', async () => {
    const daemon = daemonWith()
    daemon.answer({ 'collections.use': () => ({ name: 'work', path: '/w' }) })
    await open()
    fireEvent.change(await screen.findByRole('combobox', { name: 'Collection' }), {
      target: { value: 'work' },
    })
    await screen.findByText(/^The collection is empty/)
    expect(location.search).toBe('?name=work')
    fireEvent.click(screen.getByRole('button', { name: 'Make active' }))
    await screen.findByText('work is the active collection now.')
    expect(asked(daemon, 'collections.use')).toEqual([{ name: 'work' }])
  })

  it('makes a collection, and deletes one that is not active', async () => {
    const daemon = daemonWith()
    daemon.answer({
      'collections.create': ({ name }) => ({ ...aCollection(name, false), created: true }),
      'collections.delete': ({ name }) => ({ name, path: '/w', artifactCount: 3, operation: 'op-9' }),
    })
    await open()
    fireEvent.click(await screen.findByRole('button', { name: 'New…' }))
    fireEvent.input(screen.getByLabelText('Name'), { target: { value: ' work ' } })
    fireEvent.click(screen.getByRole('button', { name: 'Create' }))
    await waitFor(() => expect(location.search).toBe('?name=work'))
    expect(asked(daemon, 'collections.create')).toEqual([{ name: 'work' }])
    fireEvent.click(await screen.findByRole('button', { name: 'Delete…' }))
    await screen.findByText(/3 artifacts and everything else in its folder/)
    fireEvent.click(screen.getByRole('button', { name: 'Delete' }))
    await screen.findByText('Deleted the collection work.')
    await waitFor(() => expect(location.search).toBe(''))
    fireEvent.click(screen.getByRole('button', { name: 'Undo' }))
    await waitFor(() => expect(asked(daemon, 'deployments.undo')).toEqual([{ operation: 'op-9' }]))
  })

  it('makes the first one where there is none', async () => {
    const daemon = daemonWith()
    daemon.answer({
      'collections.list': () => ({ items: [] }),
      'collections.show': () => {
        throw new Refusal('collection.not_found', 'There is no collection.')
      },
      'collections.init': () => {
        daemon.answer({
          'collections.list': () => ({ items: [aCollection('default', true)] }),
          'collections.show': () => ({ ...aCollection('default', true), artifacts: [] }),
        })
        return { ...aCollection('default', true), created: true }
      },
    })
    await open()
    fireEvent.click(await screen.findByRole('button', { name: 'Make the first one' }))
    await screen.findByText(/^The collection is empty/)
  })

  it('removes what is chosen once it is said what goes, and brings it back', async () => {
    const daemon = daemonWith()
    let operation = 0
    daemon.answer({
      'collections.remove': ({ name }) => ({
        name,
        type: 'skill',
        collection: 'default',
        path: aHeld(name).path,
        filesRemoved: true,
        operation: `op-${++operation}`,
      }),
    })
    await open()
    await select('lint')
    await select('review')
    await screen.findByText('2 selected')
    fireEvent.click(screen.getByRole('button', { name: 'Remove…' }))
    const dialog = within(screen.getByRole('dialog', { name: 'Remove 2 artifacts from default' }))
    expect(dialog.getByText(aHeld('review').path)).toBeTruthy()
    fireEvent.click(dialog.getByRole('button', { name: 'Remove' }))
    await screen.findByText('Removed 2 artifacts from default.')
    expect(asked(daemon, 'collections.remove')).toEqual([
      { name: 'lint', type: 'command', collection: 'default', keepFiles: false },
      { name: 'review', type: 'skill', collection: 'default', keepFiles: false },
    ])
    await waitFor(() => expect(screen.queryByText('2 selected')).toBeNull())
    fireEvent.click(screen.getByRole('button', { name: 'Undo' }))
    await screen.findByText(/^Taken back/)
    // What was done last is taken back first.
    expect(asked(daemon, 'deployments.undo')).toEqual([{ operation: 'op-2' }, { operation: 'op-1' }])
  })

  it('lets those be taken back that went before one failed', async () => {
    const daemon = daemonWith()
    daemon.answer({
      'collections.remove': ({ name }) => {
        if (name === 'review') throw new Refusal('collection.changing', 'Somebody else changes it.')
        return {
          name,
          type: 'skill',
          collection: 'default',
          path: '/p',
          filesRemoved: true,
          operation: 'op-1',
        }
      },
    })
    await open()
    await select('lint')
    await select('review')
    fireEvent.click(await screen.findByRole('button', { name: 'Remove…' }))
    fireEvent.click(screen.getByRole('button', { name: 'Remove' }))
    await screen.findByText('Somebody else changes it.')
    expect(screen.getByRole('dialog')).toBeTruthy()
    fireEvent.click(await screen.findByRole('button', { name: 'Undo' }))
    await waitFor(() => expect(asked(daemon, 'deployments.undo')).toEqual([{ operation: 'op-1' }]))
  })

  it('opens the dialog that deploys what is chosen', async () => {
    daemonWith()
    await open()
    await select('review')
    fireEvent.click(await screen.findByRole('button', { name: 'Deploy…' }))
    expect(screen.getByRole('dialog', { name: 'Deploy review' })).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }))
    fireEvent.click(await screen.findByRole('button', { name: 'Undeploy…' }))
    expect(screen.getByRole('dialog', { name: 'Undeploy review' })).toBeTruthy()
  })

  it('shows groups in their order with what is in none, and puts what is chosen into one', async () => {
    const daemon = daemonWith()
    const aGroup = (name: string, members: string[]): ResultOf<'groups.show'> => ({
      name,
      collection: 'default',
      description: '',
      color: 'slate',
      icon: 'layers',
      position: 0,
      artifactCount: members.length,
      unresolvedCount: 0,
      members: members.map((member, position) => ({ member, position, resolved: true, artifact: null })),
    })
    // An older file has the bare name; what is not there is left out.
    const groups = [aGroup('Zeal', ['review', 'skill:gone']), aGroup('Care', ['command:lint'])]
    daemon.answer({
      'groups.list': () => ({ items: groups, total: 2 }),
      'groups.show': ({ name }) => groups.find((one) => one.name === name) ?? aGroup(name, []),
      'groups.assign': ({ name }) => aGroup(name, []),
      'groups.create': ({ name }) => aGroup(name, []),
    })
    await open('/collections?view=groups&by=group')
    await waitFor(() =>
      expect(screen.getAllByRole('heading', { level: 2 }).map(({ textContent }) => textContent)).toEqual([
        '▾ Zeal 1',
        '▾ Care 1',
        '▾ In no group 1',
      ]),
    )
    for (const name of ['Care', 'New one']) {
      if (name === 'Care') fireEvent.click(screen.getByLabelText('Select lost'))
      fireEvent.click(await screen.findByRole('button', { name: 'Group…' }))
      fireEvent.input(screen.getByLabelText(/^Group, one/), { target: { value: name } })
      const put = screen.getByRole<HTMLButtonElement>('button', { name: 'Put into the group' })
      await waitFor(() => expect(put.disabled).toBe(false))
      fireEvent.click(put)
      await screen.findByText(`Put 1 artifact into ${name}.`)
    }
    expect(asked(daemon, 'groups.assign')).toEqual([
      { collection: 'default', name: 'Care', add: ['skill:lost'] },
    ])
    expect(asked(daemon, 'groups.create')).toEqual([
      { collection: 'default', name: 'New one', members: ['skill:lost'] },
    ])
  })

  it('adds tags to what is chosen and takes others away, and says what could not be written', async () => {
    const daemon = daemonWith()
    daemon.answer({
      'tags.assign': () => ({
        collection: 'default',
        artifacts: [],
        created: [],
        notWritten: [{ collection: 'default', reason: 'The file is read-only.' }],
      }),
    })
    await open()
    await select('lint')
    await select('review')
    fireEvent.click(await screen.findByRole('button', { name: 'Tags…' }))
    fireEvent.input(screen.getByLabelText(/^Add tags/), { target: { value: 'new, ,  fresh' } })
    fireEvent.click(screen.getByLabelText('daily'))
    fireEvent.click(screen.getByRole('button', { name: 'Change' }))
    await screen.findByText('default: The file is read-only.')
    daemon.answer({
      'tags.assign': () => ({ collection: 'default', artifacts: [], created: [], notWritten: [] }),
    })
    fireEvent.click(screen.getByRole('button', { name: 'Change' }))
    await screen.findByText('Changed the tags of 2 artifacts.')
    expect(asked(daemon, 'tags.assign').at(-1)).toEqual({
      collection: 'default',
      artifacts: ['command:lint', 'skill:review'],
      add: ['new', 'fresh'],
      remove: ['daily'],
    })
  })

  it('adds from a source that it looks at first', async () => {
    const daemon = daemonWith()
    daemon.answer({
      'collections.verify': ({ spec }) => ({
        source: spec,
        valid: spec.includes('good'),
        reason: spec.includes('good') ? null : 'There is no SKILL.md.',
        type: 'skill',
        name: 'good',
        resolvedSha: '0123456789abcdef0123456789abcdef01234567',
        warnings: [],
      }),
      'collections.add': ({ spec }) => ({
        name: 'good',
        type: 'skill',
        collection: 'default',
        path: '/p',
        origin: 'github',
        upstream: spec,
        version: null,
        resolvedSha: null,
        contentHash: '0'.repeat(64),
        warnings: ['It has no licence.'],
        operation: 'op-1',
      }),
    })
    await open()
    fireEvent.click(await screen.findByRole('button', { name: 'Add…' }))
    const spec = await screen.findByLabelText(/^Source/)
    fireEvent.input(spec, { target: { value: 'ada/skills/bad' } })
    fireEvent.click(screen.getByRole('button', { name: 'Look first' }))
    await screen.findByText(/There is no SKILL\.md/)
    fireEvent.input(spec, { target: { value: 'ada/skills/good' } })
    // What was said of another one is not said of this one.
    await waitFor(() => expect(screen.queryByText(/There is no SKILL\.md/)).toBeNull())
    fireEvent.click(screen.getByRole('button', { name: 'Look first' }))
    await screen.findByText(/good skill at 0123456/)
    fireEvent.input(screen.getByLabelText(/^Tags/), { target: { value: 'daily, , new' } })
    fireEvent.click(screen.getByRole('button', { name: 'Add' }))
    await screen.findByText('Added good to default. It has no licence.')
    expect(asked(daemon, 'collections.add')).toEqual([
      { spec: 'ada/skills/good', collection: 'default', force: false, tags: ['daily', 'new'] },
    ])
  })

  it('adds from a project', async () => {
    const daemon = daemonWith()
    await open()
    fireEvent.click(await screen.findByRole('button', { name: 'Add…' }))
    fireEvent.click(await screen.findByLabelText('A project'))
    daemon.answer({
      'artifacts.list': () => ({
        items: [
          { id: 'a', name: 'ship', type: 'command', path: '/p' },
          { id: 'b', name: 'house', type: 'rule', path: '/r' },
        ] as Artifact[],
        total: 2,
        nextCursor: null,
      }),
      'collections.add': () => {
        throw new Refusal('collection.artifact_exists', 'There is one of this name.', 'Replace it.')
      },
    })
    await screen.findByText('api (/home/ada/api)')
    fireEvent.change(screen.getByLabelText('Project'), { target: { value: 'prj_api' } })
    await screen.findByText('ship (command)')
    // Collections hold no rules.
    expect(screen.queryByText('house (rule)')).toBeNull()
    fireEvent.change(screen.getByLabelText('Artifact'), { target: { value: 'ship' } })
    fireEvent.click(screen.getByRole('button', { name: 'Add' }))
    const dialog = within(screen.getByRole('dialog', { name: 'Add to default' }))
    await dialog.findByText('There is one of this name.')
    expect(dialog.getByText('Replace it.')).toBeTruthy()
    expect(asked(daemon, 'collections.add')).toEqual([
      {
        spec: 'ship',
        type: 'command',
        collection: 'default',
        force: false,
        tags: [],
        fromProject: 'prj_api',
      },
    ])
  })

  it('shows what others do to it as it happens', async () => {
    const daemon = daemonWith()
    await open()
    expect(await names()).toHaveLength(3)
    daemon.answer({
      'collections.show': () => ({ ...aCollection('default', true), artifacts: [aHeld('alone')] }),
    })
    await live.tell({ method: 'events.event', params: { topic: 'collections.changed' } })
    await waitFor(async () => expect(await names()).toEqual(['alone']))
  })

  it('names the file that is broken, and keeps out of it', async () => {
    const daemon = daemonWith()
    daemon.answer({
      'collections.show': () => {
        throw new Refusal('config.syntax', 'collection.toml, line 3: no value.', 'Correct it.')
      },
    })
    await open()
    await screen.findByText('collection.toml, line 3: no value.')
    expect(screen.queryByRole('button', { name: 'Add…' })).toBeNull()
  })

  it('keeps what it shows, and what somebody writes, when it cannot be read again', async () => {
    const daemon = daemonWith()
    await open()
    await select('lint')
    fireEvent.click(await screen.findByRole('button', { name: 'Group…' }))
    fireEvent.input(screen.getByLabelText(/^Group, one/), { target: { value: 'Zeal' } })
    daemon.answer({
      'collections.show': () => {
        throw new Refusal('config.syntax', 'collection.toml, line 3: no value.', 'Correct it.')
      },
    })
    await live.tell({ method: 'events.event', params: { topic: 'collections.changed' } })
    await screen.findByText('collection.toml, line 3: no value.')
    expect(screen.getByLabelText<HTMLInputElement>(/^Group, one/).value).toBe('Zeal')
    expect(await names()).toHaveLength(3)
  })

  it('shows nothing of the one before in place of one that is broken', async () => {
    const daemon = daemonWith()
    await open()
    await grid()
    daemon.answer({
      'collections.show': () => {
        throw new Refusal('config.syntax', 'collection.toml, line 3: no value.', 'Correct it.')
      },
    })
    const chooser = screen.getByRole<HTMLSelectElement>('combobox', { name: 'Collection' })
    fireEvent.change(chooser, { target: { value: 'work' } })
    await screen.findByText('collection.toml, line 3: no value.')
    expect(screen.queryByRole('grid', { name: 'Artifacts of the collection' })).toBeNull()
    expect(screen.queryByRole('button', { name: 'Add…' })).toBeNull()
    await waitFor(() => expect(chooser.value).toBe('work'))
  })
})
