/** What smd knows of an installed copy from answers, where no record says it, and for how long. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type GitProviders, gitProviders } from '../../../support/git-providers.ts'
import { skill, type TestDaemon, useTestDaemon } from '../../../support/test-daemon.ts'
import { git, initRepository } from '../../../support/upstream-repo.ts'

const start = useTestDaemon()
const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})
const json = JSON.stringify

/** A repository with the skill `demo`; `release` changes it and returns the commit. */
function makeRepo(): { dir: string; first: string; release(text: string): string } {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'smd-repo-')))
  folders.push(dir)
  initRepository(dir)
  const release = (text: string): string => {
    const file = join(dir, 'skills/demo/SKILL.md')
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    git(dir, 'add', '--all')
    git(dir, 'commit', '-q', '-m', 'Change')
    return git(dir, 'rev-parse', 'HEAD')
  }
  return { dir, first: release(skill('demo')), release }
}

type Story = {
  daemon: TestDaemon
  providers: GitProviders
  repo: ReturnType<typeof makeRepo>
  /** State and reason of the one copy, after a scan. */
  state(): Promise<string>
  ask(): Promise<void>
}

async function tell(record: (repo: ReturnType<typeof makeRepo>) => Record<string, string>): Promise<Story> {
  const repo = makeRepo()
  const providers = gitProviders({ 'o/r': repo.dir })
  const daemon = await start({
    prepare(home) {
      home.around.providers = providers
      home.write('src/web/.claude/skills/demo/SKILL.md', skill('demo'))
      for (const [path, text] of Object.entries(record(repo))) home.write(`src/web/${path}`, text)
    },
  })
  return {
    daemon,
    providers,
    repo,
    async state() {
      await daemon.call('cache.refresh', { force: true })
      const shown = await daemon.call('artifacts.show', { name: 'demo' })
      return shown.stateReason ? `${shown.state} (${shown.stateReason.code})` : shown.state
    },
    ask: async () => void (await daemon.call('upstream.check', { force: true })),
  }
}

/** As openskills leaves it: where from, and nothing of what. */
const openskills = () => ({
  '.claude/skills/demo/.openskills.json': json({
    repoUrl: 'https://github.com/o/r',
    subpath: 'skills/demo',
    sourceType: 'git',
  }),
})

describe('a copy of which nobody recorded what was installed', () => {
  it('is understood from the moment it equalled upstream', async () => {
    const { daemon, repo, state, ask } = await tell(openskills)
    expect(await state()).toBe('unknown (never_checked)')
    await ask()
    expect(await state()).toBe('current')
    repo.release(skill('demo', 'Newer.'))
    await ask()
    expect(await state()).toBe('outdated')
    daemon.write('src/web/.claude/skills/demo/SKILL.md', skill('demo', 'Edited.'))
    expect(await state()).toBe('diverged')
    daemon.write('src/web/.claude/skills/demo/SKILL.md', skill('demo', 'Newer.'))
    expect(await state()).toBe('current')
    daemon.write('src/web/.claude/skills/demo/SKILL.md', skill('demo', 'Edited.'))
    expect(await state()).toBe('modified')
  })

  it('is never called outdated when it differs from the first answer on', async () => {
    const { repo, state, ask } = await tell(openskills)
    repo.release(skill('demo', 'Newer.'))
    await state()
    await ask()
    expect(await state()).toBe('unknown (base_unknown)')
  })

  it('is a stranger again when it comes from elsewhere', async () => {
    const { daemon, state, ask } = await tell(openskills)
    await ask()
    await state()
    await ask()
    expect(await state()).toBe('current')
    daemon.write('src/web/.claude/skills/demo/SKILL.md', skill('demo', 'Another.'))
    daemon.write(
      'src/web/.claude/skills/demo/.openskills.json',
      json({ repoUrl: 'https://github.com/o/other', subpath: 'skills/demo', sourceType: 'git' }),
    )
    expect(await state()).toBe('unknown (never_checked)')
    await ask()
    expect(await state()).toBe('unknown (check_failed)')
    daemon.remove('src/web/.claude/skills/demo/.openskills.json')
    expect(await state()).toBe('untracked (no_source)')
  })
})

describe('a copy of which the commit is recorded', () => {
  const apm = ({ first }: { first: string }) => ({
    'apm.lock.yaml': `dependencies:\n  - repo_url: o/r\n    resolved_commit: ${first}\n    virtual_path: skills/demo\n    deployed_files: [.claude/skills/demo/]\n`,
  })

  it('is compared with that commit, which is asked for once', async () => {
    const { daemon, providers, repo, state, ask } = await tell(apm)
    repo.release(skill('demo', 'Newer.'))
    await state()
    await ask()
    expect(await state()).toBe('outdated')
    expect(providers.asked.map(({ bases }) => bases)).toEqual([
      [{ revision: repo.first, paths: ['skills/demo'] }],
    ])
    daemon.write('src/web/.claude/skills/demo/SKILL.md', skill('demo', 'Edited.'))
    expect(await state()).toBe('diverged')
    await ask()
    expect(providers.asked.at(-1)?.bases).toEqual([])
  })

  it('is modified, whatever becomes of the rest, when only the copy here has changed', async () => {
    const { daemon, state, ask } = await tell(apm)
    daemon.write('src/web/.claude/skills/demo/SKILL.md', skill('demo', 'Edited.'))
    await state()
    await ask()
    expect(await state()).toBe('modified')
  })
})
