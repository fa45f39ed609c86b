import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  changePlaces,
  listOperations,
  readOperation,
  recoverOperations,
  systemCalls,
} from '../../../../../../daemon/domains/collections/work/operations/index.ts'
import { faultyTools } from '../../../../../support/faulty-calls.ts'
import {
  fillOperationWorld,
  makeOperationWorld,
  type OperationWorld,
  type Snapshot,
  snapshot,
  write,
} from '../../../../../support/operation-world.ts'

let world: OperationWorld
beforeEach(() => {
  world = makeOperationWorld(1)
  fillOperationWorld(world)
})
afterEach(() => world.remove())

/** Of the calls of a recovery every so many is tried; `npm run test:operations` tries each. */
const STEP = Number(process.env.SMD_TEST_STEP ?? 7)
vi.setConfig({ testTimeout: process.env.SMD_TEST_STEP ? 600_000 : 60_000 })

/** What lies among the kept operations, but for the folder of open ones. */
const keptFiles = (): string[] => {
  const folder = join(world.own, 'operations')
  return existsSync(folder) ? readdirSync(folder).filter((name) => name !== 'open') : []
}

const theProject = (): string => world.projects[0] as string

const NEW: Snapshot = {
  '.claude/agents/deep/added.md': '644 Added.\n',
  '.claude/records.toml': '644 new = true\n',
  '.claude/skills/changed/SKILL.md': '644 New.\n',
  '.claude/skills/changed/deep/er/file.txt': '644 Deep.\n',
  '.claude/skills/linked': '-> ../../elsewhere',
  '.claude/skills/other/SKILL.md': '644 Other.\n',
  '.codex/records.toml': '644 first = true\n',
  'README.md': '644 Read me.\n',
}
const OLD: Snapshot = {
  '.claude/commands/removed.md': '644 Removed.\n',
  '.claude/records.toml': '644 new = false\n',
  '.claude/skills/changed/SKILL.md': '644 Old.\n',
  '.claude/skills/changed/notes.txt': '644 Theirs.\n',
  '.claude/skills/changed/readme': '-> ../../../README.md',
  '.claude/skills/other/SKILL.md': '644 Other.\n',
  'README.md': '644 Read me.\n',
}

/** Every text in the store of what is kept. */
async function keptTexts(): Promise<string[]> {
  const kept: string[] = []
  for await (const { digest } of world.store.content.list())
    if (digest) kept.push(String(await world.store.read(digest)))
  return kept
}

describe('changePlaces (D6)', () => {
  it('changes a project as a whole, keeps what was there, and leaves nothing of its own', async () => {
    const { id, projects } = await changePlaces(world.tools(), await world.request())
    expect(projects).toEqual([{ folder: theProject(), outcome: 'done', problem: null, places: 4 }])
    expect(snapshot(theProject())).toEqual(NEW)
    const operation = await readOperation(world.own, id ?? '', systemCalls)
    expect(operation).toMatchObject({ kind: 'deploy', projects: [{ outcome: 'done' }] })
    const [changed] = operation?.projects[0]?.places ?? []
    const before = changed?.before as { tree: string }
    const tree = await world.store.tree(before.tree)
    expect(tree?.entries.map(({ path }) => path)).toEqual(['SKILL.md', 'notes.txt', 'readme'])
    expect(readdirSync(join(world.own, 'operations/open'))).toEqual([])
  })

  it('does nothing where everything is as it shall be', async () => {
    const request = await world.request()
    await changePlaces(world.tools(), request)
    const again = {
      ...request,
      projects: request.projects.map((project) => ({
        ...project,
        places: project.places.map((place) => ({
          ...place,
          expected:
            place.want === null ? null : 'h1' in place.want ? place.want.h1 : `link:${place.want.link}`,
        })),
        texts: project.texts.map((text) => ({ ...text, expected: text.text })),
      })),
    }
    expect(await changePlaces(world.tools(), again)).toMatchObject({
      id: null,
      projects: [{ outcome: 'done', places: 0 }],
    })
    expect(await listOperations(world.own, systemCalls)).toHaveLength(1)
  })

  it.each([
    ['was edited', () => appendFileSync(join(theProject(), '.claude/skills/changed/SKILL.md'), 'Mine.\n')],
    ['has another file', () => write(join(theProject(), '.claude/skills/changed/mine.md'), 'Mine.\n')],
    ['is gone', () => rmSync(join(theProject(), '.claude/skills/changed'), { recursive: true })],
    ['came in between', () => write(join(theProject(), '.claude/agents/deep/added.md'), 'Mine.\n')],
    [
      'is a record edited by hand',
      () => writeFileSync(join(theProject(), '.claude/records.toml'), '# mine\n'),
    ],
  ])('leaves a project as it was where something %s since the plan', async (_, edit) => {
    const request = await world.request()
    edit()
    const before = snapshot(theProject())
    const { id, projects } = await changePlaces(world.tools(), request)
    expect(id).toBeNull()
    expect(projects[0]).toMatchObject({
      outcome: 'conflict',
      problem: { path: expect.stringContaining('.c') },
    })
    expect(snapshot(theProject())).toEqual(before)
  })

  it('notices an edit in the last moment before the change, and takes back what it had done', async () => {
    const request = await world.request()
    const edited = join(theProject(), '.claude/commands/removed.md')
    const tools = world.tools({
      ...systemCalls,
      async rename(from, to) {
        // The moment in which the first place has its new content.
        const isPut = String(from).includes('/new/') && String(to).endsWith('skills/changed')
        if (isPut) appendFileSync(edited, 'In the last moment.\n')
        await systemCalls.rename(from, to)
      },
    })
    const { projects } = await changePlaces(tools, request)
    expect(projects[0]).toMatchObject({ outcome: 'conflict', problem: { path: edited } })
    expect(snapshot(theProject())).toEqual({
      ...OLD,
      '.claude/commands/removed.md': '644 Removed.\nIn the last moment.\n',
    })
  })

  it('keeps what somebody made of the new content before it was taken back', async () => {
    const request = await world.request()
    const tools = world.tools({
      ...systemCalls,
      async rename(from, to) {
        await systemCalls.rename(from, to)
        if (!String(to).endsWith('skills/changed')) return
        writeFileSync(join(String(to), 'SKILL.md'), 'Quick hands.\n')
        appendFileSync(join(theProject(), '.claude/commands/removed.md'), 'x')
      },
    })
    await changePlaces(tools, request)
    expect(await keptTexts()).toContain('Quick hands.\n')
  })

  it.each([
    [
      'as a new file of the same name, which editors do',
      (path: string, _: string) => {
        writeFileSync(`${path}.edited`, '# mine\n')
        renameSync(`${path}.edited`, path)
      },
      'readFile',
    ],
    ['into the file that was open', (path: string, _: string) => writeFileSync(path, '# mine\n'), 'readFile'],
    [
      'into the old file, which is not there any more by then',
      (_: string, old: string) => writeFileSync(old, '# mine\n'),
      'rename',
    ],
  ] as const)('keeps a text that somebody saves while it is replaced, %s', async (_, save, moment) => {
    const request = await world.request()
    const text = join(theProject(), '.claude/records.toml')
    let saved = 0
    const tools = world.tools({
      ...systemCalls,
      readFile: (async (...args: Parameters<typeof systemCalls.readFile>) => {
        const content = await systemCalls.readFile(...args)
        const old = String(args[0])
        // It was looked at, and not yet replaced.
        if (moment === 'readFile' && old.includes('/old/t') && saved++ === 0) save(text, old)
        return content
      }) as typeof systemCalls.readFile,
      async rename(from, to) {
        await systemCalls.rename(from, to)
        const key = /\/new\/(t\d+)$/.exec(String(from))?.[1]
        if (moment === 'rename' && String(to) === text && saved++ === 0)
          save(text, join(dirname(dirname(String(from))), 'old', key ?? ''))
      },
    })
    const { projects } = await changePlaces(tools, request)
    expect(saved).toBeGreaterThan(0)
    expect(projects[0]).toMatchObject({ outcome: 'conflict', problem: { path: text } })
    expect(snapshot(theProject())).toEqual({ ...OLD, '.claude/records.toml': '644 # mine\n' })
  })

  it('leaves what somebody saved in the moment in which there was nothing', async () => {
    const request = await world.request()
    const place = join(theProject(), '.claude/commands/removed.md')
    const tools = world.tools({
      ...systemCalls,
      async rename(from, to) {
        await systemCalls.rename(from, to)
        if (String(from) !== place) return
        writeFileSync(place, 'Saved.\n')
        writeFileSync(join(theProject(), '.claude/records.toml'), '# mine\n')
      },
    })
    const { projects } = await changePlaces(tools, request)
    expect(projects[0]).toMatchObject({ outcome: 'conflict' })
    expect(snapshot(theProject())).toEqual({
      ...OLD,
      '.claude/commands/removed.md': '644 Saved.\n',
      '.claude/records.toml': '644 # mine\n',
    })
    expect(await keptTexts()).toContain('Removed.\n')
  })

  it('one project in conflict holds up no other', async () => {
    world.remove()
    world = makeOperationWorld(3)
    fillOperationWorld(world)
    const request = await world.request()
    writeFileSync(join(world.projects[1] as string, '.claude/records.toml'), '# mine\n')
    const { projects } = await changePlaces(world.tools(), request)
    expect(projects.map(({ outcome }) => outcome)).toEqual(['done', 'conflict', 'done'])
    expect(snapshot(world.projects[2] as string)).toEqual(NEW)
  })

  describe('with a project that comes last', () => {
    /** The first of three comes last. */
    async function lastFirst() {
      world.remove()
      world = makeOperationWorld(3)
      fillOperationWorld(world)
      const { projects, ...request } = await world.request()
      const [first, ...others] = projects
      return { ...request, projects: first ? [{ ...first, last: true as const }, ...others] : [] }
    }

    it('changes it after all others', async () => {
      const request = await lastFirst()
      const begun: string[] = []
      const calls = {
        ...systemCalls,
        mkdir: (async (path: string, options: object) => {
          if (path.includes('.smd-') && !begun.includes(dirname(path))) begun.push(dirname(path))
          return systemCalls.mkdir(path, options)
        }) as typeof systemCalls.mkdir,
      }
      const { projects } = await changePlaces(world.tools(calls), request)
      expect(projects.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done'])
      expect(begun.filter((path) => world.projects.includes(path)).at(-1)).toBe(world.projects[0])
    })

    it('changes none when one is not as its plan saw it', async () => {
      const request = await lastFirst()
      writeFileSync(join(world.projects[1] as string, '.claude/records.toml'), '# mine\n')
      const { id, projects } = await changePlaces(world.tools(), request)
      expect(id).toBeNull()
      expect(projects.map(({ outcome }) => outcome)).toEqual(['conflict', 'conflict', 'conflict'])
      expect(projects[0]?.problem?.path).toContain('p 1')
      expect(snapshot(world.projects[2] as string)).toEqual(OLD)
    })

    it('leaves it alone when another cannot be changed, and takes the others back all the same', async () => {
      const request = await lastFirst()
      const refused = world.projects[1] as string
      const calls = {
        ...systemCalls,
        mkdir: (async (path: string, options: object) => {
          if (path.startsWith(`${refused}/.smd-`))
            throw Object.assign(new Error('no'), { code: 'EACCES', path })
          return systemCalls.mkdir(path, options)
        }) as typeof systemCalls.mkdir,
      }
      const { id, projects } = await changePlaces(world.tools(calls), request)
      expect(projects.map(({ outcome }) => outcome)).toEqual(['conflict', 'failed', 'done'])
      expect(projects[0]?.problem?.reason).toBe('EACCES')
      expect(world.projects.map((path) => sorted(snapshot(path)))).toEqual([OLD, OLD, NEW].map(sorted))
      const kept = await readOperation(world.own, id ?? '', systemCalls)
      expect(kept?.projects.map(({ outcome }) => outcome)).toEqual(['conflict', 'failed', 'done'])
    })
  })
})

/** Runs `change` with each call failing in turn, in a world of its own, until none fails any more. */
async function failEach(
  crash: boolean,
  code: string,
  { first = 1, step = 1 }: { first?: number; step?: number },
  check: (failing: number, log: string[]) => Promise<void>,
): Promise<number> {
  for (let failing = first; ; failing += step) {
    world.remove()
    world = makeOperationWorld(1)
    fillOperationWorld(world)
    const request = await world.request()
    const { tools, log } = faultyTools(world.tools(), { failing, crash, code })
    await changePlaces(tools, request).catch(() => undefined)
    if (log.length < failing) return failing - 1
    await check(failing, log)
  }
}

const isWhole = (found: Snapshot): boolean =>
  [OLD, NEW].some((wanted) => JSON.stringify(sorted(found)) === JSON.stringify(sorted(wanted)))
/** Without folders in which nothing is: one that may not be removed stays. */
const withoutEmpty = (found: Snapshot): Snapshot =>
  Object.fromEntries(Object.entries(found).filter(([path]) => !path.endsWith('/')))
const sorted = (found: Snapshot): Array<[string, string]> =>
  Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1))

describe('an operation that fails (D6)', () => {
  // Each call fails for one of the reasons; with SMD_TEST_STEP=1 for all of them.
  const step = process.env.SMD_TEST_STEP ? STEP : 3
  it.each([
    ['EIO', 1],
    ['ENOSPC', 2],
    ['EACCES', 3],
  ])('at any call with %s leaves the project wholly old or wholly new', async (code, first) => {
    const failures = await failEach(false, code, { first, step }, async (failing, log) => {
      const found = snapshot(theProject())
      const visible = Object.fromEntries(Object.entries(found).filter(([path]) => !path.startsWith('.smd-')))
      // One failure is taken back at once, but for what is only left over.
      expect(isWhole(withoutEmpty(visible)), `at once ${failing}: ${log[failing - 1]}`).toBe(true)
      await recoverOperations(world.tools())
      const after = snapshot(theProject())
      expect(
        isWhole(code === 'EACCES' ? withoutEmpty(after) : after),
        `${failing}: ${log[failing - 1]}`,
      ).toBe(true)
      expect(keptFiles().filter((name) => name.endsWith('.tmp'))).toEqual([])
    })
    expect(failures).toBeGreaterThan(60)
  })
})

describe('an operation that is cut short (D6)', () => {
  it('at any call is brought to its end, or to its beginning, by the next start', async () => {
    let forward = 0
    const cuts = await failEach(true, 'EIO', {}, async (failing, log) => {
      await recoverOperations(world.tools())
      const found = snapshot(theProject())
      expect(isWhole(found), `${failing}: ${log[failing - 1]} ${JSON.stringify(found)}`).toBe(true)
      if (found['.codex/records.toml']) forward++
      expect(keptFiles().length).toBeLessThan(2)
      // Nothing is left to do, and a second time changes nothing.
      expect(await recoverOperations(world.tools())).toEqual([])
    })
    expect(cuts).toBeGreaterThan(60)
    expect(forward).toBeGreaterThan(10)
    expect(forward).toBeLessThan(cuts)
  })

  it('and whose recovery is cut short as well, at any call, still is', async () => {
    const request = await world.request()
    const whole = faultyTools(world.tools(), { failing: 0, crash: false })
    await changePlaces(whole.tools, request)
    const total = whole.log.length
    // The middle of each half: before and after the note.
    for (const failing of [Math.floor(total * 0.45), Math.floor(total * 0.6), Math.floor(total * 0.75)]) {
      for (let second = 1; ; second += STEP) {
        world.remove()
        world = makeOperationWorld(1)
        fillOperationWorld(world)
        const again = await world.request()
        await changePlaces(faultyTools(world.tools(), { failing, crash: true }).tools, again).catch(
          () => undefined,
        )
        const recovery = faultyTools(world.tools(), { failing: second, crash: true })
        await recoverOperations(recovery.tools).catch(() => undefined)
        if (recovery.log.length < second) break
        await recoverOperations(world.tools())
        expect(isWhole(snapshot(theProject())), `${failing}, ${second}: ${recovery.log[second - 1]}`).toBe(
          true,
        )
      }
    }
  })

  it('goes back when somebody changed a place before the next start', async () => {
    const request = await world.request()
    const { tools, log } = faultyTools(world.tools(), { failing: 0, crash: false })
    await changePlaces(tools, request)
    // The first rename of an old place comes right after the note.
    const cut = log.indexOf('rename skills/changed') + 1
    world.remove()
    world = makeOperationWorld(1)
    fillOperationWorld(world)
    const again = await world.request()
    await changePlaces(faultyTools(world.tools(), { failing: cut, crash: true }).tools, again).catch(
      () => undefined,
    )
    appendFileSync(join(theProject(), '.claude/commands/removed.md'), 'Mine.\n')
    await recoverOperations(world.tools())
    expect(snapshot(theProject())).toEqual({ ...OLD, '.claude/commands/removed.md': '644 Removed.\nMine.\n' })
    const [id] = await listOperations(world.own, systemCalls)
    const operation = await readOperation(world.own, id ?? '', systemCalls)
    expect(operation?.projects).toMatchObject([{ outcome: 'conflict' }])
  })

  it('keeps a text that somebody saved before the next start, although the old one was kept already', async () => {
    const text = (): string => join(theProject(), '.claude/records.toml')
    const request = await world.request()
    const { tools, log } = faultyTools(world.tools(), { failing: 0, crash: false })
    await changePlaces(tools, request)
    // The call after the one that gives the old text its second name.
    const cut = log.indexOf('link .claude/records.toml') + 2
    expect(cut).toBeGreaterThan(1)
    world.remove()
    world = makeOperationWorld(1)
    fillOperationWorld(world)
    const again = await world.request()
    await changePlaces(faultyTools(world.tools(), { failing: cut, crash: true }).tools, again).catch(
      () => undefined,
    )
    writeFileSync(`${text()}.edited`, '# mine\n')
    renameSync(`${text()}.edited`, text())
    await recoverOperations(world.tools())
    expect(snapshot(theProject())).toEqual({ ...OLD, '.claude/records.toml': '644 # mine\n' })
  })

  it('waits for a project whose disk is not there', async () => {
    const request = await world.request()
    await changePlaces(faultyTools(world.tools(), { failing: 40, crash: true }).tools, request).catch(
      () => undefined,
    )
    const away = `${theProject()}-away`
    await systemCalls.rename(theProject(), away)
    await recoverOperations(world.tools())
    expect(readdirSync(join(world.own, 'operations/open'))).toHaveLength(1)
    await systemCalls.rename(away, theProject())
    await recoverOperations(world.tools())
    expect(readdirSync(join(world.own, 'operations/open'))).toEqual([])
    expect(isWhole(snapshot(theProject()))).toBe(true)
  })
})

describe('operations that are kept', () => {
  it('have the order in which they were made, whatever the clock says', async () => {
    const now = Date.UTC(2026, 0, 1)
    const made: Array<string | null> = []
    for (const [n, at] of [now, now, now - 3_600_000, now + 1, now].entries()) {
      const texts = [{ path: join(theProject(), `${n}.toml`), text: 'x\n', expected: null }]
      const { id } = await changePlaces(
        { ...world.tools(), now: at },
        { kind: 'deploy', title: `${n}`, projects: [{ folder: theProject(), places: [], texts }] },
      )
      made.push(id)
    }
    expect(await listOperations(world.own, systemCalls)).toEqual(made.toReversed())
  })

  it('are forgotten after 90 days, and when there are more than 100', async () => {
    await changePlaces(world.tools(), await world.request())
    const [id = ''] = await listOperations(world.own, systemCalls)
    const text = readFileSync(join(world.own, 'operations', `${id}.json`), 'utf8')
    for (let n = 0; n < 120; n++) {
      const other = `op_20251231${String(100_000 + n)}_abcdef`
      writeFileSync(join(world.own, 'operations', `${other}.json`), text.replaceAll(id, other))
    }
    writeFileSync(join(world.own, 'operations/op_20250101000000_abcdef.json'), text)
    write(join(theProject(), '.claude/agents/deep/added.md'), 'Again.\n')
    const [project] = (await world.request().catch(() => null))?.projects ?? []
    expect(project).toBeUndefined()
    await changePlaces(world.tools(), {
      kind: 'undeploy',
      title: 'One more',
      projects: [
        {
          folder: theProject(),
          places: [],
          texts: [{ path: join(theProject(), 'x.toml'), text: 'x\n', expected: null }],
        },
      ],
    })
    const ids = await listOperations(world.own, systemCalls)
    expect(ids).toHaveLength(100)
    expect(ids).not.toContain('op_20250101000000_abcdef')
    expect(ids[0]?.startsWith('op_2026')).toBe(true)
  })
})
