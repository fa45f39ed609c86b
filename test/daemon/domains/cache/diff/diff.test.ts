/** artifacts.diff over real files and real repositories, through the dispatcher. */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { createProviders } from '../../../../../daemon/domains/upstream/providers/index.ts'
import { UpstreamError } from '../../../../../daemon/domains/upstream/source.ts'
import type { ResultOf } from '../../../../../protocol/methods.ts'
import { applyHunks } from '../../../../support/apply-hunks.ts'
import { corpusPath, listSkillFiles } from '../../../../support/corpus.ts'
import { fakeGithub } from '../../../../support/fake-github.ts'
import { type GitProviders, gitProviders } from '../../../../support/git-providers.ts'
import { skill, type TestDaemon, useTestDaemon } from '../../../../support/test-daemon.ts'
import { buildUpstreamRepository, git, initRepository } from '../../../../support/upstream-repo.ts'

const start = useTestDaemon()
const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

const json = JSON.stringify
type Diff = ResultOf<'artifacts.diff'>

const idOf = async ({ call }: TestDaemon, name: string, project?: string): Promise<string> =>
  (await call('artifacts.show', { name, ...(project !== undefined && { project }) })).id

const diffOf = async (daemon: TestDaemon, name: string, project?: string): Promise<Diff> =>
  daemon.call('artifacts.diff', { id: await idOf(daemon, name, project) })

const nothing: Diff = {
  left: { label: '', version: null },
  right: { label: '', version: null },
  files: [],
  same: 0,
}

/** One text for equal folders; empty for one that is not there. */
const contentsBelow = (folder: string): string =>
  existsSync(folder) ? json([...patched(folder, nothing)].sort()) : ''

/** What becomes of the files of a folder when the differences are carried out. */
function patched(folder: string, { files }: Diff): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
  const contents = new Map(
    names
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [file.slice(folder.length + 1), readFileSync(file, 'utf8')] as const),
  )
  for (const { path, status, hunks } of files) {
    if (hunks === null) throw new Error(`${path} is told without its lines`)
    const now = applyHunks(contents.get(path) ?? '', hunks)
    if (status === 'removed') {
      expect(now, path).toBe('')
      contents.delete(path)
    } else contents.set(path, now)
  }
  return contents
}

type Repo = { dir: string; write(path: string, content: string): void; commit(): string }

/** A repository, empty at first. */
function makeRepo(): Repo {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'smd-repo-')))
  folders.push(dir)
  initRepository(dir)
  return {
    dir,
    write(path, content) {
      mkdirSync(dirname(join(dir, path)), { recursive: true })
      writeFileSync(join(dir, path), content)
    },
    commit() {
      git(dir, 'add', '--all')
      git(dir, 'commit', '-q', '-m', 'Change')
      return git(dir, 'rev-parse', 'HEAD')
    },
  }
}

/** A repository with the skill `review`, which the project `web` has as it is there. */
async function installed(
  files: Readonly<Record<string, string>> = { 'SKILL.md': skill('review') },
): Promise<{ daemon: TestDaemon; repo: Repo; providers: GitProviders; copy: string }> {
  const repo = makeRepo()
  for (const [path, content] of Object.entries(files)) repo.write(`skills/review/${path}`, content)
  repo.commit()
  const providers = gitProviders({ 'o/r': repo.dir })
  const daemon = await start({
    prepare(home) {
      home.around.providers = providers
      for (const [path, content] of Object.entries(files))
        home.write(`src/web/.claude/skills/review/${path}`, content)
      const entry = {
        source: 'o/r',
        sourceType: 'github',
        skillPath: 'skills/review/SKILL.md',
        skillFolderHash: git(repo.dir, 'rev-parse', 'HEAD:skills/review'),
      }
      home.write('src/web/skills-lock.json', json({ version: 1, skills: { review: entry } }))
    },
  })
  await daemon.call('cache.refresh', { force: true })
  return { daemon, repo, providers, copy: join(daemon.home, 'src/web/.claude/skills/review') }
}

describe('artifacts.diff against another copy', () => {
  it('tells what was added, removed and changed, and how much is the same', async () => {
    const daemon = await start({
      prepare({ write }) {
        for (const project of ['api', 'web']) {
          write(`src/${project}/.claude/skills/review/SKILL.md`, skill('review'))
          write(`src/${project}/.claude/skills/review/same.txt`, 'same\n')
        }
        write('src/api/.claude/skills/review/old/gone.txt', 'one\ntwo')
        write('src/api/.claude/skills/review/notes.md', 'a\r\nb\r\n')
        write('src/web/.claude/skills/review/notes.md', 'a\r\nc\r\n')
        write('src/web/.claude/skills/review/new.md', '\uFEFFnew\n')
      },
    })
    const [left, right] = [await idOf(daemon, 'review', 'api'), await idOf(daemon, 'review', 'web')]
    const diff = await daemon.call('artifacts.diff', { id: left, against: right })
    expect(diff).toEqual({
      left: { label: join(daemon.home, 'src/api/.claude/skills/review'), version: null },
      right: { label: join(daemon.home, 'src/web/.claude/skills/review'), version: null },
      files: [
        {
          path: 'new.md',
          status: 'added',
          hunks: [{ leftStart: 0, leftLines: 0, rightStart: 1, rightLines: 1, lines: ['+\uFEFFnew'] }],
        },
        {
          path: 'notes.md',
          status: 'changed',
          hunks: [
            { leftStart: 1, leftLines: 2, rightStart: 1, rightLines: 2, lines: [' a\r', '-b\r', '+c\r'] },
          ],
        },
        {
          path: 'old/gone.txt',
          status: 'removed',
          hunks: [
            {
              leftStart: 1,
              leftLines: 2,
              rightStart: 0,
              rightLines: 0,
              lines: ['-one', '-two', '\\ No newline at end of file'],
            },
          ],
        },
      ],
      same: 2,
    })
    expect((await daemon.call('artifacts.diff', { id: left, against: left })).files).toEqual([])
  })

  it('says of files that are no text, or longer than 1 MiB, only that they differ', async () => {
    const daemon = await start({
      prepare({ write }) {
        for (const [project, byte] of [
          ['api', 'a'],
          ['web', 'b'],
        ] as const) {
          write(`src/${project}/.claude/skills/review/SKILL.md`, skill('review'))
          write(`src/${project}/.claude/skills/review/image.png`, `\0${byte}`)
          write(`src/${project}/.claude/skills/review/long.txt`, byte.repeat(1024 * 1024 + 1))
          write(`src/${project}/.claude/skills/review/full.txt`, `${byte}${'x'.repeat(1024 * 1024 - 1)}`)
        }
      },
    })
    const { files, same } = await daemon.call('artifacts.diff', {
      id: await idOf(daemon, 'review', 'api'),
      against: await idOf(daemon, 'review', 'web'),
    })
    expect(files.map(({ path, hunks }) => [path, hunks?.length ?? null])).toEqual([
      ['full.txt', 1],
      ['image.png', null],
      ['long.txt', null],
    ])
    expect(same).toBe(1)
  })

  it('counts every file: hidden ones, caches, and links with what they lead to', async () => {
    const daemon = await start({
      prepare({ home, write }) {
        for (const project of ['api', 'web'])
          write(`src/${project}/.claude/skills/review/SKILL.md`, skill('review'))
        write('src/api/.claude/skills/review/linked.md', 'text\n')
        write('elsewhere.md', 'text\n')
        write('src/web/.claude/skills/review/__pycache__/a.pyc', 'c')
        write('src/web/.claude/skills/review/.env', 'A=1\n')
        const at = (name: string): string => join(home, 'src/web/.claude/skills/review', name)
        symlinkSync(join(home, 'elsewhere.md'), at('linked.md'))
        symlinkSync(home, at('folder'))
        symlinkSync('nowhere', at('dangling'))
        chmodSync(at('SKILL.md'), 0o755)
      },
    })
    const [api, web] = [await idOf(daemon, 'review', 'api'), await idOf(daemon, 'review', 'web')]
    const { files, same } = await daemon.call('artifacts.diff', { id: api, against: web })
    expect(files.map(({ path, status }) => [path, status])).toEqual([
      ['.env', 'added'],
      ['__pycache__/a.pyc', 'added'],
    ])
    expect(same).toBe(2)
    const some = await daemon.call('artifacts.diff', {
      id: api,
      against: web,
      ignore: ['__pycache__', 'linked.md'],
    })
    expect([some.same, ...some.files.map(({ path }) => path)]).toEqual([1, '.env'])
  })

  it('shows nothing of what lies outside of an artifact, where a link leads; only whether it is the same', async () => {
    const daemon = await start({
      prepare({ home, write }) {
        for (const project of ['api', 'web']) {
          write(`src/${project}/.claude/skills/review/SKILL.md`, skill('review'))
          write(`private/${project}.txt`, `secret of ${project}\n`)
          symlinkSync(
            join(home, `private/${project}.txt`),
            join(home, `src/${project}/.claude/skills/review/linked.txt`),
          )
        }
      },
    })
    const [api, web] = [await idOf(daemon, 'review', 'api'), await idOf(daemon, 'review', 'web')]
    const diff = await daemon.call('artifacts.diff', { id: api, against: web })
    expect(diff.files).toEqual([{ path: 'linked.txt', status: 'changed', hunks: null }])
    expect(json(diff)).not.toContain('secret')
  })

  it('compares hooks and servers as their part of the file, without secrets', async () => {
    const server = (args: string[], token: string): string =>
      json({ mcpServers: { db: { command: 'db-server', args, env: { DB_TOKEN: token } } }, other: token })
    const daemon = await start({
      prepare({ write }) {
        write('src/api/.mcp.json', server(['--port', '1'], 'one-secret'))
        write('src/web/.mcp.json', server(['--port', '2'], 'other-secret'))
      },
    })
    const [api, web] = [await idOf(daemon, 'db', 'api'), await idOf(daemon, 'db', 'web')]
    const diff = await daemon.call('artifacts.diff', { id: api, against: web })
    expect(diff).toMatchObject({ files: [{ path: '.mcp.json#db', status: 'changed' }], same: 0 })
    const lines = diff.files.flatMap(({ hunks }) => hunks?.flatMap((hunk) => hunk.lines) ?? [])
    expect(lines.filter((line) => /^[+-]/.test(line))).toEqual(['-    "1"', '+    "2"'])
    expect(json(diff)).not.toContain('secret')
  })

  it('compares single files whatever their names, and a file with a folder as one file of it', async () => {
    const daemon = await start({
      prepare({ write }) {
        write('src/web/CLAUDE.md', 'one\ntwo\n')
        write('src/web/AGENTS.md', 'one\nthree\n')
        write('src/web/.claude/skills/review/SKILL.md', skill('review'))
      },
    })
    const [claude, agents] = [await idOf(daemon, 'CLAUDE.md'), await idOf(daemon, 'AGENTS.md')]
    const { files } = await daemon.call('artifacts.diff', { id: claude, against: agents })
    expect(files).toMatchObject([
      { path: 'CLAUDE.md', status: 'changed', hunks: [{ lines: [' one', '-two', '+three'] }] },
    ])
    const mixed = await daemon.call('artifacts.diff', { id: claude, against: await idOf(daemon, 'review') })
    expect(mixed.files.map(({ path, status }) => [path, status])).toEqual([
      ['CLAUDE.md', 'removed'],
      ['SKILL.md', 'added'],
    ])
  })

  it('leads from one copy of a real skill to the other, whatever was edited', async () => {
    const sources = listSkillFiles('wshobson')
      .map(dirname)
      .filter((_, i) => i % 12 === 0)
    const daemon = await start({
      prepare({ home }) {
        for (const from of sources)
          for (const project of ['api', 'web'])
            cpSync(from, join(home, 'src', project, '.claude/skills', basename(from)), { recursive: true })
      },
    })
    const { items } = await daemon.call('artifacts.list', { type: 'skill', project: 'api', limit: 500 })
    expect(items.length).toBeGreaterThan(5)
    const edit = fc.record({
      at: fc.nat(),
      remove: fc.nat(5),
      insert: fc.array(fc.string(), { maxLength: 5 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.nat(items.length - 1), fc.array(edit, { maxLength: 6 }), async (which, edits) => {
        const left = items[which]
        if (!left) return expect.fail('no such skill')
        const folder = left.path.replace('/src/api/', '/src/web/')
        const file = join(folder, 'SKILL.md')
        const lines = readFileSync(file, 'utf8').split(/(?<=\n)/)
        for (const { at, remove, insert } of edits)
          lines.splice(at % (lines.length + 1), remove, ...insert.map((text) => `${text}\n`))
        writeFileSync(file, lines.join(''))
        // Its id stays, whatever it is called now
        const { items: others } = await daemon.call('artifacts.list', {
          type: 'skill',
          project: 'web',
          limit: 500,
        })
        const right = others.find(({ path }) => path === folder)
        const diff = await daemon.call('artifacts.diff', { id: left.id, against: right?.id ?? '' })
        const truth = patched(folder, nothing)
        expect(patched(left.path, diff)).toEqual(truth)
      }),
      { numRuns: 60 },
    )
  })

  it('fails with a reason for what is gone or closed, and for an id that is none', async () => {
    const daemon = await start({
      prepare: ({ write }) => void write('src/web/.claude/skills/review/SKILL.md', skill('review')),
    })
    const id = await idOf(daemon, 'review')
    await expect(daemon.call('artifacts.diff', { id: 'art_0000000000000000' })).rejects.toMatchObject({
      slug: 'artifact.not_found',
    })
    await expect(
      daemon.call('artifacts.diff', { id, against: 'art_0000000000000000' }),
    ).rejects.toMatchObject({ slug: 'artifact.not_found' })
    daemon.remove('src/web/.claude/skills/review')
    await expect(daemon.call('artifacts.diff', { id, against: id })).rejects.toMatchObject({
      slug: 'artifact.unreadable',
      details: { path: join(daemon.home, 'src/web/.claude/skills/review'), reason: 'it is gone' },
    })
  })
})

const check = (daemon: TestDaemon): Promise<unknown> => daemon.call('upstream.check', { force: true })

describe('artifacts.diff against the source', () => {
  it('tells what the source holds as of the last check, not what it holds by now', async () => {
    const { daemon, repo, copy } = await installed({
      'SKILL.md': skill('review'),
      'scripts/run.sh': 'echo one\n',
      'notes.md': 'a\nb\n',
    })
    repo.write('skills/review/notes.md', 'a\nB\n')
    repo.write('skills/review/more.md', 'more')
    rmSync(join(repo.dir, 'skills/review/scripts'), { recursive: true })
    const commit = repo.commit()
    await check(daemon)
    repo.write('skills/review/SKILL.md', 'later')
    repo.commit()
    const diff = await diffOf(daemon, 'review')
    expect(diff.left).toEqual({ label: copy, version: null })
    expect(diff.right).toEqual({ label: 'github:o/r/skills/review', version: commit.slice(0, 7) })
    expect(diff.files.map(({ path, status }) => [path, status])).toEqual([
      ['more.md', 'added'],
      ['notes.md', 'changed'],
      ['scripts/run.sh', 'removed'],
    ])
    expect(diff.same).toBe(1)
    const { id } = await daemon.call('artifacts.show', { name: 'review' })
    const some = await daemon.call('artifacts.diff', { id, ignore: ['more.*', 'scripts/*.sh'], context: 0 })
    expect(some.files).toEqual([
      {
        path: 'notes.md',
        status: 'changed',
        hunks: [{ leftStart: 2, leftLines: 1, rightStart: 2, rightLines: 1, lines: ['-b', '+B'] }],
      },
    ])
    expect(patched(copy, diff)).toEqual(
      new Map([
        ['SKILL.md', skill('review')],
        ['notes.md', 'a\nB\n'],
        ['more.md', 'more'],
      ]),
    )
  })

  it('asks for what differs only, once, and needs no network for it a second time', async () => {
    const { daemon, repo, providers } = await installed({
      'SKILL.md': skill('review'),
      'a.md': 'a',
      'b.md': 'b',
    })
    repo.write('skills/review/a.md', 'A')
    repo.commit()
    await check(daemon)
    const first = await diffOf(daemon, 'review')
    const changed = git(repo.dir, 'rev-parse', 'HEAD:skills/review/a.md')
    expect(providers.askedFor).toEqual(['skills/review', changed])
    providers.failure = new UpstreamError('offline', 'smd is set to be offline (net.offline).')
    expect(await diffOf(daemon, 'review')).toEqual(first)
    // An edit of the copy needs what was not fetched
    daemon.write('src/web/.claude/skills/review/b.md', 'edited')
    await expect(diffOf(daemon, 'review')).rejects.toMatchObject({
      slug: 'artifact.no_upstream_files',
      details: { name: 'review', reason: 'smd is set to be offline (net.offline)' },
    })
    expect(providers.askedFor.length).toBe(3)
  })

  it('tells a change of the permission to run as a file without lines', async () => {
    const { daemon, repo } = await installed({ 'SKILL.md': skill('review'), 'run.sh': 'echo\n' })
    chmodSync(join(repo.dir, 'skills/review/run.sh'), 0o755)
    repo.commit()
    await check(daemon)
    expect(await diffOf(daemon, 'review')).toMatchObject({
      files: [{ path: 'run.sh', status: 'changed', hunks: [] }],
      same: 1,
    })
  })

  it('takes links as links, and leaves out what use leaves behind', async () => {
    const { daemon, repo, copy } = await installed({ 'SKILL.md': skill('review'), 'a.md': 'a\n' })
    symlinkSync('a.md', join(repo.dir, 'skills/review/link.md'))
    symlinkSync('a.md', join(copy, 'link.md'))
    symlinkSync('SKILL.md', join(copy, 'other.md'))
    daemon.write('src/web/.claude/skills/review/__pycache__/a.pyc', 'c')
    daemon.write('src/web/.claude/skills/review/node_modules/x/index.js', 'x')
    repo.commit()
    await check(daemon)
    expect(await diffOf(daemon, 'review')).toMatchObject({
      files: [
        {
          path: 'other.md',
          status: 'removed',
          hunks: [{ lines: ['-SKILL.md', '\\ No newline at end of file'] }],
        },
      ],
      same: 3,
    })
  })

  it.each([
    ['was never asked', async () => undefined, 'its source was not asked yet'],
    [
      'could not be asked',
      async (daemon: TestDaemon, providers: GitProviders) => {
        providers.failure = new UpstreamError('timeout', 'no answer')
        await check(daemon)
      },
      'its source could not be asked',
    ],
    [
      'has it no more',
      async (daemon: TestDaemon, _: GitProviders, repo: Repo) => {
        rmSync(join(repo.dir, 'skills'), { recursive: true })
        repo.write('README.md', 'empty')
        repo.commit()
        await check(daemon)
      },
      'its source does not have it any more',
    ],
    [
      'fails when it is asked for files',
      async (daemon: TestDaemon, providers: GitProviders) => {
        await check(daemon)
        providers.failure = new UpstreamError('rate_limited', 'api.github.com wants to be asked later.')
      },
      'api.github.com wants to be asked later',
    ],
  ])('fails with the reason for a source that %s', async (_, prepare, reason) => {
    const { daemon, providers, repo } = await installed()
    await prepare(daemon, providers, repo)
    await expect(diffOf(daemon, 'review')).rejects.toMatchObject({
      slug: 'artifact.no_upstream_files',
      details: { name: 'review', reason },
    })
  })

  it('fails with the reason for what has no source, and for servers of packages', async () => {
    const daemon = await start({
      prepare({ write }) {
        write('src/web/.claude/skills/own/SKILL.md', skill('own'))
        write('src/web/.mcp.json', json({ mcpServers: { db: { command: 'npx', args: ['-y', 'db@1.0.0'] } } }))
      },
    })
    await expect(diffOf(daemon, 'own')).rejects.toMatchObject({
      details: { name: 'own', reason: 'nothing records where it came from' },
    })
    await expect(diffOf(daemon, 'db')).rejects.toMatchObject({
      details: { reason: 'it is a part of a file, which has no source of its own' },
    })
  })

  it('compares with a folder of this machine as it is now', async () => {
    const daemon = await start({
      prepare(home) {
        const { around } = home
        around.providers = createProviders({
          net: { offline: true, timeoutMs: 1_000 },
          home: home.home,
          tempDir: join(home.home, 'tmp'),
          now: around.now,
          env: {},
        })
        home.write('tools/review/SKILL.md', skill('review', 'Newer.'))
        home.write('src/web/.claude/skills/review/SKILL.md', skill('review'))
        const entry = {
          source: join(home.home, 'tools'),
          sourceType: 'local',
          skillPath: 'review/SKILL.md',
          computedHash: 'x',
        }
        home.write('src/web/skills-lock.json', json({ version: 1, skills: { review: entry } }))
      },
    })
    await daemon.call('cache.refresh', { force: true })
    await check(daemon)
    const diff = await diffOf(daemon, 'review')
    expect(diff.files).toMatchObject([{ path: 'SKILL.md', status: 'changed' }])
  })

  it('compares a deployment with the collection it came from', async () => {
    const daemon = await start({
      prepare({ write }) {
        write('.skillmeat/collections/main/collection.toml', '[collection]\nname = "main"\n')
        write('.skillmeat/collections/main/skills/review/SKILL.md', skill('review', 'Newer.'))
        write('src/web/.claude/skills/review/SKILL.md', skill('review'))
        const record = {
          artifact_name: 'review',
          artifact_type: 'skill',
          from_collection: 'main',
          artifact_path: 'skills/review',
          content_hash: '0'.repeat(64),
        }
        const lines = Object.entries(record).map(([key, value]) => `${key} = ${json(value)}`)
        write('src/web/.claude/.skillmeat-deployed.toml', ['[[deployed]]', ...lines, ''].join('\n'))
      },
    })
    await daemon.call('cache.refresh', { force: true })
    await daemon.call('cache.refresh', { force: true })
    const diff = await diffOf(daemon, 'review', 'web')
    expect(diff.right.label).toBe(join(daemon.home, '.skillmeat/collections/main/skills/review'))
    expect(diff.files).toMatchObject([{ path: 'SKILL.md', status: 'changed' }])
  })

  it('compares a plugin, and each part of it, with its folder in the marketplace', async () => {
    const repo = makeRepo()
    const plugin = { name: 'tool', version: '1.0.0' }
    repo.write('plugins/tool/.claude-plugin/plugin.json', json(plugin))
    repo.write('plugins/tool/skills/review/SKILL.md', skill('review', 'Newer.'))
    repo.write('plugins/tool/commands/ship.md', 'Ship it.\n')
    const plugins = [{ name: 'tool', source: './plugins/tool' }]
    repo.write('.claude-plugin/marketplace.json', json({ name: 'market', owner: {}, plugins }))
    repo.commit()
    const url = pathToFileURL(repo.dir).href
    const daemon = await start({
      prepare(home) {
        const { around, write } = home
        around.providers = createProviders({
          net: { offline: false, timeoutMs: 30_000 },
          home: home.home,
          tempDir: join(home.home, 'tmp'),
          now: around.now,
          env: { PATH: process.env.PATH, HOME: home.home },
        })
        const place = '.claude/plugins/cache/market/tool/1.0.0'
        write(`${place}/.claude-plugin/plugin.json`, json(plugin))
        write(`${place}/skills/review/SKILL.md`, skill('review'))
        write(`${place}/commands/ship.md`, 'Ship it.\n')
        const entry = { scope: 'user', installPath: join(home.home, place), version: '1.0.0' }
        write(
          '.claude/plugins/installed_plugins.json',
          json({ version: 2, plugins: { 'tool@market': [entry] } }),
        )
        const clone = '.claude/plugins/marketplaces/market'
        write(`${clone}/.claude-plugin/marketplace.json`, json({ name: 'market', owner: {}, plugins }))
        const known = { source: { source: 'git', url }, installLocation: join(home.home, clone) }
        write('.claude/plugins/known_marketplaces.json', json({ market: known }))
      },
    })
    await daemon.call('cache.refresh', { force: true })
    await check(daemon)
    const byType = async (type: 'plugin' | 'skill' | 'command'): Promise<Diff> => {
      const { items } = await daemon.call('artifacts.list', { type })
      return daemon.call('artifacts.diff', { id: items[0]?.id ?? '' })
    }
    const whole = await byType('plugin')
    expect(whole).toMatchObject({
      right: { version: '1.0.0' },
      files: [{ path: 'skills/review/SKILL.md', status: 'changed' }],
      same: 2,
    })
    const part = await byType('skill')
    expect(part).toMatchObject({ files: [{ path: 'SKILL.md', hunks: whole.files[0]?.hunks }], same: 0 })
    expect(await byType('command')).toMatchObject({ files: [], same: 1 })
  })

  it('makes real skills of February what they are in August, byte for byte', async () => {
    const dir = realpathSync(mkdtempSync(join(tmpdir(), 'smd-repo-')))
    folders.push(dir)
    buildUpstreamRepository(dir)
    const github = await fakeGithub(() => Date.now())
    github.repositories.set('o/r', dir)
    const [february, august] = ['2026-02-06', '2026-08-18'].map((date) => corpusPath('wshobson-agents', date))
    if (!february || !august) return expect.fail('no trees')
    const chosen = new Map<string, string>()
    for (const file of listSkillFiles('wshobsonOld')) {
      const place = dirname(file).slice(february.length + 1)
      if (contentsBelow(join(february, place)) !== contentsBelow(join(august, place)) && chosen.size < 15)
        chosen.set(basename(place), place)
    }
    expect(chosen.size).toBe(15)
    const daemon = await start({
      prepare(home) {
        const { around } = home
        around.providers = createProviders({
          net: { offline: false, timeoutMs: 30_000, monotonic: () => 0 },
          home: home.home,
          tempDir: join(home.home, 'tmp'),
          now: around.now,
          env: {},
          githubApi: github.origin,
        })
        const entries = [...chosen].map(([name, place]) => {
          cpSync(join(february, place), join(home.home, 'src/web/.claude/skills', name), { recursive: true })
          const skillFolderHash = git(dir, 'rev-parse', `HEAD~2:${place}`)
          return [
            name,
            { source: 'o/r', sourceType: 'github', skillPath: `${place}/SKILL.md`, skillFolderHash },
          ]
        })
        home.write('src/web/skills-lock.json', json({ version: 1, skills: Object.fromEntries(entries) }))
      },
    })
    await daemon.call('cache.refresh', { force: true })
    await check(daemon)
    const { items } = await daemon.call('artifacts.list', { type: 'skill', project: 'web', limit: 500 })
    expect(items.filter(({ isOutdated }) => isOutdated).length).toBe(chosen.size)
    for (const { id, path } of items) {
      const truth = patched(join(august, chosen.get(basename(path)) ?? ''), nothing)
      expect(patched(path, await daemon.call('artifacts.diff', { id })), path).toEqual(truth)
    }
  })
})
