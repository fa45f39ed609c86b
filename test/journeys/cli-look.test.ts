/** Looking at things: list, search, show, where; with the daemon, without it, from the cache and from the disk. */
import { execFile } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import stringWidth from 'string-width'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cli, createSandbox, type Sandbox } from '../support/daemon.ts'

type Items = Array<Record<string, unknown> & { name: string; type: string }>
type List = { schema: number; items: Items; total: number }

describe('smd list', () => {
  let box: Sandbox
  beforeAll(async () => {
    box = createSandbox()
  })
  afterAll(() => box.dispose())

  it('starts the daemon by itself and prints a table (CACHE-4.1b)', async () => {
    expect(box.daemonPid()).toBeNull()
    const { code, stdout, stderr } = await box.smd('list --project webshop')
    expect(code).toBe(0)
    expect(stderr).toBe('')
    expect(stdout).toMatchInlineSnapshot(`
      "NAME                      TYPE     SCOPE    PROJECT  VERSION  STATE     DESCRIPTION
      api-errors                skill    project  webshop  -        outdated  Designs error answers of an HTTP API that clien…
      CLAUDE.md                 memory   project  webshop  -        ok        - \`npm run dev\` starts shop and database; \`npm …
      code-review               skill    project  webshop  -        modified  Reviews a change for bugs, missing tests and un…
      explain                   command  project  webshop  -        ok        Explain how a part of this code works
      postgres                  mcp      project  webshop  -        ok        npx @example/postgres-mcp
      PostToolUse:Edit|Write#1  hook     project  webshop  -        ok        npx prettier --check .
      PreToolUse:Bash#1         hook     project  webshop  -        ok        node tools/refuse-force-push.js
      test-writer               agent    project  webshop  -        ok        Writes tests for existing behaviour before it i…
      typescript                rule     project  webshop  -        ok        - No \`any\`; use \`unknown\` and narrow it.
      "
    `)
    expect(box.daemonPid()).not.toBeNull()
  })

  it('prints one JSON object with the documented members (CACHE-4.1c)', async () => {
    const answer = (await box.json('list --type mcp --project webshop')) as List
    expect(Object.keys(answer)).toEqual(['schema', 'items', 'total'])
    expect(answer.items.map((item) => Object.keys(item))).toEqual([
      [
        'id',
        'name',
        'type',
        'scope',
        'project',
        'path',
        'description',
        'source',
        'deployedVersion',
        'upstreamVersion',
        'isOutdated',
        'localModified',
        'hash',
        'tags',
        'sizeBytes',
        'tokens',
        'diagnostics',
        'updatedAt',
      ],
    ])
    expect(box.tidy(JSON.stringify(answer.items[0]))).toMatchInlineSnapshot(
      `"{"id":"art_<id>","name":"postgres","type":"mcp","scope":"project","project":{"id":"prj_<id>","name":"webshop","path":"<root>/home/projects/webshop"},"path":"<root>/home/projects/webshop/.mcp.json","description":"npx @example/postgres-mcp","source":"npm:@example/postgres-mcp","deployedVersion":null,"upstreamVersion":null,"isOutdated":false,"localModified":false,"hash":"<hash>","tags":[],"sizeBytes":140,"tokens":0,"diagnostics":[],"updatedAt":"<time>"}"`,
    )
  })

  it.each([
    'list',
    'list --json',
    'list --type skill --scope project',
    'list --modified --json',
    'list --limit 3',
  ])('prints the same bytes from the cache and from the disk: %s (CACHE-4.1c, CACHE-4.1d)', async (line) => {
    const cached = await box.smd(line)
    const read = await box.smd(`${line} --no-cache`)
    expect(read).toEqual(cached)
  })

  it('reads the disk as it is now with --no-cache, and leaves the cache alone (CACHE-4.1d)', async () => {
    const file = join(box.home, 'projects/notes/.claude/commands/brand-new.md')
    // What is watched would be in the cache at once.
    await box.smd('config set watch.mode off')
    writeFileSync(file, '---\ndescription: Just written\n---\nDo it.\n')
    try {
      const names = async (line: string) => ((await box.json(line)) as List).items.map(({ name }) => name)
      expect(await names('list --project notes --no-cache')).toContain('brand-new')
      expect(await names('list --project notes')).not.toContain('brand-new')
    } finally {
      rmSync(file)
      await box.smd('config unset watch.mode')
      await box.smd('sync --wait')
    }
  })

  it('says how fresh the cache is on demand (CACHE-4.1d)', async () => {
    const { stdout, stderr } = await box.smd('list --limit 1 --cache-status')
    expect(stdout.split('\n')).toHaveLength(3)
    expect(box.tidy(stderr)).toMatchInlineSnapshot(`
      "1 of 32 artifacts shown.
      Cache: <time> old, nothing stale.
      "
    `)
    expect((await box.json('list --limit 1 --cache-status')).cache).toEqual({
      lastRefreshAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      ageMs: expect.any(Number),
      staleProjects: expect.any(Number),
      projects: 5,
      hitRate: expect.any(Number),
      refreshing: false,
    })
  })

  it.each([40, 80, 200])('fits %i columns', async (columns) => {
    const { stdout } = await box.smd('list', { env: { COLUMNS: String(columns) } })
    for (const line of stdout.split('\n')) expect([...line].length, line).toBeLessThanOrEqual(columns)
  })

  it('means the caller by a relative path', async () => {
    const inside = await box.json('list --project .', { cwd: join(box.home, 'projects/webshop') })
    const beside = await box.json('list --project ../webshop', { cwd: join(box.home, 'projects/notes') })
    expect(inside).toEqual(await box.json('list --project webshop'))
    expect(beside).toEqual(inside)
  })

  it('tells an empty answer from an unknown project', async () => {
    const none = await box.smd('list --tag no-such-tag')
    expect(none).toMatchObject({ code: 0, stdout: '' })
    expect(none.stderr).toMatch(/^None of the \d+ known artifacts matches\.\n$/)
    expect(await box.smd('list --project nowhere')).toEqual({
      code: 3,
      stdout: '',
      stderr: 'No project matches "nowhere".\nList the projects with: smd projects list\n',
    })
  })

  it('ends quietly when its reader has seen enough', async () => {
    const line = `"${process.execPath}" "${cli}" list | true; echo "\${PIPESTATUS[0]}"`
    const { stdout, stderr } = await promisify(execFile)('bash', ['-c', line], { env: box.env })
    expect({ stdout, stderr }).toEqual({ stdout: '0\n', stderr: '' })
  })
})

describe('smd search, show and where', () => {
  let box: Sandbox
  beforeAll(async () => {
    box = createSandbox()
    expect((await box.smd('start')).code).toBe(0)
  })
  afterAll(() => box.dispose())

  it('finds words and says what it took a misspelt one for', async () => {
    const { stdout, stderr } = await box.smd('search reviw')
    expect(stderr).toBe('Nothing for "reviw"; showing "review".\n')
    // Equal hits are ordered by their ids, which depend on the folder.
    expect(stdout.trimEnd().split('\n').toSorted()).toMatchInlineSnapshot(`
      [
        "NAME         TYPE   SCOPE       PROJECT        VERSION  STATE     DESCRIPTION",
        "code-review  skill  collection  -              -        ok        Reviews a change for bugs, missing tests and unclear …",
        "code-review  skill  project     webshop        -        modified  Reviews a change for bugs, missing tests and unclear …",
        "sql-review   skill  project     data-pipeline  -        ok        Reviews SQL before it runs on production. Use when: a…",
      ]
    `)
  })

  it('takes words that look like options behind --', async () => {
    expect((await box.smd('search -- --json')).code).toBe(0)
  })

  it('shows one artifact', async () => {
    const { stdout } = await box.smd('show code-review --project webshop')
    expect(box.tidy(stdout)).toMatchInlineSnapshot(`
      "code-review  skill, project of webshop
      Reviews a change for bugs, missing tests and unclear names. Use before a pull request is opened or when the user asks for a second look.

      Path     <root>/home/projects/webshop/.claude/skills/code-review
      Agent    claude-code
      Source   local
      State    modified
      Size     887 B, about 164 tokens
      Changed  <time> (<time>)
      Hash     <hash>
      Id       art_<id>

      Also in 1 other place (0 with the same content): smd where code-review
      "
    `)
  })

  it('says that there is none, with what to do next', async () => {
    expect(await box.smd('show code-revue')).toEqual({
      code: 3,
      stdout: '',
      stderr: 'No artifact matches "code-revue".\nLook for it with: smd search code-revue\n',
    })
  })

  it('says where an artifact is and which copies are the same', async () => {
    const different = await box.smd('where api-errors')
    const columns = different.stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/))
    expect(columns[0]).toEqual(['PROJECT', 'TYPE', 'SCOPE', 'VERSION', 'STATE', 'CONTENT', 'CHANGED', 'PATH'])
    const shown = columns
      .slice(1)
      .map(([project, type, scope, version, state]) => [project, type, scope, version, state])
    expect(shown.toSorted()).toEqual([
      ['-', 'skill', 'collection', '-', 'ok'],
      ['webshop', 'skill', 'project', '-', 'outdated'],
    ])
    expect(
      columns
        .slice(1)
        .map((row) => row[5])
        .toSorted(),
    ).toEqual(['A', 'B'])
    expect(different.stderr).toBe('2 places, 2 different contents: A in 1 place, B in 1 place.\n')
    expect((await box.smd('where explain')).stderr).toBe('2 places, all with the same content.\n')
    const answer = await box.json('where api-errors')
    expect(answer).toMatchObject({ schema: 1, total: 2, variants: 2 })
    expect(answer).not.toHaveProperty('nextCursor')
  })
})

describe('names nobody expects', () => {
  let box: Sandbox
  beforeAll(async () => {
    box = createSandbox()
    const names = [
      '日本語の手順',
      '👩‍💻-pair',
      'e\u0301clair',
      'bell\u0007',
      'clear\u001b[2J',
      'x'.repeat(200),
    ]
    for (const name of names) {
      const folder = join(box.home, 'projects/webshop/.claude/skills', name)
      mkdirSync(folder)
      writeFileSync(join(folder, 'SKILL.md'), '---\ndescription: "Odd \\e]0;title\\a name"\n---\nText.\n')
    }
    await box.smd('start')
  })
  afterAll(() => box.dispose())

  it.each([40, 80, 200])('fit %i columns and do not steer the terminal', async (columns) => {
    const { code, stdout } = await box.smd('list --project webshop --type skill', {
      env: { COLUMNS: String(columns) },
    })
    expect(code).toBe(0)
    const lines = stdout.trimEnd().split('\n')
    expect(lines).toHaveLength(1 + 2 + 6)
    for (const line of lines) {
      expect(stringWidth(line), line).toBeLessThanOrEqual(columns)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
    }
  })

  it('are whole in JSON, and show finds them by it', async () => {
    const { items } = (await box.json('list --project webshop --type skill')) as List
    const odd = items.find(({ name }) => name.startsWith('clear'))?.name ?? ''
    expect(odd).toBe('clear\u001b[2J')
    const shown = await box.smd(['show', odd])
    expect(shown.code).toBe(0)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(shown.stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/)
  })
})

describe('without a daemon', () => {
  let box: Sandbox
  beforeAll(async () => {
    box = createSandbox()
  })
  afterAll(() => box.dispose())

  it('reads the project at hand when there is no cache either, and says so (CACHE-4.1b)', async () => {
    const { code, stdout, stderr } = await box.smd('list --no-spawn', {
      cwd: join(box.home, 'projects/notes'),
    })
    expect(code).toBe(0)
    expect(box.tidy(stderr)).toMatchInlineSnapshot(`
      "The daemon is not running: nobody listens on <root>/smd/run/smd.sock. Start it with: smd start
      There is no cache either: <root>/home/projects/notes is read now.
      "
    `)
    expect(stdout.split('\n').map((line) => line.split(' ')[0])).toContain('publish')
    expect(box.daemonPid()).toBeNull()
  })

  it('answers from the cache of the last daemon, with its age (CACHE-4.1b)', async () => {
    await box.smd('start')
    const live = await box.smd('list')
    await box.smd('stop')
    const { code, stdout, stderr } = await box.smd('list --no-spawn')
    expect(code).toBe(0)
    expect(stdout).toBe(live.stdout)
    expect(box.tidy(stderr)).toMatch(/^The daemon is not running: .*\nRead from the cache of .*\.\n$/)
    expect(box.daemonPid()).toBeNull()
  })

  it('refuses to change anything, with the reason (CACHE-4.1b)', async () => {
    const { code, stderr } = await box.smd('projects add . --no-spawn')
    expect(code).toBe(1)
    expect(stderr).toContain('The daemon is not running')
    expect(stderr).toContain('smd start')
    expect(stderr).not.toContain('Read from the cache')
  })

  it('puts remarks on stderr with --json as well, so that stdout is the answer alone', async () => {
    const { stdout, stderr } = await box.smd('list --json --no-spawn')
    expect(JSON.parse(stdout)).toMatchObject({ schema: 1 })
    expect(stderr).toContain('Read from the cache')
  })
})

describe('on a machine without projects', () => {
  let box: Sandbox
  beforeAll(async () => {
    box = createSandbox({ sample: false })
    mkdirSync(box.home, { recursive: true })
  })
  afterAll(() => box.dispose())

  it('says so and offers the sample', async () => {
    const start = await box.smd('start')
    expect(start.code).toBe(0)
    expect(start.stdout).toContain('No project was found on this machine.')
    expect(start.stdout).toContain('smd demo')
    const list = await box.smd('list')
    expect(list).toMatchObject({ code: 0, stdout: '' })
    expect(list.stderr).toMatchInlineSnapshot(`
      "No project with skills, agents or servers was found on this machine.
      Tell smd about one: smd projects add PATH
      Or look at a small sample: smd demo
      "
    `)
    expect(await box.json('list')).toEqual({ schema: 1, items: [], total: 0 })
  })
})
