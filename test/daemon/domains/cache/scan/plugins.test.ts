import { cpSync, mkdirSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readInstalledPlugins } from '../../../../../daemon/domains/cache/scan/plugins.ts'
import { corpusPart, corpusPath, filesBelow } from '../../../../support/corpus.ts'
import { type ScanTree, useScanTree } from '../../../../support/scan-tree.ts'

const newTree = useScanTree()
const json = JSON.stringify
const plugins = 'home/.claude/plugins'
const commit = '0123456789abcdef0123456789abcdef01234567'

/** A marketplace of one plugin by each kind of source, installed or not. */
function market(
  tree: ScanTree,
  entries: object[],
  source: object = { source: 'github', repo: 'o/market' },
): void {
  const location = join(tree.root, plugins, 'marketplaces/market')
  tree.write(
    `${plugins}/known_marketplaces.json`,
    json({
      market: {
        source,
        installLocation: location,
        lastUpdated: '2026-01-02T03:04:05.000Z',
        autoUpdate: true,
      },
    }),
  )
  tree.write(
    `${plugins}/marketplaces/market/.claude-plugin/marketplace.json`,
    json({
      name: 'market',
      owner: { name: 'Owner' },
      metadata: { description: 'All of it.' },
      plugins: entries,
    }),
  )
}

function install(tree: ScanTree, id: string, version: string, more: object = {}): string {
  const [name = '', marketplace = ''] = id.split('@')
  const path = join(tree.root, plugins, 'cache', marketplace, name, version)
  mkdirSync(path, { recursive: true })
  registry(tree, { version: 2, plugins: { [id]: [{ scope: 'user', installPath: path, version, ...more }] } })
  return path
}
const registry = (tree: ScanTree, content: unknown) =>
  tree.write(`${plugins}/installed_plugins.json`, json(content))

describe('readInstalledPlugins', () => {
  it('joins the registry with the marketplace and the user settings', () => {
    const tree = newTree()
    market(tree, [
      { name: 'demo', source: './plugins/demo', description: 'D.', category: 'dev', tags: ['t'] },
    ])
    tree.write(
      `${plugins}/marketplaces/market/plugins/demo/.claude-plugin/plugin.json`,
      json({ name: 'demo', version: '1.1.0' }),
    )
    const path = install(tree, 'demo@market', '1.0.0')
    tree.write('home/.claude/settings.json', json({ enabledPlugins: { 'demo@market': true } }))
    const { units, marketplaces, diagnostics } = readInstalledPlugins(tree.env.folders)
    expect(diagnostics).toEqual([])
    expect(units).toEqual([
      {
        kind: 'plugin',
        path,
        name: 'demo@market',
        plugin: {
          id: 'demo@market',
          marketplace: 'market',
          version: '1.0.0',
          availableVersion: '1.1.0',
          upstream: {
            source: {
              kind: 'marketplace',
              name: 'market',
              location: { kind: 'github', owner: 'o', repo: 'market', ref: null },
            },
            path: 'demo',
          },
          source: 'github:o/market/plugins/demo',
          description: 'D.',
          tags: ['t', 'dev'],
          projectPaths: [],
          enabled: true,
        },
      },
    ])
    expect(marketplaces).toMatchObject([
      {
        id: 'market',
        type: 'github',
        url: 'https://github.com/o/market',
        description: 'All of it.',
        data: {
          owner: 'Owner',
          autoUpdate: true,
          plugins: [{ name: 'demo', category: 'dev', installable: true }],
        },
      },
    ])
  })

  it('reads version 1 of the registry, and several projects that share a folder', () => {
    const tree = newTree()
    const path = install(tree, 'demo@market', '1.0.0')
    registry(tree, { version: 1, plugins: { 'demo@market': { installPath: path, version: '1.0.0' } } })
    expect(readInstalledPlugins(tree.env.folders).units.map((unit) => unit.name)).toEqual(['demo@market'])
    registry(tree, {
      version: 2,
      plugins: {
        'demo@market': ['/p/a', '/p/b', '/p/a'].map((projectPath) => ({
          scope: 'project',
          projectPath,
          installPath: path,
        })),
      },
    })
    const reading = readInstalledPlugins(tree.env.folders)
    expect(reading.units[0]?.plugin?.projectPaths).toEqual(['/p/a', '/p/b'])
    expect(reading.projectPaths).toEqual(['/p/a', '/p/b'])
  })

  it('names the source and the offered version of every kind of entry (ecosystem spec 3.2)', () => {
    const tree = newTree()
    const entries = [
      { name: 'relative', source: './p/relative' },
      { name: 'github', source: { source: 'github', repo: 'o/r', ref: 'v2' } },
      { name: 'url', source: { source: 'url', url: 'https://u:hunter@example.com/o/r.git', sha: commit } },
      {
        name: 'subdir',
        source: { source: 'git-subdir', url: 'o/r', path: 'packages/x', ref: 'main', sha: commit },
      },
      { name: 'npm', source: { source: 'npm', package: '@s/p', version: '3.0.0' } },
      { name: 'archive', source: { source: 'archive', url: 'https://example.com/a.zip?sig=hunter' } },
      { name: 'command', source: { source: 'command', command: 'curl hunter' } },
      { name: 'future', source: { source: 'teleport' } },
      { name: 'versioned', source: './p/v', version: '9.9.9' },
      { noName: true },
      null,
    ] as object[]
    market(tree, entries)
    tree.write(`${plugins}/marketplaces/market/.git/HEAD`, 'ref: refs/heads/main\n')
    tree.write(`${plugins}/marketplaces/market/.git/packed-refs`, `# pack-refs\n${commit} refs/heads/main\n`)
    const names = entries.flatMap((entry) => (entry && 'name' in entry ? [entry.name as string] : []))
    const cache = join(tree.root, plugins, 'cache/market')
    for (const name of names) mkdirSync(join(cache, name, '1'), { recursive: true })
    registry(tree, {
      version: 2,
      plugins: Object.fromEntries(
        names.map((name) => [`${name}@market`, [{ installPath: join(cache, name, '1') }]]),
      ),
    })
    const { units, marketplaces } = readInstalledPlugins(tree.env.folders)
    const told = units.map(({ plugin }) => [
      plugin?.id.split('@')[0],
      plugin?.source,
      plugin?.availableVersion,
    ])
    expect(Object.fromEntries(told.map(([name, ...rest]) => [name, rest]))).toEqual({
      archive: ['archive:https://example.com/a.zip', null],
      command: ['command:', null],
      future: [null, null],
      github: ['github:o/r@v2', null],
      npm: ['npm:@s/p@3.0.0', '3.0.0'],
      relative: ['github:o/market/p/relative', commit.slice(0, 12)],
      subdir: ['github:o/r/packages/x@main', commit.slice(0, 12)],
      url: ['git:example.com/o/r@0123456', commit.slice(0, 12)],
      versioned: ['github:o/market/p/v', '9.9.9'],
    })
    const listed = marketplaces[0]?.data.plugins ?? []
    expect(listed.filter((plugin) => !plugin.installable).map((plugin) => plugin.name)).toEqual(['future'])
    expect(json([units, marketplaces])).not.toContain('hunter')
  })

  it('keeps what the entry declares beside plugin.json', () => {
    const tree = newTree()
    market(tree, [{ name: 'demo', source: './', strict: false, skills: ['./skills/a'] }])
    install(tree, 'demo@market', '1')
    expect(readInstalledPlugins(tree.env.folders).units[0]?.plugin?.entry).toEqual({
      strict: false,
      components: { skills: ['./skills/a'] },
    })
  })

  it('knows marketplaces from files, folders, settings and the settings of the user', () => {
    const tree = newTree()
    const catalog = (name: string) =>
      json({ name, owner: { name: 'x' }, plugins: [{ name: 'p', source: './p' }] })
    tree.write(`${plugins}/marketplaces/remote.json`, catalog('remote'))
    tree.write('local/.claude-plugin/marketplace.json', catalog('local'))
    tree.write(
      `${plugins}/known_marketplaces.json`,
      json({
        remote: {
          source: { source: 'url', url: 'https://example.com/m.json?key=hunter', headers: { A: 'hunter' } },
        },
        local: { source: { source: 'directory', path: join(tree.root, 'local') } },
        inline: { source: { source: 'settings', name: 'inline', plugins: [{ name: 'q', source: './q' }] } },
        broken: 'x',
      }),
    )
    tree.write(
      'home/.claude/settings.json',
      json({
        extraKnownMarketplaces: { team: { source: { source: 'git', url: 'git@git.example:t/m.git' } } },
      }),
    )
    const { marketplaces, diagnostics } = readInstalledPlugins(tree.env.folders)
    expect(marketplaces.map(({ id, type, data }) => [id, type, data.plugins.length])).toEqual([
      ['remote', 'url', 1],
      ['local', 'directory', 1],
      ['inline', 'settings', 1],
      ['team', 'git', 0],
    ])
    expect(marketplaces[0]?.url).toBe('https://example.com/m.json')
    expect(diagnostics.map((d) => d.code)).toEqual(['plugin.bad_entry'])
    expect(json(marketplaces)).not.toContain('hunter')
  })

  it('tells installations whose folder is gone, and finds the folder of the same version in the cache', () => {
    const tree = newTree()
    registry(tree, {
      version: 2,
      plugins: { 'demo@market': [{ installPath: '/nowhere/demo/1.0.0', version: '1.0.0' }] },
    })
    expect(readInstalledPlugins(tree.env.folders)).toMatchObject({
      units: [],
      diagnostics: [{ code: 'plugin.missing_folder' }],
    })
    mkdirSync(join(tree.root, plugins, 'cache/market/demo/1.0.0'), { recursive: true })
    expect(readInstalledPlugins(tree.env.folders)).toMatchObject({
      units: [{ name: 'demo@market' }],
      diagnostics: [],
    })
  })

  it('finds an enabled plugin the registry lost: the newest version that is not superseded', () => {
    const tree = newTree()
    const cache = join(tree.root, plugins, 'cache/market/demo')
    for (const [version, time] of [
      ['1.0.0', 1000],
      ['2.0.0', 2000],
      ['3.0.0', 3000],
    ] as const) {
      mkdirSync(join(cache, version), { recursive: true })
      if (version === '3.0.0') tree.write(`${plugins}/cache/market/demo/3.0.0/.orphaned_at`, '')
      utimesSync(join(cache, version), time, time)
    }
    tree.write(
      'home/.claude/settings.json',
      json({ enabledPlugins: { 'demo@market': true, 'off@market': false, '../x@..': true } }),
    )
    const { units, diagnostics } = readInstalledPlugins(tree.env.folders)
    expect(units.map((unit) => unit.path)).toEqual([join(cache, '2.0.0')])
    expect(diagnostics.map((d) => d.code)).toEqual(['plugin.not_registered'])
  })

  it('is empty without any of the files, and survives all of them being broken', () => {
    const tree = newTree()
    expect(readInstalledPlugins(tree.env.folders)).toEqual({
      units: [],
      projectPaths: [],
      marketplaces: [],
      diagnostics: [],
    })
    tree.write(`${plugins}/known_marketplaces.json`, '[1')
    tree.write(
      `${plugins}/installed_plugins.json`,
      '{"plugins": {"a@b": [null, {"installPath": "relative"}], "c": 7}}',
    )
    tree.write('home/.claude/settings.json', 'nonsense')
    const { units, diagnostics } = readInstalledPlugins(tree.env.folders)
    expect(units).toEqual([])
    expect(diagnostics.map((d) => d.code)).toEqual([
      'config.invalid_json',
      'plugin.bad_entry',
      'plugin.bad_entry',
      'plugin.bad_entry',
    ])
  })

  it('reads the marketplaces of the corpus, and each revision of the official one', () => {
    for (const part of ['official', 'wshobson'] as const) {
      const tree = newTree()
      const location = join(tree.root, plugins, 'marketplaces/m')
      cpSync(join(corpusPart(part), '.claude-plugin'), join(location, '.claude-plugin'), { recursive: true })
      tree.write(
        `${plugins}/known_marketplaces.json`,
        json({ m: { source: { source: 'github', repo: 'o/m' }, installLocation: location } }),
      )
      const { marketplaces, diagnostics } = readInstalledPlugins(tree.env.folders)
      expect(diagnostics).toEqual([])
      expect(marketplaces[0]?.data.plugins.every((plugin) => plugin.installable && plugin.source)).toBe(true)
      if (part === 'official') expect(marketplaces[0]?.data.plugins).toHaveLength(286)
    }
    const history = filesBelow(corpusPath('claude-plugins-official/marketplace-history'), (file) =>
      file.endsWith('.json'),
    )
    expect(history.length).toBe(13)
    for (const file of history) {
      const tree = newTree()
      tree.write(
        `${plugins}/known_marketplaces.json`,
        json({ m: { source: { source: 'file', path: file } } }),
      )
      const { marketplaces, diagnostics } = readInstalledPlugins(tree.env.folders)
      expect(diagnostics, file).toEqual([])
      expect(marketplaces[0]?.data.plugins.length, file).toBeGreaterThan(10)
    }
  })
})
