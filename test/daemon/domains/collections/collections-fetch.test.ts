import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse } from 'smol-toml'
import { describe, expect, it } from 'vitest'
import { createProviders } from '../../../../daemon/domains/upstream/providers/index.ts'
import { corpusPath, listSkillFiles } from '../../../support/corpus.ts'
import { type FakeGithub, fakeGithub } from '../../../support/fake-github.ts'
import { serveGit } from '../../../support/git-http.ts'
import { skill, type TestDaemon, useTestDaemon } from '../../../support/test-daemon.ts'
import { commitTree, git, initRepository } from '../../../support/upstream-repo.ts'

const start = useTestDaemon()
const library = '.skillmeat/collections/default'

/** A daemon with a collection that asks a GitHub and any address it is given, over real connections. */
async function startWithSources(): Promise<TestDaemon & { github: FakeGithub; repo: string }> {
  const github = await fakeGithub(() => Date.now())
  const daemon = await start({
    prepare(home) {
      home.around.providers = createProviders({
        net: { offline: false, timeoutMs: 30_000, monotonic: () => 0 },
        home: home.home,
        tempDir: join(home.home, 'tmp'),
        now: home.around.now,
        env: { PATH: process.env.PATH, GIT_TERMINAL_PROMPT: '0' },
        githubApi: github.origin,
      })
      mkdirSync(join(home.home, 'tmp'))
    },
  })
  await daemon.call('collections.init', {})
  const repo = join(daemon.home, 'git/r')
  initRepository(repo)
  github.repositories.set('o/r', repo)
  return Object.assign(daemon, { github, repo })
}

/** Commits files by path as the whole content of the repository; returns the commit. */
function commit({ home, repo }: { home: string; repo: string }, files: Record<string, string>): string {
  const from = join(home, 'git/from')
  rmSync(from, { recursive: true, force: true })
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(from, path)), { recursive: true })
    if (text.startsWith('-> ')) symlinkSync(text.slice(3), join(from, path))
    else writeFileSync(join(from, path), text)
  }
  return commitTree(repo, from, '2026-01-02')
}

const rowsOf = ({ home }: TestDaemon) =>
  parse(readFileSync(join(home, library, 'collection.toml'), 'utf8')).artifacts as Record<string, unknown>[]

describe('collections.add from a repository', () => {
  it('writes down what was asked for and what it was (formats 11)', async () => {
    const daemon = await startWithSources()
    const first = commit(daemon, { 'skills/pdf/SKILL.md': skill('pdf'), 'skills/pdf/a/x.txt': 'one\n' })
    git(daemon.repo, 'tag', '-a', '-m', 'one', 'v1.0.0')
    git(daemon.repo, 'branch', 'feature/x')
    const second = commit(daemon, {
      'skills/pdf/SKILL.md': skill('pdf', 'Newer.'),
      'commands/git/fix.md': 'Fix it.\n',
    })
    const add = (spec: string, name: string, type: 'skill' | 'command' = 'skill') =>
      daemon.call('collections.add', { spec, name, type })
    expect(await add('o/r/skills/pdf', 'latest')).toMatchObject({
      origin: 'github',
      resolvedSha: second,
      version: null,
    })
    expect(await add('o/r//skills/pdf/@v1.0.0', 'tag')).toMatchObject({ version: 'v1.0.0' })
    await add('o/r/skills/pdf@feature/x', 'branch')
    await add(`https://github.com/o/r/tree/${first}/skills/pdf`, 'commit')
    await add('github.com/o/r/commands/git/fix@', 'fix', 'command')
    expect(
      rowsOf(daemon).map(({ name, upstream, version_spec, resolved_sha }) => [
        name,
        upstream,
        version_spec,
        resolved_sha,
      ]),
    ).toMatchObject([
      ['latest', `https://github.com/o/r/tree/${second}/skills/pdf`, 'latest', second],
      ['tag', expect.stringContaining('/skills/pdf'), 'v1.0.0', expect.stringMatching(/^[0-9a-f]{40}$/)],
      ['branch', `https://github.com/o/r/tree/${first}/skills/pdf`, 'feature/x', first],
      ['commit', `https://github.com/o/r/tree/${first}/skills/pdf`, first, first],
      ['fix', `https://github.com/o/r/tree/${second}/commands/git/fix.md`, 'latest', second],
    ])
    expect(readFileSync(join(daemon.home, library, 'skills/tag/a/x.txt'), 'utf8')).toBe('one\n')
    expect(readFileSync(join(daemon.home, library, 'skills/latest/SKILL.md'), 'utf8')).toContain('Newer.')
    expect(readFileSync(join(daemon.home, library, 'commands/fix.md'), 'utf8')).toBe('Fix it.\n')
  })

  it('takes any address of a repository, and its root', async () => {
    const daemon = await startWithSources()
    const head = commit(daemon, { 'SKILL.md': skill('r'), 'skills/x/SKILL.md': skill('x') })
    const server = await serveGit(join(daemon.home, 'git'))
    expect(
      await daemon.call('collections.add', { spec: `${server.origin}/r/tree/main/skills/x`, type: 'skill' }),
    ).toMatchObject({
      name: 'x',
      origin: 'local',
      resolvedSha: head,
      upstream: `${server.origin}/r/tree/${head}/skills/x`,
    })
    expect(await daemon.call('collections.add', { spec: `${server.origin}/r`, type: 'skill' })).toMatchObject(
      {
        name: 'r',
        upstream: `${server.origin}/r/tree/${head}`,
      },
    )
    const { items } = await daemon.call('artifacts.list', { scope: 'collection' })
    expect(items.map(({ name }) => name).sort()).toEqual(['r', 'x', 'x'])
  })

  it('says why a source cannot be had, and leaves everything as it was', async () => {
    const daemon = await startWithSources()
    const old = commit(daemon, { 'skills/x/SKILL.md': skill('x'), 'skills/y/README.md': 'no skill' })
    git(daemon.repo, 'commit', '-q', '--amend', '-m', 'rewritten', '--date', '2026-01-03T00:00:00Z')
    git(daemon.repo, 'reflog', 'expire', '--expire=now', '--all')
    git(daemon.repo, 'gc', '-q', '--prune=now')
    const server = await serveGit(join(daemon.home, 'git'))
    const fails = (spec: string) =>
      daemon.call('collections.add', { spec, type: 'skill' }).then(
        () => expect.fail(spec),
        ({ slug, message }) => `${slug}: ${message}`,
      )
    expect(await fails('o/gone/skills/x')).toMatch(
      /^collection.source_failed: o\/gone\/skills\/x .*not there, or private/,
    )
    expect(await fails('o/r/skills/none')).toContain('It has no skills/none at latest.')
    expect(await fails(`o/r/skills/x@${old}`)).toContain('collection.source_failed')
    expect(await fails(`${server.origin}/r/tree/${old}/skills/x`)).toContain('collection.source_failed')
    expect(await fails('o/r/skills/y')).toContain('collection.not_an_artifact')
    const asked = daemon.github.heard.length
    expect(await fails('o/r')).toContain('below it there are skills/x')
    // Names tell, so no content is asked for.
    expect(daemon.github.heard.slice(asked).filter(({ path }) => path.includes('/blobs/'))).toEqual([])
    server.credentials = 'me:secret'
    expect(await fails(`${server.origin}/r/tree/main/skills/x`)).toContain('collection.source_failed')
    daemon.github.remaining.set('', 0)
    expect(await fails('o/r/skills/x')).toContain('asked less often')
    expect((await daemon.call('collections.show', {})).artifacts).toEqual([])
  })

  it('writes no link of a repository that leads out of the artifact', async () => {
    const daemon = await startWithSources()
    commit(daemon, {
      'skills/x/SKILL.md': skill('x'),
      'skills/x/inside.md': '-> SKILL.md',
      'skills/bad/SKILL.md': skill('bad'),
      'skills/bad/key': '-> ../../../../.ssh/id_rsa',
    })
    await expect(
      daemon.call('collections.add', { spec: 'o/r/skills/bad', type: 'skill' }),
    ).rejects.toMatchObject({
      slug: 'collection.leads_outside',
    })
    await daemon.call('collections.add', { spec: 'o/r/skills/x', type: 'skill' })
    expect(readFileSync(join(daemon.home, library, 'skills/x/inside.md'), 'utf8')).toBe(skill('x'))
  })

  it('takes what plugins of a marketplace hold', async () => {
    const daemon = await startWithSources()
    daemon.write(
      'market/.claude-plugin/marketplace.json',
      JSON.stringify({
        name: 'market',
        owner: { name: 'x' },
        plugins: [{ name: 'tools', source: './plugins/tools' }],
      }),
    )
    daemon.write(
      'market/plugins/tools/.claude-plugin/plugin.json',
      JSON.stringify({ name: 'tools', version: '2.0.0' }),
    )
    daemon.write('market/plugins/tools/skills/lint/SKILL.md', skill('lint'))
    daemon.write(
      '.claude/plugins/known_marketplaces.json',
      JSON.stringify({
        market: {
          source: { source: 'directory', path: join(daemon.home, 'market') },
          installLocation: join(daemon.home, 'market'),
        },
      }),
    )
    expect(
      await daemon.call('collections.add', { spec: 'tools@market/skills/lint', type: 'skill' }),
    ).toMatchObject({
      name: 'lint',
      origin: 'marketplace',
      version: '2.0.0',
      upstream: 'tools@market/skills/lint',
    })
    await expect(daemon.call('collections.add', { spec: 'tools@market', type: 'skill' })).rejects.toThrow(
      'below it there are skills/lint',
    )
    await expect(
      daemon.call('collections.add', { spec: 'none@market', type: 'skill' }),
    ).rejects.toMatchObject({
      slug: 'collection.source_failed',
    })
  })

  it('copies real skills byte for byte, with the hash of their folders', async () => {
    const daemon = await startWithSources()
    const root = corpusPath('wshobson-agents', '2026-08-18')
    const from = join(daemon.home, 'git/from')
    const chosen = listSkillFiles('wshobson')
      .filter((_, index) => index % 12 === 0)
      .slice(0, 10)
      .map((file) => dirname(file).slice(root.length + 1))
    for (const place of chosen) cpSync(join(root, place), join(from, place), { recursive: true })
    commitTree(daemon.repo, from, '2026-08-18')
    for (const place of chosen) {
      const { contentHash, path } = await daemon.call('collections.add', {
        spec: `o/r/${place}`,
        type: 'skill',
      })
      expect(git(daemon.home, 'diff', '--no-index', '--stat', join(root, place), path)).toBe('')
      const local = await daemon.call('collections.verify', { spec: join(root, place), type: 'skill' })
      expect(local.valid).toBe(true)
      const { artifacts } = await daemon.call('collections.show', { check: true })
      expect(artifacts.at(-1)).toMatchObject({ state: 'current' })
      const { items } = await daemon.call('artifacts.list', { scope: 'collection', limit: 100 })
      expect(items.map(({ hash }) => hash)).toContain(contentHash)
    }
  })
})
