/** Collections go to projects and back, with the real command line, the real daemon and real skills. */
import { execFileSync, spawnSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { writeCollection } from '../support/collection-files.ts'
import { listSkillFiles } from '../support/corpus.ts'
import { createSandbox, type Sandbox } from '../support/daemon.ts'
import { startProcess } from '../support/daemon-process.ts'
import { snapshot, write } from '../support/operation-world.ts'

const boxes: Sandbox[] = []
afterEach(async () => {
  for (const box of boxes.splice(0)) await box.dispose()
})

type Options = { projects?: number; skills?: number; plainUser?: boolean }
type Lab = { box: Sandbox; projects: string[]; skills: string[] }

/** A collection with real skills, a command and an agent, and projects that have something of their own. */
function lab({ projects: count = 2, skills: skillCount = 3, plainUser = false }: Options = {}): Lab {
  const box = createSandbox({ sample: false, plainUser })
  boxes.push(box)
  const found = new Map(listSkillFiles().map((file) => [basename(dirname(file)), dirname(file)]))
  const chosen = [...found].filter(([, folder]) => readdirSync(folder).length > 1).slice(0, skillCount)
  const home = {
    write(path: string, content = '') {
      write(join(box.home, path), content)
      return path
    },
  }
  writeCollection(home, [
    ...chosen.map(([name]) => ({ type: 'skill', name, files: {} })),
    { type: 'command', name: 'review', files: '# Review\n' },
    { type: 'agent', name: 'helper', files: '# Helper\n' },
  ])
  for (const [name, folder] of chosen) {
    const to = join(box.home, '.skillmeat/collections/default/skills', name)
    cpSync(folder, to, { recursive: true, dereference: true })
  }
  const projects = Array.from({ length: count }, (_, n) => join(box.home, 'projects', `project ${n}`))
  for (const project of projects) write(join(project, '.claude/commands/mine.md'), '# Mine\n')
  if (plainUser) giveToPlainUser(box)
  return { box, projects, skills: chosen.map(([name]) => name) }
}

/** The user that owns the sandbox's home. */
function giveToPlainUser({ root, home }: Sandbox): void {
  const { uid, gid } = statSync(root)
  if (uid === process.getuid?.()) return
  for (const name of ['', ...readdirSync(home, { recursive: true, encoding: 'utf8' })])
    lchownSync(join(home, name), uid, gid)
}

type Answer = { operation: string | null; status: string; projects: Array<{ name: string; outcome: string }> }
const json = async (box: Sandbox, words: string[], cwd?: string): Promise<Answer> =>
  (await box.json(words, cwd === undefined ? {} : { cwd })) as never

describe('smd deploy, undeploy and undo', () => {
  it('go to the project one is in, are seen at once, and leave nothing behind', async () => {
    const { box, projects, skills } = lab()
    const [project = ''] = projects
    const before = snapshot(project)
    const [first = ''] = skills

    const trial = await box.smd(['deploy', first, 'review', '--dry-run'], { cwd: project })
    expect(trial.code).toBe(0)
    expect(trial.stdout).toContain(`+ skill ${first}  ${project}/.claude/skills/${first}`)
    expect(trial.stdout).toContain('+ SKILL.md')
    expect(trial.stderr).toContain('Nothing was changed; 2 artifacts would be.')
    expect(snapshot(project)).toEqual(before)
    expect((await box.smd(['deployments'])).stderr).toMatch(/^Nothing is deployed yet\. /m)

    const done = await box.smd(['deploy', first, 'review'], { cwd: project })
    expect(done).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Deployed: 2 artifacts in 1 project.'),
    })
    const id = /smd undo (op_\w+)/.exec(done.stderr)?.[1] ?? ''
    expect((await box.smd(['deployments'])).stderr).toMatch(/^2 deployments: 2 synced\.$/m)
    const list = (await box.json(['list', '--project', project])) as { items: Array<{ name: string }> }
    expect(list.items.map(({ name }) => name).sort()).toEqual([first, 'mine', 'review'].sort())

    const undone = await box.smd(['undo', id])
    expect(undone).toMatchObject({ code: 0, stdout: expect.stringContaining('Taken back: 2 artifacts') })
    expect(snapshot(project)).toEqual(before)
    const operations = await box.smd(['undo', '--list'])
    expect(operations.stdout).toMatch(/Undo: Deploy .*stands/)
    expect(operations.stdout).toMatch(/Deploy .*taken back/)

    await box.smd(['deploy', ...skills, '--all-projects'])
    const gone = await json(box, ['undeploy', ...skills, '--all-projects', '--yes'])
    expect(gone).toMatchObject({ status: 'success', projects: [{ outcome: 'done' }, { outcome: 'done' }] })
    expect(snapshot(project)).toEqual(before)
  })

  it('say which project is in conflict, with exit code 4, and do the others', async () => {
    const { box, projects } = lab()
    write(join(projects[0] as string, '.claude/agents/helper.md'), '# My own\n')
    const { code, stdout, stderr } = await box.smd(['deploy', 'helper', '--all-projects'])
    expect(code).toBe(4)
    expect(stdout).toContain('Something is there that was not deployed from a collection.')
    expect(stdout).toContain('Deployed: 1 artifact in 1 project.')
    expect(stderr).toContain('project 0: not changed.')
    expect(readFileSync(join(projects[0] as string, '.claude/agents/helper.md'), 'utf8')).toBe('# My own\n')
    const forced = await json(box, ['deploy', 'helper', '-p', projects[0] as string, '--overwrite'])
    expect(forced.status).toBe('success')
    await box.smd(['undo'])
    expect(readFileSync(join(projects[0] as string, '.claude/agents/helper.md'), 'utf8')).toBe('# My own\n')
  })

  it('ask before something is taken away, on a terminal', async () => {
    const { box, projects } = lab()
    const [project = ''] = projects
    await box.smd(['deploy', 'review'], { cwd: project })
    const refused = await box.smd(['undeploy', 'review'], { cwd: project, keyboard: 'n\r' })
    expect(refused.stdout).toContain('Nothing was changed.')
    expect(existsSync(join(project, '.claude/commands/review.md'))).toBe(true)
    await box.smd(['undeploy', 'review'], { cwd: project, keyboard: 'y\r' })
    expect(existsSync(join(project, '.claude/commands/review.md'))).toBe(false)
  })

  it('keep deploy mcp NAME for servers in settings files', async () => {
    const { box, projects } = lab()
    const { code, stderr } = await box.smd(['deploy', 'mcp', 'db'], { cwd: projects[0] as string })
    expect(code).toBe(2)
    expect(stderr).toContain('smd deploy db --type mcp')
  })

  it('know sets and the folders of agents', async () => {
    const { box, projects, skills } = lab()
    const [project = ''] = projects
    const [first = ''] = skills
    expect((await box.smd(['sets', 'save', 'base', first, 'review'])).stdout).toBe(
      'Made: base (2 artifacts)\n',
    )
    expect((await box.smd(['sets'])).stdout).toContain(`skill:${first}, command:review`)
    await box.smd(['deploy', '--set', 'base', '--profile', 'codex', '--profile', 'gemini'], { cwd: project })
    expect(existsSync(join(project, '.codex/skills', first, 'SKILL.md'))).toBe(true)
    expect(existsSync(join(project, '.gemini/commands/review.md'))).toBe(true)
    expect((await box.smd(['profiles'])).stdout).toMatch(/cursor +\.cursor +skill: skills/)
    const env = { SKILLMEAT_PLATFORM_DEFAULTS_JSON: '{"cursor":{"root_dir":".c"}}' }
    expect((await box.smd(['profiles'], { env })).stdout).toMatch(/cursor +\.c /)
    expect((await box.smd(['sets', 'delete', 'base'])).stdout).toBe('Forgotten: base\n')
  })
})

describe('a daemon that is killed while it deploys (D6)', () => {
  const ROUNDS = Number(process.env.SMD_TEST_DEPLOY_KILLS ?? 2)

  it(
    'finds each project wholly old or wholly new at its next start, without being asked',
    async () => {
      const { box, projects, skills } = lab({ projects: 8 })
      const operations = join(box.home, '.skillmeat/.smd/operations')
      const old = projects.map((project) => JSON.stringify(snapshot(project)))
      // As it should become, from a round that is not cut short.
      await box.smd(['deploy', ...skills, '--all-projects'])
      const wanted = projects.map((project) => withoutTimes(project))
      await box.smd(['undo'])
      await box.smd(['stop'])
      for (let round = 0; round < ROUNDS; round++) {
        const daemon = await startProcess(box, {})
        const deploying = box.smd(['deploy', ...skills, '--all-projects', '--no-spawn'])
        await until(
          () => names(join(operations, 'open')).length > 0 || names(operations).length > 1,
          deploying,
        )
        await wait((round * 37) % 120)
        daemon.child.kill('SIGKILL')
        await daemon.ended
        await deploying

        const next = await startProcess(box, {})
        await until(() => names(join(operations, 'open')).length === 0)
        for (const [n, project] of projects.entries()) {
          const isOld = JSON.stringify(snapshot(project)) === old[n]
          const isNew = withoutTimes(project) === wanted[n]
          expect(isOld || isNew, `round ${round}: ${JSON.stringify(Object.keys(snapshot(project)))}`).toBe(
            true,
          )
        }
        next.child.kill('SIGTERM')
        await next.ended
        // What is new goes again, so that each round begins alike.
        await box.smd(['undeploy', ...skills, '--all-projects', '--yes'])
        await box.smd(['stop'])
        rmSync(operations, { recursive: true })
      }
    },
    120_000 + ROUNDS * 60_000,
  )
})

const names = (folder: string): string[] =>
  existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : []

const withoutTimes = (project: string): string =>
  JSON.stringify(snapshot(project)).replace(/deployed_at = \\"[^"]*\\"/g, '')

/** Waits for it, but no longer than for what makes it so. */
async function until(condition: () => boolean, made?: Promise<unknown>): Promise<void> {
  let isOver = false
  void made?.finally(() => {
    isOver = true
  })
  while (!condition() && !isOver) await wait(2)
}

/** A small disk is a file system of its own. */
const mayMount = process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'true']).status === 0

describe('places that take nothing', () => {
  it('a project that is read-only is told, and the others are done', async () => {
    const { box, projects } = lab({ plainUser: true })
    chmodSync(projects[0] as string, 0o555)
    const answer = await json(box, ['deploy', 'review', '--all-projects'])
    chmodSync(projects[0] as string, 0o755)
    expect(answer).toMatchObject({
      status: 'partial',
      projects: [{ outcome: 'failed', failure: { reason: 'EACCES' } }, { outcome: 'done' }],
    })
    expect(Object.keys(snapshot(projects[0] as string))).toEqual(['.claude/commands/mine.md'])
  })

  it.runIf(mayMount)('a disk that is full in the middle leaves its project as it was', async () => {
    const { box, projects, skills } = lab()
    const disk = join(box.root, 'small')
    mkdirSync(disk)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk])
    try {
      const full = join(disk, 'project')
      write(join(full, '.claude/commands/mine.md'), '# Mine\n')
      write(join(disk, 'rest'), 'x'.repeat(40_000))
      const before = snapshot(full)
      const big = join(box.home, '.skillmeat/collections/default/skills', skills[0] as string, 'big.txt')
      write(big, 'y'.repeat(30_000))
      const answer = await json(box, ['deploy', ...skills, 'review', '-p', full, '-p', projects[0] as string])
      expect(answer).toMatchObject({
        status: 'partial',
        projects: [{ outcome: 'failed', failure: { reason: 'ENOSPC' } }, { outcome: 'done' }],
      })
      expect(snapshot(full)).toEqual(before)
      expect(names(join(box.home, '.skillmeat/.smd/operations/open'))).toEqual([])
    } finally {
      await box.smd(['stop'])
      execFileSync('umount', [disk])
    }
  })

  it('a file edited in the middle of a deployment is not lost', async () => {
    const { box, projects, skills } = lab({ projects: 20 })
    await box.smd(['deploy', ...skills, 'review', '--all-projects'])
    write(join(box.home, '.skillmeat/collections/default/commands/review.md'), '# Better\n')
    const deploying = json(box, ['deploy', 'review', '--all-projects'])
    // From the first project that has the new text on, the others are edited one after the other.
    await until(() => projects.some((project) => textOf(project) === '# Better\n'), deploying)
    const edited = projects.filter((project) => existsSync(join(project, '.claude/commands/review.md')))
    for (const project of edited) appendFileSync(join(project, '.claude/commands/review.md'), 'Mine.\n')
    await deploying
    const texts = projects.map(textOf)
    for (const project of edited) expect(textOf(project)).toContain('Mine.\n')
    // What is appended in the moment in which a file is replaced makes a new one.
    for (const text of texts) expect(text).toMatch(/^(?:# (?:Review|Better)\n(?:Mine\.\n)?|Mine\.\n)$/)
  })
})

const textOf = (project: string): string => {
  const file = join(project, '.claude/commands/review.md')
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}
