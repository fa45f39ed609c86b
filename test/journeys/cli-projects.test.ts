/** smd projects, as processes against a real daemon. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSandbox, type Sandbox } from '../support/daemon.ts'

type Projects = { items: Array<Record<string, unknown> & { name: string }>; total: number }

describe('smd projects', () => {
  let box: Sandbox
  beforeAll(async () => {
    box = createSandbox()
    expect((await box.smd('start')).code).toBe(0)
  })
  afterAll(() => box.dispose())

  const names = async (): Promise<string[]> =>
    ((await box.json('projects')) as Projects).items.map(({ name }) => name)

  it('lists the projects with what each holds, and the one that is gone', async () => {
    const { stdout } = await box.smd('projects list', { env: { COLUMNS: undefined } })
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/))
    expect(rows[0]).toEqual(['NAME', 'STATUS', 'ARTIFACTS', 'READ', 'HOLDS', 'PATH'])
    expect(rows.slice(1).map(([name, status, , , holds]) => [name, status, holds])).toMatchInlineSnapshot(`
      [
        [
          "data-pipeline",
          "active",
          "1 agent, 1 command, 1 MCP server, 1 skill",
        ],
        [
          "mobile-app",
          "active",
          "1 MCP server, 1 memory file, 1 rule, 1 skill",
        ],
        [
          "notes",
          "active",
          "1 command, 1 memory file, 1 output style",
        ],
        [
          "old-prototype",
          "missing",
          "The folder does not exist.",
        ],
        [
          "webshop",
          "active",
          "2 hooks, 2 skills, 1 agent, 1 command, 1 MCP server, 1 memory file, 1 rule",
        ],
      ]
    `)
  })

  it('has exactly the documented members as JSON', async () => {
    const { items, total } = (await box.json('projects list')) as Projects
    expect(total).toBe(5)
    for (const item of items) {
      expect(Object.keys(item)).toEqual([
        'id',
        'name',
        'path',
        'status',
        'artifactCount',
        'countsByType',
        'lastFetchedAt',
        'errorMessage',
        'outdatedCount',
        'modifiedCount',
        'problemCount',
        'sizeBytes',
        'tokens',
        'updatedAt',
      ])
    }
    expect(items.find(({ name }) => name === 'notes')).toMatchObject({
      status: 'active',
      artifactCount: 3,
      countsByType: { command: 1, memory: 1, 'output-style': 1 },
      lastFetchedAt: expect.stringMatching(/Z$/),
      errorMessage: null,
    })
  })

  it('lists those with one status, and no more than wanted', async () => {
    expect(((await box.json('projects list --status missing')) as Projects).items).toHaveLength(1)
    expect(await box.json('projects list --limit 2')).toMatchObject({ total: 5, items: [{}, {}] })
    expect((await box.smd('projects list --limit 2')).stderr).toBe('2 of 5 projects shown.\n')
    expect(await box.smd('projects list --status error')).toEqual({
      code: 0,
      stdout: '',
      stderr: 'No project has the status error.\n',
    })
  })

  it('shows one', async () => {
    const { stdout } = await box.smd('projects show webshop')
    expect(box.tidy(stdout)).toMatchInlineSnapshot(`
      "webshop  active

      Path     <root>/home/projects/webshop
      Holds    2 hooks, 2 skills, 1 agent, 1 command, 1 MCP server, 1 memory file, 1 rule
      Outdated 1
      Modified 1
      Weight   <size>, about 531 tokens
      Read     <time>
      Because  Claude Code has worked in it, it lies below a root
      Id       prj_<id>
      "
    `)
    expect((await box.smd('projects show nowhere')).code).toBe(3)
  })

  it('adds a folder that is none by itself, reads it, and remembers it in config.toml', async () => {
    const folder = join(box.root, 'elsewhere')
    mkdirSync(join(folder, '.claude/commands'), { recursive: true })
    writeFileSync(join(folder, '.claude/commands/go.md'), 'Go.\n')
    const { code, stdout } = await box.smd('projects add .', { cwd: folder })
    expect(code).toBe(0)
    expect(box.tidy(stdout)).toBe('Added: <root>/elsewhere (1 artifact: 1 command)\n')
    expect((await box.smd(['projects', 'add', folder])).stdout).toMatch(/^Already known: /)
    expect((await box.smd('config get projects.include')).stdout).toBe(`${folder}\n`)
    expect(await names()).toContain('elsewhere')
  })

  it('finds the new artifact after an addition, and none after a removal (CACHE-4.4a)', async () => {
    const folder = join(box.root, 'elsewhere')
    expect((await box.smd('show go')).code).toBe(0)
    const { code, stdout, stderr } = await box.smd('projects remove elsewhere')
    expect({ code, stdout: box.tidy(stdout) }).toEqual({
      code: 0,
      stdout: 'Forgotten: <root>/elsewhere (1 artifact)\n',
    })
    expect(stderr).toContain(`smd projects add ${folder}`)
    expect((await box.smd('show go')).code).toBe(3)
    expect(await names()).not.toContain('elsewhere')
  })

  it('keeps forgotten what discovery would find again, until it is added again', async () => {
    await box.smd('projects remove notes')
    await box.smd('projects scan')
    expect(await names()).not.toContain('notes')
    await box.smd(['projects', 'add', join(box.home, 'projects/notes')])
    expect(await names()).toContain('notes')
  })

  it('finds a project that came since, and one that went', async () => {
    const folder = join(box.home, 'projects/fresh')
    mkdirSync(join(folder, '.claude/commands'), { recursive: true })
    writeFileSync(join(folder, '.claude/commands/hello.md'), 'Say hello.\n')
    const { code, stdout } = await box.smd('projects scan')
    expect(code).toBe(0)
    expect(box.tidy(stdout)).toMatch(/^Read 5 projects in <time>\n[01] added, 0 changed, 0 removed, /)
    expect(await names()).toContain('fresh')
    rmSync(folder, { recursive: true })
    await box.smd('projects scan')
    const { items } = (await box.json('projects list --status missing')) as Projects
    expect(items.map(({ name }) => name)).toContain('fresh')
  })

  it.each([
    ['a file', 'home/.claude.json', 2, 'is not a folder.'],
    ['nothing', 'home/nothing-here', 2, 'is not a folder.'],
  ])('refuses %s', async (_, path, code, message) => {
    const refused = await box.smd(['projects', 'add', join(box.root, path)])
    expect(refused.code).toBe(code)
    expect(refused.stderr).toContain(message)
  })
})
