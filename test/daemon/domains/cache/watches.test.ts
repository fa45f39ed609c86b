import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { WatchesOptions } from '../../../../daemon/domains/cache/watches.ts'
import { fakeClock } from '../../../support/fake-clock.ts'
import { skill, type TestDaemon, type TestOptions, useTestDaemon } from '../../../support/test-daemon.ts'
import { requireSecondUser, STRANGER } from '../../../support/users.ts'
import { type WatchedHome, watchHome } from '../../../support/watched-home.ts'

const start = useTestDaemon()
const open: WatchedHome[] = []
afterEach(async () => {
  for (const home of open.splice(0)) await home.close()
})

type Started = { daemon: TestDaemon; home: WatchedHome; at(path: string): string }

async function watching(
  options: WatchesOptions = {},
  { env = {}, prepare = () => undefined }: TestOptions = {},
): Promise<Started> {
  const daemon = await start({
    env,
    prepare(made) {
      made.write('projects/shop/.claude/skills/a/SKILL.md', skill('a'))
      made.write('projects/notes/.claude/commands/publish.md', 'Publish.')
      made.write('.skillmeat/collections/default/collection.toml', '[collection]\nname = "default"\n')
      prepare(made)
    },
  })
  const home = await watchHome(daemon, options)
  open.push(home)
  await news(home)
  return { daemon, home, at: (path) => join(daemon.home, path) }
}

/** Paths of the units told since the last time, relative to the home folder, once each. */
async function news(home: WatchedHome): Promise<string[]> {
  await home.sync()
  const paths = home.changed.splice(0).flat()
  return [...new Set(paths)].sort()
}

const warnings = ({ ctx }: TestDaemon): string[] => ctx.health.warnings.map(({ code }) => code)

describe('watches', () => {
  it('tell the one unit a file belongs to (CACHE-2.3d)', async () => {
    const { daemon, home, at } = await watching()
    daemon.write('projects/shop/.claude/skills/a/SKILL.md', skill('a', 'Other.'))
    expect(await news(home)).toEqual([at('projects/shop')])
    daemon.write('projects/notes/CLAUDE.md', 'Notes.')
    daemon.write('projects/shop/.mcp.json', '{}')
    expect(await news(home)).toEqual([at('projects/notes'), at('projects/shop')])
    daemon.write('projects/shop/src/main.ts')
    daemon.write('projects/shop/README.md')
    daemon.write('projects/shop/.git/hooks/pre-commit')
    daemon.write('projects/shop/.claude/hooks/guard/node_modules/x/i.js')
    // Of the folders that came with them something is told; of what is in those, nothing.
    await news(home)
    daemon.write('projects/shop/.git/hooks/pre-commit', 'Other.')
    daemon.write('projects/shop/.claude/hooks/guard/node_modules/x/i.js', 'Other.')
    expect(await news(home)).toEqual([])
  })

  it.each([
    ['.claude/skills/mine/SKILL.md', ''],
    ['.claude/CLAUDE.md', ''],
    ['.agents/skills/shared/SKILL.md', ''],
    ['.cursor/mcp.json', ''],
    ['.agents/.skill-lock.json', ''],
    ['.skillmeat/collections/default/skills/x/SKILL.md', '.skillmeat/collections/default'],
    ['.skillmeat/collections/default/collection.lock', '.skillmeat/collections/default'],
    ['projects/shop/.claude/settings.local.json', 'projects/shop'],
    ['projects/shop/.claude/.skillmeat-deployed.toml', 'projects/shop'],
    ['projects/shop/.anything/.skillmeat-deployed.toml', 'projects/shop'],
    ['projects/shop/.claude/hooks/guard/run.sh', 'projects/shop'],
    ['projects/shop/.claude/mcp/db.json', 'projects/shop'],
    ['projects/shop/.anything/hooks/guard/lib/deep.py', 'projects/shop'],
    ['.claude/hooks/guard/run.sh', ''],
    ['projects/shop/skills-lock.json', 'projects/shop'],
    ['projects/shop/.github/hooks/x.json', 'projects/shop'],
    ['projects/shop/AGENTS.md', 'projects/shop'],
  ])('notice %s (CACHE-2.3a, CACHE-2.3b)', async (path, unit) => {
    const { daemon, home, at } = await watching()
    daemon.write(path, '{}')
    expect(await news(home)).toEqual([at(unit).replace(/\/$/, '')])
  })

  it.each([
    ['.claude/settings.json'],
    ['.claude/plugins/installed_plugins.json'],
    ['.claude/plugins/known_marketplaces.json'],
    ['.claude/plugins/marketplaces/official/.claude-plugin/marketplace.json'],
    ['.skillmeat/collections/default/manifest.toml'],
    ['.skillmeat/collections/new/collection.toml'],
    ['.claude.json'],
    ['.smd/config/config.toml'],
  ])('tell of %s apart, because it concerns all (CACHE-2.3b)', async (path) => {
    const { daemon, home, at } = await watching()
    daemon.write(path, '{}')
    await home.sync()
    expect(home.environment.flat()).toContain(at(path))
  })

  it('let ~/.claude.json settle for longer than the rest', async () => {
    const { daemon, home, at } = await watching()
    for (let i = 0; i < 5; i++) daemon.write('.claude.json', `{"i":${i}}`)
    daemon.write('projects/shop/CLAUDE.md', 'x')
    await until(() => home.changed.length > 0)
    expect(home.changed.flat()).toEqual([at('projects/shop')])
    expect(home.environment).toEqual([])
  })

  it('notice a project that appears beside known ones, is cloned, or is moved there', async () => {
    const { daemon, home, at } = await watching()
    daemon.write('projects/new/.claude/skills/x/SKILL.md', skill('x'))
    await home.sync()
    expect(home.projects).toEqual([at('projects/new')])
    mkdirSync(at('projects/plain'))
    await home.sync()
    daemon.write('projects/plain/.mcp.json', '{}')
    await home.sync()
    expect(home.projects).toContain(at('projects/plain'))
    daemon.write('elsewhere/deep/er/still/.claude/skills/y/SKILL.md', skill('y'))
    renameSync(at('elsewhere/deep/er/still'), at('projects/moved'))
    await home.sync()
    expect(home.projects).toContain(at('projects/moved'))
    daemon.write('projects/github/.github/prompts/a.prompt.md', 'x')
    await home.sync()
    expect(home.projects).toContain(at('projects/github'))
  })

  it('leave out new projects that are excluded or only look like one', async () => {
    const { daemon, home, at } = await watching()
    await daemon.call('config.set', {
      key: 'projects.exclude',
      value: JSON.stringify([at('projects/secret')]),
    })
    daemon.write('projects/secret/.claude/skills/x/SKILL.md', skill('x'))
    daemon.write('projects/repo/.github/workflows/ci.yml', 'on: push')
    await home.sync()
    expect(home.projects).toEqual([])
  })

  it('notice that a project is deleted and made again', async () => {
    const { daemon, home, at } = await watching()
    rmSync(at('projects/shop'), { recursive: true })
    expect(await news(home)).toEqual([at('projects/shop')])
    daemon.write('projects/shop/.claude/skills/b/SKILL.md', skill('b'))
    expect(await news(home)).toEqual([at('projects/shop')])
    expect(home.rows().filter((row) => row.includes('skills/b'))).toHaveLength(1)
  })

  it('offer a forgotten project again when it comes back', async () => {
    const { daemon, home, at } = await watching()
    const others = home.refs.filter(({ unit }) => unit.path !== at('projects/shop'))
    rmSync(at('projects/shop'), { recursive: true })
    await home.watches.cover(others, {}, { complete: true })
    expect(home.watches.state.units).toBe(others.length)
    daemon.write('projects/shop/.claude/skills/b/SKILL.md', skill('b'))
    await home.sync()
    expect(home.projects).toEqual([at('projects/shop')])
  })

  it('follow a skill that is a link to somewhere else, and a link that is swapped (CACHE-2.3e)', async () => {
    const { daemon, home, at } = await watching()
    daemon.write('store/v1/SKILL.md', skill('linked', 'One.'))
    daemon.write('store/v2/SKILL.md', skill('linked', 'Two.'))
    symlinkSync(at('store/v1'), at('projects/shop/.claude/skills/linked'))
    await news(home)
    appendFileSync(at('store/v1/SKILL.md'), 'x')
    expect(await news(home)).toEqual([at('projects/shop')])
    symlinkSync(at('store/v2'), at('projects/shop/next'))
    renameSync(at('projects/shop/next'), at('projects/shop/.claude/skills/linked'))
    expect(await news(home)).toEqual([at('projects/shop')])
    expect(home.rows()).toEqual(await home.truth())
    appendFileSync(at('store/v2/SKILL.md'), 'x')
    expect(await news(home)).toEqual([at('projects/shop')])
  })

  it('make one refresh of a git checkout over thousands of files (CACHE-2.3c)', async () => {
    const { daemon, home, at } = await watching({}, { env: { SMD_WATCH_SETTLE_MS: '200' } })
    const repo = at('projects/shop')
    const git = (...args: string[]): void => {
      const env = { ...process.env, HOME: daemon.home, GIT_CONFIG_NOSYSTEM: '1' }
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
        cwd: repo,
        env,
      })
    }
    git('init', '-q', '-b', 'one')
    const fill = (text: string): void => {
      for (let i = 0; i < 150; i++) {
        daemon.write(`projects/shop/.claude/skills/s${i}/SKILL.md`, skill(`s${i}`, text))
        for (let j = 0; j < 12; j++)
          daemon.write(`projects/shop/.claude/skills/s${i}/references/${text}-${j}.md`, text)
      }
    }
    fill('One')
    git('add', '.')
    git('commit', '-qm', 'one')
    git('checkout', '-q', '-b', 'two')
    rmSync(at('projects/shop/.claude'), { recursive: true })
    fill('Two')
    git('add', '.')
    git('commit', '-qm', 'two')
    await home.sync()
    home.changed.splice(0)
    git('checkout', '-q', 'one')
    await until(() => home.changed.length > 0)
    await home.sync()
    expect(home.changed.flat()).toEqual([repo])
    expect(home.rows()).toEqual(await home.truth())
  })

  it('wait for the end of a git command that holds the index, within the cap', async () => {
    const { daemon, home, at } = await watching({}, { env: { SMD_WATCH_MAX_SETTLE_MS: '600000' } })
    daemon.write('projects/shop/.git/index.lock')
    daemon.write('projects/shop/CLAUDE.md', 'x')
    daemon.write('projects/notes/CLAUDE.md', 'x')
    await until(() => home.changed.length > 0)
    expect(home.changed.flat()).toEqual([at('projects/notes')])
    unlinkSync(at('projects/shop/.git/index.lock'))
    await until(() => home.changed.length > 1)
    expect(home.changed.flat()).toEqual([at('projects/notes'), at('projects/shop')])
  })

  it('say how much is watched, and leave nothing behind (CACHE-2.3g)', async () => {
    const { home } = await watching()
    expect(home.watches.state).toEqual({
      folders: expect.any(Number),
      units: home.refs.length,
      scanUnits: 0,
      backend: 'inotify',
      startMs: expect.any(Number),
    })
    await home.close()
    expect(home.watches.state).toMatchObject({ folders: 0, backend: 'none' })
    expect(process.getActiveResourcesInfo().filter((each) => each.startsWith('FSEvent'))).toEqual([])
  })

  it('follow a change of watch.mode', async () => {
    const { daemon, home, at } = await watching()
    await daemon.call('config.set', { key: 'watch.mode', value: 'off' })
    expect(home.watches.state).toMatchObject({ folders: 0, scanUnits: home.refs.length })
    await daemon.call('config.set', { key: 'watch.mode', value: 'auto' })
    await until(() => home.watches.state.folders > 0)
    await news(home)
    daemon.write('projects/shop/CLAUDE.md', 'x')
    expect(await news(home)).toEqual([at('projects/shop')])
  })
})

describe('scan mode', () => {
  it('hands over its units at intervals', async () => {
    const clock = fakeClock()
    const { home } = await watching(
      { clock },
      { env: { SMD_WATCH_MODE: 'scan', SMD_WATCH_SCAN_INTERVAL_SECONDS: '5' } },
    )
    clock.pass(4_999)
    expect(home.changed).toEqual([])
    clock.pass(1)
    expect(home.changed.flat()).toHaveLength(home.refs.length)
    clock.pass(5_000)
    expect(home.changed).toHaveLength(2)
  })

  it('is for units beyond the budget, which a warning says; the rest stays watched (P5)', async () => {
    const { daemon, home, at } = await watching(
      {},
      {
        env: { SMD_WATCH_MAX_FOLDERS: '90', SMD_WATCH_DISCOVERY_FOLDERS: '10' },
        prepare({ write }) {
          for (let i = 0; i < 200; i++) write(`projects/shop/.claude/skills/s${i}/SKILL.md`, skill(`s${i}`))
        },
      },
    )
    expect(home.watches.state.scanUnits).toBe(1)
    expect(home.watches.state.folders).toBeLessThanOrEqual(90)
    expect(warnings(daemon)).toContain('watch.limited')
    const [warning] = daemon.ctx.health.warnings.filter(({ code }) => code === 'watch.limited')
    expect(warning?.fix).toContain('echo fs.inotify.max_user_watches=524288 |')
    // What is tried again and fails again is no news, and no younger.
    const states: unknown[] = []
    daemon.ctx.events.on(({ topic, data }) => topic === 'health.changed' && states.push(data))
    daemon.clock.now += 60_000
    await home.watches.cover(home.refs, {}, { complete: true })
    expect(states).toEqual([])
    expect(daemon.ctx.health.warnings).toContainEqual(warning)
    home.changed.splice(0)
    appendFileSync(at('projects/shop/.claude/skills/s7/SKILL.md'), 'more')
    daemon.write('projects/notes/CLAUDE.md', 'x')
    await until(() => home.changed.length > 0)
    expect(home.changed.flat()).toEqual([at('projects/notes')])
    await home.sync()
    expect(home.rows()).toEqual(await home.truth())
  })

  it.each([
    ['.claude/plugins/installed_plugins.json'],
    ['.claude.json'],
    ['.claude/plugins/marketplaces/official/.claude-plugin/marketplace.json'],
    ['.skillmeat/collections/new/collection.toml'],
    ['.smd/config/config.toml'],
  ])('looks at %s, too', async (path) => {
    const { daemon, home, at } = await watching({}, { env: { SMD_WATCH_MODE: 'scan' } })
    await home.sync()
    expect(home.environment).toEqual([])
    daemon.write(path, '{}')
    await home.sync()
    expect(home.environment.flat()).toContain(at(path))
    await home.sync()
    expect(home.environment).toHaveLength(1)
  })

  it('is for what lies on a network file system (D8)', async () => {
    const lines: string[] = ['1 0 8:1 / / rw - ext4 /dev/sda1 rw']
    const { daemon, home, at } = await watching(
      { mounts: () => lines.join('\n') },
      {
        prepare({ home: dir }) {
          lines.push(`2 1 0:50 / ${dir}/projects/shop rw - nfs4 server:/shop rw`)
        },
      },
    )
    expect(home.watches.state.scanUnits).toBe(1)
    const [warning] = daemon.ctx.health.warnings.filter(({ code }) => code === 'watch.network')
    expect(warning?.text).toContain('nfs4')
    daemon.write('projects/shop/CLAUDE.md', 'x')
    expect(await news(home)).toEqual([at('projects/shop')])
  })

  it('is for what holds a folder without a path, whose name is not UTF-8', async () => {
    const { daemon, home, at } = await watching()
    mkdirSync(Buffer.from(`${at('projects/shop/.claude/skills')}/\xff`, 'latin1'))
    await home.sync()
    expect(home.watches.state.scanUnits).toBe(1)
    expect(warnings(daemon)).toEqual(['watch.refused'])
    daemon.write('projects/shop/.claude/skills/b/SKILL.md', skill('b'))
    expect(await news(home)).toEqual([at('projects/shop')])
    expect(home.rows()).toEqual(await home.truth())
  })

  it('ends with the next full round when there is room again', async () => {
    const { daemon, home } = await watching({}, { env: {} })
    await daemon.call('config.set', { key: 'watch.max_folders', value: '5' })
    daemon.write('projects/shop/.claude/skills/more/SKILL.md', skill('more'))
    await home.sync()
    expect(home.watches.state.scanUnits).toBe(1)
    await daemon.call('config.unset', { key: 'watch.max_folders' })
    await home.watches.cover(home.refs, {}, { complete: true })
    expect(home.watches.state.scanUnits).toBe(0)
    expect(warnings(daemon)).not.toContain('watch.limited')
  })
})

describe('a folder that may not be read', () => {
  it('is told, and watched as soon as it may; the rest stays watched (CACHE-2.3f)', async () => {
    requireSecondUser()
    const { daemon, home, at } = await watching(
      {},
      {
        prepare({ home: dir, write }) {
          write('projects/shop/.claude/skills/closed/SKILL.md', skill('closed'))
          execFileSync('chown', ['-R', String(STRANGER), dir])
          chmodSync(join(dir, 'projects/shop/.claude/skills/closed'), 0o000)
          process.seteuid?.(STRANGER)
        },
      },
    ).catch((error) => {
      process.seteuid?.(0)
      throw error
    })
    try {
      daemon.clock.now += 10_000
      expect(warnings(daemon)).toContain('watch.unreadable')
      await home.watches.cover(home.refs, {}, { complete: true })
      expect(warnings(daemon)).toContain('watch.unreadable')
      writeFileSync(at('projects/shop/.claude/skills/a/SKILL.md'), skill('a', 'Other.'))
      expect(await news(home)).toEqual([at('projects/shop')])
      chmodSync(at('projects/shop/.claude/skills/closed'), 0o755)
      await news(home)
      expect(warnings(daemon)).not.toContain('watch.unreadable')
      appendFileSync(at('projects/shop/.claude/skills/closed/SKILL.md'), 'x')
      expect(await news(home)).toEqual([at('projects/shop')])
    } finally {
      process.seteuid?.(0)
    }
  })
})

/** Resolves when something is so, which the events that arrive will bring about. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((done) => setImmediate(done))
}
