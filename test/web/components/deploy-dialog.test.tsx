// @vitest-environment happy-dom
import { fireEvent, screen, waitFor, within } from '@testing-library/preact'
import { describe, expect, it, vi } from 'vitest'
import type { ParamsOf, ResultOf } from '../../../protocol/methods.ts'
import { type FakeDaemon, fakeDaemon, liveMock, Refusal } from '../support/fake-daemon.ts'
import { openView } from '../support/open-view.tsx'
import { anItem, aPlanned, aProfile, done, type PlannedProject, undone } from '../support/plans.ts'
import { aProjectRow } from '../support/rows.ts'

vi.mock('../../../web/src/live.ts', () => liveMock)

const open = (props: { isRemoval?: boolean; projects?: string[]; onClose?(): void } = {}) =>
  openView(
    '/collections',
    async () => (await import('../../../web/src/components/deploy-dialog/deploy-dialog.tsx')).DeployDialog,
    {
      collection: 'default',
      artifacts: [{ name: 'review', type: 'skill' }],
      onClose: () => undefined,
      ...props,
    },
  )

type PlanParams = ParamsOf<'deployments.plan'>

/** Plans `review` for each project that is named; `planned` makes of a project what it plans there. */
function daemonWith(
  planned: (project: string) => PlannedProject = (name) => aPlanned(name, [anItem({ name: 'review' })]),
): FakeDaemon {
  const projects = ['api', 'web'].map((name) => aProjectRow({ name }))
  const planOf = ({ projects: ids = [], scope }: PlanParams): ResultOf<'deployments.plan'> => ({
    digest: `digest of ${ids.join(' ')}`,
    projects: (scope === 'user' ? ['home'] : ids.map((id) => id.replace('prj_', ''))).map(planned),
  })
  return fakeDaemon({
    'projects.list': () => ({ items: projects, total: projects.length, nextCursor: null }),
    'profiles.list': () => ({
      items: [
        aProfile('claude_code', '.claude'),
        aProfile('codex', '.codex'),
        aProfile('remote_git', '.r', []),
      ],
    }),
    'deployments.plan': planOf,
    'deployments.deploy': (params) => done(planOf(params).projects),
    'deployments.undeploy': (params) => done(planOf(params).projects),
    'deployments.undo': () => undone(),
  })
}

const asked = (daemon: FakeDaemon, method: string): unknown[] =>
  daemon.asked.filter((one) => one.method === method).map(({ params }) => params)
const confirm = (): HTMLButtonElement => screen.getByRole('button', { name: /^(Deploy|Undeploy)( in|$)/ })

describe('the dialog that deploys', () => {
  it('plans nothing before it is known where, then says every path', async () => {
    const daemon = daemonWith((name) =>
      aPlanned(name, [
        anItem({
          name: 'review',
          files: [
            { path: 'SKILL.md', change: 'add' },
            { path: 'references/list.md', change: 'add' },
          ],
        }),
      ]),
    )
    await open()
    await screen.findByText('Choose where it goes.')
    expect(asked(daemon, 'deployments.plan')).toEqual([])
    expect(confirm().disabled).toBe(true)
    fireEvent.click(await screen.findByLabelText(/^api/))
    await screen.findByText('Plan: 1 to add.')
    const plan = screen.getByRole('list', { name: 'Plan by project' })
    expect(plan.textContent).toContain('/home/ada/api/.claude/skills/review')
    const files = within(plan).getByText('2 files').closest('details') as HTMLDetailsElement
    files.open = true
    fireEvent(files, new Event('toggle'))
    await within(plan).findByText(/references\/list\.md/)
    expect(confirm().disabled).toBe(false)
  })

  it('does exactly the plan that is shown, tells of it, and takes it back', async () => {
    const closed = vi.fn()
    const daemon = daemonWith()
    await open({ onClose: closed })
    const projects = within(await screen.findByRole('group', { name: /^Projects/ }))
    fireEvent.click(await projects.findByLabelText('All 2'))
    await screen.findByText('Plan: 2 to add.')
    fireEvent.click(screen.getByLabelText(/Link to the collection/))
    await screen.findByText('Plan: 2 to add.')
    await waitFor(() => expect(confirm().disabled).toBe(false))
    fireEvent.click(confirm())
    await screen.findByText('Deployed review to 2 projects.')
    expect(asked(daemon, 'deployments.deploy')).toEqual([
      {
        collection: 'default',
        artifacts: [{ name: 'review', type: 'skill' }],
        scope: 'project',
        projects: ['prj_api', 'prj_web'],
        profiles: [],
        members: true,
        overwrite: false,
        link: true,
        expect: 'digest of prj_api prj_web',
      },
    ])
    expect(closed).toHaveBeenCalledOnce()
    fireEvent.click(screen.getByRole('button', { name: 'Undo' }))
    await screen.findByText('Taken back: Deploy review')
    expect(asked(daemon, 'deployments.undo')).toEqual([{ operation: 'op-1' }])
  })

  it('goes to the home folder and to the agents that are chosen', async () => {
    const daemon = daemonWith()
    await open()
    fireEvent.click(await screen.findByLabelText(/^Your home folder/))
    fireEvent.click(await screen.findByLabelText(/^codex/))
    await waitFor(() =>
      expect(asked(daemon, 'deployments.plan').at(-1)).toMatchObject({ scope: 'user', profiles: ['codex'] }),
    )
    expect(screen.queryByLabelText(/^api/)).toBeNull()
    expect(screen.getByLabelText<HTMLInputElement>(/^remote_git/).disabled).toBe(true)
    await waitFor(() => expect(confirm().disabled).toBe(false))
    fireEvent.click(confirm())
    await screen.findByText('Deployed review to your home folder.')
  })

  it('shows conflicts first with why, and lets nobody agree where nothing would change', async () => {
    daemonWith((name) =>
      aPlanned(name, [
        name === 'web'
          ? anItem({
              name: 'review',
              action: 'conflict',
              reason: { code: 'edited', message: 'It was edited since it was deployed.' },
            })
          : anItem({ name: 'review', action: 'same' }),
      ]),
    )
    await open({ projects: ['prj_api', 'prj_web'] })
    await screen.findByText('Plan: 1 conflict, 1 there already.')
    const [first] = within(screen.getByRole('list', { name: 'Plan by project' })).getAllByRole('listitem')
    expect(first?.textContent).toContain('It was edited since it was deployed.')
    expect(confirm().disabled).toBe(true)
  })

  it('plans again when something changed since, and does nothing', async () => {
    const daemon = daemonWith()
    daemon.answer({
      'deployments.deploy': () => {
        throw new Refusal('deploy.plan_changed', 'Something changed on the disk since the plan was made.')
      },
    })
    await open({ projects: ['prj_api'] })
    await screen.findByText('Plan: 1 to add.')
    daemon.answer({
      'deployments.plan': () => ({
        digest: 'another',
        projects: [aPlanned('api', [anItem({ name: 'review', action: 'change' })])],
      }),
    })
    fireEvent.click(confirm())
    await screen.findByText(/Something changed on the disk/)
    await screen.findByText('Plan: 1 to change.')
    expect(screen.getByRole('dialog')).toBeTruthy()
  })

  it('tells project by project when not all went well', async () => {
    const daemon = daemonWith()
    daemon.answer({
      'deployments.deploy': () => ({
        operation: 'op-1',
        projects: [
          { ...aPlanned('api', [anItem({ name: 'review' })]), outcome: 'done', failure: null },
          {
            ...aPlanned('web', [anItem({ name: 'review' })]),
            outcome: 'failed',
            failure: { path: '/home/ada/web/.claude', reason: 'The folder is read-only.' },
          },
        ],
      }),
    })
    await open({ projects: ['prj_api', 'prj_web'] })
    await screen.findByText('Plan: 2 to add.')
    fireEvent.click(confirm())
    await screen.findByText(/^Done in 1 of 2 projects/)
    const [first] = within(screen.getByRole('list', { name: 'Plan by project' })).getAllByRole('listitem')
    expect(first?.textContent).toContain('The folder is read-only.')
    await waitFor(() =>
      expect(
        screen
          .getAllByRole<HTMLButtonElement>('button', { name: 'Close' })
          .filter((button) => button.disabled),
      ).toEqual([]),
    )
    fireEvent.click(screen.getByRole('button', { name: 'Undo' }))
    await screen.findByText('Taken back: Deploy review')
  })

  it('says what kept a change from being taken back', async () => {
    const daemon = daemonWith()
    daemon.answer({
      'deployments.undo': () => ({
        ...undone(),
        operation: null,
        projects: [
          {
            path: '/home/ada/api',
            name: 'api',
            items: [
              {
                path: '/home/ada/api/.claude/skills/review',
                action: 'conflict',
                reason: { code: 'edited', message: 'It was edited since it was deployed.' },
              },
            ],
            outcome: 'conflict',
            failure: null,
          },
        ],
      }),
    })
    await open({ projects: ['prj_api'] })
    await screen.findByText('Plan: 1 to add.')
    fireEvent.click(confirm())
    fireEvent.click(await screen.findByRole('button', { name: 'Undo' }))
    await screen.findByText(
      'Not taken back in 1 place of 1: It was edited since it was deployed. /home/ada/api',
    )
  })

  it('takes away with a plan, too', async () => {
    const daemon = daemonWith((name) => aPlanned(name, [anItem({ name: 'review', action: 'remove' })]))
    await open({ isRemoval: true, projects: ['prj_api'] })
    await screen.findByText('Plan: 1 to remove.')
    expect(asked(daemon, 'deployments.plan').at(-1)).toMatchObject({ remove: true })
    expect(screen.queryByLabelText(/Link to the collection/)).toBeNull()
    fireEvent.click(confirm())
    await screen.findByText('Took review away from 1 project.')
    expect(asked(daemon, 'deployments.undeploy')).toEqual([
      expect.objectContaining({ expect: 'digest of prj_api', projects: ['prj_api'] }),
    ])
  })
})
