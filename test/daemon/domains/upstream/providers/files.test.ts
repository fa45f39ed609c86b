/** The files of sources: what each kind of place hands out, held against git itself. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createProviders,
  type ProvidersOptions,
} from '../../../../../daemon/domains/upstream/providers/index.ts'
import { treeId } from '../../../../../daemon/domains/upstream/providers/tree-id.ts'
import type {
  FilesQuery,
  UpstreamFiles,
  UpstreamProviders,
} from '../../../../../daemon/domains/upstream/source.ts'
import { fakeGithub } from '../../../../support/fake-github.ts'
import { serveGit } from '../../../../support/git-http.ts'
import { quickNet, stillClock } from '../../../../support/loopback.ts'
import { buildUpstreamRepository, git, initRepository, readBlob } from '../../../../support/upstream-repo.ts'

const scratch = mkdtempSync(join(tmpdir(), 'smd-files-'))
const root = join(scratch, 'server')
/** Real plugins and skills. */
const agents = join(root, 'agents')
/** One of every kind of entry. */
const small = join(root, 'small')
let head: string
/** Folders that hold a skill, and all plugins. */
let folders: string[]

beforeAll(() => {
  head = buildUpstreamRepository(agents).at(-1)?.commit ?? ''
  const all = git(agents, 'ls-tree', '-r', '-t', '-d', '--name-only', 'HEAD').split('\n')
  folders = all.filter((path) => /^plugins\/[^/]+$/.test(path)).slice(0, 12)
  initRepository(small)
  write(small, 'skills/one/SKILL.md', 'one\n')
  write(small, 'skills/one/run.sh', '#!/bin/sh\n')
  write(small, 'skills/one/deep/er/é.md', '\uFEFFdeep\r\n')
  write(small, 'skills/one/long.txt', 'x'.repeat(5_000))
  write(small, 'skills/one-more/SKILL.md', 'more')
  symlinkSync('SKILL.md', join(small, 'skills/one/link.md'))
  git(small, 'add', '--all')
  git(small, 'update-index', '--chmod=+x', 'skills/one/run.sh')
  git(small, 'update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},skills/one/module`)
  git(small, 'commit', '-q', '-m', 'All kinds')
})
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

function write(dir: string, path: string, content: string): void {
  mkdirSync(dirname(join(dir, path)), { recursive: true })
  writeFileSync(join(dir, path), content)
}

const signal = new AbortController().signal
const idAt = (dir: string, path: string, revision = 'HEAD'): string =>
  git(dir, 'rev-parse', `${revision}:${path}`)
const commitOf = (dir: string): string => git(dir, 'rev-parse', 'HEAD')

function providersWith(options: Partial<ProvidersOptions> = {}): UpstreamProviders {
  const clock = stillClock()
  const env = { PATH: process.env.PATH, HOME: scratch }
  const tempDir = join(scratch, 'tmp')
  return createProviders({ net: quickNet(clock), home: scratch, tempDir, now: clock.now, env, ...options })
}

async function githubWith(dir: string, options: Partial<ProvidersOptions> = {}) {
  const clock = stillClock()
  const github = await fakeGithub(clock.now)
  github.repositories.set('o/r', dir)
  github.remaining.set('', 5_000)
  return { github, providers: providersWith({ githubApi: github.origin, ...options }) }
}

const queryOf = (source: FilesQuery['source'], path: string, more: Partial<FilesQuery> = {}): FilesQuery => ({
  source,
  path,
  digest: null,
  revision: null,
  isFile: false,
  ...more,
})
const onGithub = { kind: 'github', owner: 'o', repo: 'r', ref: null } as const

type Found = Extract<UpstreamFiles, { kind: 'files' }>

async function open(providers: UpstreamProviders, query: FilesQuery): Promise<Found> {
  const found = await providers.files(query, signal)
  if (found.kind !== 'files') throw new Error(`${query.path} lies on the disk`)
  return found
}

/** Mode and content by path, of everything that is handed out; null for a content that is not. */
async function contentsOf(
  found: Found,
  maxBytes = 1_000_000,
): Promise<Record<string, [string, string | null]>> {
  const contents = new Map<string, Buffer>()
  try {
    await found.contents(found.files, maxBytes, (id, content) => void contents.set(id, Buffer.from(content)))
  } finally {
    await found.close()
  }
  const entries = found.files.map(({ path, mode, id }) => {
    return [path, [mode, contents.get(id)?.toString('base64') ?? null]] as const
  })
  return Object.fromEntries(entries) as Record<string, [string, string | null]>
}

/** The same, as git says it. */
function truthOf(dir: string, path: string): Record<string, [string, string]> {
  const lines = git(dir, 'ls-tree', '-r', '-z', `HEAD:${path}`).split('\0').filter(Boolean)
  const entries = lines.flatMap((line) => {
    const [, mode = '', type, id = '', name = ''] = /^(\d+) (\w+) (\w+)\t(.*)$/s.exec(line) ?? []
    return type === 'blob' ? [[name, [mode, readBlob(dir, id).toString('base64')]] as const] : []
  })
  return Object.fromEntries(entries) as Record<string, [string, string]>
}

describe('files on GitHub', () => {
  it('are found by the id of their folder with one request, and each content with another one', async () => {
    const { github, providers } = await githubWith(small)
    const found = await open(
      providers,
      queryOf(onGithub, 'skills/one', { digest: idAt(small, 'skills/one') }),
    )
    expect(github.heard.map(({ path }) => path)).toEqual([
      `/repos/o/r/git/trees/${idAt(small, 'skills/one')}?recursive=1`,
    ])
    expect(await contentsOf(found)).toEqual(truthOf(small, 'skills/one'))
    expect(providers.requests).toBe(1 + 5)
  })

  it('are those of the revision that was told, whatever has come since', async () => {
    const { github, providers } = await githubWith(agents)
    const [old] = git(agents, 'rev-list', '--max-parents=0', 'HEAD').split('\n')
    const path = git(agents, 'ls-tree', '-d', '--name-only', `${old}:plugins`).split('\n')[0]
    const digest = idAt(agents, `plugins/${path}`, old)
    const { files } = await open(providers, queryOf(onGithub, `plugins/${path}`, { digest }))
    expect(files.map((file) => file.path)).toEqual(
      git(agents, 'ls-tree', '-r', '--name-only', digest).split('\n'),
    )
    expect(github.heard.length).toBe(1)
  })

  it('are one file where the artifact is one, also when a folder was expected', async () => {
    const { providers } = await githubWith(small)
    const path = 'skills/one/SKILL.md'
    for (const isFile of [true, false]) {
      const found = await open(providers, queryOf(onGithub, path, { digest: idAt(small, path), isFile }))
      expect(found.isFile).toBe(true)
      expect(await contentsOf(found)).toEqual({
        'SKILL.md': ['100644', Buffer.from('one\n').toString('base64')],
      })
    }
  })

  it('leave out what is longer than wanted', async () => {
    const { providers } = await githubWith(small)
    const found = await open(
      providers,
      queryOf(onGithub, 'skills/one', { digest: idAt(small, 'skills/one') }),
    )
    const contents = await contentsOf(found, 4_999)
    expect(Object.entries(contents).filter(([, [, content]]) => content === null)).toEqual([
      ['long.txt', ['100644', null]],
    ])
  })

  it('are not believed when they do not make up the folder', async () => {
    const { github, providers } = await githubWith(small)
    const digest = idAt(small, 'skills/one')
    github.moods.push((_request, response) => {
      const entry = { path: 'SKILL.md', mode: '100644', type: 'blob', sha: '2'.repeat(40), size: 3 }
      response.end(JSON.stringify({ sha: digest, tree: [entry], truncated: false }))
      return true
    })
    await expect(providers.files(queryOf(onGithub, 'skills/one', { digest }), signal)).rejects.toMatchObject({
      name: 'UpstreamError',
      reason: 'bad_answer',
    })
  })

  it('are refused when a name among them leads elsewhere', async () => {
    const { github, providers } = await githubWith(small)
    const sha = idAt(small, 'skills/one/SKILL.md')
    const digest = treeId([
      { name: '..', mode: '40000', id: treeId([{ name: 'x', mode: '100644', id: sha }]) },
    ])
    github.moods.push((_request, response) => {
      const tree = [{ path: '../x', mode: '100644', type: 'blob', sha }]
      response.end(JSON.stringify({ sha: digest, tree, truncated: false }))
      return true
    })
    await expect(providers.files(queryOf(onGithub, 'skills/one', { digest }), signal)).rejects.toMatchObject({
      reason: 'bad_answer',
      message: 'Its source has a name that leads elsewhere.',
    })
  })

  it.each([
    ['is gone', 404, 'not_found'],
    ['asks us to wait', 429, 'rate_limited'],
    ['is broken', 500, 'bad_answer'],
  ])(
    'fail with a reason when GitHub %s in the middle, and keep what was found',
    async (_, status, reason) => {
      const { github, providers } = await githubWith(small)
      const found = await open(
        providers,
        queryOf(onGithub, 'skills/one', { digest: idAt(small, 'skills/one') }),
      )
      const got: string[] = []
      const refuse = (
        _request: unknown,
        response: { writeHead(status: number): { end(): void } },
      ): boolean => {
        response.writeHead(status).end()
        return true
      }
      github.moods.push(() => false, ...Array.from({ length: 20 }, () => refuse))
      await expect(found.contents(found.files, 10_000, (id) => void got.push(id))).rejects.toMatchObject({
        reason,
      })
      expect(got.length).toBe(1)
    },
  )

  it('are not asked for when nobody wants them any more, or may be asked', async () => {
    const { github, providers } = await githubWith(small)
    const query = queryOf(onGithub, 'skills/one', { digest: idAt(small, 'skills/one') })
    const ended = AbortSignal.abort(new Error('nobody waits'))
    await expect(providers.files(query, ended)).rejects.toThrow('nobody waits')
    const offline = providersWith({ net: { offline: true, timeoutMs: 1_000 }, githubApi: github.origin })
    await expect(offline.files(query, signal)).rejects.toMatchObject({ reason: 'offline' })
    expect(github.heard).toEqual([])
  })
})

describe('files of a git repository', () => {
  it.each([
    ['by partial clone', { filter: true, speaksVersion2: true }],
    ['where the server sends all contents', { filter: false, speaksVersion2: true }],
    ['where the server speaks as servers did once', { filter: false, speaksVersion2: false }],
  ])('are as git has them, %s', async (_, { filter, speaksVersion2 }) => {
    for (const dir of [agents, small]) git(dir, 'config', 'uploadpack.allowFilter', String(filter))
    const server = Object.assign(await serveGit(root), { speaksVersion2 })
    const places: Array<[string, string]> = [[small, 'skills/one']]
    if (filter) places.push(...folders.slice(0, 3).map((path): [string, string] => [agents, path]))
    for (const [dir, path] of places) {
      const source = { kind: 'git', url: `${server.origin}/${basename(dir)}`, ref: null } as const
      const providers = providersWith()
      const query = queryOf(source, path, { revision: commitOf(dir), digest: idAt(dir, path) })
      expect(await contentsOf(await open(providers, query)), path).toEqual(truthOf(dir, path))
      // Names, the commit, and all contents together
      expect(providers.requests).toBeLessThanOrEqual(4)
    }
  })

  it('fail with a reason where a server leaves contents out and does not hand them out either', async () => {
    git(small, 'config', 'uploadpack.allowFilter', 'true')
    const server = Object.assign(await serveGit(root), { speaksVersion2: false })
    const source = { kind: 'git', url: `${server.origin}/small`, ref: null } as const
    const found = await open(providersWith(), queryOf(source, 'skills/one'))
    await expect(contentsOf(found)).rejects.toMatchObject({ reason: 'bad_answer' })
  })

  it('fetch contents that are wanted, and no others', async () => {
    git(agents, 'config', 'uploadpack.allowFilter', 'true')
    const server = await serveGit(root)
    const [path = ''] = folders
    const source = { kind: 'git', url: `${server.origin}/agents`, ref: null } as const
    const found = await open(providersWith(), queryOf(source, path, { revision: head }))
    const listed = server.sentBytes
    const [first] = found.files
    await found.contents(first ? [first] : [], 1_000_000, () => undefined)
    await found.close()
    const kibibytes = Number(/^size: (\d+)/m.exec(git(agents, 'count-objects', '-v'))?.[1])
    expect(server.sentBytes - listed).toBeLessThan(50_000)
    expect(kibibytes).toBeGreaterThan(500)
  })

  it('are those of a commit that no branch leads to, and fail when it is gone', async () => {
    const url = pathToFileURL(small).href
    const query = queryOf({ kind: 'git', url, ref: null }, 'skills/one', { revision: '3'.repeat(40) })
    await expect(providersWith().files(query, signal)).rejects.toMatchObject({ name: 'UpstreamError' })
    const found = await open(
      providersWith(),
      queryOf({ kind: 'git', url, ref: null }, 'skills/one', { revision: commitOf(small) }),
    )
    expect(await contentsOf(found)).toEqual(truthOf(small, 'skills/one'))
  })

  it('leave out what is longer than wanted', async () => {
    const source = { kind: 'git', url: pathToFileURL(small).href, ref: null } as const
    const found = await open(providersWith(), queryOf(source, 'skills/one', { revision: commitOf(small) }))
    const contents = await contentsOf(found, 4_999)
    expect(contents['long.txt']).toEqual(['100644', null])
    expect(contents['SKILL.md']?.[1]).not.toBeNull()
  })
})

describe('files of a plugin', () => {
  const market = join(root, 'market')
  beforeAll(() => {
    initRepository(market)
    git(market, 'config', 'uploadpack.allowFilter', 'true')
    write(market, 'plugins/own/.claude-plugin/plugin.json', '{"name":"own"}')
    write(market, 'plugins/own/skills/a/SKILL.md', 'own')
    const url = pathToFileURL(small).href
    const plugins = [
      { name: 'own', source: './plugins/own' },
      { name: 'pinned', source: { source: 'git-subdir', url, path: 'skills/one', sha: commitOf(small) } },
      { name: 'whole', source: { source: 'url', url } },
      { name: 'package', source: { source: 'npm', package: 'some-package' } },
      { name: 'outside', source: { source: 'git-subdir', url, path: '../../etc' } },
    ]
    write(market, '.claude-plugin/marketplace.json', JSON.stringify({ name: 'm', owner: {}, plugins }))
    git(market, 'add', '--all')
    git(market, 'commit', '-q', '-m', 'Market')
  })

  const at = (location: Extract<FilesQuery['source'], { kind: 'marketplace' }>['location']) =>
    ({ kind: 'marketplace', name: 'm', location }) as const

  it('in the marketplace itself are found by its catalogue, on GitHub and by git', async () => {
    const { providers } = await githubWith(market)
    const more = { digest: idAt(market, 'plugins/own'), revision: commitOf(market) }
    for (const location of [onGithub, { kind: 'git', url: pathToFileURL(market).href, ref: null } as const]) {
      const found = await open(providers, queryOf(at(location), 'own', more))
      expect(await contentsOf(found)).toEqual(truthOf(market, 'plugins/own'))
    }
    const moved = { ...more, digest: '4'.repeat(40), revision: null }
    await expect(providers.files(queryOf(at(onGithub), 'own', moved), signal)).rejects.toMatchObject({
      reason: 'not_found',
      message: 'Its source has changed since it was asked last.',
    })
  })

  it('lie on the disk when the marketplace does', async () => {
    const found = await providersWith().files(queryOf(at({ kind: 'path', path: market }), 'own'), signal)
    expect(found).toEqual({ kind: 'disk', path: `${market}/plugins/own` })
  })

  it('from elsewhere are those of the repository, folder and commit that the catalogue names', async () => {
    const location = { kind: 'git', url: pathToFileURL(market).href, ref: null } as const
    const pinned = await open(
      providersWith(),
      queryOf(at(location), 'pinned', { digest: commitOf(small), revision: commitOf(market) }),
    )
    expect(await contentsOf(pinned)).toEqual(truthOf(small, 'skills/one'))
    const whole = await open(providersWith(), queryOf(at(location), 'whole', { revision: commitOf(market) }))
    expect(await contentsOf(whole)).toEqual(truthOf(small, ''))
  })

  it.each([
    ['package', 'unsupported'],
    ['outside', 'unsupported'],
    ['none', 'not_found'],
  ])('are none for %s', async (plugin, reason) => {
    const query = queryOf(at({ kind: 'path', path: market }), plugin)
    await expect(providersWith().files(query, signal)).rejects.toMatchObject({ reason })
  })
})
