import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createProviders,
  type ProvidersOptions,
} from '../../../../../daemon/domains/upstream/providers/index.ts'
import type {
  UpstreamAnswer,
  UpstreamQuery,
  UpstreamSource,
} from '../../../../../daemon/domains/upstream/source.ts'
import { corpusPath } from '../../../../support/corpus.ts'
import { fakeGithub } from '../../../../support/fake-github.ts'
import { quickNet, serve, stillClock } from '../../../../support/loopback.ts'
import { git, initRepository } from '../../../../support/upstream-repo.ts'

type Location = Extract<UpstreamSource, { kind: 'marketplace' }>['location']
type Entry = { name: string; version?: string; strict?: boolean; source: string | { sha?: string } }
type Catalog = { plugins: Entry[]; renames?: Record<string, string | null> }

const scratch = mkdtempSync(join(tmpdir(), 'smd-marketplace-'))
const market = join(scratch, 'market')
const usual = '.claude-plugin/marketplace.json'
/** The revisions of the catalogue, oldest first. */
const history = corpusPath('claude-plugins-official', 'marketplace-history')
const files = readdirSync(history).sort()
let commits: string[]

beforeAll(() => {
  initRepository(market)
  git(market, 'config', 'uploadpack.allowFilter', 'true')
  mkdirSync(join(market, '.claude-plugin'))
  for (const folder of ['plugins', 'external_plugins'])
    cpSync(corpusPath('claude-plugins-official', folder), join(market, folder), { recursive: true })
  commits = files.map((file) => {
    cpSync(join(history, file), join(market, usual))
    git(market, 'add', '--all', '--force', '.')
    git(market, 'commit', '-q', '-m', basename(file))
    return git(market, 'rev-parse', 'HEAD')
  })
})
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const signal = new AbortController().signal
const catalogAt = (index: number): Catalog =>
  JSON.parse(readFileSync(join(history, files.at(index) ?? ''), 'utf8'))
const last = catalogAt(-1)
const names = last.plugins.map(({ name }) => name)
const isOwn = ({ source }: Entry): boolean => typeof source === 'string'

function providersWith(options: Partial<ProvidersOptions> = {}) {
  const clock = stillClock()
  const env = { PATH: process.env.PATH, HOME: scratch }
  const tempDir = join(scratch, 'tmp')
  return createProviders({ net: quickNet(clock), home: scratch, tempDir, now: clock.now, env, ...options })
}

const queryOf = (location: Location, more: Partial<UpstreamQuery> = {}): UpstreamQuery => ({
  source: { kind: 'marketplace', name: 'official', location },
  paths: names,
  bases: [],
  validator: null,
  ...more,
})

const itemsOf = (answer: UpstreamAnswer) => (answer.kind === 'answer' ? answer.items : [])

/** What a catalogue says of a plugin, worked out from the files themselves (ecosystem spec 3.2). */
function truthOf(entry: Entry, commit: string) {
  const { name, version = null, source } = entry
  if (typeof source !== 'string') {
    const sha = source.sha ?? null
    return { path: name, digest: sha, version: version ?? sha?.slice(0, 12) ?? null }
  }
  const folder = source.replace(/^\.\//, '').replace(/\/$/, '')
  let manifest: { version?: string } = {}
  try {
    manifest = JSON.parse(git(market, 'show', `${commit}:${folder}/.claude-plugin/plugin.json`))
  } catch {
    // Some have none.
  }
  let digest: string | null = null
  try {
    digest = git(market, 'rev-parse', '--verify', '--quiet', `${commit}:${folder}`)
  } catch {
    // The corpus leaves some out.
  }
  const declared = (entry.strict === false ? null : manifest.version) ?? version
  return { path: name, digest, version: declared ?? commit.slice(0, 12) }
}

describe('a marketplace in a repository', () => {
  it.each(['git', 'github'] as const)(
    'says of every plugin what its catalogue and manifests say (%s)',
    async (kind) => {
      const github = await fakeGithub(Date.now)
      github.repositories.set('anthropics/claude-plugins-official', market)
      github.remaining.set('', 1_000)
      const location: Location =
        kind === 'git'
          ? { kind, url: market, ref: null }
          : { kind, owner: 'anthropics', repo: 'claude-plugins-official', ref: null }
      const providers = providersWith({ githubApi: github.origin })
      // All that lie in the marketplace with a manifest, and the rest without one request more.
      const own = last.plugins.filter(isOwn).slice(0, 8)
      const asked = [...own, ...last.plugins.filter((entry) => !isOwn(entry))]
      const paths = asked.map(({ name }) => name)
      const answer = await providers.ask(queryOf(location, { paths }), signal)
      const commit = commits.at(-1) ?? ''
      expect(answer).toMatchObject({ revision: commit, items: asked.map((entry) => truthOf(entry, commit)) })
      expect(itemsOf(answer).length).toBeGreaterThan(200)
      // The tree or the list of names and the clone; the catalogue; at most one manifest for each that was asked for.
      expect(providers.requests).toBeLessThanOrEqual(3 + own.length)
    },
  )

  it('changes as its history did', async () => {
    const github = await fakeGithub(Date.now)
    github.remaining.set('', 1_000)
    const moving = join(scratch, 'moving')
    git(scratch, 'clone', '-q', '--shared', '--bare', market, moving)
    github.repositories.set('a/b', moving)
    const external = (index: number): Entry[] => catalogAt(index).plugins.filter((entry) => !isOwn(entry))
    const everyName = [...new Set(files.flatMap((_, i) => external(i).map(({ name }) => name)))]
    const query = queryOf({ kind: 'github', owner: 'a', repo: 'b', ref: null }, { paths: everyName })
    let validator: string | null = null
    let before = new Map<string, string>()
    for (const [index, commit] of commits.entries()) {
      git(moving, 'update-ref', 'refs/heads/main', commit)
      const answer = await providersWith({ githubApi: github.origin }).ask({ ...query, validator }, signal)
      if (answer.kind === 'unchanged') return expect.fail(`${files[index]} differs from the one before`)
      const { plugins, renames = {} } = catalogAt(index)
      const current = new Map(plugins.map((entry) => [entry.name, entry]))
      const truth = everyName.map((name) => {
        const entry = current.get(name) ?? current.get(renames[name] ?? '')
        return entry && !isOwn(entry) ? { ...truthOf(entry, commit), path: name } : null
      })
      for (const [i, expected] of truth.entries()) if (expected) expect(answer.items[i]).toEqual(expected)
      for (const [i, name] of everyName.entries())
        if (!current.has(name) && !renames[name])
          expect(answer.items[i]).toEqual({ path: name, digest: null, version: null })
      const now = new Map(answer.items.map((item) => [item.path, JSON.stringify(item)]))
      expect([...now].filter(([name, item]) => before.get(name) !== item)).not.toEqual([])
      before = now
      const unchanged = providersWith({ githubApi: github.origin })
      expect(await unchanged.ask({ ...query, validator: answer.validator }, signal)).toEqual({
        kind: 'unchanged',
      })
      expect(unchanged.requests).toBe(1)
      validator = answer.validator
    }
  })

  it.each(['git', 'github'] as const)('tells what it said at an older revision (%s)', async (kind) => {
    const github = await fakeGithub(Date.now)
    github.repositories.set('a/b', market)
    const location: Location =
      kind === 'git' ? { kind, url: market, ref: null } : { kind, owner: 'a', repo: 'b', ref: null }
    const old = catalogAt(0).plugins.filter((entry) => !isOwn(entry) && names.includes(entry.name))
    const paths = old.map(({ name }) => name)
    const revision = commits[0] ?? ''
    const answer = await providersWith({ githubApi: github.origin }).ask(
      queryOf(location, { paths, bases: [{ revision, paths }] }),
      signal,
    )
    expect(answer).toMatchObject({
      bases: [{ revision, items: old.map((entry) => truthOf(entry, revision)) }],
    })
    expect(old.length).toBeGreaterThan(10)
    const base = answer.kind === 'answer' ? answer.bases[0]?.items : []
    expect(itemsOf(answer)).not.toEqual(base)
  })

  it('is asked with one tree request for itself and the skills that come from it', async () => {
    const github = await fakeGithub(Date.now)
    github.repositories.set('a/b', market)
    const source = { kind: 'github', owner: 'a', repo: 'b', ref: null } as const
    const providers = providersWith({ githubApi: github.origin })
    await Promise.all([
      providers.ask({ source, paths: ['plugins'], bases: [], validator: null }, signal),
      providers.ask(queryOf(source, { paths: [] }), signal),
    ])
    expect(github.heard.map(({ path }) => path.replace(/[0-9a-f]{40}/, 'ID')).sort()).toEqual([
      '/repos/a/b/git/blobs/ID',
      '/repos/a/b/git/trees/HEAD?recursive=1',
    ])
  })
})

describe('a marketplace at an address', () => {
  it('says what its catalogue says, and costs a 304 when that is the same', async () => {
    const server = await serve((request, response) => {
      const isSame = request.headers['if-none-match'] === '"1"'
      response.writeHead(isSame ? 304 : 200, { etag: '"1"' })
      response.end(isSame ? undefined : readFileSync(join(history, files.at(-1) ?? '')))
    })
    const location: Location = { kind: 'url', url: `${server.origin}/marketplace.json` }
    const providers = providersWith()
    const answer = await providers.ask(queryOf(location), signal)
    const truth = last.plugins.map((entry) =>
      // What lies beside the catalogue cannot be seen.
      isOwn(entry) ? { path: entry.name, digest: null, version: entry.version ?? null } : truthOf(entry, ''),
    )
    expect(answer).toMatchObject({ revision: null, validator: '"1"', items: truth })
    expect(await providers.ask(queryOf(location, { validator: '"1"' }), signal)).toEqual({
      kind: 'unchanged',
    })
    expect(providers.requests).toBe(2)
  })

  it('without an ETag is compared by what it says', async () => {
    let index = -2
    const server = await serve(
      (_, response) => void response.end(readFileSync(join(history, files.at(index) ?? ''))),
    )
    const location: Location = { kind: 'url', url: server.origin }
    const first = await providersWith().ask(queryOf(location), signal)
    const again = queryOf(location, { validator: first.kind === 'answer' ? first.validator : null })
    expect(await providersWith().ask(again, signal)).toEqual({ kind: 'unchanged' })
    index = -1
    expect(await providersWith().ask(again, signal)).toMatchObject({ kind: 'answer' })
  })
})

describe('a marketplace on the disk', () => {
  it.each(['', `/${usual}`])('is read where it lies: %s', async (rest) => {
    const location: Location = { kind: 'path', path: `${market}${rest}` }
    const own = last.plugins.filter(isOwn)
    const answer = await providersWith().ask(
      queryOf(location, { paths: own.map(({ name }) => name) }),
      signal,
    )
    // No commit there, so that what has no version has none.
    const truth = own.map((entry) => truthOf(entry, commits.at(-1) ?? ''))
    const unversioned = (commits.at(-1) ?? '').slice(0, 12)
    expect(itemsOf(answer)).toEqual(
      truth.map((item) => (item.version === unversioned ? { ...item, version: null } : item)),
    )
    expect(truth.filter(({ digest }) => digest !== null).length).toBeGreaterThan(20)
  })

  it('may be a file of any name', async () => {
    const folder = join(scratch, 'odd')
    mkdirSync(join(folder, 'one'), { recursive: true })
    writeFileSync(join(folder, 'one/a.md'), 'a')
    const plugins = [{ name: 'one', source: './one', version: '1.2.3' }]
    writeFileSync(join(folder, 'list.json'), `\uFEFF${JSON.stringify({ name: 'odd', plugins })}`)
    const location: Location = { kind: 'path', path: join(folder, 'list.json') }
    expect(await providersWith().ask(queryOf(location, { paths: ['one'] }), signal)).toMatchObject({
      items: [{ path: 'one', digest: expect.stringMatching(/^[0-9a-f]{40}$/), version: '1.2.3' }],
    })
  })
})

describe('plugins', () => {
  const sha = '30287f5e3f122a646d1ac5ca3ab96e130c52a3ad'

  /** What a marketplace with one plugin says about it. */
  async function ask(entry: object, manifest: string | null = null, more: object = {}, name = 'it') {
    const folder = mkdtempSync(join(scratch, 'one-'))
    mkdirSync(join(folder, '.claude-plugin'))
    writeFileSync(
      join(folder, usual),
      JSON.stringify({ name: 'm', plugins: [{ name: 'it', ...entry }], ...more }),
    )
    mkdirSync(join(folder, 'own/it/.claude-plugin'), { recursive: true })
    if (manifest !== null) writeFileSync(join(folder, 'own/it/.claude-plugin/plugin.json'), manifest)
    const answer = await providersWith().ask(
      queryOf({ kind: 'path', path: folder }, { paths: [name] }),
      signal,
    )
    return itemsOf(answer)[0]
  }

  it.each([
    [
      'the manifest before the entry',
      { source: './own/it', version: '1.0.0' },
      '{"version":"2.0.0"}',
      '2.0.0',
    ],
    ['the entry without a version in the manifest', { source: './own/it', version: '1.0.0' }, '{}', '1.0.0'],
    ['the entry when the manifest is damaged', { source: './own/it', version: '1.0.0' }, '{', '1.0.0'],
    [
      'the entry alone when it is not strict',
      { source: './own/it', version: '1.0.0', strict: false },
      '{"version":"2.0.0"}',
      '1.0.0',
    ],
    ['the commit of a pin', { source: { source: 'github', repo: 'a/b', sha } }, null, sha.slice(0, 12)],
    ['the entry before a pin', { source: { source: 'url', url: 'x', sha }, version: '3.0.0' }, null, '3.0.0'],
    [
      'the version of a package',
      { source: { source: 'npm', package: 'x', version: '4.0.0' } },
      null,
      '4.0.0',
    ],
    [
      'the hash of an archive',
      { source: { source: 'archive', url: 'x', sha256: 'AB'.repeat(32) } },
      null,
      'ab'.repeat(6),
    ],
    [
      'nothing of a command, which is not run',
      { source: { source: 'command', command: 'exit 1' } },
      null,
      null,
    ],
    ['nothing of an unknown kind', { source: { source: 'carrier-pigeon' } }, null, null],
    ['nothing of a source that leads outside', { source: '../../etc' }, null, null],
    ['nothing without a source', {}, null, null],
  ])('have as their version %s', async (_, entry, manifest, version) => {
    expect(await ask(entry, manifest)).toMatchObject({ path: 'it', version })
  })

  it('lie below the root that the catalogue names', async () => {
    const found = await ask({ source: 'it' }, '{"version":"5.0.0"}', { metadata: { pluginRoot: './own' } })
    expect(found).toMatchObject({ version: '5.0.0', digest: expect.stringMatching(/^[0-9a-f]{40}$/) })
  })

  it('are found under the names they had', async () => {
    const entry = { source: './own/it', version: '1.0.0' }
    const renames = { oldest: 'older', older: 'it', gone: null, a: 'b', b: 'a' }
    expect(await ask(entry, null, { renames }, 'oldest')).toMatchObject({ path: 'oldest', version: '1.0.0' })
    for (const name of ['gone', 'a', 'none', '__proto__', 'constructor'])
      expect(await ask(entry, null, { renames }, name)).toEqual({ path: name, digest: null, version: null })
  })

  it('are all told when all of it is asked for', async () => {
    const location: Location = { kind: 'path', path: market }
    const answer = await providersWith().ask(queryOf(location, { paths: [''] }), signal)
    expect(itemsOf(answer).map(({ path }) => path)).toEqual(names)
  })
})

describe('failures of marketplaces', () => {
  it.each([
    ['bad_answer', '<html>'],
    ['bad_answer', '[]'],
    ['bad_answer', '{"plugins":{}}'],
  ])('%s: it answers %s', async (reason, body) => {
    const server = await serve((_, response) => void response.end(body))
    const failed = providersWith().ask(queryOf({ kind: 'url', url: server.origin }), signal)
    await expect(failed).rejects.toMatchObject({ reason })
  })

  it('not_found: there is no catalogue', async () => {
    const empty = mkdtempSync(join(scratch, 'empty-'))
    writeFileSync(join(empty, 'x'), 'x')
    for (const location of [
      { kind: 'path', path: empty },
      { kind: 'url', url: (await serve((_, r) => void r.writeHead(404).end())).origin },
    ] as Location[])
      await expect(providersWith().ask(queryOf(location), signal)).rejects.toMatchObject({
        reason: 'not_found',
      })
  })

  it('unsupported: it would come from a package, or from a marketplace', async () => {
    const npm: Location = { kind: 'npm', name: 'x', registry: null }
    for (const location of [npm, { kind: 'marketplace', name: 'x', location: npm } as Location])
      await expect(providersWith().ask(queryOf(location), signal)).rejects.toMatchObject({
        reason: 'unsupported',
      })
  })

  it('offline: nobody is asked, but what is on the disk is told', async () => {
    const providers = providersWith({ net: { ...quickNet(), offline: true } })
    const failed = providers.ask(queryOf({ kind: 'url', url: 'http://127.0.0.1:1' }), signal)
    await expect(failed).rejects.toMatchObject({ reason: 'offline' })
    expect(await providers.ask(queryOf({ kind: 'path', path: market }), signal)).toMatchObject({
      kind: 'answer',
    })
  })
})
