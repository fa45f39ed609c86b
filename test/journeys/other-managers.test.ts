/** Skills that the `skills` command line installed, adopted into a collection; the real one reads them back. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { skill, type TestHome, useTestDaemon } from '../support/test-daemon.ts'

const skillsCli = join(import.meta.dirname, '../../node_modules/skills/bin/cli.mjs')

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
