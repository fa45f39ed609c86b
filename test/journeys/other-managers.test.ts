/** Skills that other managers installed, adopted into a collection; the real ones read them back where they run here. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { skill, type TestHome, useTestDaemon } from '../support/test-daemon.ts'

const skillsCli = join(import.meta.dirname, '../../node_modules/skills/bin/cli.mjs')
const openskillsCli = join(import.meta.dirname, '../../node_modules/openskills/dist/cli.js')

describe('skills of another manager', () => {
  const start = useTestDaemon()
  const project = (home: TestHome): string => join(home.home, 'src/api')
  const skills = (home: TestHome, ...args: string[]): string =>
    execFileSync(process.execPath, [skillsCli, ...args], {
      cwd: project(home),
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: home.home, DISABLE_TELEMETRY: '1', CI: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  const git = (folder: string, ...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
      cwd: folder,
      encoding: 'utf8',
    }).trim()
  const list = (home: TestHome): string[] =>
    (JSON.parse(skills(home, 'list', '--json')) as Array<{ name: string }>).map(({ name }) => name).sort()

  /** A repository with two skills, installed by the manager into a project. */
  const installed = (home: TestHome, ...agents: string[]): void => {
    home.write('origin/skills/review/SKILL.md', skill('review'))
    home.write('origin/skills/review/references/more.md', '# More\n')
    home.write('origin/skills/ship/SKILL.md', skill('ship'))
    const origin = join(home.home, 'origin')
    git(origin, 'init', '-q', '-b', 'main')
    git(origin, 'add', '-A')
    git(origin, 'commit', '-q', '-m', 'skills')
    home.write('src/api/CLAUDE.md', '# api\n')
    const agentArgs = agents.flatMap((agent) => ['-a', agent])
    skills(home, 'add', `file://${origin}`, '-s', 'review', '-s', 'ship', ...agentArgs, '-y')
  }

  it('are adopted where they lie, with their origin, and their manager finds everything as it was', async () => {
    const daemon = await start({ prepare: (home) => installed(home, 'claude-code') })
    const { call } = daemon
    const lock = readFileSync(join(project(daemon), 'skills-lock.json'), 'utf8')
    await call('collections.init', {})
    const tried = await call('collections.adopt', { project: 'api', dryRun: true })
    expect(tried.items.map(({ name, action }) => [name, action])).toEqual([
      ['review', 'adopt'],
      ['ship', 'adopt'],
    ])
    expect((await call('collections.show', {})).artifacts).toEqual([])

    const done = await call('collections.adopt', { project: 'api' })
    expect(done.items.every(({ action }) => action === 'adopt')).toBe(true)
    expect(readFileSync(join(project(daemon), 'skills-lock.json'), 'utf8')).toBe(lock)
    expect(readFileSync(join(project(daemon), '.claude/skills/review/SKILL.md'), 'utf8')).toBe(
      skill('review'),
    )
    expect(list(daemon)).toEqual(['review', 'ship'])

    const manifest = readFileSync(join(daemon.home, '.skillmeat/collections/default/collection.toml'), 'utf8')
    expect(manifest).toContain(`upstream = "file://${join(daemon.home, 'origin')}/tree/HEAD/skills/review"`)
    const { items } = await call('artifacts.list', { project: 'api', type: 'skill' })
    expect(items.map(({ name, localModified, isOutdated }) => [name, localModified, isOutdated])).toEqual([
      ['review', false, false],
      ['ship', false, false],
    ])
    const check = await call('sync.check', { project: 'api' })
    expect(check.items.map(({ name, drift }) => [name, drift])).toEqual([
      ['review', 'none'],
      ['ship', 'none'],
    ])
    expect((await call('collections.adopt', { project: 'api' })).items.map(({ action }) => action)).toEqual([
      'skip',
      'skip',
    ])
  })

  it('go on to be kept in step: an edit is taken over, and their manager still lists and removes them', async () => {
    const daemon = await start({ prepare: (home) => installed(home, 'claude-code') })
    const { call } = daemon
    await call('collections.init', {})
    await call('collections.adopt', { project: 'api', artifacts: ['review'] })
    const file = join(project(daemon), '.claude/skills/review/SKILL.md')
    writeFileSync(file, `${skill('review')}Mine.\n`)
    await call('sync.pull', { project: 'api' })
    expect(
      readFileSync(join(daemon.home, '.skillmeat/collections/default/skills/review/SKILL.md'), 'utf8'),
    ).toContain('Mine.')
    expect(list(daemon)).toEqual(['review', 'ship'])
    skills(daemon, 'remove', '-s', 'ship', '-y')
    expect(list(daemon)).toEqual(['review'])
  })

  it('are adopted from the folder they share where several agents link to it', async () => {
    const daemon = await start({ prepare: (home) => installed(home, 'claude-code', 'codex') })
    const { call } = daemon
    await call('collections.init', {})
    const done = await call('collections.adopt', { project: 'api' })
    expect(done.items.map(({ path, action }) => [path.slice(project(daemon).length + 1), action])).toEqual([
      ['.agents/skills/review', 'adopt'],
      ['.agents/skills/ship', 'adopt'],
      // Links to those.
      ['.claude/skills/review', 'skip'],
      ['.claude/skills/ship', 'skip'],
    ])
    expect(readFileSync(join(project(daemon), '.agents/.skillmeat-deployed.toml'), 'utf8')).toContain(
      'deployment_profile_id = "agents"',
    )
    expect(list(daemon)).toEqual(['review', 'ship'])
    // Everything is taken back one by one, and nothing of theirs with it.
    for (const operation of done.operations) await call('deployments.undo', { operation })
    expect((await call('collections.show', {})).artifacts).toEqual([])
    expect(list(daemon)).toEqual(['review', 'ship'])
  })
})

describe('skills of openskills', () => {
  const start = useTestDaemon()
  const project = (home: TestHome): string => join(home.home, 'src/api')
  const openskills = (home: TestHome, ...args: string[]): string =>
    execFileSync(process.execPath, [openskillsCli, ...args], {
      cwd: project(home),
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: home.home, CI: '1', NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  const installed = (home: TestHome): void => {
    home.write('origin/review/SKILL.md', skill('review'))
    home.write('origin/review/notes.md', '# Notes\n')
    for (const name of ['api', 'web']) home.write(`src/${name}/.claude/commands/mine.md`, '# Mine\n')
    openskills(home, 'install', join(home.home, 'origin/review'), '-y')
  }
  const state = '.openskills.json'

  it('are adopted without what their manager keeps beside them, which stays where it is', async () => {
    const daemon = await start({ prepare: installed })
    const { call, home } = daemon
    const here = join(project(daemon), '.claude/skills/review')
    const kept = readFileSync(join(here, state), 'utf8')
    await call('collections.init', {})
    const { items } = await call('collections.adopt', { project: 'api', artifacts: ['review'] })
    expect(items).toMatchObject([{ name: 'review', action: 'adopt', reason: null }])
    expect(readFileSync(join(here, state), 'utf8')).toBe(kept)
    const copy = join(home, '.skillmeat/collections/default/skills/review')
    expect(readFileSync(join(copy, 'notes.md'), 'utf8')).toBe('# Notes\n')
    expect(existsSync(join(copy, state))).toBe(false)
    expect((await call('sync.check', { project: 'api' })).counts).toMatchObject({ none: 1, modified: 0 })
    expect(openskills(daemon, 'list')).toContain('review')

    // Another project gets the skill, and nothing that says it was installed there.
    await call('deployments.deploy', { artifacts: [{ name: 'review' }], projects: [join(home, 'src/web')] })
    expect(existsSync(join(home, 'src/web/.claude/skills/review', state))).toBe(false)
  })

  it('are kept in step either way: what their manager updates is pulled, what is pushed leaves its record', async () => {
    const daemon = await start({ prepare: installed })
    const { call, home, write } = daemon
    const here = join(project(daemon), '.claude/skills/review')
    await call('collections.init', {})
    await call('collections.adopt', { project: 'api', artifacts: ['review'] })
    write('origin/review/notes.md', '# Newer\n')
    openskills(daemon, 'update', 'review')
    await call('sync.pull', { project: 'api' })
    const copy = join(home, '.skillmeat/collections/default/skills/review')
    expect(readFileSync(join(copy, 'notes.md'), 'utf8')).toBe('# Newer\n')
    expect(existsSync(join(copy, state))).toBe(false)
    const kept = readFileSync(join(here, state), 'utf8')
    writeFileSync(join(copy, 'notes.md'), '# Ours\n')
    await call('deployments.deploy', { artifacts: [{ name: 'review' }], projects: [project(daemon)] })
    expect(readFileSync(join(here, 'notes.md'), 'utf8')).toBe('# Ours\n')
    expect(readFileSync(join(here, state), 'utf8')).toBe(kept)
    openskills(daemon, 'remove', 'review')
    expect(existsSync(here)).toBe(false)
  })
})

describe('skills of gh skill', () => {
  const start = useTestDaemon()

  it('are adopted with the origin that stands in their frontmatter, which stays as it is', async () => {
    // As documented (ecosystem spec sections 5 and 6): gh itself asks GitHub for everything.
    const text = [
      '---',
      'name: review',
      'description: Reviews.',
      'metadata:',
      '  github-repo: https://github.com/acme/tools',
      '  github-ref: refs/tags/v1.2.0',
      `  github-tree-sha: ${'c'.repeat(40)}`,
      '  github-path: skills/review/SKILL.md',
      '---',
      'Text.',
      '',
    ].join('\n')
    const lock = JSON.stringify({
      version: 3,
      skills: {
        review: {
          source: 'acme/tools',
          sourceType: 'github',
          sourceUrl: 'https://github.com/acme/tools.git',
          skillPath: 'skills/review/SKILL.md',
          skillFolderHash: 'c'.repeat(40),
          pinnedRef: 'v1.2.0',
        },
      },
    })
    const daemon = await start({
      prepare({ write }) {
        write('src/api/.claude/skills/review/SKILL.md', text)
        write('.agents/.skill-lock.json', lock)
      },
    })
    const { call, home } = daemon
    await call('collections.init', {})
    const { items } = await call('collections.adopt', { project: 'api' })
    expect(items).toMatchObject([
      { name: 'review', action: 'adopt', source: 'github:acme/tools/skills/review@v1.2.0' },
    ])
    expect((await call('collections.show', {})).artifacts).toMatchObject([
      {
        origin: 'github',
        upstream: 'https://github.com/acme/tools/tree/HEAD/skills/review',
        version: 'v1.2.0',
      },
    ])
    expect(readFileSync(join(home, 'src/api/.claude/skills/review/SKILL.md'), 'utf8')).toBe(text)
    expect(readFileSync(join(home, '.agents/.skill-lock.json'), 'utf8')).toBe(lock)
    expect((await call('sync.check', { project: 'api' })).counts).toMatchObject({ none: 1 })
  })
})
