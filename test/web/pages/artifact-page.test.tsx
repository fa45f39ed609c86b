// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/preact'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ShownArtifact } from '../../../web/src/pages/artifacts/artifact-page.tsx'
import type { Place } from '../../../web/src/pages/artifacts/places.ts'
import { type FakeDaemon, fakeDaemon, live, liveMock, Refusal } from '../support/fake-daemon.ts'

vi.mock('../../../web/src/live.ts', () => liveMock)

/** Fresh modules for each test: the page holds answers for as long as it is open. */
async function openArtifact(address = '/artifacts/art_review') {
  history.replaceState(null, '', address)
  vi.resetModules()
  const { ArtifactPage } = await import('../../../web/src/pages/artifacts/artifact-page.tsx')
  const { keepQueriesFresh } = await import('../../../web/src/lib/use-query.ts')
  const { connect } = await import('../../../web/src/connection.ts')
  keepQueriesFresh()
  void connect()
  return render(<ArtifactPage params={{ id: 'art_review' }} />)
}

const project = { id: 'prj_api', name: 'api', path: '/home/ada/api' }
const review: ShownArtifact = {
  id: 'art_review',
  name: 'review',
  type: 'skill',
  scope: 'project',
  project,
  path: '/home/ada/api/.claude/skills/review',
  description: 'Reviews a change.',
  source: 'github:ada/skills/review',
  deployedVersion: '1.0.0',
  upstreamVersion: '1.1.0',
  isOutdated: true,
  localModified: false,
  hash: 'one',
  tags: ['git', 'quality'],
  sizeBytes: 4_200,
  tokens: 1_050,
  diagnostics: [],
  updatedAt: 1,
  title: null,
  host: 'claude-code',
  fragment: null,
  metadata: { model: 'small' },
  aliases: [],
  alsoIn: [
    { id: 'art_same', scope: 'project', project: 'web', path: '/home/ada/web', same: true },
    { id: 'art_other', scope: 'user', project: null, path: '/home/ada/.claude', same: false },
  ],
  alsoInTotal: 2,
  state: 'outdated',
  stateReason: null,
  upstreamCheckedAt: 1,
}

const aFile = (path: string, text: string | null, more: object = {}) => ({
  path,
  sizeBytes: text?.length ?? 9_000,
  mediaType: path.endsWith('.md') ? 'text/markdown' : text === null ? 'image/png' : 'text/plain',
  text,
  truncated: false,
  ...more,
})
const texts: Record<string, ReturnType<typeof aFile>> = {
  'SKILL.md': aFile(
    'SKILL.md',
    '---\nname: review\n---\n# How to review\n\nRead [the checklist](references/list.md).\n',
  ),
  'references/list.md': aFile('references/list.md', '# The checklist\n'),
  'scripts/run.sh': aFile('scripts/run.sh', 'echo "run"\n'),
  'logo.png': aFile('logo.png', null),
}
const files = Object.values(texts).map(({ path, sizeBytes }) => ({
  path,
  sizeBytes,
  kind: 'file' as const,
  modifiedAt: 1,
}))

const daemonWith = (artifact: ShownArtifact = review): FakeDaemon =>
  fakeDaemon({
    'artifacts.show': () => artifact,
    'artifacts.files': () => ({ root: artifact.path, items: files, truncated: false }),
    'artifacts.file': ({ path }) => {
      const file = texts[path]
      if (!file) throw new Refusal('artifact.no_such_file', `There is no ${path} in it.`)
      return file
    },
  })

const tab = (name: RegExp): boolean => fireEvent.click(screen.getByRole('tab', { name }))
const ready = (): Promise<HTMLElement> => screen.findByRole('heading', { level: 1, name: 'review' })

beforeEach(() => {
  localStorage.clear()
  vi.stubGlobal('requestIdleCallback', (work: () => void) => work())
})
afterEach(cleanup)

describe('the page of an artifact', () => {
  it('tells what it is and where', async () => {
    daemonWith()
    await openArtifact()
    expect(screen.getByText('Reading the artifact…')).toBeTruthy()
    await ready()
    expect(screen.getByRole('link', { name: 'api' }).getAttribute('href')).toBe('/projects/prj_api')
    expect(screen.getByTitle('1.0.0 here, 1.1.0 at its source')).toBeTruthy()
    expect(screen.getByText('Update available')).toBeTruthy()
    expect(screen.getByText(review.path)).toBeTruthy()
    expect(screen.getByText('1.1k tokens, 4.2 KB')).toBeTruthy()
  })

  it('shows the text of its main file without its frontmatter, and what stood in that', async () => {
    daemonWith()
    await openArtifact()
    await screen.findByRole('heading', { level: 3, name: 'How to review' })
    expect(screen.queryByText(/name: review/)).toBeNull()
    const metadata = screen.getByRole('region', { name: 'Metadata' })
    expect(within(metadata).getByText('model')).toBeTruthy()
    expect(within(metadata).getByText('quality')).toBeTruthy()
    expect(screen.queryByRole('region', { name: 'Problems' })).toBeNull()
  })

  it('opens the files that its text leads to, in the address', async () => {
    daemonWith()
    await openArtifact()
    fireEvent.click(await screen.findByRole('button', { name: 'the checklist' }))
    await screen.findByRole('heading', { level: 3, name: 'The checklist' })
    expect(location.search).toBe('?tab=files&file=references%2Flist.md')
    expect(screen.getByRole('tab', { name: 'Files' }).getAttribute('aria-selected')).toBe('true')
  })

  it('shows its files as a tree: Markdown as a text or as written, others as written', async () => {
    daemonWith()
    await openArtifact('/artifacts/art_review?tab=files')
    await screen.findByRole('heading', { level: 3, name: 'How to review' })
    fireEvent.click(screen.getByRole('button', { name: 'As written' }))
    await screen.findByText(/name: review/)
    const tree = screen.getByRole('tree', { name: 'Files' })
    fireEvent.click(within(tree).getByText('run.sh'))
    await screen.findByText(/echo "run"/)
    expect(location.search).toBe('?tab=files&file=scripts%2Frun.sh')
    fireEvent.click(within(tree).getByText('logo.png'))
    await screen.findByText('logo.png is no text: 9.0 KB of image/png.')
  })

  it('tells of a file that is not there, and shows the others', async () => {
    daemonWith()
    await openArtifact('/artifacts/art_review?tab=files&file=gone.md')
    expect((await screen.findByRole('alert')).textContent).toContain('There is no gone.md in it.')
    fireEvent.click(within(screen.getByRole('tree')).getByText('run.sh'))
    await screen.findByText(/echo "run"/)
    expect(screen.queryByRole('alert')).toBeNull()
  })

  it('shows of a server its part of the file, with what is wrong and what to do', async () => {
    const daemon = daemonWith({
      ...review,
      name: 'review',
      type: 'mcp',
      fragment: 'review',
      path: '/home/ada/api/.mcp.json',
      diagnostics: [{ code: 'mcp.missing_field', severity: 'error', message: 'Missing: command' }],
    })
    const part = aFile('.mcp.json', '{ "env": { "KEY": "***" } }', { mediaType: 'application/json' })
    daemon.answer({
      'artifacts.files': () => ({
        root: '/home/ada/api',
        items: [{ path: '.mcp.json', kind: 'file', sizeBytes: 20, modifiedAt: 1 }],
        truncated: false,
      }),
      'artifacts.file': () => part,
    })
    await openArtifact()
    await screen.findByText(/"KEY": "\*\*\*"/)
    expect(screen.getByRole('heading', { name: 'Its part of the file, without secrets' })).toBeTruthy()
    expect(screen.queryByRole('tab', { name: 'Files' })).toBeNull()
    const problems = screen.getByRole('region', { name: 'Problems' })
    expect(problems.textContent).toMatch(/Missing: command.*Add what is missing/)
  })

  it('is compared with its source, or with the copy that is chosen, in the address', async () => {
    const daemon = daemonWith()
    const side = { label: 'here', version: null }
    daemon.answer({ 'artifacts.diff': () => ({ left: side, right: side, files: [], same: 4 }) })
    await openArtifact('/artifacts/art_review?tab=compare')
    const choice = (await screen.findByRole('combobox', { name: /Compare with/ })) as HTMLSelectElement
    expect([...choice.options].map(({ text }) => text)).toEqual(['its source', 'web (same content)', 'User'])
    fireEvent.change(choice, { target: { value: 'art_other' } })
    await waitFor(() => expect(location.search).toBe('?tab=compare&with=art_other'))
    await waitFor(() =>
      expect(
        daemon.asked.filter(({ method }) => method === 'artifacts.diff').map(({ params }) => params),
      ).toEqual([{ id: 'art_review' }, { id: 'art_review', against: 'art_other' }]),
    )
  })

  it('is compared with any other artifact that the address names', async () => {
    const daemon = daemonWith({ ...review, source: null, alsoIn: [], alsoInTotal: 0 })
    daemon.answer({
      'artifacts.get': () => ({ name: 'audit', type: 'agent', scope: 'user', project: null }) as never,
      'artifacts.diff': () => {
        throw new Refusal('artifact.unreadable', 'It cannot be read.')
      },
    })
    await openArtifact('/artifacts/art_review?tab=compare&with=art_audit')
    await screen.findByRole('option', { name: 'audit (Agent, User)' })
    expect((await screen.findByRole('alert')).textContent).toContain('It cannot be read.')
    cleanup()
    await openArtifact('/artifacts/art_review?tab=compare')
    await screen.findByText(/There is nothing to compare it with/)
  })

  it('tells every place of its name, which contents are the same, and which one is in effect', async () => {
    const daemon = daemonWith()
    const aPlace = (place: Partial<Place> & { id: string }): Place => ({
      name: 'review',
      type: 'skill',
      scope: 'project',
      host: 'claude-code',
      project,
      path: `/home/ada/${place.id}`,
      deployedVersion: null,
      isOutdated: false,
      localModified: false,
      hash: 'one',
      updatedAt: 1,
      ...place,
    })
    const places = [
      aPlace({ id: 'art_review' }),
      aPlace({ id: 'art_user', scope: 'user', project: null, hash: 'two', localModified: true }),
      aPlace({ id: 'art_web', project: { ...project, name: 'web' }, hash: 'two' }),
    ]
    daemon.answer({
      'artifacts.where': () => ({ items: places, total: 3, nextCursor: null, variants: 2 }),
      'projects.effective': () =>
        ({
          items: [
            { id: 'art_user', hiddenBy: null },
            { id: 'art_review', hiddenBy: 'art_user' },
          ],
        }) as never,
    })
    await openArtifact('/artifacts/art_review?tab=places')
    const table = await screen.findByRole('table', { name: 'Places of review' })
    await within(table).findByText('in effect')
    const [own, user, web] = within(table)
      .getAllByRole('row')
      .slice(1)
      .map((row) => row.textContent)
    expect(own).toMatch(/^api this one.*Bhidden/)
    expect(user).toMatch(/^User.*Ain effectModified.*Compare$/)
    expect(web).toMatch(/^web.*A/)
    expect(screen.getByText('3 places, with 2 different contents.')).toBeTruthy()
    expect(within(table).getAllByRole('link', { name: 'Compare' })[0]?.getAttribute('href')).toBe(
      '/artifacts/art_review?tab=compare&with=art_user',
    )
  })

  it('tells when it was found and changed, and nothing of others', async () => {
    const daemon = daemonWith()
    const event = (at: number, kind: string, id: string) => ({
      at,
      topic: 'artifacts.changed',
      data: { added: [], changed: [], removed: [], [kind]: [{ id, name: 'x', type: 'skill' }] },
    })
    const items = [
      event(3, 'changed', 'art_review'),
      event(2, 'changed', 'art_b'),
      event(1, 'added', 'art_review'),
    ]
    daemon.answer({ 'events.history': () => ({ items, total: 3, nextCursor: null }) as never })
    await openArtifact('/artifacts/art_review?tab=history')
    const table = await screen.findByRole('table', { name: 'Changes' })
    const rows = within(table).getAllByRole('row').slice(1)
    expect(rows.map((row) => within(row).getAllByRole('cell')[0]?.textContent)).toEqual(['Changed', 'Found'])
    expect(daemon.asked.find(({ method }) => method === 'events.history')?.params).toMatchObject({
      project: 'prj_api',
    })
  })

  it('says when there is no such artifact, and where to search', async () => {
    fakeDaemon({
      'artifacts.show': () => {
        throw new Refusal('artifact.not_found', 'There is no such artifact.')
      },
    })
    await openArtifact()
    await screen.findByRole('heading', { level: 1, name: 'No such artifact' })
    expect(screen.getByRole('link', { name: 'Search all artifacts' }).getAttribute('href')).toBe('/artifacts')
  })

  it('says that it is gone when it is removed while somebody looks at it', async () => {
    const daemon = daemonWith()
    await openArtifact()
    await ready()
    daemon.answer({
      'artifacts.show': () => {
        throw new Refusal('artifact.not_found', 'There is no such artifact.')
      },
    })
    await live.tell({ method: 'events.event', params: { topic: 'artifacts.changed', data: {} } })
    await screen.findByRole('heading', { level: 1, name: 'review is gone' })
    expect(screen.getByRole('link', { name: /Search for others/ }).getAttribute('href')).toBe(
      '/artifacts?q=review',
    )
  })

  it('changes in place when an event tells of it', async () => {
    const daemon = daemonWith()
    await openArtifact()
    await screen.findByRole('heading', { level: 3, name: 'How to review' })
    const chosen = screen.getByRole('tab', { name: 'Overview' })
    chosen.focus()
    daemon.answer({ 'artifacts.file': () => aFile('SKILL.md', '# Another text\n') })
    await live.tell({ method: 'events.event', params: { topic: 'artifacts.changed', data: {} } })
    await screen.findByRole('heading', { level: 3, name: 'Another text' })
    expect(document.activeElement).toBe(chosen)
  })

  it('tells a failure and tries again when asked', async () => {
    const daemon = fakeDaemon({
      'artifacts.show': () => {
        throw new Refusal('cache.unavailable', 'cache.db cannot be used: full.')
      },
    })
    await openArtifact()
    await screen.findByText('cache.db cannot be used: full.')
    daemon.answer({ 'artifacts.show': () => review })
    fireEvent.click(screen.getByRole('button', { name: 'Retry' }))
    await ready()
    tab(/Compare/)
    expect(location.search).toBe('?tab=compare')
  })
})
