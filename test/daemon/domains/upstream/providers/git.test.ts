import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import {
  createProviders,
  type ProvidersOptions,
} from '../../../../../daemon/domains/upstream/providers/index.ts'
import type { UpstreamAnswer, UpstreamQuery } from '../../../../../daemon/domains/upstream/source.ts'
import { changedFolders, idsOf } from '../../../../support/folder-truth.ts'
import { serveGit } from '../../../../support/git-http.ts'
import { quickNet, serve, stillClock } from '../../../../support/loopback.ts'
import {
  buildUpstreamRepository,
  git,
  initRepository,
  type UpstreamRevision,
} from '../../../../support/upstream-repo.ts'

const scratch = mkdtempSync(join(tmpdir(), 'smd-git-'))
const root = join(scratch, 'server')
const upstream = join(root, 'agents')
/** A small one: v1.0.0, v1.1.0 (annotated), and a branch `next` beyond. */
const small = join(root, 'small')
let revisions: UpstreamRevision[]
beforeAll(() => {
  revisions = buildUpstreamRepository(upstream)
  git(upstream, 'config', 'uploadpack.allowFilter', 'true')
  initRepository(small)
  git(small, 'config', 'uploadpack.allowFilter', 'true')
  for (const [name, tag] of Object.entries({
    one: ['v1.0.0'],
    two: ['-a', '-m', 'two', 'v1.1.0'],
    three: null,
  })) {
    mkdirSync(join(small, 'skills', name), { recursive: true })
    writeFileSync(join(small, 'skills', name, 'SKILL.md'), name)
    git(small, 'add', '.')
    git(small, 'commit', '-q', '-m', name)
    if (tag) git(small, 'tag', ...tag)
  }
  git(small, 'branch', 'next')
  git(small, 'reset', '-q', '--hard', 'v1.1.0')
})
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const signal = new AbortController().signal
const temp = join(scratch, 'tmp')

function providersWith(options: Partial<ProvidersOptions> = {}) {
  const clock = stillClock()
  const env = { PATH: process.env.PATH, HOME: scratch }
  return createProviders({
    net: quickNet(clock),
    home: scratch,
    tempDir: temp,
    now: clock.now,
    env,
    ...options,
  })
}

const queryOf = (
  url: string,
  ref: string | null = null,
  more: Partial<UpstreamQuery> = {},
): UpstreamQuery => ({
  source: { kind: 'git', url, ref },
  paths: [''],
  bases: [],
  validator: null,
  ...more,
})

const validatorOf = (answer: UpstreamAnswer): string | null =>
  answer.kind === 'answer' ? answer.validator : null
const treeOf = (dir: string, revision: string): string => git(dir, 'rev-parse', `${revision}^{tree}`)
const fileUrl = (dir: string): string => pathToFileURL(dir).href

/** A folder with a program that is found before the real one. */
function programs(name: string, script: string): string {
  const folder = mkdtempSync(join(scratch, 'bin-'))
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(folder, name), 0o755)
  return folder + delimiter + process.env.PATH
}

/** Where the real git lies. */
const gitProgram = (): string =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'git'))
    .find((file) => existsSync(file)) ?? ''

describe('a git repository', () => {
  it('differs from an older revision exactly in the folders that git diff names', async () => {
    const server = await serveGit(root)
    const [old, now] = [revisions[0]?.commit ?? '', revisions[2]?.commit ?? '']
    const folders = ['', ...git(upstream, 'ls-tree', '-r', '-t', '-d', '--name-only', old).split('\n')]
    const providers = providersWith()
    const answer = await providers.ask(
      queryOf(`${server.origin}/agents`, null, {
        paths: folders,
        bases: [{ revision: old, paths: folders }],
      }),
      signal,
    )
    if (answer.kind === 'unchanged') return expect.fail('nothing was known')
    const truth = idsOf(upstream, 'HEAD')
    expect(answer.revision).toBe(now)
    expect(answer.items).toEqual(
      folders.map((path) => ({ path, digest: truth.get(path) ?? null, version: null })),
    )
    const base = new Map(answer.bases[0]?.items.map(({ path, digest }) => [path, digest]))
    const changed = answer.items.filter(({ path, digest }) => digest !== base.get(path))
    expect(changed.map(({ path }) => path).sort()).toEqual(
      changedFolders(upstream, old, now).filter((folder) => base.has(folder)),
    )
    // A list of names, the newest and the older revision.
    expect(providers.requests).toBe(3)
  })

  it.each([
    ['a path', (dir: string) => dir],
    ['a file URL', fileUrl],
  ])('is found by %s', async (_, urlOf) => {
    const answer = await providersWith().ask(
      queryOf(urlOf(upstream), null, { paths: ['', 'plugins'] }),
      signal,
    )
    expect(answer).toMatchObject({
      revision: revisions[2]?.commit,
      items: [{ digest: revisions[2]?.tree }, { digest: idsOf(upstream, 'HEAD').get('plugins') }],
    })
  })

  it('costs one call when nothing changed', async () => {
    const first = await providersWith().ask(queryOf(small), signal)
    const providers = providersWith()
    const again = queryOf(small, null, { validator: validatorOf(first) })
    expect(await providers.ask(again, signal)).toEqual({ kind: 'unchanged' })
    expect(providers.requests).toBe(1)
  })

  it('sends no contents, if its server can leave them out', async () => {
    const large = join(root, 'large')
    initRepository(large)
    writeFileSync(join(large, 'noise'), randomBytes(1_000_000))
    git(large, 'add', '.')
    git(large, 'commit', '-q', '-m', 'noise')
    const server = await serveGit(root)
    const all = await providersWith().ask(queryOf(`${server.origin}/large`), signal)
    expect(all).toMatchObject({ items: [{ digest: treeOf(large, 'main') }] })
    expect(server.sentBytes).toBeGreaterThan(1_000_000)
    git(large, 'config', 'uploadpack.allowFilter', 'true')
    server.sentBytes = 0
    expect(await providersWith().ask(queryOf(`${server.origin}/large`), signal)).toEqual(all)
    expect(server.sentBytes).toBeLessThan(10_000)
  })

  it('leaves nothing behind', async () => {
    await providersWith().ask(queryOf(small), signal)
    await expect(providersWith().ask(queryOf(small, 'no-such-branch'), signal)).rejects.toThrow()
    expect(readdirSync(temp)).toEqual([])
  })

  it('with SHA-256 ids is not supported', async () => {
    const other = join(root, 'sha256')
    initRepository(other, '--object-format=sha256')
    writeFileSync(join(other, 'a'), 'a')
    git(other, 'add', '.')
    git(other, 'commit', '-q', '-m', 'a')
    await expect(providersWith().ask(queryOf(other), signal)).rejects.toMatchObject({ reason: 'unsupported' })
  })
})

describe('refs', () => {
  it.each([
    [null, 'v1.1.0'],
    ['next', 'next'],
    ['v1.0.0', 'v1.0.0'],
    ['v1.1.0', 'v1.1.0'],
  ])('%s', async (ref, revision) => {
    const answer = await providersWith().ask(queryOf(small, ref), signal)
    expect(answer).toMatchObject({
      revision: git(small, 'rev-parse', `${revision}^{commit}`),
      version: 'v1.1.0',
      items: [{ digest: treeOf(small, revision) }],
    })
  })

  it.each([40, 12, 7])('may be commits of %i digits', async (digits) => {
    const commit = git(small, 'rev-parse', 'v1.0.0')
    const providers = providersWith()
    const first = await providers.ask(queryOf(small, commit.slice(0, digits)), signal)
    expect(first).toMatchObject({ revision: commit, items: [{ digest: treeOf(small, commit) }] })
  })

  it.each(['no-such-branch', 'f'.repeat(40), 'fffffff'])('that are not there are told: %s', async (ref) => {
    await expect(providersWith().ask(queryOf(small, ref), signal)).rejects.toMatchObject({
      reason: 'not_found',
    })
  })

  it('of a version hear of newer ones', async () => {
    const first = await providersWith().ask(queryOf(small, 'v1.0.0'), signal)
    git(small, 'tag', 'v1.2.0', 'next')
    onTestFinished(() => void git(small, 'tag', '-d', 'v1.2.0'))
    const again = queryOf(small, 'v1.0.0', { validator: validatorOf(first) })
    expect(await providersWith().ask(again, signal)).toMatchObject({
      version: 'v1.2.0',
      items: [{ digest: treeOf(small, 'v1.0.0') }],
    })
  })
})

describe('bases', () => {
  const basesOf = (...names: string[]) => names.map((revision) => ({ revision, paths: ['', 'skills/two'] }))
  const itemsAt = (revision: string) => {
    const ids = idsOf(small, revision)
    return ['', 'skills/two'].map((path) => ({ path, digest: ids.get(path) ?? null, version: null }))
  }
  const nothing = ['', 'skills/two'].map((path) => ({ path, digest: null, version: null }))

  it.each([
    ['of today', true],
    ['of old', false],
  ])('are found by tag, commit and the beginning of one at a server %s', async (_, speaksVersion2) => {
    const server = Object.assign(await serveGit(root), { speaksVersion2 })
    const commit = git(small, 'rev-parse', 'v1.0.0')
    const bases = basesOf(
      'v1.0.0',
      'v1.1.0',
      commit,
      commit.slice(0, 7),
      'f'.repeat(40),
      'fffffff',
      'nothing',
    )
    const answer = await providersWith().ask(queryOf(`${server.origin}/small`, 'next', { bases }), signal)
    expect(answer).toMatchObject({
      bases: [
        { revision: 'v1.0.0', items: itemsAt('v1.0.0') },
        { revision: 'v1.1.0', items: itemsAt('v1.1.0') },
        { revision: commit, items: itemsAt('v1.0.0') },
        { revision: commit.slice(0, 7), items: itemsAt('v1.0.0') },
        { revision: 'f'.repeat(40), items: nothing },
        { revision: 'fffffff', items: nothing },
        { revision: 'nothing', items: nothing },
      ],
    })
  })

  it('are answered even when nothing changed', async () => {
    const first = await providersWith().ask(queryOf(small), signal)
    const again = queryOf(small, null, { validator: validatorOf(first), bases: basesOf('v1.0.0') })
    expect(await providersWith().ask(again, signal)).toMatchObject({ bases: [{ items: itemsAt('v1.0.0') }] })
  })
})

describe('what git may do (S11)', () => {
  const canary = join(scratch, 'canary')

  it.each([
    '-u./x',
    `--upload-pack=touch ${canary}`,
    `ext::sh -c touch% ${canary}`,
    'fd::17',
    'foo::bar',
    'host::/x',
    'ssh://-oProxyCommand=x/y',
    'ssh://user@-oProxyCommand=x/y',
    '-oProxyCommand=x:y',
    'user@-oProxyCommand=x:y',
    'javascript://x/',
    './relative',
    'relative',
    `https://example.invalid/\n[core]\nsshCommand=touch ${canary}`,
    'https://example.invalid/\u0000',
    '',
  ])('has no such address: %j', async (url) => {
    const providers = providersWith({ env: { PATH: '' } })
    await expect(providers.ask(queryOf(url), signal)).rejects.toMatchObject({ reason: 'unsupported' })
    expect([providers.requests, existsSync(canary)]).toEqual([0, false])
  })

  it.each([
    '-u',
    '--upload-pack=x',
    'a..b',
    'a b',
    'a:b',
    'a^',
    'a~1',
    '@{-1}',
    'a\u0000',
    '/a',
    'a/',
    'a.lock',
    '',
  ])('has no such ref: %j', async (ref) => {
    const providers = providersWith()
    await expect(providers.ask(queryOf(small, ref), signal)).rejects.toMatchObject({ reason: 'unsupported' })
    expect(providers.requests).toBe(0)
  })

  it('runs no hook of the user, and takes no transport that a configuration slips in', async () => {
    const home = mkdtempSync(join(scratch, 'home-'))
    const hooks = join(home, 'hooks')
    mkdirSync(hooks)
    for (const name of ['reference-transaction', 'post-checkout', 'post-merge']) {
      writeFileSync(join(hooks, name), `#!/bin/sh\ntouch ${canary}\n`)
      chmodSync(join(hooks, name), 0o755)
    }
    const url = `ext::sh -c touch% ${canary}% %S`
    const config = `[core]\nhooksPath = ${hooks}\n[protocol]\nallow = always\n[url "${url}"]\ninsteadOf = https://a.invalid/\n`
    writeFileSync(join(home, '.gitconfig'), config)
    const env = { PATH: process.env.PATH, HOME: home }
    expect(await providersWith({ env }).ask(queryOf(small), signal)).toMatchObject({ kind: 'answer' })
    const slipped = providersWith({ env }).ask(queryOf('https://a.invalid/x'), signal)
    await expect(slipped).rejects.toMatchObject({ reason: 'unsupported' })
    expect(existsSync(canary)).toBe(false)
  })

  it('follows no server from the network to the disk', async () => {
    const server = await serve((request, response) => {
      response.writeHead(302, { location: `${fileUrl(small)}${request.url}` }).end()
    })
    await expect(providersWith().ask(queryOf(`${server.origin}/small`), signal)).rejects.toMatchObject({
      name: 'UpstreamError',
    })
  })

  it('sees of the environment what it needs', async () => {
    const seen = join(scratch, 'seen')
    const PATH = programs('git', `env > ${seen}\nPATH='${process.env.PATH}' exec git "$@"`)
    const env = {
      ...{ PATH, HOME: scratch, SSH_AUTH_SOCK: '/s', https_proxy: 'http://p.invalid', NO_PROXY: 'a' },
      ...{
        AWS_SECRET_ACCESS_KEY: 'x',
        GITHUB_TOKEN: 'ghp_canaryCanary',
        NODE_OPTIONS: '--x',
        LD_PRELOAD: '',
      },
      ...{ GIT_SSH_COMMAND: 'x', GIT_EXTERNAL_DIFF: 'x', GIT_CONFIG_COUNT: '0', GIT_TRACE: '1' },
    }
    await providersWith({ env }).ask(queryOf(small), signal)
    const lines = readFileSync(seen, 'utf8').split('\n').filter(Boolean)
    const got = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)))
    // Set by the shell itself.
    for (const name of ['PWD', 'OLDPWD', 'SHLVL', '_']) delete got[name]
    expect(got).toEqual({
      ...{ PATH, HOME: scratch, SSH_AUTH_SOCK: '/s', https_proxy: 'http://p.invalid', NO_PROXY: 'a' },
      ...{ LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', GIT_ASKPASS: '', GCM_INTERACTIVE: 'never' },
      GIT_DIR: expect.stringContaining(temp),
      GIT_SSH_COMMAND: expect.stringContaining('BatchMode=yes'),
      GIT_ALLOW_PROTOCOL: 'file',
    })
  })

  it('asks ssh, which may not ask back', async () => {
    const seen = join(scratch, 'ssh-arguments')
    // Does on this machine what the other one would do.
    const PATH = programs('ssh', `echo "$@" > ${seen}\nfor last; do :; done\neval "$last"`)
    const providers = providersWith({ env: { PATH, HOME: scratch } })
    for (const url of [`git@example.invalid:${small}`, `ssh://git@example.invalid${small}`]) {
      expect(await providers.ask(queryOf(url), signal)).toMatchObject({
        items: [{ digest: treeOf(small, 'main') }],
      })
      expect(readFileSync(seen, 'utf8')).toMatch(/^-o BatchMode=yes .*git@example\.invalid git-upload-pack /)
    }
  })

  it('knows the token for GitHub there and nowhere else', async () => {
    const seen = join(scratch, 'seen-config')
    const PATH = programs('git', `cp "$GIT_DIR/config" ${seen}\nexit 1`)
    const providers = providersWith({ env: { PATH, GITHUB_TOKEN: 'ghp_canaryCanaryCanary' } })
    const basic = Buffer.from('x-access-token:ghp_canaryCanaryCanary').toString('base64')
    const configFor = async (url: string): Promise<string> => {
      await expect(providers.ask(queryOf(url), signal)).rejects.toMatchObject({ reason: 'bad_answer' })
      return readFileSync(seen, 'utf8')
    }
    expect(await configFor('https://github.com/a/b')).toContain(
      `[http "https://github.com/"]\nextraHeader = "Authorization: Basic ${basic}"`,
    )
    for (const url of [
      'https://github.com.example.invalid/a',
      'https://gitlab.com/a/b',
      'http://github.com/a/b',
      small,
    ])
      expect(await configFor(url)).not.toMatch(/Authorization|canary/)
  })
})

describe('a token that GitHub refuses', () => {
  it('is left away, since others may see the repository without one', async () => {
    const refuses = 'echo "fatal: Authentication failed for x" >&2; exit 128'
    const PATH = programs('git', `if grep -q extraHeader "$GIT_DIR/config"; then ${refuses}; fi\nexit 1`)
    const providers = providersWith({ env: { PATH, GITHUB_TOKEN: 'ghp_canaryCanaryCanary' } })
    for (const requests of [2, 3]) {
      const failed = providers.ask(queryOf('https://github.com/a/b'), signal)
      await expect(failed).rejects.toMatchObject({ reason: 'bad_answer' })
      expect(providers.requests).toBe(requests)
    }
  })
})

describe('failures', () => {
  it('unauthorized: nobody is asked for a password', async () => {
    const server = Object.assign(await serveGit(root), { credentials: 'me:secretWord1' })
    await expect(providersWith().ask(queryOf(`${server.origin}/small`), signal)).rejects.toMatchObject({
      reason: 'unauthorized',
    })
    const withPassword = server.origin.replace('//', '//me:secretWord1@')
    expect(await providersWith().ask(queryOf(`${withPassword}/small`), signal)).toMatchObject({
      kind: 'answer',
    })
  })

  it('hold no password', async () => {
    const server = Object.assign(await serveGit(root), { credentials: 'me:other' })
    const url = `${server.origin.replace('//', '//me:secretWord1@')}/small`
    const error = await providersWith()
      .ask(queryOf(url), signal)
      .catch((thrown: Error) => thrown)
    expect(error).toMatchObject({ reason: 'unauthorized' })
    const { cause } = error as { cause: Error }
    expect(cause.message).toContain('Authentication failed')
    expect(`${(error as Error).stack}${JSON.stringify(error)}${cause.stack}`).not.toContain('secretWord1')
  })

  it('not_found: there is no such repository', async () => {
    const server = await serveGit(root)
    for (const url of [`${server.origin}/none`, join(root, 'none'), fileUrl(join(root, 'none'))])
      await expect(providersWith().ask(queryOf(url), signal)).rejects.toMatchObject({ reason: 'not_found' })
  })

  it('offline: there is no network', async () => {
    const failed = providersWith().ask(queryOf('git://255.255.255.255/x'), signal)
    await expect(failed).rejects.toMatchObject({ reason: 'offline' })
  })

  it('bad_answer: nobody listens', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    await new Promise((resolve) => server.close(resolve))
    const failed = providersWith().ask(queryOf(`http://127.0.0.1:${port}/x`), signal)
    await expect(failed).rejects.toMatchObject({ reason: 'bad_answer' })
  })

  it('offline: smd is set to be; what is on this machine is told', async () => {
    const server = await serveGit(root)
    const providers = providersWith({ net: { ...quickNet(), offline: true } })
    for (const url of [`${server.origin}/small`, 'git@127.0.0.1:x', 'ssh://127.0.0.1/x'])
      await expect(providers.ask(queryOf(url), signal)).rejects.toMatchObject({ reason: 'offline' })
    expect([server.connections, providers.requests]).toEqual([0, 0])
    expect(await providers.ask(queryOf(small), signal)).toMatchObject({ kind: 'answer' })
  })

  it('not_found: nothing was ever committed, or a hotel answers with its own page', async () => {
    const empty = join(root, 'empty')
    initRepository(empty)
    const hotel = await serve((_, response) => void response.end('<html>Welcome</html>'))
    for (const url of [empty, hotel.origin])
      await expect(providersWith().ask(queryOf(url), signal)).rejects.toMatchObject({ reason: 'not_found' })
  })

  it('bad_answer: the other side breaks', async () => {
    const server = await serve((_, response) => void response.writeHead(500).end())
    const failed = providersWith().ask(queryOf(server.origin), signal)
    await expect(failed).rejects.toMatchObject({ reason: 'bad_answer', retryAt: null })
  })

  it('timeout: the other side says nothing', async () => {
    const server = await serve(() => undefined)
    const failed = providersWith({ gitTimeoutMs: 100 }).ask(queryOf(server.origin), signal)
    await expect(failed).rejects.toMatchObject({ reason: 'timeout' })
    expect(readdirSync(temp)).toEqual([])
  })

  it('unsupported: ssh is not installed', async () => {
    const PATH = programs('git', `PATH='${scratch}' exec '${gitProgram()}' "$@"`)
    const failed = providersWith({ env: { PATH } }).ask(queryOf('me@example.invalid:x'), signal)
    await expect(failed).rejects.toMatchObject({ reason: 'unsupported' })
  })

  it('unsupported: git is not installed', async () => {
    const failed = providersWith({ env: { PATH: join(scratch, 'nothing') } }).ask(queryOf(small), signal)
    await expect(failed).rejects.toMatchObject({
      reason: 'unsupported',
      message: expect.stringContaining('git'),
    })
  })

  it('an asker who has gone away gets the reason, and nothing is left', async () => {
    const controller = new AbortController()
    const reason = new Error('nobody waits')
    const server = await serve(() => controller.abort(reason))
    await expect(providersWith().ask(queryOf(server.origin), controller.signal)).rejects.toBe(reason)
    expect(readdirSync(temp)).toEqual([])
  })
})

describe('folders of processes that ended in the middle', () => {
  it('are removed, those of living ones are not', async () => {
    const tempDir = mkdtempSync(join(scratch, 'left-'))
    const dead = join(tempDir, 'smd-upstream-999999999-a')
    const alive = join(tempDir, `smd-upstream-${process.pid}-a`)
    const other = join(tempDir, 'upstream-999999999-a')
    for (const folder of [dead, alive, other]) mkdirSync(join(folder, 'objects'), { recursive: true })
    await providersWith({ tempDir }).ask(queryOf(small), signal)
    expect([dead, alive, other].map((folder) => existsSync(folder))).toEqual([false, true, true])
  })
})
