/** Thirteen dated revisions of a real marketplace, as a repository that moves on while its plugins stay installed. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { valid } from 'semver'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createProviders } from '../../../../daemon/domains/upstream/providers/index.ts'
import { corpusPath } from '../../../support/corpus.ts'
import { type TestDaemon, useTestDaemon } from '../../../support/test-daemon.ts'
import { git, initRepository } from '../../../support/upstream-repo.ts'

type Entry = { name: string; version?: string; source: string | { sha?: string } }
type Catalog = { plugins: Entry[]; renames?: Record<string, string | null> }

const start = useTestDaemon()
const json = JSON.stringify
const market = 'claude-plugins-official'

let repo: string
let revisions: Array<{ commit: string; catalog: Catalog }>
beforeAll(() => {
  repo = realpathSync(mkdtempSync(join(tmpdir(), 'smd-market-')))
  initRepository(repo)
  const folder = corpusPath('claude-plugins-official/marketplace-history')
  revisions = readdirSync(folder)
    .sort()
    .map((file, i) => {
      const text = readFileSync(join(folder, file), 'utf8')
      write('.claude-plugin/marketplace.json', text)
      const catalog = JSON.parse(text) as Catalog
      // What lies in the marketplace itself stays as it is, but for one of them
      for (const { name, source } of catalog.plugins) {
        if (typeof source === 'string') write(join(source, 'README.md'), `The plugin ${name}.`)
      }
      if (i === changedAt) write(join(ownPlugins(catalog)[0]?.source as string, 'README.md'), 'Changed.')
      git(repo, 'add', '--all')
      git(repo, 'commit', '-q', '-m', file)
      return { commit: git(repo, 'rev-parse', 'HEAD'), catalog }
    })
})
afterAll(() => rmSync(repo, { recursive: true, force: true }))

/** The revision in which the first plugin of the marketplace's own gets another content; undone by the next one. */
const changedAt = 4

function write(path: string, text: string): void {
  const file = join(repo, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

const ownPlugins = ({ plugins }: Catalog): Entry[] =>
  plugins.filter(({ source, version }) => typeof source === 'string' && version === undefined)

/** What Claude Code installs a plugin as: its version, else the commit it is pinned to, else that of the marketplace. */
function versionOf({ version, source }: Entry, commit: string): string | null {
  if (version !== undefined) return version
  return (typeof source === 'string' ? commit : source.sha)?.slice(0, 12) ?? null
}

/** Installs everything one revision offers, and registers the marketplace, whose clone stays as old as that. */
function install(
  home: Pick<TestDaemon, 'home' | 'write'>,
  first: (typeof revisions)[number],
): Map<string, string> {
  const clone = join(home.home, '.claude/plugins/marketplaces', market)
  git(repo, 'clone', '-q', repo, clone)
  git(clone, 'checkout', '-q', first.commit)
  const installed = new Map<string, string>()
  const plugins: Record<string, object[]> = {}
  for (const entry of first.catalog.plugins) {
    const version = versionOf(entry, first.commit)
    if (version === null) continue
    const folder = `.claude/plugins/cache/${market}/${entry.name}/${version}`
    home.write(`${folder}/.claude-plugin/plugin.json`, json({ name: entry.name }))
    plugins[`${entry.name}@${market}`] = [{ scope: 'user', installPath: join(home.home, folder), version }]
    installed.set(entry.name, version)
  }
  home.write('.claude/plugins/installed_plugins.json', json({ version: 2, plugins }))
  home.write(
    '.claude/plugins/known_marketplaces.json',
    json({ [market]: { source: { source: 'git', url: pathToFileURL(repo).href }, installLocation: clone } }),
  )
  return installed
}

describe('thirteen revisions of a marketplace', () => {
  it('tells at each of them which of the installed plugins are behind, and which are gone (ecosystem spec 3.2)', async () => {
    let installed = new Map<string, string>()
    const first = revisions[1]
    if (!first) throw new Error('there is no history')
    const daemon = await start({
      prepare(home) {
        const tempDir = join(home.home, 'temp')
        mkdirSync(tempDir)
        const env = { ...home.around.env, PATH: process.env.PATH }
        const net = { offline: true, timeoutMs: 10_000 }
        home.around.providers = createProviders({ net, home: home.home, tempDir, now: () => 1, env })
        installed = install(home, first)
      },
    })
    await daemon.call('cache.refresh', { force: true })
    expect(installed.size).toBeGreaterThan(40)
    let most = 0
    // From the one that is installed to the last, and back to the first
    for (const [at, { commit, catalog }] of [...revisions.entries()]
      .slice(1)
      .concat([...revisions.entries()].slice(0, 1))) {
      git(repo, 'update-ref', 'refs/heads/main', commit)
      const { result } = await daemon.call('upstream.check', { force: true })
      expect(result).toMatchObject({ sources: 1, asked: 1, failed: [] })
      const { items } = await daemon.call('artifacts.outdated', {
        type: 'plugin',
        states: ['current', 'outdated', 'unknown'],
        limit: 1_000,
      })
      expect(items.length).toBe(installed.size)
      const byName = new Map(catalog.plugins.map((entry) => [entry.name, entry]))
      const [changed] = ownPlugins(catalog)
      const expected = new Map(
        [...installed].map(([name, version]) => {
          const entry = byName.get(catalog.renames?.[name] ?? name)
          if (!entry) return [name, 'unknown']
          const isInMarketplace = typeof entry.source === 'string' && entry.version === undefined
          if (isInMarketplace && version === first.commit.slice(0, 12)) {
            // It goes by the marketplace's commit, which says nothing of its folder
            return [name, at === changedAt && entry === changed ? 'outdated' : 'current']
          }
          const offered = versionOf(entry, commit)
          // A commit is older than any version (formats spec 11)
          if (valid(version) && offered !== null && !valid(offered)) return [name, 'current']
          return [name, offered === null ? 'unknown' : offered === version ? 'current' : 'outdated']
        }),
      )
      expect(new Map(items.map(({ name, state }) => [name, state])), `revision ${at}`).toEqual(expected)
      most = Math.max(most, items.filter(({ state }) => state === 'outdated').length)
    }
    expect(most).toBeGreaterThan(10)
  })
})
