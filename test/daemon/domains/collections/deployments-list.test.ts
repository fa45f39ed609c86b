import { appendFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { migrations } from '../../../../migrations/index.ts'
import { writeCollection } from '../../../support/collection-files.ts'
import { skill, type TestDaemon, useTestDaemon } from '../../../support/test-daemon.ts'

const start = useTestDaemon()

const types = ['skill', 'command', 'agent', 'hook', 'mcp'] as const

/** A collection with one artifact of each type, deployed to one project. */
async function startDeployed(): Promise<TestDaemon> {
  const daemon = await start({
    prepare(home) {
      writeCollection(home, [
        { type: 'skill', name: 'a-skill', files: { 'SKILL.md': skill('a-skill') } },
        { type: 'command', name: 'a-command', files: '# Command\n' },
        { type: 'agent', name: 'an-agent', files: skill('an-agent') },
        { type: 'hook', name: 'a-hook', files: { 'settings.json': '{"hooks":{}}\n' } },
        { type: 'mcp', name: 'an-mcp', files: { '.mcp.json': '{"mcpServers":{}}\n' } },
      ])
      home.write('projects/one/.claude/commands/mine.md', '# Mine\n')
    },
  })
  await daemon.call('projects.add', { path: join(daemon.home, 'projects/one') })
  await daemon.call('deployments.deploy', {
    artifacts: names.map((name) => ({ name })),
    projects: ['one'],
  })
  return daemon
}
const names = ['a-skill', 'a-command', 'an-agent', 'a-hook', 'an-mcp']
const files: Record<string, string> = {
  skill: 'skills/a-skill/SKILL.md',
  command: 'commands/a-command.md',
  agent: 'agents/an-agent.md',
  hook: 'hooks/a-hook/settings.json',
  mcp: 'mcp/an-mcp/.mcp.json',
}

const read = (daemon: TestDaemon) => daemon.call('cache.refresh', { force: true })
const statesOf = async (daemon: TestDaemon): Promise<Record<string, string>> => {
  const { items } = await daemon.call('deployments.list', { project: 'one' })
  return Object.fromEntries(items.map(({ type, state }) => [type, state]))
}
const allIn = (state: string) => Object.fromEntries(types.map((type) => [type, state]))
const edit = (daemon: TestDaemon, folder: string, text: string): void => {
  for (const type of types) appendFileSync(join(daemon.home, folder, files[type] as string), text)
}

describe('deployments.list', () => {
  it('tells what is deployed where, right after a deployment', async () => {
    const daemon = await startDeployed()
    const { items, total, states } = await daemon.call('deployments.list', {})
    expect(total).toBe(5)
    expect(states).toEqual({ current: 5 })
    expect(items[0]).toEqual({
      name: 'a-skill',
      type: 'skill',
      collection: 'default',
      profile: 'claude_code',
      project: { id: expect.stringMatching(/^prj_/), name: 'one', path: join(daemon.home, 'projects/one') },
      path: join(daemon.home, 'projects/one/.claude/skills/a-skill'),
      state: 'current',
      artifactId: expect.stringMatching(/^art_/),
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      deployedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/),
    })
  })

  it('knows every state, of every type', async () => {
    const daemon = await startDeployed()
    expect(await statesOf(daemon)).toEqual(allIn('current'))

    edit(daemon, 'projects/one/.claude', '\n')
    await read(daemon)
    expect(await statesOf(daemon)).toEqual(allIn('modified'))

    edit(daemon, '.skillmeat/collections/default', ' \n')
    await read(daemon)
    // What a collection holds of hooks and servers is known by their files as well.
    expect(await statesOf(daemon)).toEqual(allIn('diverged'))

    await daemon.call('deployments.deploy', {
      artifacts: names.map((name) => ({ name })),
      projects: ['one'],
      overwrite: true,
    })
    expect(await statesOf(daemon)).toEqual(allIn('current'))

    edit(daemon, '.skillmeat/collections/default', '\n')
    await read(daemon)
    expect(await statesOf(daemon)).toEqual(allIn('outdated'))

    rmSync(join(daemon.home, 'projects/one/.claude/skills'), { recursive: true })
    for (const folder of ['commands', 'agents', 'hooks', 'mcp'])
      rmSync(join(daemon.home, 'projects/one/.claude', folder), { recursive: true })
    await read(daemon)
    expect(await statesOf(daemon)).toEqual(allIn('missing'))
  })

  it('knows the state of an agent that calls itself otherwise than its file', async () => {
    const daemon = await start({
      prepare(home) {
        writeCollection(home, [{ type: 'agent', name: 'reviewer', files: skill('code-reviewer') }])
        home.write('projects/one/.claude/commands/mine.md', '# Mine\n')
      },
    })
    await daemon.call('projects.add', { path: join(daemon.home, 'projects/one') })
    await daemon.call('deployments.deploy', { artifacts: [{ name: 'reviewer' }], projects: ['one'] })
    expect(await statesOf(daemon)).toEqual({ agent: 'current' })
    appendFileSync(join(daemon.home, '.skillmeat/collections/default/agents/reviewer.md'), 'More.\n')
    await read(daemon)
    expect(await statesOf(daemon)).toEqual({ agent: 'outdated' })
    appendFileSync(join(daemon.home, 'projects/one/.claude/agents/reviewer.md'), 'Mine.\n')
    await read(daemon)
    expect(await statesOf(daemon)).toEqual({ agent: 'diverged' })
  })

  it('tells what no record names when asked for it', async () => {
    const daemon = await startDeployed()
    const { items, states } = await daemon.call('deployments.list', { state: 'untracked', project: 'one' })
    expect(items).toMatchObject([{ name: 'mine', type: 'command', collection: null, state: 'untracked' }])
    expect(states).toEqual({ current: 5, untracked: 1 })
  })

  it('chooses by state, collection, type, name and profile, in pages', async () => {
    const daemon = await startDeployed()
    const count = async (params: object): Promise<number> =>
      (await daemon.call('deployments.list', params)).total
    expect(await count({ state: 'missing' })).toBe(0)
    expect(await count({ collection: 'other' })).toBe(0)
    expect(await count({ type: 'hook' })).toBe(1)
    expect(await count({ name: 'an-mcp' })).toBe(1)
    expect(await count({ profile: 'codex' })).toBe(0)
    const page = await daemon.call('deployments.list', { limit: 2, offset: 4 })
    expect(page).toMatchObject({ total: 5, items: [{ type: 'mcp' }] })
    await expect(daemon.call('deployments.list', { project: 'none' })).rejects.toMatchObject({
      slug: 'project.not_found',
    })
  })

  it('reads the records of other agents and of the user, old ones and ones written by hand', async () => {
    const daemon = await startDeployed()
    daemon.write(
      'projects/one/.codex/.skillmeat-deployed.toml',
      `deployed = [{ artifact_name = "x", artifact_type = "mcp_server", from_collection = "old", artifact_path = "./mcp//x", collection_sha = "${'AB'.repeat(32)}", deployed_at = 2026-01-02T03:04:05 }]\n`,
    )
    await read(daemon)
    const { items } = await daemon.call('deployments.list', { collection: 'old' })
    expect(items).toMatchObject([
      {
        type: 'mcp',
        profile: 'claude_code',
        path: join(daemon.home, 'projects/one/.codex/mcp/x'),
        state: 'missing',
        hash: 'ab'.repeat(32),
        deployedAt: expect.stringMatching(/^2026-01-0/),
      },
    ])
    await daemon.call('deployments.deploy', {
      artifacts: [{ name: 'a-skill' }],
      scope: 'user',
    })
    const user = await daemon.call('deployments.list', { name: 'a-skill' })
    expect(user.items.map(({ project }) => project?.name ?? null)).toEqual(['one', null])
  })

  it('forgets what goes: a record, its file, the project', async () => {
    const daemon = await startDeployed()
    await daemon.call('deployments.undeploy', { artifacts: [{ name: 'a-hook' }], projects: ['one'] })
    expect((await daemon.call('deployments.list', {})).total).toBe(4)
    await daemon.call('deployments.undeploy', {
      artifacts: names.filter((name) => name !== 'a-hook').map((name) => ({ name })),
      projects: ['one'],
    })
    expect((await daemon.call('deployments.list', {})).total).toBe(0)
  })

  it('knows what was deployed before this cache could hold it, once all is read again', async () => {
    const daemon = await startDeployed()
    const since = migrations.filter(({ version }) => version >= 7)
    for (const { down } of since.toReversed()) daemon.ctx.db.exec(down)
    for (const { up } of since) daemon.ctx.db.exec(up)
    expect((await daemon.call('deployments.list', {})).total).toBe(0)
    await daemon.call('cache.refresh', { force: true })
    expect(await statesOf(daemon)).toEqual(allIn('current'))
  })
})
