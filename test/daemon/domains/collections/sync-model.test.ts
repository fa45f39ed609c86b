/** Random histories of edits, pulls, pushes and what takes them back, on real files, against a model of what must hold. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readTree } from '../../../../daemon/domains/collections/work/objects/index.ts'
import { skill, type TestDaemon, useTestDaemon } from '../../../support/test-daemon.ts'

const RUNS = Number(process.env.SMD_TEST_HISTORIES ?? 5)
const STEPS = 24

const projects = ['api', 'web'] as const
type Project = (typeof projects)[number]
const paths = ['SKILL.md', 'notes.txt', 'docs/more.md'] as const

type Step =
  | {
      kind: 'edit'
      where: Project | 'collection'
      path: (typeof paths)[number]
      at: number
      remove: number
      add: number
    }
  | { kind: 'delete' | 'move'; where: Project | 'collection'; path: (typeof paths)[number] }
  | {
      kind: 'pull' | 'push'
      project: Project
      conflicts: 'stop' | 'mark' | 'ours' | 'theirs'
      overwrite: boolean
    }
  | { kind: 'undo' }

const where = fc.constantFrom<Project | 'collection'>('api', 'web', 'collection')
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('edit' as const),
      where,
      path: fc.constantFrom(...paths),
      at: fc.nat(30),
      remove: fc.nat(2),
      add: fc.nat(2),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('delete' as const, 'move' as const),
      where,
      path: fc.constantFrom(...paths.slice(1)),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('pull' as const, 'push' as const),
      project: fc.constantFrom(...projects),
      conflicts: fc.constantFrom(
        'stop' as const,
        'stop' as const,
        'mark' as const,
        'ours' as const,
        'theirs' as const,
      ),
      overwrite: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: 'undo' }) },
)

type World = {
  daemon: TestDaemon
  folder(where: Project | 'collection'): string
  /** H1 that the record of each project has to have. */
  bases: Record<Project, string>
  /** Lines that somebody took out, or let go by a choice: they may be gone. */
  gone: Set<string>
  made: number
}

/** All files below a folder, by path. */
function filesIn(folder: string, prefix = '', found: Record<string, string> = {}): Record<string, string> {
  if (!existsSync(folder)) return found
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) filesIn(path, `${prefix}${name}/`, found)
    else found[prefix + name] = readFileSync(path, 'utf8')
  }
  return found
}

/** Lines that are somebody's text, whatever file they are in. */
const linesIn = (folder: string): Set<string> =>
  new Set(
    Object.values(filesIn(folder))
      .flatMap((text) => text.split('\n'))
      .filter((line) => line.startsWith('line ')),
  )

const hashOf = async (folder: string): Promise<string> => (await readTree(folder)).h1

function edit(world: World, { where: at, path, ...change }: Extract<Step, { kind: 'edit' }>): void {
  const file = join(world.folder(at), path)
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split(/(?<=\n)/) : []
  const added = Array.from({ length: change.add }, () => `line ${at} ${world.made++}\n`)
  const removed = lines.splice(change.at % (lines.length + 1), change.remove, ...added)
  for (const line of removed) world.gone.add(line.trimEnd())
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, lines.join(''))
}

function deleteOrMove(
  world: World,
  { kind, where: at, path }: Extract<Step, { kind: 'delete' | 'move' }>,
): void {
  const file = join(world.folder(at), path)
  if (!existsSync(file)) return
  const text = readFileSync(file, 'utf8')
  rmSync(file)
  if (kind === 'delete') for (const line of text.split('\n')) world.gone.add(line)
  else {
    const to = join(world.folder(at), 'moved', path)
    mkdirSync(dirname(to), { recursive: true })
    writeFileSync(to, existsSync(to) ? readFileSync(to, 'utf8') + text : text)
  }
}

/** Carries out a pull or push and checks all that has to hold after it. */
async function sync(
  world: World,
  { kind, project, conflicts, overwrite }: Extract<Step, { kind: 'pull' | 'push' }>,
) {
  const { daemon, folder } = world
  const [from, to] =
    kind === 'pull' ? [folder(project), folder('collection')] : [folder('collection'), folder(project)]
  const before = {
    from: await hashOf(from),
    to: await hashOf(to),
    incoming: linesIn(from),
    there: linesIn(to),
  }
  const path = folder(project).replace(/\/\.claude.*/, '')
  const options = { conflicts, strategy: overwrite ? ('overwrite' as const) : ('merge' as const) }
  const { items, operations } =
    kind === 'pull'
      ? await daemon.call('sync.pull', { project: path, ...options })
      : await daemon.call('sync.push', { projects: [path], ...options })
  const [item] = items
  if (!item || items.length !== 1) throw new Error('one artifact is deployed')
  const after = { from: await hashOf(from), to: await hashOf(to), there: linesIn(to) }
  expect(after.from).toBe(before.from)
  if (!['copy', 'merge', 'record'].includes(item.action)) {
    expect(after.to).toBe(before.to)
    expect(operations).toEqual([])
    return
  }
  expect(operations).toHaveLength(1)
  world.bases[project] = before.from
  if (item.action === 'copy') expect(after.to).toBe(before.from)
  if (item.action === 'record') expect(after.to).toBe(before.to)
  const isChosen = overwrite || conflicts === 'ours' || conflicts === 'theirs'
  for (const line of new Set([...before.incoming, ...before.there])) {
    if (after.there.has(line)) continue
    if (isChosen) world.gone.add(line)
    // What one side took out while the other still has it is no loss.
    else if (!world.gone.has(line)) throw new Error(`${item.action} lost "${line}"`)
  }
}

async function undo(world: World, last: Undoable | null): Promise<void> {
  if (!last) return
  await world.daemon.call('deployments.undo', { operation: last.operation })
  for (const [at, files] of Object.entries(last.before)) expect(filesIn(at)).toEqual(files)
  Object.assign(world.bases, last.bases)
}

type Undoable = {
  operation: string
  before: Record<string, Record<string, string>>
  bases: Record<Project, string>
}

/** What the record, the collection and the project say has to be what `sync.check` says. */
async function checkStates(world: World): Promise<void> {
  const c = await hashOf(world.folder('collection'))
  for (const project of projects) {
    const p = await hashOf(world.folder(project))
    const b = world.bases[project]
    const expected =
      p === c
        ? p === b
          ? 'none'
          : 'version_mismatch'
        : c === b
          ? 'modified'
          : p === b
            ? 'outdated'
            : 'conflict'
    const path = world.folder(project).replace(/\/\.claude.*/, '')
    const { items } = await world.daemon.call('sync.check', { project: path, collection: 'default' })
    expect(items).toMatchObject([
      { drift: expected, baseHash: b, collectionHash: c, projectHash: p, hasBase: true },
    ])
  }
}

describe('keeping in step, over random histories', () => {
  const start = useTestDaemon()

  async function makeWorld(): Promise<World> {
    const daemon = await start({
      prepare({ write }) {
        write(
          'own/demo/SKILL.md',
          skill('demo') + Array.from({ length: 12 }, (_, i) => `line skill ${i}\n`).join(''),
        )
        for (const path of paths.slice(1))
          write(`own/demo/${path}`, Array.from({ length: 12 }, (_, i) => `line ${path} ${i}\n`).join(''))
        for (const project of projects) write(`src/${project}/.claude/settings.json`, '{}')
      },
    })
    const { call, home } = daemon
    await call('collections.init', {})
    await call('collections.add', { spec: join(home, 'own/demo') })
    const deployed = await call('deployments.deploy', {
      artifacts: [{ name: 'demo' }],
      projects: projects.map((project) => join(home, 'src', project)),
    })
    expect(deployed.projects.map(({ outcome }) => outcome)).toEqual(['done', 'done'])
    const folder = (at: Project | 'collection'): string =>
      at === 'collection'
        ? join(home, '.skillmeat/collections/default/skills/demo')
        : join(home, 'src', at, '.claude/skills/demo')
    const base = await hashOf(folder('collection'))
    return { daemon, folder, bases: { api: base, web: base }, gone: new Set(), made: 0 }
  }

  it(
    'has the right states after every step, loses no line, and goes back to every byte',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: STEPS, maxLength: STEPS }), async (steps) => {
          const world = await makeWorld()
          const roots = [
            world.folder('collection'),
            ...projects.map((project) => world.folder(project).replace(/\/skills\/demo$/, '')),
          ]
          let last: Undoable | null = null
          for (const each of steps) {
            // Operations are told apart by their time.
            world.daemon.clock.now += 60_000
            if (each.kind === 'edit') edit(world, each)
            else if (each.kind === 'undo') await undo(world, last)
            else if (!('project' in each)) deleteOrMove(world, each)
            else {
              const before = Object.fromEntries(roots.map((root) => [root, filesIn(root)]))
              const bases = { ...world.bases }
              await sync(world, each)
              const { items } = await world.daemon.call('deployments.operations', {})
              const newest = items.find(({ kind }) => kind === 'pull' || kind === 'push')
              last =
                newest && newest.at === world.daemon.clock.now
                  ? { operation: newest.id, before, bases }
                  : null
            }
            // Only what was done last can be taken back to every byte.
            if (!('project' in each)) last = null
            await checkStates(world)
          }
        }),
        { numRuns: RUNS },
      )
    },
    60_000 + RUNS * 60_000,
  )
})
