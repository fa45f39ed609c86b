import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createProviders,
  type ProvidersOptions,
} from '../../../../../daemon/domains/upstream/providers/index.ts'
import type {
  UpstreamFailure,
  UpstreamQuery,
  UpstreamSource,
} from '../../../../../daemon/domains/upstream/source.ts'
import { type FakeGithub, fakeGithub, type Mood } from '../../../../support/fake-github.ts'
import { changedFolders, idsOf } from '../../../../support/folder-truth.ts'
import { quickNet, serve, stillClock } from '../../../../support/loopback.ts'
import {
  buildUpstreamRepository,
  git,
  initRepository,
  type UpstreamRevision,
} from '../../../../support/upstream-repo.ts'

const scratch = mkdtempSync(join(tmpdir(), 'smd-github-'))
const upstream = join(scratch, 'agents')
let revisions: UpstreamRevision[]
beforeAll(() => {
  revisions = buildUpstreamRepository(upstream)
})
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const signal = new AbortController().signal
const source: UpstreamSource = { kind: 'github', owner: 'wshobson', repo: 'agents', ref: null }
const queryOf = (more: Partial<UpstreamQuery> = {}): UpstreamQuery => ({
  source,
  paths: [''],
  bases: [],
  validator: null,
  ...more,
})

/** A GitHub with the repository, and somebody who asks it. */
async function setUp(options: Partial<ProvidersOptions> = {}, clock = stillClock()) {
  const github = await fakeGithub(clock.now)
  github.repositories.set('wshobson/agents', upstream)
  const make = (more: Partial<ProvidersOptions> = {}) =>
    createProviders({
      net: quickNet(clock),
      home: scratch,
      tempDir: join(scratch, 'tmp'),
      now: clock.now,
      env: {},
      githubApi: github.origin,
      ...options,
      ...more,
    })
  return { github, clock, make, providers: make() }
}

const pathsAsked = (github: FakeGithub): string[] => github.heard.map(({ path }) => path)

describe('a repository on GitHub', () => {
  it('tells the ids of everything in it with one request', async () => {
    const { github, providers } = await setUp()
    const truth = idsOf(upstream, 'HEAD')
    const paths = [...truth.keys()]
    expect(paths.length).toBeGreaterThan(900)
    const answer = await providers.ask(queryOf({ paths: [...paths, 'no/such/folder', '../outside'] }), signal)
    expect(answer).toEqual({
      kind: 'answer',
      version: null,
      revision: revisions[2]?.commit,
      validator: expect.stringMatching(/^W\/"/),
      items: [
        ...paths.map((path) => ({ path, digest: truth.get(path), version: null })),
        { path: 'no/such/folder', digest: null, version: null },
        { path: '../outside', digest: null, version: null },
      ],
      bases: [],
    })
    expect(pathsAsked(github)).toEqual(['/repos/wshobson/agents/git/trees/HEAD?recursive=1'])
    expect(providers.requests).toBe(1)
  })

  it('takes paths as people write them', async () => {
    const { providers } = await setUp()
    const answer = await providers.ask(queryOf({ paths: ['./plugins/', 'plugins//', '.'] }), signal)
    const [plugins, all] = [idsOf(upstream, 'HEAD').get('plugins'), revisions[2]?.tree]
    expect(answer).toMatchObject({ items: [{ digest: plugins }, { digest: plugins }, { digest: all }] })
  })

  it.each([
    [0, 1],
    [1, 2],
    [0, 2],
  ])(
    'differs from revision %i exactly in the folders that git diff names up to revision %i',
    async (from, to) => {
      const { providers } = await setUp()
      const [old, now] = [revisions[from]?.commit ?? '', revisions[to]?.commit ?? '']
      // A folder whose files are its own: no folder that holds nothing but others is left out.
      const folders = git(upstream, 'ls-tree', '-r', '-t', '-d', '--name-only', old).split('\n')
      const answer = await providers.ask(
        queryOf({
          source: { ...source, ref: now },
          paths: ['', ...folders],
          bases: [{ revision: old, paths: ['', ...folders] }],
        }),
        signal,
      )
      if (answer.kind === 'unchanged') return expect.fail('nothing was known')
      const base = new Map(answer.bases[0]?.items.map(({ path, digest }) => [path, digest]))
      const changed = answer.items
        .filter(({ path, digest }) => digest !== base.get(path))
        .map(({ path }) => path)
      const truth = changedFolders(upstream, old, now).filter((folder) => base.has(folder))
      expect(changed.sort()).toEqual(truth)
      expect(truth.length).toBeGreaterThan(50)
      expect(truth.length).toBeLessThan(folders.length)
    },
  )

  it('costs nothing but a 304 when nothing changed', async () => {
    const { github, make } = await setUp()
    const first = await make().ask(queryOf(), signal)
    const validator = first.kind === 'answer' ? first.validator : null
    const second = make()
    expect(await second.ask(queryOf({ validator }), signal)).toEqual({ kind: 'unchanged' })
    expect(github.heard[1]?.headers['if-none-match']).toBe(validator)
    expect(second.requests).toBe(1)
  })

  it('answers anew when something changed', async () => {
    const moving = join(scratch, 'moving')
    initRepository(moving)
    const commit = (content: string): string => {
      writeFileSync(join(moving, 'a'), content)
      git(moving, 'add', '.')
      git(moving, 'commit', '-q', '-m', content)
      return git(moving, 'rev-parse', 'HEAD')
    }
    commit('one')
    const { github, make } = await setUp()
    github.repositories.set('wshobson/agents', moving)
    const first = await make().ask(queryOf(), signal)
    const newest = commit('two')
    const validator = first.kind === 'answer' ? first.validator : null
    expect(await make().ask(queryOf({ validator }), signal)).toMatchObject({
      kind: 'answer',
      revision: newest,
    })
  })

  it('is asked 20 times for 500 artifacts of 20 repositories', async () => {
    const { github, make } = await setUp()
    const providers = make()
    const names = Array.from({ length: 20 }, (_, i) => `agents-${i}`)
    for (const repo of names) github.repositories.set(`wshobson/${repo}`, upstream)
    const truth = idsOf(upstream, 'HEAD')
    const paths = [...truth.keys()].slice(1, 26)
    const answers = await Promise.all(
      names.map((repo) => providers.ask(queryOf({ source: { ...source, repo }, paths }), signal)),
    )
    const items = answers.flatMap((answer) => (answer.kind === 'answer' ? answer.items : []))
    expect(items).toHaveLength(500)
    expect(items.every(({ path, digest }) => digest === truth.get(path))).toBe(true)
    expect([providers.requests, github.heard.length]).toEqual([20, 20])
  })

  it.each(['commit', 'tree'] as const)(
    'is understood when it names the %s of a branch',
    async (namesTree) => {
      const { github, providers } = await setUp()
      github.namesTree = namesTree
      expect(await providers.ask(queryOf(), signal)).toMatchObject({
        revision: namesTree === 'commit' ? revisions[2]?.commit : null,
        items: [{ digest: revisions[2]?.tree }],
      })
    },
  )

  it('is asked folder by folder where one answer is too large', async () => {
    const { github, providers } = await setUp()
    github.maxEntries = 20
    const truth = idsOf(upstream, 'HEAD')
    const wanted = [...truth.keys()].filter((path) => /^plugins\/[m-z][^/]*\/skills\/[^/]+$/.test(path))
    const paths = ['', ...wanted, 'plugins/python-development/skills/none', 'none/at/all', 'README.md/x']
    const answer = await providers.ask(queryOf({ paths }), signal)
    expect(wanted.length).toBeGreaterThan(30)
    expect(answer).toMatchObject({
      items: paths.map((path) => ({ path, digest: truth.get(path) ?? null })),
    })
    // Each folder once: the root, plugins, and two for each plugin of which something is wanted.
    const folders = new Set(
      wanted.flatMap((path) => [
        path.split('/').slice(0, 2).join('/'),
        path.split('/').slice(0, 3).join('/'),
      ]),
    )
    expect(github.heard.length).toBeLessThanOrEqual(3 + folders.size)
    expect(new Set(pathsAsked(github)).size).toBe(github.heard.length)
  })

  it('that was renamed is followed', async () => {
    const { github, providers } = await setUp()
    github.renamed.set('wshobson/old', 'wshobson/agents')
    expect(await providers.ask(queryOf({ source: { ...source, repo: 'old' } }), signal)).toMatchObject({
      revision: revisions[2]?.commit,
    })
    expect(providers.requests).toBe(2)
  })

  it('of which two things are wanted at the same time is asked once', async () => {
    const { providers } = await setUp()
    const both = await Promise.all([
      providers.ask(queryOf(), signal),
      providers.ask(queryOf({ paths: ['plugins'] }), signal),
    ])
    expect(both.map(({ kind }) => kind)).toEqual(['answer', 'answer'])
    expect(providers.requests).toBe(1)
  })

  it('is asked again a minute later', async () => {
    const { providers, clock } = await setUp()
    await providers.ask(queryOf(), signal)
    await providers.ask(queryOf(), signal)
    expect(providers.requests).toBe(1)
    clock.time += 60_000
    await providers.ask(queryOf(), signal)
    expect(providers.requests).toBe(2)
  })
})

describe('bases', () => {
  it('cost one request each', async () => {
    const { providers } = await setUp()
    const [old, newer] = revisions.map(({ commit }) => commit)
    const answer = await providers.ask(
      queryOf({
        bases: [
          { revision: old ?? '', paths: ['', 'plugins'] },
          { revision: newer ?? '', paths: ['README.md'] },
        ],
      }),
      signal,
    )
    const truth = [idsOf(upstream, old ?? ''), idsOf(upstream, newer ?? '')]
    expect(answer).toMatchObject({
      bases: [
        {
          revision: old,
          items: [
            { path: '', digest: truth[0]?.get('') },
            { path: 'plugins', digest: truth[0]?.get('plugins') },
          ],
        },
        { revision: newer, items: [{ path: 'README.md', digest: truth[1]?.get('README.md') }] },
      ],
    })
    expect(providers.requests).toBe(3)
  })

  it('that are gone have no ids, and the newest is told all the same', async () => {
    const { providers } = await setUp()
    const answer = await providers.ask(
      queryOf({ bases: [{ revision: 'f'.repeat(40), paths: ['plugins'] }] }),
      signal,
    )
    expect(answer).toMatchObject({
      revision: revisions[2]?.commit,
      bases: [{ revision: 'f'.repeat(40), items: [{ path: 'plugins', digest: null, version: null }] }],
    })
  })

  it('that cannot be asked for are left out', async () => {
    const { github, providers } = await setUp()
    github.remaining.set('', 1)
    const answer = await providers.ask(
      queryOf({ bases: [{ revision: revisions[0]?.commit ?? '', paths: ['plugins'] }] }),
      signal,
    )
    expect(answer).toMatchObject({ revision: revisions[2]?.commit, bases: [] })
  })

  it('are answered even when nothing changed', async () => {
    const { make } = await setUp()
    const first = await make().ask(queryOf(), signal)
    const again = await make().ask(
      queryOf({
        validator: first.kind === 'answer' ? first.validator : null,
        bases: [{ revision: revisions[0]?.commit ?? '', paths: [''] }],
      }),
      signal,
    )
    expect(again).toMatchObject({ kind: 'answer', bases: [{ items: [{ digest: revisions[0]?.tree }] }] })
  })
})

describe('versions', () => {
  const tagged = join(scratch, 'tagged')
  beforeAll(() => {
    initRepository(tagged)
    for (const tag of ['v1.0.0', 'v1.10.0', 'v1.9.0', 'v2.0.0-beta.1', 'nightly']) {
      writeFileSync(join(tagged, 'a'), tag)
      git(tagged, 'add', '.')
      git(tagged, 'commit', '-q', '-m', tag)
      git(tagged, 'tag', ...(tag === 'v1.9.0' ? ['-a', '-m', tag] : []), tag)
    }
  })

  async function setUpTagged() {
    const all = await setUp()
    all.github.repositories.set('wshobson/agents', tagged)
    return all
  }

  it('are looked for only when a version is installed', async () => {
    const { providers } = await setUpTagged()
    expect(await providers.ask(queryOf(), signal)).toMatchObject({ version: null })
    expect(providers.requests).toBe(1)
  })

  it.each([
    ['v1.0.0', 'v1.10.0'],
    ['v2.0.0-beta.1', 'v2.0.0-beta.1'],
    ['v1.9.0', 'v1.10.0'],
  ])('beyond %s: %s', async (ref, version) => {
    const { providers } = await setUpTagged()
    expect(await providers.ask(queryOf({ source: { ...source, ref } }), signal)).toMatchObject({
      version,
      items: [{ digest: git(tagged, 'rev-parse', `${ref}^{tree}`) }],
    })
    expect(providers.requests).toBe(2)
  })

  it('that are new are told, though the tree of the installed one stays for ever', async () => {
    const { make } = await setUpTagged()
    const pinned = queryOf({ source: { ...source, ref: 'v1.0.0' } })
    const first = await make().ask(pinned, signal)
    const validator = first.kind === 'answer' ? first.validator : null
    expect(await make().ask({ ...pinned, validator }, signal)).toEqual({ kind: 'unchanged' })
    git(tagged, 'tag', 'v1.11.0')
    expect(await make().ask({ ...pinned, validator }, signal)).toMatchObject({ version: 'v1.11.0' })
    git(tagged, 'tag', '-d', 'v1.11.0')
  })
})

describe('tokens', () => {
  const token = 'ghp_canaryCanaryCanaryCanaryCanary0'

  it.each(['SMD_GITHUB_TOKEN', 'GITHUB_TOKEN', 'GH_TOKEN'])(
    'of %s let us see what is private',
    async (name) => {
      const { github, make } = await setUp()
      github.isPrivate.add('wshobson/agents')
      github.tokens.add(token)
      await expect(make().ask(queryOf(), signal)).rejects.toMatchObject({
        name: 'UpstreamError',
        reason: 'not_found',
        message: 'wshobson/agents is not there, or private.',
      })
      expect(await make({ env: { [name]: token } }).ask(queryOf(), signal)).toMatchObject({ kind: 'answer' })
    },
  )

  it('that are refused are not used again, and what is public is told all the same', async () => {
    const { github, make } = await setUp()
    const providers = make({ env: { GITHUB_TOKEN: token } })
    await providers.ask(queryOf(), signal)
    await providers.ask(queryOf({ source: { ...source, ref: 'main' } }), signal)
    const sent = github.heard.map(({ headers }) => headers.authorization)
    expect(sent).toEqual([`Bearer ${token}`, undefined, undefined])
  })

  it('that an organisation does not want are left away for what is public', async () => {
    const { github, make } = await setUp()
    github.tokens.add(token)
    github.moods.push((_, response) => {
      response.writeHead(403, { 'x-github-sso': 'required' }).end('{"message":"SAML"}')
      return true
    })
    const providers = make({ env: { GITHUB_TOKEN: token } })
    expect(await providers.ask(queryOf(), signal)).toMatchObject({ kind: 'answer' })
  })

  it('go to no other host, wherever GitHub sends us', async () => {
    const other = await serve((_, response) => void response.writeHead(404).end())
    const { github, make } = await setUp()
    github.tokens.add(token)
    github.moods.push((request, response) => {
      response.writeHead(301, { location: `${other.origin}${request.url}` }).end()
      return true
    })
    const failed = make({ env: { GITHUB_TOKEN: token } }).ask(queryOf(), signal)
    await expect(failed).rejects.toMatchObject({ reason: 'not_found' })
    expect(other.heard).toHaveLength(1)
    expect(JSON.stringify(other.heard)).not.toContain('canary')
  })

  it('are in no error', async () => {
    const { github, make } = await setUp()
    github.tokens.add(token)
    for (const status of [400, 403, 404, 418, 500]) {
      const fail: Mood = (_, response) => {
        response.writeHead(status).end(token)
        return true
      }
      github.moods.push(fail, fail, fail)
      const error = await make({ env: { GITHUB_TOKEN: token } })
        .ask(queryOf(), signal)
        .catch((thrown: Error) => thrown)
      github.moods.length = 0
      const texts = [error, (error as Error).cause].map(
        (each) => `${(each as Error).stack}${JSON.stringify(each)}`,
      )
      expect(error).toBeInstanceOf(Error)
      expect(texts.join()).not.toContain('canary')
    }
  })
})

function anEmptyRepository(): string {
  const empty = join(scratch, 'empty')
  initRepository(empty)
  return empty
}

describe('failures', () => {
  const preparations: Array<[UpstreamFailure, (github: FakeGithub) => void]> = [
    ['rate_limited', ({ remaining }) => remaining.set('', 0)],
    ['not_found', ({ repositories }) => repositories.clear()],
    ['not_found', ({ repositories }) => repositories.set('wshobson/agents', anEmptyRepository())],
  ]
  it.each(preparations)('%s', async (reason, prepare) => {
    const { github, providers, clock } = await setUp()
    prepare(github)
    const retryAt = reason === 'rate_limited' ? clock.time + 1_801_000 : null
    await expect(providers.ask(queryOf(), signal)).rejects.toMatchObject({ reason, retryAt })
    expect(providers.requests).toBe(1)
  })

  it.each([
    ['no JSON', 'hello'],
    ['another shape', '[]'],
    ['no entries', JSON.stringify({ sha: 'a'.repeat(40), tree: 7 })],
    ['an id that is none', JSON.stringify({ sha: 'main', tree: [] })],
    [
      'an entry without an id',
      JSON.stringify({ sha: 'a'.repeat(40), tree: [{ path: 'a', mode: '100644', type: 'blob', sha: null }] }),
    ],
  ])('bad_answer: %s', async (_, body) => {
    const { github, providers } = await setUp()
    github.moods.push((_request, response) => {
      response.end(body)
      return true
    })
    await expect(providers.ask(queryOf(), signal)).rejects.toMatchObject({
      reason: 'bad_answer',
      retryAt: null,
    })
  })

  it('bad_answer: it fails again and again', async () => {
    const { github, providers } = await setUp()
    const fail: Mood = (_, response) => {
      response.writeHead(502).end()
      return true
    }
    github.moods.push(fail, fail, fail)
    await expect(providers.ask(queryOf(), signal)).rejects.toMatchObject({ reason: 'bad_answer' })
    expect(await providers.ask(queryOf(), signal)).toMatchObject({ kind: 'answer' })
  })

  it('timeout: it says nothing', async () => {
    const clock = stillClock()
    const { github, make } = await setUp({}, clock)
    github.moods.push(() => {
      clock.ring()
      return true
    })
    const net = { ...quickNet(clock), timers: clock.timers }
    await expect(make({ net }).ask(queryOf(), signal)).rejects.toMatchObject({ reason: 'timeout' })
  })

  it.each([
    ['..', 'agents'],
    ['a/b', 'c'],
    ['wshobson', '.'],
    ['wshobson', 'agents?x='],
  ])('unsupported: %s/%s', async (owner, repo) => {
    const { providers } = await setUp()
    const failed = providers.ask(queryOf({ source: { ...source, owner, repo } }), signal)
    await expect(failed).rejects.toMatchObject({ reason: 'unsupported' })
    expect(providers.requests).toBe(0)
  })

  it('offline: no request leaves', async () => {
    const { github, clock, make } = await setUp()
    const providers = make({ net: { ...quickNet(clock), offline: true } })
    await expect(providers.ask(queryOf(), signal)).rejects.toMatchObject({ reason: 'offline', retryAt: null })
    expect([providers.requests, github.connections]).toEqual([0, 0])
  })

  it('an asker who has gone away gets the reason', async () => {
    const controller = new AbortController()
    const reason = new Error('nobody waits')
    const { github, providers } = await setUp()
    github.moods.push(() => {
      controller.abort(reason)
      return true
    })
    await expect(providers.ask(queryOf(), controller.signal)).rejects.toBe(reason)
    // Others are not harmed by it.
    expect(await providers.ask(queryOf(), signal)).toMatchObject({ kind: 'answer' })
  })
})
