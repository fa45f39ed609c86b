import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { readTree } from '../../../../daemon/domains/collections/work/objects/index.ts'
import { createProviders } from '../../../../daemon/domains/upstream/providers/index.ts'
import type { ParamsOf, ResultOf } from '../../../../protocol/methods.ts'
import { fakeGithub } from '../../../support/fake-github.ts'
import { skill, type TestDaemon, useTestDaemon } from '../../../support/test-daemon.ts'
import { git, initRepository } from '../../../support/upstream-repo.ts'

const base = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', ''].join('\n')

describe('collections.update', () => {
  const start = useTestDaemon()
  let daemon: TestDaemon
  let repo: string

  beforeEach(async () => {
    const github = await fakeGithub(() => Date.now())
    daemon = await start({
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
    repo = join(daemon.home, 'upstream')
    initRepository(repo)
    github.repositories.set('o/r', repo)
    commit({
      'skills/demo/SKILL.md': skill('demo'),
      'skills/demo/notes.txt': base,
      'commands/go.md': '# Go\n',
    })
    await daemon.call('collections.init', {})
    await daemon.call('collections.add', { spec: 'o/r/skills/demo' })
  })

  function commit(files: Record<string, string>): string {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(repo, path)), { recursive: true })
      writeFileSync(join(repo, path), text)
    }
    git(repo, 'add', '--all')
    git(repo, 'commit', '-q', '-m', 'Change')
    return git(repo, 'rev-parse', 'HEAD')
  }

  const folder = (): string => join(daemon.home, '.skillmeat/collections/default')
  const here = (file = 'notes.txt'): string => join(folder(), 'skills/demo', file)
  const text = (file: string): string => readFileSync(join(folder(), file), 'utf8')
  const update = (params: ParamsOf<'collections.update'> = {}): Promise<ResultOf<'collections.update'>> => {
    // What a source said a moment ago is not asked again.
    daemon.clock.now += 3_600_000
    return daemon.call('collections.update', params)
  }

  it('takes over what is new, and manifest and lock say so at once', async () => {
    const before = text('collection.toml')
    writeFileSync(join(folder(), 'collection.toml'), before.replace('[collection]', '# Mine.\n[collection]'))
    const sha = commit({ 'skills/demo/notes.txt': base.replace('eight', 'upstream') })
    const { items, operations } = await update()
    expect(items).toMatchObject([
      {
        name: 'demo',
        action: 'copy',
        to: { sha },
        hasBase: true,
        files: [{ path: 'notes.txt', change: 'changed' }],
      },
    ])
    expect(operations).toHaveLength(1)
    expect(readFileSync(here(), 'utf8')).toBe(base.replace('eight', 'upstream'))
    expect(text('collection.toml')).toContain(`resolved_sha = "${sha}"`)
    expect(text('collection.toml')).toContain('# Mine.\n')
    expect(text('collection.lock')).toContain(`resolved_sha = "${sha}"`)
    expect(text('collection.lock')).toContain(
      `content_hash = "${(await readTree(join(folder(), 'skills/demo'))).h1}"`,
    )
    expect((await update()).items).toMatchObject([{ action: 'none', files: [] }])
    const noted = await daemon.call('analytics.events', {})
    expect(noted.items.filter(({ event }) => event === 'update')).toMatchObject([
      { name: 'demo', collection: 'default', outcome: 'success' },
    ])
  })

  it('puts what is new together with what was edited, and tells the edits apart afterwards', async () => {
    writeFileSync(here(), base.replace('two', 'mine'))
    commit({ 'skills/demo/notes.txt': base.replace('eight', 'upstream') })
    expect((await update()).items).toMatchObject([{ action: 'merge', openConflicts: 0 }])
    const both = base.replace('two', 'mine').replace('eight', 'upstream')
    expect(readFileSync(here(), 'utf8')).toBe(both)
    const { artifacts } = await daemon.call('collections.show', { check: true })
    expect(artifacts).toMatchObject([{ name: 'demo', state: 'modified' }])
    // What came last is the base of the next merge.
    commit({ 'skills/demo/notes.txt': base.replace('eight', 'upstream').replace('five', 'again') })
    expect((await update()).items).toMatchObject([{ action: 'merge' }])
    expect(readFileSync(here(), 'utf8')).toBe(both.replace('five', 'again'))
  })

  it.each([
    ['merge', 'conflict', 'mine', false],
    ['upstream', 'copy', 'upstream', true],
    ['local', 'skip', 'mine', false],
    ['prompt', 'skip', 'mine', false],
  ] as const)('with %s, where both changed the same line: %s', async (strategy, action, word, isNew) => {
    writeFileSync(here(), base.replace('two', 'mine'))
    const sha = commit({ 'skills/demo/notes.txt': base.replace('two', 'upstream') })
    expect((await update({ strategy })).items).toMatchObject([{ action }])
    expect(readFileSync(here(), 'utf8')).toBe(base.replace('two', word))
    expect(text('collection.lock').includes(sha)).toBe(isNew)
  })

  it('decides file by file, or marks', async () => {
    writeFileSync(here(), base.replace('two', 'mine'))
    commit({ 'skills/demo/notes.txt': base.replace('two', 'upstream') })
    const { items } = await update({ dryRun: true, conflicts: 'mark' })
    expect(items[0]?.files[0]?.hunks?.[0]?.lines).toEqual(
      expect.arrayContaining(['+<<<<<<< LOCAL (current)', '+upstream', '+>>>>>>> REMOTE (incoming)']),
    )
    expect(readFileSync(here(), 'utf8')).toBe(base.replace('two', 'mine'))
    await update({ choices: [{ artifact: 'skill:demo', path: 'notes.txt', take: 'theirs' }] })
    expect(readFileSync(here(), 'utf8')).toBe(base.replace('two', 'upstream'))
  })

  it('only notes a commit that changed nothing of it', async () => {
    const sha = commit({ 'commands/go.md': '# Gone\n' })
    expect((await update()).items).toMatchObject([{ action: 'record', files: [] }])
    expect(text('collection.toml')).toContain(sha)
    expect((await update()).items).toMatchObject([{ action: 'none' }])
  })

  it('finds the base at the source when it is not kept any more', async () => {
    writeFileSync(here(), base.replace('two', 'mine'))
    commit({ 'skills/demo/notes.txt': base.replace('eight', 'upstream') })
    rmSync(join(daemon.home, '.skillmeat/.smd'), { recursive: true })
    expect((await update()).items).toMatchObject([{ action: 'merge', hasBase: true }])
    expect(readFileSync(here(), 'utf8')).toBe(base.replace('two', 'mine').replace('eight', 'upstream'))
  })

  it('has a conflict where the commit is gone as well, and loses nothing', async () => {
    writeFileSync(here(), base.replace('two', 'mine'))
    rmSync(join(daemon.home, '.skillmeat/.smd'), { recursive: true })
    rmSync(repo, { recursive: true })
    initRepository(repo)
    commit({
      'skills/demo/SKILL.md': skill('demo'),
      'skills/demo/notes.txt': base.replace('eight', 'upstream'),
    })
    expect((await update()).items).toMatchObject([{ action: 'conflict', hasBase: false, openConflicts: 1 }])
    expect(readFileSync(here(), 'utf8')).toBe(base.replace('two', 'mine'))
  })

  it('says what a source that is gone has to say, and updates the others', async () => {
    await daemon.call('collections.add', { spec: 'o/r/commands/go.md' })
    git(repo, 'rm', '-q', '-r', 'commands')
    commit({ 'skills/demo/notes.txt': base.replace('eight', 'upstream') })
    const { items, operations } = await update()
    expect(items).toMatchObject([
      { name: 'demo', action: 'copy' },
      { name: 'go', action: 'failed', reason: expect.stringContaining('commands/go.md'), to: null },
    ])
    expect(operations).toHaveLength(1)
    expect(text('commands/go.md')).toBe('# Go\n')
  })

  it('takes only what is named, and knows what came from nowhere', async () => {
    daemon.write('own/SKILL.md', skill('own'))
    await daemon.call('collections.add', { spec: join(daemon.home, 'own') })
    commit({ 'skills/demo/notes.txt': 'new\n' })
    expect((await update({ artifacts: ['skill:own'] })).items).toMatchObject([
      { name: 'own', action: 'failed', reason: 'Nothing says where it came from.' },
    ])
    expect((await update({ type: 'command' })).items).toEqual([])
    await expect(update({ artifacts: ['nothing'] })).rejects.toMatchObject({
      slug: 'collection.artifact_not_found',
    })
    expect((await update({ artifacts: ['demo'] })).items).toMatchObject([{ action: 'copy' }])
  })

  it('brings what changed to every project that has it, with what was edited there', async () => {
    const { h1 } = await readTree(join(folder(), 'skills/demo'))
    for (const project of ['api', 'web']) {
      daemon.write(`src/${project}/.claude/skills/demo/SKILL.md`, skill('demo'))
      daemon.write(
        `src/${project}/.claude/skills/demo/notes.txt`,
        project === 'api' ? base.replace('two', 'api') : base,
      )
      daemon.write(
        `src/${project}/.claude/.skillmeat-deployed.toml`,
        `[[deployed]]\nartifact_name = "demo"\nartifact_type = "skill"\nfrom_collection = "default"\ndeployed_at = "2026-01-02T03:04:05"\nartifact_path = "skills/demo"\ncontent_hash = "${h1}"\nlocal_modifications = false\n`,
      )
    }
    await daemon.call('cache.refresh', { force: true })
    commit({ 'skills/demo/notes.txt': base.replace('eight', 'upstream') })
    const { pushed, operations } = await update({ push: true })
    expect(operations).toHaveLength(2)
    expect(pushed.map(({ project, action }) => `${project.split('/').at(-1)} ${action}`)).toEqual([
      'api merge',
      'web copy',
    ])
    const notes = (project: string): string =>
      readFileSync(join(daemon.home, `src/${project}/.claude/skills/demo/notes.txt`), 'utf8')
    expect(notes('web')).toBe(base.replace('eight', 'upstream'))
    expect(notes('api')).toBe(base.replace('eight', 'upstream').replace('two', 'api'))
  })

  it('passes over a project whose records cannot be read, and says so', async () => {
    for (const project of ['api', 'web']) daemon.write(`src/${project}/.claude/settings.json`, '{}')
    await daemon.call('cache.refresh', { force: true })
    const { items } = await daemon.call('projects.list', { limit: 10 })
    await daemon.call('deployments.deploy', {
      projects: items.map(({ id }) => id),
      artifacts: [{ name: 'demo', type: 'skill' }],
    })
    daemon.write('src/api/.claude/.skillmeat-deployed.toml', '[[deployed]\n')
    commit({ 'skills/demo/notes.txt': base.replace('eight', 'upstream') })
    const { pushed, operations, warnings } = await update({ push: true })
    expect(operations).toHaveLength(2)
    expect(pushed.map(({ project, action }) => `${project.split('/').at(-1)} ${action}`)).toEqual([
      'web copy',
    ])
    expect(warnings).toEqual([expect.stringContaining('src/api/.claude/.skillmeat-deployed.toml')])
    await expect(daemon.call('sync.push', { projects: ['api', 'web'], dryRun: false })).rejects.toThrow(
      'src/api/.claude/.skillmeat-deployed.toml',
    )
  })

  it('brings what changed to the only project that has something, which lacks the rest', async () => {
    await daemon.call('collections.add', { spec: 'o/r/commands/go.md' })
    daemon.write('src/web/.claude/settings.json', '{}')
    await daemon.call('cache.refresh', { force: true })
    const { items } = await daemon.call('projects.list', { limit: 10 })
    await daemon.call('deployments.deploy', {
      projects: items.map(({ id }) => id),
      artifacts: [{ name: 'demo', type: 'skill' }],
    })
    commit({ 'skills/demo/notes.txt': base.replace('eight', 'upstream'), 'commands/go.md': '# Go on\n' })
    const { items: updated, pushed, operations } = await update({ push: true })
    expect(updated.map(({ name, action }) => `${name} ${action}`)).toEqual(['demo copy', 'go copy'])
    expect(pushed.map(({ name, action }) => `${name} ${action}`)).toEqual(['demo copy'])
    expect(operations).toHaveLength(2)
  })
})
