/** The three dated trees of a real collection as upstream, its first tree installed by three managers (ADR 0019). */
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ArtifactState } from '../../../../protocol/artifact-states.ts'
import { type GitProviders, gitProviders } from '../../../support/git-providers.ts'
import { computedHash } from '../../../support/skills-lock.ts'
import { type TestDaemon, useTestDaemon } from '../../../support/test-daemon.ts'
import { buildUpstreamRepository, git, type UpstreamRevision } from '../../../support/upstream-repo.ts'

const start = useTestDaemon()
const every = ['current', 'outdated', 'modified', 'diverged', 'unknown'] as const

let repo: string
let revisions: UpstreamRevision[]
beforeAll(() => {
  repo = realpathSync(mkdtempSync(join(tmpdir(), 'smd-upstream-')))
  revisions = buildUpstreamRepository(repo)
})
afterAll(() => rmSync(repo, { recursive: true, force: true }))

const commitOf = (index: number): string => (revisions[index] as UpstreamRevision).commit
/** Moves the branch that everybody follows; the files in the worktree play no part. */
const moveTo = (index: number): string => git(repo, 'update-ref', 'refs/heads/main', commitOf(index))

/** Paths of skill folders and agent files in a revision, by the name they are installed under; the first of a name. */
function listed(index: number): { skills: Map<string, string>; agents: Map<string, string> } {
  const skills = new Map<string, string>()
  const agents = new Map<string, string>()
  for (const path of ids(index).keys()) {
    const skill = /^(.*\/skills\/([a-z0-9._-]+))\/SKILL\.md$/.exec(path)
    const agent = /\/agents\/([^/]+\.md)$/.exec(path)
    if (skill && !skills.has(skill[2] as string)) skills.set(skill[2] as string, skill[1] as string)
    if (agent && !agents.has(agent[1] as string)) agents.set(agent[1] as string, path)
  }
  return { skills, agents }
}

/** What git says has changed below each path between two revisions: the truth. */
function truth(paths: Iterable<[name: string, path: string]>, from: number, to: number): Set<string> {
  const changed = git(repo, 'diff', '--name-only', '--no-renames', commitOf(from), commitOf(to)).split('\n')
  const isChanged = (path: string): boolean =>
    changed.some((file) => file === path || file.startsWith(`${path}/`))
  return new Set([...paths].flatMap(([name, path]) => (isChanged(path) ? [name] : [])))
}

/** Ids of everything in a revision by path, asked for once. */
const idsAt = new Map<number, Map<string, string>>()

function ids(index: number): Map<string, string> {
  let known = idsAt.get(index)
  if (!known) {
    const lines = git(repo, 'ls-tree', '-r', '-t', '-z', commitOf(index)).split('\0')
    known = new Map(lines.map((line) => [line.slice(line.indexOf('\t') + 1), line.slice(12, 52)]))
    idsAt.set(index, known)
  }
  return known
}

/** Whether a path is still there. */
const exists = (path: string, index: number): boolean => ids(index).has(path)

/** Checks a revision out beside the repository, to install from. */
function checkOut(index: number): string {
  const folder = join(repo, '.git', `tree-${index}`)
  if (!existsSync(folder)) git(repo, 'worktree', 'add', '-q', '--detach', folder, commitOf(index))
  return folder
}

const json = JSON.stringify

/** Skills by the skills CLI into a project, with the hash of their content. */
function installIntoProject(
  daemon: Pick<TestDaemon, 'home' | 'write'>,
  skills: Map<string, string>,
  from: string,
): void {
  const entries: Record<string, object> = {}
  for (const [name, path] of skills) {
    const to = join(daemon.home, 'src/web/.claude/skills', name)
    rmSync(to, { recursive: true, force: true })
    cpSync(join(from, path), to, { recursive: true })
    entries[name] = {
      source: 'wshobson/agents',
      sourceType: 'github',
      skillPath: `${path}/SKILL.md`,
      computedHash: computedHash(to),
    }
  }
  daemon.write('src/web/skills-lock.json', json({ version: 1, skills: entries }))
}

/** Skills by the skills CLI for the user, with git's id of their folder. */
function installForUser(
  daemon: Pick<TestDaemon, 'home' | 'write'>,
  skills: Map<string, string>,
  from: string,
): void {
  const entries: Record<string, object> = {}
  for (const [name, path] of skills) {
    cpSync(join(from, path), join(daemon.home, '.agents/skills', name), { recursive: true })
    entries[name] = {
      source: 'wshobson/agents',
      sourceType: 'github',
      sourceUrl: 'https://github.com/wshobson/agents.git',
      skillPath: `${path}/SKILL.md`,
      skillFolderHash: ids(0).get(path),
    }
  }
  daemon.write('.agents/.skill-lock.json', json({ version: 3, skills: entries }))
}

/** Agents by apm, with the commit they came from. */
function installAgents(
  daemon: Pick<TestDaemon, 'home' | 'write'>,
  agents: Map<string, string>,
  from: string,
): void {
  const commit = commitOf(0)
  const lines = ['lockfile_version: "1"', 'dependencies:']
  for (const [name, path] of agents) {
    const text = readFileSync(join(from, path))
    daemon.write(`src/api/.claude/agents/${name}`, text.toString('utf8'))
    lines.push(
      '  - repo_url: wshobson/agents',
      `    resolved_commit: ${commit}`,
      `    virtual_path: ${path}`,
      `    deployed_files: [.claude/agents/${name}]`,
      `    deployed_file_hashes: { ".claude/agents/${name}": "sha256:${createHash('sha256').update(text).digest('hex')}" }`,
    )
  }
  daemon.write('src/api/apm.lock.yaml', `${lines.join('\n')}\n`)
}

type Found = { path: string; name: string; state: ArtifactState; reason: string | null }

async function states(daemon: TestDaemon): Promise<Found[]> {
  const { items, total, nextCursor } = await daemon.call('artifacts.outdated', {
    states: [...every],
    limit: 10_000,
  })
  expect(nextCursor).toBeNull()
  expect(items.length).toBe(total)
  return items.map(({ path, state, reason }) => ({
    path,
    name: basename(path),
    state,
    reason: reason?.code ?? null,
  }))
}

const namesIn = (found: Found[], folder: string, ...wanted: ArtifactState[]): string[] =>
  found
    .filter(({ path, state }) => dirname(path).endsWith(folder) && wanted.includes(state))
    .map(({ name }) => name)
    .sort()

describe('three dated trees of a collection', () => {
  async function install(): Promise<{
    daemon: TestDaemon
    providers: GitProviders
    skills: Map<string, string>
    agents: Map<string, string>
  }> {
    const from = checkOut(0)
    const { skills, agents: files } = listed(0)
    // Without a name it is a text about agents, and no artifact
    const agents = new Map(
      [...files].filter(([, path]) => /^---\n(?:.*\n)*?name: /.test(readFileSync(join(from, path), 'utf8'))),
    )
    const providers = gitProviders({ 'wshobson/agents': repo })
    const daemon = await start({
      prepare(home) {
        home.around.providers = providers
        installIntoProject(home, skills, from)
        installForUser(home, skills, from)
        installAgents(home, agents, from)
      },
    })
    await daemon.call('cache.refresh', { force: true })
    return { daemon, providers, skills, agents }
  }

  it('tells for every folder whether it is outdated exactly as git diff does, there and back (CACHE-5.2b)', async () => {
    moveTo(0)
    const { daemon, providers, skills, agents } = await install()
    expect(skills.size).toBeGreaterThan(100)
    expect(agents.size).toBeGreaterThan(50)
    expect(new Set((await states(daemon)).map(({ reason }) => reason))).toEqual(new Set(['never_checked']))
    for (const to of [0, 1, 2, 0]) {
      moveTo(to)
      await daemon.call('upstream.check', { force: true })
      const found = await states(daemon)
      const moved = truth(skills, 0, to)
      const movedAgents = truth(agents, 0, to)
      const gone = (map: Map<string, string>) => (name: string) => !exists(map.get(name) as string, to)
      const expected = [...moved].filter((name) => !gone(skills)(name)).sort()
      for (const folder of ['web/.claude/skills', '.agents/skills']) {
        expect(namesIn(found, folder, 'outdated'), `${folder} at ${to}`).toEqual(expected)
        expect(namesIn(found, folder, 'unknown')).toEqual([...moved].filter(gone(skills)).sort())
        expect(namesIn(found, folder, 'current').length).toBe(skills.size - moved.size)
      }
      expect(namesIn(found, 'api/.claude/agents', 'outdated')).toEqual(
        [...movedAgents].filter((name) => !gone(agents)(name)).sort(),
      )
      expect(namesIn(found, 'api/.claude/agents', 'unknown')).toEqual(
        [...movedAgents].filter(gone(agents)).sort(),
      )
      expect(new Set(found.filter(({ state }) => state === 'unknown').map(({ reason }) => reason))).toEqual(
        new Set(found.some(({ state }) => state === 'unknown') ? ['removed_upstream'] : []),
      )
      const listedAsOutdated = await daemon.call('artifacts.list', { outdated: true, limit: 10_000 })
      expect(listedAsOutdated.total).toBe(found.filter(({ state }) => state === 'outdated').length)
    }
    expect(truth(skills, 0, 2).size).toBeGreaterThan(20)
    expect(truth(skills, 0, 2).size).toBeLessThan(skills.size)
    // One repository, one question each time, however many artifacts of how many managers
    expect(providers.asked.length).toBe(4)
  })

  it('tells changes made here from changes made there, and forgets neither with a new scan', async () => {
    moveTo(2)
    const { daemon, skills } = await install()
    await daemon.call('upstream.check', {})
    const moved = [...truth(skills, 0, 2)].filter((name) => exists(skills.get(name) as string, 2)).sort()
    const still = [...skills.keys()].filter((name) => !truth(skills, 0, 2).has(name)).sort()
    const [outdated, current] = [moved[0] as string, still[0] as string]
    const places = [
      ['src/web/.claude/skills', 'web/.claude/skills'],
      ['.agents/skills', '.agents/skills'],
    ] as const
    for (const [folder] of places) {
      for (const name of [outdated, current]) daemon.write(`${folder}/${name}/notes.md`, 'Added by hand.')
    }
    await daemon.call('cache.refresh', { force: true })
    const edited = await states(daemon)
    for (const [, folder] of places) {
      expect(namesIn(edited, folder, 'diverged')).toEqual([outdated])
      expect(namesIn(edited, folder, 'modified')).toEqual([current])
      expect(namesIn(edited, folder, 'outdated')).toEqual(moved.slice(1))
    }
    for (const [folder] of places) {
      for (const name of [outdated, current]) daemon.remove(`${folder}/${name}/notes.md`)
    }
    await daemon.call('cache.refresh', { force: true })
    const undone = await states(daemon)
    for (const [, folder] of places) {
      expect(namesIn(undone, folder, 'outdated')).toEqual(moved)
      expect(namesIn(undone, folder, 'modified', 'diverged')).toEqual([])
    }
  })

  it('is current again when what is new upstream has been installed, without asking once more', async () => {
    moveTo(2)
    const { daemon, providers, skills } = await install()
    await daemon.call('upstream.check', {})
    expect(namesIn(await states(daemon), 'web/.claude/skills', 'outdated').length).toBeGreaterThan(0)
    const left = new Map([...skills].filter(([, path]) => exists(path, 2)))
    installIntoProject(daemon, left, checkOut(2))
    await daemon.call('cache.refresh', { force: true })
    const found = await states(daemon)
    expect(namesIn(found, 'web/.claude/skills', 'current')).toEqual([...left.keys()].sort())
    expect(namesIn(found, '.agents/skills', 'outdated').length).toBeGreaterThan(0)
    expect(providers.asked.length).toBe(1)
  })
})
