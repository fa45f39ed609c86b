import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseToml } from '../../../../daemon/kernel/config/toml.ts'
import type { ParamsOf } from '../../../../protocol/methods.ts'
import { writeCollection } from '../../../support/collection-files.ts'
import { snapshot } from '../../../support/operation-world.ts'
import { skill, type TestDaemon, type TestHome, useTestDaemon } from '../../../support/test-daemon.ts'

const start = useTestDaemon()

const fill = (home: TestHome): void => {
  writeCollection(home, [
    { type: 'skill', name: 'demo', files: { 'SKILL.md': skill('demo'), 'scripts/run.sh': 'run\n' } },
    { type: 'command', name: 'review', files: '# Review\n' },
    { type: 'agent', name: 'helper', files: '# Helper\n' },
    { type: 'hook', name: 'guard', files: { 'settings.json': '{"hooks":{}}\n' } },
    { type: 'mcp', name: 'db', path: 'mcp/db.json', files: '{"mcpServers":{}}\n' },
  ])
  for (const name of ['one', 'two']) home.write(`projects/${name}/.claude/commands/mine.md`, '# Mine\n')
}

async function startFilled(prepare: (home: TestHome) => void = () => undefined): Promise<TestDaemon> {
  const daemon = await start({
    prepare(home) {
      fill(home)
      prepare(home)
    },
  })
  await daemon.call('projects.add', { path: join(daemon.home, 'projects/one') })
  await daemon.call('projects.add', { path: join(daemon.home, 'projects/two') })
  return daemon
}

const named = (...names: string[]) => names.map((name) => ({ name }))
const one = (daemon: TestDaemon, path = ''): string => join(daemon.home, 'projects/one', path)
const deploy = (daemon: TestDaemon, names: string[], params: Partial<ParamsOf<'deployments.deploy'>> = {}) =>
  daemon.call('deployments.deploy', { artifacts: named(...names), projects: ['one'], ...params })
const records = (daemon: TestDaemon, file = '.claude/.skillmeat-deployed.toml') => {
  const path = one(daemon, file)
  return parseToml(readFileSync(path, 'utf8'), path).data.deployed as Record<string, unknown>[]
}

describe('deployments.deploy', () => {
  it('copies artifacts of every type into the folders of the profile, with records as SkillMeat writes them', async () => {
    const daemon = await startFilled()
    daemon.clock.now = Date.UTC(2026, 0, 2, 3, 4, 5, 893)
    const { operation, projects } = await deploy(daemon, ['demo', 'review', 'helper', 'guard', 'db'])
    expect(operation).toMatch(/^op_20260102030405\d{3}_/)
    expect(projects).toMatchObject([{ name: 'one', outcome: 'done', problem: null }])
    expect(projects[0]?.items.map(({ action, path }) => `${action} ${path}`)).toEqual([
      `add ${one(daemon, '.claude/skills/demo')}`,
      `add ${one(daemon, '.claude/commands/review.md')}`,
      `add ${one(daemon, '.claude/agents/helper.md')}`,
      `add ${one(daemon, '.claude/hooks/guard')}`,
      `add ${one(daemon, '.claude/mcp/db.json')}`,
    ])
    expect(projects[0]?.items[0]?.files).toEqual([
      { path: 'SKILL.md', change: 'add' },
      { path: 'scripts/run.sh', change: 'add' },
    ])
    expect(readFileSync(one(daemon, '.claude/skills/demo/scripts/run.sh'), 'utf8')).toBe('run\n')
    const hash = records(daemon)[0]?.content_hash
    expect(Object.entries(records(daemon)[0] ?? {})).toEqual(
      Object.entries({
        artifact_name: 'demo',
        artifact_type: 'skill',
        from_collection: 'default',
        deployed_at: '2026-01-02T03:04:05.893000',
        artifact_path: 'skills/demo',
        content_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        local_modifications: false,
        version_lineage: [hash],
        merge_base_snapshot: hash,
        deployment_profile_id: 'claude_code',
        platform: 'claude_code',
        profile_root_dir: '.claude',
        collection_sha: hash,
      }),
    )
  })

  it('is seen by whoever asks next, with where it came from (CACHE-4.3a)', async () => {
    const daemon = await startFilled()
    await deploy(daemon, ['demo'])
    const { items } = await daemon.call('artifacts.list', { project: 'one', type: 'skill' })
    expect(items).toMatchObject([{ name: 'demo', isOutdated: false, localModified: false }])
  })

  it('leaves behind what is not copied: repositories, caches, packages', async () => {
    const daemon = await startFilled((home) => {
      const demo = '.skillmeat/collections/default/skills/demo'
      for (const path of [
        '.git/config',
        '__pycache__/a.pyc',
        'node_modules/x/i.js',
        'b.pyo',
        '.DS_Store',
        'v.egg-info/x',
      ])
        home.write(`${demo}/${path}`, 'x')
    })
    await deploy(daemon, ['demo'])
    expect(Object.keys(snapshot(one(daemon, '.claude/skills/demo'))).sort()).toEqual([
      'SKILL.md',
      'scripts/run.sh',
    ])
  })

  it('changes what is still as it was deployed, and notes the line of versions', async () => {
    const daemon = await startFilled()
    await deploy(daemon, ['demo', 'review'])
    const before = records(daemon)[0]?.content_hash
    daemon.write('.skillmeat/collections/default/skills/demo/SKILL.md', skill('demo', 'Better.'))
    const { projects } = await deploy(daemon, ['demo', 'review'])
    expect(projects[0]?.items).toMatchObject([
      { name: 'demo', action: 'change', files: [{ path: 'SKILL.md', change: 'change' }] },
      { name: 'review', action: 'same', files: [] },
    ])
    const [record] = records(daemon)
    expect(record).toMatchObject({ parent_hash: before, version_lineage: [record?.content_hash, before] })
  })

  it('does nothing, and makes no change to take back, where all is there already', async () => {
    const daemon = await startFilled()
    await deploy(daemon, ['demo'])
    const before = snapshot(one(daemon))
    daemon.clock.now += 60_000
    expect(await deploy(daemon, ['demo'])).toMatchObject({ operation: null, projects: [{ outcome: 'done' }] })
    expect(snapshot(one(daemon))).toEqual(before)
  })

  it.each([
    [
      'edited since',
      'edited',
      (daemon: TestDaemon) => appendFileSync(one(daemon, '.claude/skills/demo/SKILL.md'), 'Mine.\n'),
    ],
    [
      'not from a collection',
      'not_ours',
      (daemon: TestDaemon) => void daemon.write('projects/one/.claude/agents/helper.md', '# My own helper\n'),
    ],
  ])(
    'leaves a project as it is where something is %s, unless it may be overwritten',
    async (_, code, edit) => {
      const daemon = await startFilled()
      await deploy(daemon, ['demo'])
      daemon.write('.skillmeat/collections/default/skills/demo/SKILL.md', skill('demo', 'Better.'))
      edit(daemon)
      const before = snapshot(one(daemon))
      const refused = await deploy(daemon, ['demo', 'helper', 'review'])
      expect(refused).toMatchObject({ operation: null, projects: [{ outcome: 'conflict' }] })
      expect(refused.projects[0]?.items.filter(({ action }) => action === 'conflict')).toMatchObject([
        { reason: { code } },
      ])
      expect(snapshot(one(daemon))).toEqual(before)

      const { operation, projects } = await deploy(daemon, ['demo', 'helper', 'review'], { overwrite: true })
      expect(projects[0]?.outcome).toBe('done')
      await daemon.call('deployments.undo', { operation: operation ?? '' })
      expect(snapshot(one(daemon))).toEqual(before)
    },
  )

  it('takes what is there already for deployed when it is the same', async () => {
    const daemon = await startFilled(
      (home) => void home.write('projects/one/.claude/agents/helper.md', '# Helper\n'),
    )
    const { projects } = await deploy(daemon, ['helper'])
    expect(projects[0]?.items).toMatchObject([{ action: 'same', reason: { code: 'recorded' } }])
    expect(records(daemon)).toMatchObject([{ artifact_name: 'helper', artifact_path: 'agents/helper.md' }])
  })

  it('goes to several projects, where one in conflict holds up no other', async () => {
    const daemon = await startFilled(
      (home) => void home.write('projects/one/.claude/agents/helper.md', '# Mine\n'),
    )
    const { projects } = await deploy(daemon, ['helper'], { projects: [], allProjects: true })
    expect(projects.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['one', 'conflict'],
      ['two', 'done'],
    ])
  })

  it('goes to other agents, and says where one has no place for a type', async () => {
    const daemon = await startFilled()
    const { projects } = await deploy(daemon, ['demo', 'helper'], { allProfiles: true })
    expect(projects[0]?.items.map(({ profile, name, action }) => `${profile} ${name} ${action}`)).toEqual([
      'claude_code demo add',
      'claude_code helper add',
      'codex demo add',
      'codex helper add',
      'gemini demo add',
      'gemini helper skip',
      'cursor demo add',
      'cursor helper add',
    ])
    expect(records(daemon, '.gemini/.skillmeat-deployed.toml')).toMatchObject([
      { artifact_name: 'demo', deployment_profile_id: 'gemini', profile_root_dir: '.gemini' },
    ])
  })

  it('goes below the home folder for all projects', async () => {
    const daemon = await startFilled()
    const { projects } = await deploy(daemon, ['demo'], { projects: [], scope: 'user' })
    expect(projects).toMatchObject([
      { outcome: 'done', items: [{ path: join(daemon.home, '.claude/skills/demo') }] },
    ])
    const { items } = await daemon.call('artifacts.list', { scope: 'user', type: 'skill' })
    expect(items).toMatchObject([{ name: 'demo' }])
  })

  it('makes links to the collection when asked to, which undeploying takes away and nothing else', async () => {
    const daemon = await startFilled()
    await deploy(daemon, ['demo'], { link: true })
    const source = join(daemon.home, '.skillmeat/collections/default/skills/demo')
    expect(readlinkSync(one(daemon, '.claude/skills/demo'))).toBe(source)
    const { items } = await daemon.call('artifacts.list', { project: 'one', type: 'skill' })
    expect(items).toMatchObject([{ name: 'demo', localModified: false, isOutdated: false }])
    await daemon.call('deployments.undeploy', { artifacts: named('demo'), projects: ['one'] })
    expect(existsSync(one(daemon, '.claude/skills'))).toBe(false)
    expect(existsSync(join(source, 'SKILL.md'))).toBe(true)
  })

  it('makes a folder that was no project one that is known', async () => {
    const daemon = await startFilled((home) => void home.write('elsewhere/new/README.md', ''))
    const path = join(daemon.home, 'elsewhere/new')
    await deploy(daemon, ['demo'], { projects: [path] })
    expect(await daemon.call('projects.show', { project: path })).toMatchObject({
      path,
      artifactCount: 1,
    })
  })

  it('deploys what a skill brings with it, unless told not to', async () => {
    const daemon = await startFilled((home) => {
      home.write('.skillmeat/collections/default/skills/demo/commands/extra.md', '# Extra\n')
      home.write('.skillmeat/collections/default/skills/demo/hooks/h/settings.json', '{}')
      home.write('.skillmeat/collections/default/skills/demo/mcp-servers/s.json', '{}')
      home.write('.skillmeat/collections/default/skills/demo/skills/inner/SKILL.md', skill('inner'))
    })
    const { projects } = await deploy(daemon, ['demo'])
    expect(projects[0]?.items.map(({ type, name }) => `${type} ${name}`)).toEqual([
      'skill demo',
      'command extra',
      'hook h',
      'mcp s',
      'skill inner',
    ])
    expect(readFileSync(one(daemon, '.claude/commands/extra.md'), 'utf8')).toBe('# Extra\n')
    const gone = await daemon.call('deployments.undeploy', { artifacts: named('demo'), projects: ['one'] })
    expect(gone.projects[0]?.items).toHaveLength(5)
    expect(Object.keys(snapshot(one(daemon)))).toEqual(['.claude/commands/mine.md'])
    const alone = await deploy(daemon, ['demo'], { members: false })
    expect(alone.projects[0]?.items).toHaveLength(1)
  })

  it('keeps comments, unknown keys and the order of records', async () => {
    const daemon = await startFilled((home) =>
      home.write(
        'projects/one/.claude/.skillmeat-deployed.toml',
        '# By hand.\n[[deployed]]\nartifact_name = "other"\nartifact_type = "agent"\nartifact_path = "agents/other.md" # there\nfrom_collection = "work"\nmood = "good"\n',
      ),
    )
    await deploy(daemon, ['demo'])
    const text = readFileSync(one(daemon, '.claude/.skillmeat-deployed.toml'), 'utf8')
    expect(text).toContain('# By hand.\n[[deployed]]\nartifact_name = "other"')
    expect(text).toContain('"agents/other.md" # there')
    expect(records(daemon).map(({ artifact_name }) => artifact_name)).toEqual(['other', 'demo'])
  })

  it('reads an empty list, and leaves a broken file and its project alone (1247)', async () => {
    const daemon = await startFilled((home) => {
      home.write('projects/one/.claude/.skillmeat-deployed.toml', 'deployed = []\n')
      home.write('projects/two/.claude/.skillmeat-deployed.toml', 'deployed = [\n')
    })
    const { projects } = await deploy(daemon, ['demo'], { projects: ['one', 'two'] })
    expect(projects).toMatchObject([
      { outcome: 'done' },
      { outcome: 'conflict', problem: expect.stringContaining('.skillmeat-deployed.toml:') },
    ])
    expect(readFileSync(join(daemon.home, 'projects/two/.claude/.skillmeat-deployed.toml'), 'utf8')).toBe(
      'deployed = [\n',
    )
    writeFileSync(join(daemon.home, 'projects/two/.claude/.skillmeat-deployed.toml'), 'deployed = 3\n')
    expect(await deploy(daemon, ['demo'], { projects: ['two'] })).toMatchObject({
      projects: [{ problem: expect.stringContaining('deployed is not a list of tables') }],
    })
  })

  it('moves what became a folder, and what became a file again', async () => {
    const daemon = await startFilled()
    await deploy(daemon, ['guard', 'db'])
    rmSync(join(daemon.home, '.skillmeat/collections/default/hooks/guard'), { recursive: true })
    daemon.write('.skillmeat/collections/default/hooks/guard', '# A file\n')
    rmSync(join(daemon.home, '.skillmeat/collections/default/mcp/db.json'))
    daemon.write('.skillmeat/collections/default/mcp/db.json/mcp.json', '{}')
    const { projects } = await deploy(daemon, ['guard', 'db'])
    expect(
      projects[0]?.items.map(({ action, path }) => `${action} ${path.slice(one(daemon).length + 1)}`),
    ).toEqual([
      'remove .claude/hooks/guard',
      'add .claude/hooks/guard.md',
      'remove .claude/mcp/db.json',
      'add .claude/mcp/db',
    ])
    expect(records(daemon).map(({ artifact_path }) => artifact_path)).toEqual(['hooks/guard.md', 'mcp/db'])
  })

  it('names with spaces, emoji and dots go their way', async () => {
    const daemon = await startFilled((home) =>
      writeCollection(home, [
        { type: 'skill', name: 'My skill 🎈 v1.2', files: { 'SKILL.md': skill('x') } },
        { type: 'command', name: 'do it — now', files: '# Do\n' },
      ]),
    )
    await deploy(daemon, ['My skill 🎈 v1.2', 'do it — now'])
    expect(existsSync(one(daemon, '.claude/skills/My skill 🎈 v1.2/SKILL.md'))).toBe(true)
    expect(existsSync(one(daemon, '.claude/commands/do it — now.md'))).toBe(true)
    await daemon.call('deployments.undeploy', {
      artifacts: named('My skill 🎈 v1.2', 'do it — now'),
      projects: ['one'],
    })
    expect(Object.keys(snapshot(one(daemon)))).toEqual(['.claude/commands/mine.md'])
  })
})

describe('what may not be deployed', () => {
  const conflictOf = async (daemon: TestDaemon, names: string[]) => {
    const before = snapshot(one(daemon))
    const { projects, operation } = await deploy(daemon, names, { overwrite: true })
    expect(operation).toBeNull()
    expect(snapshot(one(daemon))).toEqual(before)
    return projects[0]?.items.flatMap(({ action, reason }) =>
      action === 'conflict' ? (reason?.code ?? []) : [],
    )
  }

  it.each(['../../evil', 'a/b', '.hidden', 'a\\b', '..', '\u0000'])(
    'an artifact of the name %j',
    async (name) => {
      const daemon = await startFilled((home) =>
        home.write(
          '.skillmeat/collections/default/collection.toml',
          `[[artifacts]]\nname = ${JSON.stringify(name).replaceAll('\\u0000', '\\u0001')}\ntype = "skill"\npath = "skills/demo"\norigin = "local"\nadded = "2026-01-02T03:04:05"\n`,
        ),
      )
      expect(await conflictOf(daemon, [name.replaceAll('\u0000', '\u0001')])).toEqual(['bad_name'])
    },
  )

  it.each(['../../../outside', '/etc', '.', 'skills/../../x'])(
    'a manifest that leads to %s',
    async (path) => {
      const daemon = await startFilled((home) => {
        home.write('.skillmeat/outside/SKILL.md', 'secret')
        home.write(
          '.skillmeat/collections/default/collection.toml',
          `[[artifacts]]\nname = "demo"\ntype = "skill"\npath = ${JSON.stringify(path)}\norigin = "local"\nadded = "2026-01-02T03:04:05"\n`,
        )
      })
      const codes = await conflictOf(daemon, ['demo'])
      expect(codes).toEqual(['leads_out'])
    },
  )

  it.each(['/etc/passwd', '../../../../config.toml'])('an artifact with a link to %s', async (target) => {
    const daemon = await startFilled((home) =>
      symlinkSync(target, join(home.home, '.skillmeat/collections/default/skills/demo/link')),
    )
    expect(await conflictOf(daemon, ['demo'])).toEqual(['leads_out'])
  })

  it('through a link that leads out of the project, also when it is a folder on the way', async () => {
    const daemon = await startFilled((home) => {
      mkdirSync(join(home.home, 'outside'))
      symlinkSync('../../../outside', join(home.home, 'projects/one/.claude/skills'))
      symlinkSync('/nowhere/at/all', join(home.home, 'projects/one/.claude/agents'))
    })
    expect(await conflictOf(daemon, ['demo', 'helper', 'review'])).toEqual(['outside', 'outside'])
    expect(snapshot(join(daemon.home, 'outside'))).toEqual({})
  })

  it('where the folder of a profile is a link that leads out', async () => {
    const daemon = await startFilled((home) => {
      mkdirSync(join(home.home, 'outside'))
      symlinkSync('../../outside', join(home.home, 'projects/one/.codex'))
    })
    const { projects } = await deploy(daemon, ['demo'], { profiles: ['codex'], overwrite: true })
    expect(projects[0]).toMatchObject({ outcome: 'conflict', items: [{ reason: { code: 'outside' } }] })
    expect(snapshot(join(daemon.home, 'outside'))).toEqual({})
  })

  it('through a link inside of the project it does', async () => {
    const daemon = await startFilled((home) => {
      mkdirSync(join(home.home, 'projects/one/shared'))
      symlinkSync('../shared', join(home.home, 'projects/one/.claude/skills'))
    })
    await deploy(daemon, ['demo'])
    expect(existsSync(one(daemon, 'shared/demo/SKILL.md'))).toBe(true)
    expect(lstatSync(one(daemon, '.claude/skills')).isSymbolicLink()).toBe(true)
  })

  it('beside a name that differs only in case, and where a file is in the way', async () => {
    const daemon = await startFilled((home) => {
      home.write('projects/one/.claude/skills/Demo/SKILL.md', skill('Demo'))
      home.write('projects/one/.claude/agents', 'a file')
    })
    expect(await conflictOf(daemon, ['demo', 'helper'])).toEqual(['case_twin', 'in_the_way'])
  })

  it('two artifacts that would lie at the same place', async () => {
    const daemon = await startFilled((home) =>
      writeCollection(home, [
        { type: 'command', name: 'review', files: '# One\n' },
        { type: 'command', name: 'review.md', path: 'commands/other.md', files: '# Two\n' },
      ]),
    )
    expect(await conflictOf(daemon, ['review', 'review.md'])).toEqual(['same_place'])
  })
})

describe('a request that cannot be met', () => {
  it.each([
    ['collection.artifact_not_found', { artifacts: named('none'), projects: ['one'] }],
    ['collection.not_found', { artifacts: named('demo'), projects: ['one'], collection: 'none' }],
    ['collection.bad_name', { artifacts: named('demo'), projects: ['one'], collection: '../default' }],
    ['deploy.unknown_profile', { artifacts: named('demo'), projects: ['one'], profiles: ['emacs'] }],
    ['deploy.set_not_found', { sets: ['none'], projects: ['one'] }],
    ['deploy.nothing_named', { projects: ['one'] }],
    ['deploy.no_project', { artifacts: named('demo') }],
    ['collection.ambiguous', { artifacts: named('twice'), projects: ['one'] }],
    ['deploy.bad_profile', { artifacts: named('demo'), projects: ['one'], platformDefaults: '{' }],
    ['project.not_found', { artifacts: named('demo'), projects: ['/no/such/folder'] }],
    ['deploy.plan_changed', { artifacts: named('demo'), projects: ['one'], expect: 'another' }],
  ])('is refused with %s', async (slug, params) => {
    const daemon = await startFilled((home) =>
      writeCollection(home, [
        { type: 'skill', name: 'demo', files: { 'SKILL.md': skill('demo') } },
        { type: 'skill', name: 'twice', files: { 'SKILL.md': skill('twice') } },
        { type: 'agent', name: 'twice', files: '# Twice\n' },
      ]),
    )
    await expect(daemon.call('deployments.deploy', params)).rejects.toMatchObject({ slug })
  })
})

describe('deployments.plan', () => {
  it('tells what deploying does, and changes nothing; the digest holds while nothing changes', async () => {
    const daemon = await startFilled()
    const before = snapshot(daemon.home)
    const request = { artifacts: named('demo', 'review'), projects: ['one', 'two'] }
    const plan = await daemon.call('deployments.plan', request)
    expect(plan.projects.map(({ name, items }) => [name, items.map(({ action }) => action)])).toEqual([
      ['one', ['add', 'add']],
      ['two', ['add', 'add']],
    ])
    expect(snapshot(daemon.home)).toEqual(before)
    expect((await daemon.call('deployments.plan', request)).digest).toBe(plan.digest)
    daemon.write('projects/two/.claude/commands/review.md', '# Mine\n')
    await expect(
      daemon.call('deployments.deploy', { ...request, expect: plan.digest }),
    ).rejects.toMatchObject({
      slug: 'deploy.plan_changed',
    })
    const again = await daemon.call('deployments.plan', request)
    expect(again.digest).not.toBe(plan.digest)
    const done = await daemon.call('deployments.deploy', { ...request, expect: again.digest })
    expect(done.projects.map(({ outcome }) => outcome)).toEqual(['done', 'conflict'])
  })

  it('tells of taking away, too', async () => {
    const daemon = await startFilled()
    await deploy(daemon, ['demo'])
    const plan = await daemon.call('deployments.plan', {
      artifacts: named('demo'),
      projects: ['one'],
      remove: true,
    })
    expect(plan.projects[0]?.items).toMatchObject([
      {
        action: 'remove',
        reason: null,
        files: [{ path: 'SKILL.md', change: 'remove' }, { change: 'remove' }],
      },
    ])
    expect(existsSync(one(daemon, '.claude/skills/demo'))).toBe(true)
  })
})

describe('deployments.undeploy', () => {
  it('leaves nothing of ours and everything of theirs', async () => {
    const daemon = await startFilled()
    const before = snapshot(one(daemon))
    await deploy(daemon, ['demo', 'review', 'helper', 'guard', 'db'], { allProfiles: true })
    await daemon.call('deployments.undeploy', {
      artifacts: named('demo', 'review', 'helper', 'guard', 'db'),
      projects: ['one'],
    })
    expect(snapshot(one(daemon))).toEqual(before)
  })

  it('keeps what was edited, unless told otherwise, and forgets the record of what is gone', async () => {
    const daemon = await startFilled()
    await deploy(daemon, ['demo', 'review'])
    appendFileSync(one(daemon, '.claude/commands/review.md'), 'Mine.\n')
    const params = { artifacts: named('demo', 'review'), projects: ['one'] }
    const refused = await daemon.call('deployments.undeploy', params)
    expect(refused.projects[0]).toMatchObject({
      outcome: 'conflict',
      items: [{ action: 'remove' }, { action: 'conflict', reason: { code: 'edited' } }],
    })
    expect(existsSync(one(daemon, '.claude/skills/demo'))).toBe(true)
    rmSync(one(daemon, '.claude/skills/demo'), { recursive: true })
    const { operation, projects } = await daemon.call('deployments.undeploy', { ...params, overwrite: true })
    expect(projects[0]?.items).toMatchObject([
      { reason: { code: 'gone' } },
      { reason: { code: 'overwritten' } },
    ])
    expect(existsSync(one(daemon, '.claude/.skillmeat-deployed.toml'))).toBe(false)
    await daemon.call('deployments.undo', { operation: operation ?? '' })
    expect(readFileSync(one(daemon, '.claude/commands/review.md'), 'utf8')).toBe('# Review\nMine.\n')
    expect(records(daemon)).toHaveLength(2)
  })

  it('takes from one agent alone, and says when there is nothing', async () => {
    const daemon = await startFilled()
    await deploy(daemon, ['demo'], { profiles: ['claude_code', 'codex'] })
    await daemon.call('deployments.undeploy', {
      artifacts: named('demo'),
      projects: ['one'],
      profiles: ['codex'],
    })
    expect([existsSync(one(daemon, '.codex')), existsSync(one(daemon, '.claude/skills/demo'))]).toEqual([
      false,
      true,
    ])
    await expect(
      daemon.call('deployments.undeploy', { artifacts: named('review'), projects: ['one'] }),
    ).rejects.toMatchObject({ slug: 'deploy.not_deployed' })
  })
})

describe('deployments.undo', () => {
  it('brings back what was there, and can be taken back itself', async () => {
    const daemon = await startFilled()
    const nothing = snapshot(one(daemon))
    await deploy(daemon, ['demo', 'review'])
    const deployed = snapshot(one(daemon))
    daemon.clock.now += 1_000
    const undone = await daemon.call('deployments.undo', {})
    expect(undone).toMatchObject({ title: 'Deploy demo, review', projects: [{ outcome: 'done' }] })
    expect(snapshot(one(daemon))).toEqual(nothing)
    expect((await daemon.call('artifacts.list', { project: 'one' })).items.map(({ name }) => name)).toEqual([
      'mine',
    ])
    daemon.clock.now += 1_000
    await daemon.call('deployments.undo', { operation: undone.operation ?? '' })
    expect(snapshot(one(daemon))).toEqual(deployed)
  })

  it('keeps what was edited since, its record too, and tells of it; --force keeps a copy', async () => {
    const daemon = await startFilled()
    const { operation } = await deploy(daemon, ['demo', 'review'])
    appendFileSync(one(daemon, '.claude/commands/review.md'), 'Mine.\n')
    daemon.clock.now += 1_000
    const { projects } = await daemon.call('deployments.undo', {})
    expect(projects[0]?.items).toMatchObject([
      { action: 'remove' },
      { action: 'conflict', reason: { code: 'edited' } },
    ])
    expect(existsSync(one(daemon, '.claude/skills/demo'))).toBe(false)
    expect(readFileSync(one(daemon, '.claude/commands/review.md'), 'utf8')).toContain('Mine.')
    expect(records(daemon)).toMatchObject([{ artifact_name: 'review' }])
    daemon.clock.now += 1_000
    const forced = await daemon.call('deployments.undo', { operation: operation ?? '', force: true })
    expect(existsSync(one(daemon, '.claude/commands/review.md'))).toBe(false)
    daemon.clock.now += 1_000
    await daemon.call('deployments.undo', { operation: forced.operation ?? '' })
    expect(readFileSync(one(daemon, '.claude/commands/review.md'), 'utf8')).toContain('Mine.')
  })

  it('keeps records that came since', async () => {
    const daemon = await startFilled()
    const { operation } = await deploy(daemon, ['demo'])
    daemon.clock.now += 1_000
    await deploy(daemon, ['review'])
    daemon.clock.now += 1_000
    await daemon.call('deployments.undo', { operation: operation ?? '' })
    expect(records(daemon)).toMatchObject([{ artifact_name: 'review' }])
  })

  it('tries without changing anything, walks back change by change, and says when there is none', async () => {
    const daemon = await startFilled()
    await expect(daemon.call('deployments.undo', {})).rejects.toMatchObject({ slug: 'deploy.no_operation' })
    await deploy(daemon, ['demo'])
    daemon.clock.now += 1_000
    await deploy(daemon, ['review'])
    const before = snapshot(one(daemon))
    expect(await daemon.call('deployments.undo', { dryRun: true })).toMatchObject({
      title: 'Deploy review',
      operation: null,
      projects: [{ outcome: null, items: [{ action: 'remove' }] }],
    })
    expect(snapshot(one(daemon))).toEqual(before)
    for (const title of ['Deploy review', 'Deploy demo']) {
      daemon.clock.now += 1_000
      expect(await daemon.call('deployments.undo', {})).toMatchObject({ title })
    }
    await expect(daemon.call('deployments.undo', {})).rejects.toMatchObject({ slug: 'deploy.no_operation' })
    const { items } = await daemon.call('deployments.operations', {})
    expect(items.map(({ kind, title }) => `${kind}: ${title}`)).toEqual([
      'undo: Undo: Deploy demo',
      'undo: Undo: Deploy review',
      'deploy: Deploy review',
      'deploy: Deploy demo',
    ])
    expect(items[2]?.undoneBy).toBe(items[1]?.id)
  })
})

describe('profiles.list', () => {
  it('lays settings, the environment and the project over the known ones, each stronger than the last', async () => {
    const daemon = await startFilled((home) => {
      home.write(
        '.skillmeat/config.toml',
        '[platform.defaults.codex]\nroot_dir = ".codex-a"\n[platform.defaults.codex.artifact_path_map]\nskill = "from-config"\nagent = "agents-of-mine"\n',
      )
      home.write(
        'projects/one/.claude/.skillmeat-project.toml',
        '[[profiles]]\nprofile_id = "codex"\nroot_dir = "tools/codex"\n[[profiles]]\nprofile_id = "lab"\nplatform = "other"\nroot_dir = ".lab"\nsupported_artifact_types = ["skill"]\n',
      )
    })
    const platformDefaults = '{"codex":{"artifact_path_map":{"skill":"from-env"}}}'
    const codex = async (project?: string) => {
      const { items } = await daemon.call('profiles.list', { platformDefaults, ...(project && { project }) })
      return items.find(({ id }) => id === 'codex')
    }
    const containers = { skill: 'from-env', command: 'commands', agent: 'agents-of-mine' }
    expect(await codex()).toMatchObject({ root: '.codex-a', containers })
    expect(await codex('one')).toMatchObject({ root: 'tools/codex', containers })
    await deploy(daemon, ['demo'], { profiles: ['codex', 'lab'], platformDefaults })
    expect(existsSync(one(daemon, 'tools/codex/from-env/demo/SKILL.md'))).toBe(true)
    expect(existsSync(one(daemon, '.lab/skills/demo/SKILL.md'))).toBe(true)
  })

  it.each(['../outside', '/etc', 'a/../../b', '', 'C:/x'])(
    'refuses a folder like %j (deploy.bad_profile)',
    async (root) => {
      const daemon = await startFilled()
      const platformDefaults = JSON.stringify({ claude_code: { root_dir: root } })
      await expect(daemon.call('profiles.list', { platformDefaults })).rejects.toMatchObject({
        slug: 'deploy.bad_profile',
      })
    },
  )
})

describe('deployment sets', () => {
  it('are made, nested, deployed and forgotten', async () => {
    const daemon = await startFilled()
    await daemon.call('sets.save', { name: 'base', artifacts: ['demo'] })
    const saved = await daemon.call('sets.save', {
      name: 'all',
      artifacts: ['agent:helper', 'review.md'],
      sets: ['base'],
    })
    expect(saved).toMatchObject({
      created: true,
      set: { artifacts: ['agent:helper', 'command:review'], sets: ['base'] },
    })
    const { projects } = await deploy(daemon, ['db'], { sets: ['all'] })
    expect(projects[0]?.items.map(({ name }) => name)).toEqual(['db', 'helper', 'review', 'demo'])
    await expect(daemon.call('sets.save', { name: 'base', sets: ['all'] })).rejects.toMatchObject({
      slug: 'deploy.set_cycle',
    })
    await expect(daemon.call('sets.delete', { name: 'base' })).rejects.toMatchObject({
      slug: 'deploy.set_in_use',
    })
    await daemon.call('sets.delete', { name: 'all' })
    expect(await daemon.call('sets.list', {})).toMatchObject({
      collection: 'default',
      items: [{ name: 'base' }],
    })
    await expect(daemon.call('sets.delete', { name: 'all' })).rejects.toMatchObject({
      slug: 'deploy.set_not_found',
    })
  })

  it('keep what somebody wrote beside them', async () => {
    const daemon = await startFilled((home) =>
      home.write(
        '.skillmeat/collections/default/deployment-sets.toml',
        '# Ours\n[[sets]]\nname = "base" # the first\nartifacts = ["skill:demo"]\nowner = "me"\n',
      ),
    )
    await daemon.call('sets.save', { name: 'base', artifacts: ['demo', 'review'] })
    const text = readFileSync(
      join(daemon.home, '.skillmeat/collections/default/deployment-sets.toml'),
      'utf8',
    )
    expect(text).toContain('# Ours\n[[sets]]\nname = "base" # the first\n')
    expect(text).toContain('owner = "me"')
    expect(text).toContain('command:review')
  })
})

it('lies where the home folder says, whatever links lead there', async () => {
  const daemon = await startFilled((home) => {
    mkdirSync(join(home.home, 'dotfiles/claude'), { recursive: true })
    symlinkSync('dotfiles/claude', join(home.home, '.claude'))
  })
  await deploy(daemon, ['demo'], { projects: [], scope: 'user' })
  const real = realpathSync(join(daemon.home, '.claude'))
  expect(existsSync(join(real, 'skills/demo/SKILL.md'))).toBe(true)
  expect(dirname(real)).toBe(join(daemon.home, 'dotfiles'))
})
