/**
 * Files change under a daemon that runs: what watchers are told, what lists and the history say. The built programs, in a
 * home made from the corpus. Each test has a project of its own.
 */
import { cpSync, mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createDemoBox, type DemoBox } from '../support/demo-box.ts'
import { skill } from '../support/test-daemon.ts'
import { git, initRepository } from '../support/upstream-repo.ts'
import type { WatchLine, WatchProcess } from '../support/watch-process.ts'

type Change = 'added' | 'changed' | 'removed'
type Names = Partial<Record<Change, readonly string[]>>

let box: DemoBox
beforeAll(async () => {
  // A checkout may take longer than a burst of changes is waited for by default.
  box = createDemoBox({ env: { SMD_WATCH_MAX_SETTLE_MS: '60000' } })
  await box.smd('start')
})
afterAll(() => box.dispose())

let told: WatchProcess
beforeEach(async () => {
  told = await box.watch('artifacts', 'projects', 'collections', 'refresh')
})
afterEach(() => told.child.kill('SIGKILL'))

const isOf =
  (topic: string, path: string) =>
  (line: WatchLine): boolean =>
    line.topic === topic && line.data?.path === path

const namesOf = (data: object, change: Change): string[] =>
  (data as Record<Change, Array<{ name: string }>>)[change].map(({ name }) => name)

/** Resolves when all these names were told of the unit at `path`, in one event or several. */
async function untilTold(path: string, names: Names): Promise<void> {
  const missing = new Set(
    Object.entries(names).flatMap(([change, some]) => some.map((name) => `${change} ${name}`)),
  )
  while (missing.size > 0) {
    const { data = {} } = await told.until(isOf('artifacts.changed', path))
    for (const change of ['added', 'changed', 'removed'] as const)
      for (const name of namesOf(data, change)) missing.delete(`${change} ${name}`)
  }
}

type Project = { dir: string; name: string; skillFile(of: string): string }

/** A new project that is in the cache already. */
async function newProject(name: string): Promise<Project> {
  const dir = box.addProject(`projects/${name}`)
  await told.until(isOf('artifacts.changed', dir))
  // The folder was copied while it was found: what came later has been read, too.
  await box.smd('sync --wait')
  return { dir, name, skillFile: (of) => join(dir, '.claude/skills', of, 'SKILL.md') }
}

/** Adds a skill to a project. Resolves with the project's id when that is told, and how often it was read before. */
async function addMarker(
  { dir, skillFile }: Project,
  name: string,
): Promise<{ id: string; earlierReads: number }> {
  box.write(skillFile(name), skill(name))
  const reads: string[] = []
  for (;;) {
    const { topic, data = {} } = await told.until((line) => line.topic !== undefined)
    if (topic === 'refresh.started') reads.push(...(data.projectIds as string[]))
    else if (topic === 'artifacts.changed' && data.path === dir && namesOf(data, 'added').includes(name)) {
      const { id } = data.project as { id: string }
      // The last one is that which has found it.
      return { id, earlierReads: reads.filter((read) => read === id).length - 1 }
    }
  }
}

/** What the history says of artifacts since a moment, joined and each once; names sorted. */
async function historySince(project: string, since: number): Promise<Names> {
  const { items } = await box.json(['history', project])
  const found: Record<Change, Set<string>> = { added: new Set(), changed: new Set(), removed: new Set() }
  for (const { at, topic, data } of items as Array<{ at: string; topic: string; data: object }>) {
    if (Date.parse(at) < since || topic !== 'artifacts.changed') continue
    for (const change of ['added', 'changed', 'removed'] as const)
      for (const { name } of (data as Record<Change, Array<{ name: string }>>)[change])
        found[change].add(name)
  }
  const entries = Object.entries(found).filter(([, names]) => names.size > 0)
  return Object.fromEntries(entries.map(([change, names]) => [change, [...names].sort()]))
}

/** Does something to a project and waits until it is told; then list and history have to agree. */
async function expectTold(project: Project, act: () => void, names: Names) {
  const before = await box.names(project.name)
  const since = Date.now()
  act()
  await untilTold(project.dir, names)
  await box.smd('sync --wait')
  expect(await historySince(project.name, since)).toEqual(names)
  const { added = [], removed = [] } = names
  const after = [...before.filter((name) => !removed.includes(name)), ...added].sort()
  expect(await box.names(project.name)).toEqual(after)
}

describe('artifacts of a project that is watched (CACHE-2.3d, CACHE-2.5b)', () => {
  it('a skill is added, edited, saved as editors do, renamed, moved and deleted', async () => {
    const project = await newProject('edited')
    const { dir, skillFile } = project
    const write = (name: string, text = skill(name)) => box.write(skillFile(name), text)
    await expectTold(project, () => write('zeta'), { added: ['zeta'] })
    await expectTold(project, () => write('zeta', skill('zeta', 'Edited.')), { changed: ['zeta'] })
    const save = () => {
      const temporary = `${skillFile('zeta')}.tmp.1`
      writeFileSync(temporary, skill('zeta', 'Saved by an editor.'))
      renameSync(temporary, skillFile('zeta'))
    }
    await expectTold(project, save, { changed: ['zeta'] })
    const shown = await box.json(['show', 'zeta', '--project', project.name])
    expect(shown).toMatchObject({ description: 'Saved by an editor.' })
    const skills = join(dir, '.claude/skills')
    await expectTold(project, () => renameSync(join(skills, 'zeta'), join(skills, 'omega')), {
      added: ['omega'],
      removed: ['zeta'],
    })
    const other = await newProject('receiving')
    const there = join(other.dir, '.claude/skills/omega')
    const move = () => renameSync(join(skills, 'omega'), there)
    await expectTold(project, move, { removed: ['omega'] })
    expect(await box.names(other.name)).toContain('omega')
    await expectTold(other, () => rmSync(there, { recursive: true }), { removed: ['omega'] })
  })

  it('a link to a skill is turned to another one, and what it leads to is edited', async () => {
    const project = await newProject('linked')
    const store = (name: string) => join(box.home, 'store', name)
    for (const name of ['old', 'new'])
      box.write(join(store(name), 'SKILL.md'), skill(name, `The ${name} one.`))
    const link = join(project.dir, '.claude/skills/linked')
    const description = async () =>
      (await box.json(['show', 'linked', '--project', project.name])).description
    const turn = (to: string) => () => {
      symlinkSync(store(to), `${link}.next`)
      renameSync(`${link}.next`, link)
    }
    await expectTold(project, turn('old'), { added: ['linked'] })
    expect(await description()).toBe('The old one.')
    await expectTold(project, turn('new'), { changed: ['linked'] })
    expect(await description()).toBe('The new one.')
    const edit = () => box.write(join(store('new'), 'SKILL.md'), skill('new', 'Edited in its place.'))
    await expectTold(project, edit, { changed: ['linked'] })
    expect(await description()).toBe('Edited in its place.')
    await expectTold(project, () => unlinkSync(link), { removed: ['linked'] })
  })

  it('the folder .claude is deleted and comes back', async () => {
    const project = await newProject('cleared')
    const claude = join(project.dir, '.claude')
    const kept = join(box.root, 'kept')
    const all = await box.names(project.name)
    expect(all.length).toBeGreaterThan(10)
    cpSync(claude, kept, { recursive: true })
    const gone = () => rmSync(claude, { recursive: true })
    box.write(join(project.dir, '.mcp.json'), '{"mcpServers":{"stays":{"command":"true"}}}')
    await untilTold(project.dir, { added: ['stays'] })
    await expectTold(project, gone, { removed: all })
    await expectTold(project, () => cpSync(kept, claude, { recursive: true }), { added: all })
  })

  it('servers and hooks are added to configuration files', async () => {
    const project = await newProject('configured')
    const server = { command: 'node', args: ['server.js'] }
    const servers = () =>
      box.write(join(project.dir, '.mcp.json'), JSON.stringify({ mcpServers: { weather: server } }))
    await expectTold(project, servers, { added: ['weather'] })
    const hooks = { Stop: [{ hooks: [{ type: 'command', command: 'true' }] }] }
    const settings = join(project.dir, '.claude/settings.local.json')
    await expectTold(project, () => box.write(settings, JSON.stringify({ hooks })), { added: ['Stop#1'] })
    await expectTold(project, () => unlinkSync(settings), { removed: ['Stop#1'] })
  })

  it('git checks out a branch that differs in thousands of files: one refresh, and it is right', async () => {
    const project = await newProject('branched')
    const { dir } = project
    const sources = (version: number): void => {
      for (let i = 0; i < 3_000; i++) {
        const folder = join(dir, 'src', String(i % 100))
        mkdirSync(folder, { recursive: true })
        writeFileSync(join(folder, `${i}.ts`), `export const n = ${i * version}\n`)
      }
    }
    const commit = (): void => {
      git(dir, 'add', '--all', '--force')
      git(dir, 'commit', '-q', '-m', 'Change')
    }
    initRepository(dir)
    sources(1)
    commit()
    const before = await box.names(project.name)
    git(dir, 'checkout', '-q', '-b', 'other')
    sources(2)
    rmSync(join(dir, '.claude/skills'), { recursive: true })
    const skills = Array.from({ length: 200 }, (_, i) => `branch-skill-${i}`)
    for (const name of skills) box.write(project.skillFile(name), skill(name))
    commit()
    await box.smd('sync --wait')
    const other = await box.names(project.name)
    expect(other).toEqual(expect.arrayContaining(skills))
    git(dir, 'checkout', '-q', 'main')
    await box.smd('sync --wait')
    expect(await box.names(project.name)).toEqual(before)

    const { id } = await addMarker(project, 'marker')
    await box.smd('sync --wait')
    git(dir, 'checkout', '-q', 'other')
    const read = await told.until(
      ({ topic, data }) =>
        topic === 'refresh.completed' && data?.projectId === id && data.changesDetected !== 1,
    )
    expect(read.data?.changesDetected).toBeGreaterThan(200)
    await box.smd('sync --wait')
    expect(await box.names(project.name)).toEqual([...other, 'marker'].sort())
    expect(await addMarker(project, 'last')).toEqual({ id, earlierReads: 0 })
  })
})

describe('projects (CACHE-2.2b)', () => {
  it('are found when they appear, missing when they are gone, and back with what they had', async () => {
    const dir = box.addProject('projects/visiting')
    expect((await told.until(isOf('projects.changed', dir))).data).toMatchObject({ change: 'added' })
    await told.until(isOf('artifacts.changed', dir))
    await box.smd('sync --wait')
    const names = await box.names('visiting')
    expect(names.length).toBeGreaterThan(10)

    const away = join(box.root, 'away')
    renameSync(dir, away)
    expect((await told.until(isOf('projects.changed', dir))).data).toMatchObject({ status: 'missing' })
    const { items } = await box.json('projects list --limit 1000')
    expect(items).toContainEqual(
      expect.objectContaining({ path: dir, status: 'missing', errorMessage: 'The folder does not exist.' }),
    )
    // What was known is shown on, with its age.
    expect(await box.names('visiting')).toEqual(names)

    renameSync(away, dir)
    expect((await told.until(isOf('projects.changed', dir))).data).toMatchObject({ status: 'active' })
    await box.smd('sync --wait')
    expect(await box.names('visiting')).toEqual(names)
  })

  it('and what belongs to none: a server of the user, a project that only Claude Code knows', async () => {
    const claudeJson = join(box.home, '.claude.json')
    const outside = join(box.root, 'outside/kept')
    box.write(join(outside, '.claude/skills/far/SKILL.md'), skill('far'))
    const server = { command: 'node', args: ['server.js'] }
    const state = { projects: { [outside]: {} }, mcpServers: { everywhere: server } }
    writeFileSync(`${claudeJson}.next`, JSON.stringify(state))
    renameSync(`${claudeJson}.next`, claudeJson)
    await told.until(
      ({ topic, data }) => topic === 'artifacts.changed' && JSON.stringify(data).includes('"everywhere"'),
    )
    await box.smd('sync --wait')
    expect(await box.names('kept')).toEqual(['far'])
    const { items } = await box.json('list --type mcp --scope user')
    expect(items).toContainEqual(expect.objectContaining({ name: 'everywhere' }))
  })

  it('and a collection, told by its name', async () => {
    const dir = join(box.home, '.skillmeat/collections/default')
    box.write(join(dir, 'skills/collected/SKILL.md'), skill('collected'))
    expect((await told.until(isOf('collections.changed', dir))).data).toEqual({ name: 'default', path: dir })
    const lines = (await box.smd('history')).stdout.split('\n')
    expect(lines.filter((line) => line.includes('collection default has changed'))).not.toEqual([])
  })
})
