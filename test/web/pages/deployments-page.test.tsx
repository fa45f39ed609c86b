// @vitest-environment happy-dom
import { fireEvent, screen, waitFor, within } from '@testing-library/preact'
import { describe, expect, it, vi } from 'vitest'
import type { ResultOf } from '../../../protocol/methods.ts'
import { type FakeDaemon, fakeDaemon, liveMock } from '../support/fake-daemon.ts'
import { openView } from '../support/open-view.tsx'
import { anItem, aPlanned, done, undone } from '../support/plans.ts'

vi.mock('../../../web/src/live.ts', () => liveMock)

type Deployment = ResultOf<'deployments.list'>['items'][number]

const open = (path = '/deployments') =>
  openView(
    path,
    async () => (await import('../../../web/src/pages/deployments/deployments-page.tsx')).DeploymentsPage,
  )

const aDeployment = (name: string, project: string | null, rest: Partial<Deployment> = {}): Deployment => ({
  name,
  type: 'skill',
  collection: 'default',
  profile: 'claude_code',
  project: project === null ? null : { id: `prj_${project}`, name: project, path: `/home/ada/${project}` },
  path: `/home/ada/${project ?? ''}/.claude/skills/${name}`,
  state: 'current',
  artifactId: `art_${name}`,
  hash: null,
  deployedAt: null,
  ...rest,
})

const some = [
  aDeployment('calm', 'api'),
  aDeployment('lint', 'web', { state: 'outdated', collection: 'work' }),
  aDeployment('lost', 'api', { state: 'missing', artifactId: null }),
  aDeployment('mine', null, { state: 'modified' }),
]

function daemonWith(rows: Deployment[] = some): FakeDaemon {
  return fakeDaemon({
    'deployments.list': ({ state }) => {
      const items = rows.filter((row) => state === undefined || row.state === state)
      return { items, total: items.length, states: { current: 1, outdated: 1, missing: 1, modified: 1 } }
    },
    'deployments.undo': () => undone(),
  })
}

const asked = (daemon: FakeDaemon, method: string): unknown[] =>
  daemon.asked.filter((one) => one.method === method).map(({ params }) => params)
const grid = (): Promise<HTMLElement> => screen.findByRole('grid', { name: 'Deployments' })
const names = async (): Promise<Array<string | null>> =>
  within(await grid())
    .getAllByRole('link')
    .map((link) => link.textContent)
const select = async (name: string): Promise<void> => {
  const link = within(await grid()).getByRole('link', { name })
  fireEvent.click(within(link.closest('[role="row"]') as HTMLElement).getByRole('checkbox'))
}

describe('the page of deployments', () => {
  it('shows what needs somebody first, and leads to what is there, or to the project', async () => {
    daemonWith()
    await open()
    expect(await names()).toEqual(['lost', 'lint', 'mine', 'calm'])
    const hrefs = within(await grid())
      .getAllByRole('link')
      .map((link) => link.getAttribute('href'))
    expect(hrefs.slice(0, 2)).toEqual(['/projects/prj_api/sync', '/artifacts/art_lint'])
    expect(within(await grid()).getByText('Your home folder')).toBeTruthy()
    await screen.findByText('4 deployments')
  })

  it('filters by project, collection, agent, words and state, in its address', async () => {
    const daemon = daemonWith()
    await open('/deployments?project=prj_api')
    expect(await names()).toEqual(['lost', 'calm'])
    fireEvent.change(screen.getByRole('combobox', { name: 'Project' }), { target: { value: '' } })
    fireEvent.change(screen.getByRole('combobox', { name: 'Collection' }), { target: { value: 'work' } })
    await waitFor(async () => expect(await names()).toEqual(['lint']))
    expect(location.search).toBe('?collection=work')
    fireEvent.input(screen.getByRole('searchbox'), { target: { value: 'zzz' } })
    fireEvent.click(await screen.findByRole('button', { name: 'Show all' }))
    fireEvent.change(await screen.findByRole('combobox', { name: 'State' }), {
      target: { value: 'modified' },
    })
    await waitFor(async () => expect(await names()).toEqual(['mine']))
    expect(asked(daemon, 'deployments.list').at(-1)).toMatchObject({ state: 'modified' })
  })

  it('shows those of one artifact, until somebody takes that away', async () => {
    daemonWith([...some, aDeployment('calm', 'web', { type: 'command' })])
    await open('/deployments?artifact=skill:calm')
    expect(await names()).toEqual(['calm'])
    fireEvent.click(screen.getByRole('button', { name: 'Remove artifact: skill:calm' }))
    await waitFor(async () => expect(await names()).toHaveLength(5))
    expect(location.search).toBe('')
  })

  it('takes away what is chosen and nothing else, each by its plan, and brings it back', async () => {
    const daemon = daemonWith()
    let operation = 0
    const planned = (name: string) => [aPlanned(name, [anItem({ name: 'x', action: 'remove' })])]
    daemon.answer({
      'deployments.plan': ({ collection }) => ({
        digest: `${collection}`,
        projects: planned(`${collection}`),
      }),
      'deployments.undeploy': () => done(planned('api'), `op-${++operation}`),
    })
    await open()
    await select('calm')
    await select('lint')
    fireEvent.click(await screen.findByRole('button', { name: 'Undeploy…' }))
    await screen.findByText('Plan: 2 to remove.')
    fireEvent.click(screen.getByRole('button', { name: 'Undeploy' }))
    await screen.findByText('Taken away.')
    const of = (collection: string, name: string, project: string) => ({
      collection,
      artifacts: [{ name, type: 'skill' }],
      profiles: ['claude_code'],
      overwrite: false,
      projects: [project],
      expect: collection,
    })
    expect(asked(daemon, 'deployments.undeploy')).toEqual([
      of('work', 'lint', 'prj_web'),
      of('default', 'calm', 'prj_api'),
    ])
    fireEvent.click(screen.getByRole('button', { name: 'Undo' }))
    await waitFor(() =>
      expect(asked(daemon, 'deployments.undo')).toEqual([{ operation: 'op-2' }, { operation: 'op-1' }]),
    )
  })

  it('pushes what is chosen, and leaves conflicts to the view of their project', async () => {
    const daemon = daemonWith()
    const item = (name: string, action: 'copy' | 'conflict') => ({
      name,
      type: 'skill',
      collection: 'default',
      profile: 'claude_code',
      project: '/home/ada/api',
      drift: 'outdated' as const,
      action,
      reason: null,
      hasBase: true,
      files: [],
      openConflicts: 0,
    })
    daemon.answer({
      'sync.preview': ({ project }) => ({
        operations: [],
        items: [project === 'prj_api' ? item('lost', 'copy') : item('lint', 'conflict')],
        warnings: [],
      }),
      'sync.push': () => ({ operations: ['op-1'], items: [], warnings: [] }),
    })
    await open()
    await select('lost')
    await select('lint')
    fireEvent.click(await screen.findByRole('button', { name: 'Push…' }))
    await screen.findByText('1 artifact would change.')
    expect(screen.getByRole('link', { name: 'Decide' }).getAttribute('href')).toBe(
      '/projects/prj_web/sync?way=push',
    )
    fireEvent.click(screen.getByRole('button', { name: 'Push' }))
    await screen.findByText('Pushed 1 artifact.')
    expect(asked(daemon, 'sync.push')).toEqual([
      { projects: ['prj_api'], collection: 'default', artifacts: ['skill:lost'] },
      { projects: ['prj_web'], collection: 'work', artifacts: ['skill:lint'] },
    ])
  })

  it('offers nothing for what no record names', async () => {
    daemonWith([aDeployment('wild', 'api', { collection: null, profile: null, state: 'untracked' })])
    await open()
    await select('wild')
    expect((await screen.findByRole<HTMLButtonElement>('button', { name: 'Undeploy…' })).disabled).toBe(true)
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Push…' }).disabled).toBe(true)
  })

  it('tells what was done last, what failed in it, and takes it back', async () => {
    const daemon = daemonWith()
    const operation = {
      id: 'op-1',
      kind: 'deploy',
      title: 'Deploy calm',
      at: 1,
      undoes: null,
      undoneBy: null,
      projects: [
        {
          path: '/home/ada/api',
          outcome: 'failed' as const,
          places: 2,
          failure: { path: '/home/ada/api', reason: 'The disk is full.' },
        },
      ],
    }
    daemon.answer({
      'deployments.operations': () => ({
        items: [operation, { ...operation, id: 'op-0', title: 'Deploy old', undoneBy: 'op-x' }],
      }),
    })
    await open('/deployments?tab=recent')
    const table = await screen.findByRole('table', { name: 'Recent changes' })
    expect(table.textContent).toContain('The disk is full.')
    expect(within(table).getByText('taken back')).toBeTruthy()
    fireEvent.click(within(table).getByRole('button', { name: 'Undo: Deploy calm' }))
    await screen.findByText('Taken back: Deploy review')
    expect(asked(daemon, 'deployments.undo')).toEqual([{ operation: 'op-1' }])
  })
})
