import { utimesSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { InstalledPlugin, UnitResult } from '../../../../../daemon/domains/cache/scan/types.ts'
import {
  byPath,
  markdown,
  remembered,
  type ScanTree,
  summary,
  told,
  useScanTree,
} from '../../../../support/scan-tree.ts'

const newTree = useScanTree()

const plugin: InstalledPlugin = {
  id: 'kit@market',
  marketplace: 'market',
  version: '1.2.0',
  availableVersion: '1.2.0',
  source: 'github:owner/kit',
  description: 'A kit',
  tags: [],
  projectPaths: [],
  enabled: true,
}

const scanPlugin = (
  tree: ScanTree,
  previous: Parameters<ScanTree['scan']>[1] = null,
  entry?: InstalledPlugin['entry'],
) =>
  tree.scan(
    {
      kind: 'plugin',
      path: join(tree.root, 'plugin'),
      name: 'kit@market',
      plugin: { ...plugin, ...(entry && { entry }) },
    },
    previous,
  )

/** What lies in files; the plugin itself is somebody else's. */
const files = (result: UnitResult) => summary(result.changed.filter((a) => a.type !== 'plugin'))

describe('scanUnit of a plugin', () => {
  it('finds what lies in the default folders, named after the plugin', () => {
    const tree = newTree()
    tree.write('plugin/.claude-plugin/plugin.json', '{"name":"kit"}')
    tree.write('plugin/skills/one/SKILL.md', markdown('first'))
    tree.write('plugin/commands/git/push.md', 'Pushes.\n')
    tree.write('plugin/agents/nameless.md', 'Still an agent.\n')
    tree.write('plugin/output-styles/o.md', markdown('o'))
    const result = scanPlugin(tree)
    expect(files(result)).toEqual([
      'agent kit:nameless agents/nameless.md',
      'command kit:git:push commands/git/push.md',
      'output-style kit:o output-styles/o.md',
      'skill kit:first skills/one',
    ])
    expect(byPath(result, 'skills/one')).toMatchObject({
      scope: 'plugin',
      source: 'github:owner/kit',
      deployedVersion: '1.2.0',
    })
    const again = scanPlugin(tree, remembered(result))
    expect(again.changed).toEqual([])
    expect(again.counters.filesRead).toBe(0)
    expect(again.unchanged).toHaveLength(result.changed.length)
  })

  it('follows the manifest: skills are added, commands and agents replaced', () => {
    const tree = newTree()
    tree.write(
      'plugin/.claude-plugin/plugin.json',
      JSON.stringify({
        name: 'kit',
        skills: ['./extra', './more/solo'],
        commands: { deploy: { source: './cmd/deploy.md' }, rest: { source: './cmds' } },
        agents: './bots/',
        workflows: ['../outside', './gone'],
      }),
    )
    tree.write('plugin/skills/a/SKILL.md', markdown('a'))
    tree.write('plugin/extra/b/SKILL.md', markdown('b'))
    tree.write('plugin/more/solo/SKILL.md', markdown('solo'))
    tree.write('plugin/commands/unused.md', 'x')
    tree.write('plugin/cmd/deploy.md', 'x')
    tree.write('plugin/cmds/c.md', 'x')
    tree.write('plugin/bots/bot.md', markdown('bot'))
    const result = scanPlugin(tree)
    expect(files(result)).toEqual([
      'agent kit:bot bots/bot.md',
      'command kit:c cmds/c.md',
      'command kit:deploy cmd/deploy.md',
      'skill kit:a skills/a',
      'skill kit:b extra/b',
      'skill kit:solo more/solo',
    ])
    const bad = [
      'plugin.bad_path .claude-plugin/plugin.json',
      'plugin.missing_path .claude-plugin/plugin.json',
    ]
    expect(told(result)).toEqual(expect.arrayContaining(bad))
    const again = scanPlugin(tree, remembered(result))
    expect(again.counters.filesRead).toBe(0)
    expect(again.changed).toEqual([])
    expect(told(again)).toEqual(expect.arrayContaining(bad))
  })

  it('takes a plugin of nothing but a SKILL.md for one skill', () => {
    const tree = newTree()
    tree.write('plugin/SKILL.md', markdown('only'))
    tree.write('plugin/references/r.md', 'r')
    const result = scanPlugin(tree)
    expect(files(result)).toEqual(['skill kit:only .'])
    expect(told(result)).toEqual([])
  })

  it('lists nothing twice when the manifest names the plugin itself and its folders', () => {
    const tree = newTree()
    tree.write(
      'plugin/.claude-plugin/plugin.json',
      '{"name":"kit","skills":["./","./skills"],"commands":"./commands"}',
    )
    tree.write('plugin/skills/a/SKILL.md', markdown('a'))
    tree.write('plugin/commands/c.md', 'x')
    expect(files(scanPlugin(tree))).toEqual(['command kit:c commands/c.md', 'skill kit:a skills/a'])
  })

  it('follows the entry of the marketplace where there is no manifest', () => {
    const tree = newTree()
    tree.write('plugin/bots/bot.md', markdown('bot'))
    tree.write('plugin/agents/unused.md', markdown('unused'))
    const result = scanPlugin(tree, null, { strict: false, components: { agents: './bots' } })
    expect(files(result)).toEqual(['agent kit:bot bots/bot.md'])
  })

  it('is as old as its folder where there is no manifest, and told when that changes', () => {
    const tree = newTree()
    tree.write('plugin/agents/a.md', markdown('a'))
    const folder = join(tree.root, 'plugin')
    const of = ({ changed }: UnitResult) => changed.find(({ type }) => type === 'plugin')
    utimesSync(folder, new Date(1e12), new Date(1e12))
    const first = scanPlugin(tree)
    expect(of(first)?.modifiedAt).toBe(1e12)
    expect(of(scanPlugin(tree, remembered(first)))).toBeUndefined()
    utimesSync(folder, new Date(1e12), new Date(2e12))
    expect(of(scanPlugin(tree, remembered(first)))?.modifiedAt).toBe(2e12)
  })

  it('lists only the declared skills where the entry is the whole definition', () => {
    const tree = newTree()
    tree.write('plugin/skills/a/SKILL.md', markdown('a'))
    tree.write('plugin/skills/b/SKILL.md', markdown('b'))
    const entry = { strict: false, components: { skills: ['./skills/a'] } }
    expect(files(scanPlugin(tree, null, entry))).toEqual(['skill kit:a skills/a'])
  })
})

describe('scanUnit of a collection', () => {
  const manifest = `
[collection]
name = "default"
version = "1.0.0"

[[artifacts]]
name = "demo"
type = "skill"
path = "skills/demo/"
origin = "github"
upstream = "https://github.com/o/r/tree/abc/skills/demo"
version_spec = "latest"
resolved_version = "v1.0.0"
tags = ["t1"]

[artifacts.metadata]
title = "Demo"

[[artifacts]]
name = "x"
type = "command"
path = "commands/git/x.md"
origin = "local"
`
  const scanCollection = (tree: ScanTree, previous: Parameters<ScanTree['scan']>[1] = null) =>
    tree.scan({ kind: 'collection', path: join(tree.root, 'collection'), name: 'default' }, previous)

  it('finds all types, with what the manifest says of them', () => {
    const tree = newTree()
    tree.write('collection/collection.toml', manifest)
    tree.write('collection/skills/demo/SKILL.md', markdown('demo', 'description: D\ntags: own'))
    tree.write('collection/commands/git/x.md', 'x')
    tree.write('collection/hooks/h/settings.json', '{}')
    tree.write('collection/mcp/m/.mcp.json', '{}')
    tree.write('collection/workflows/w/WORKFLOW.yaml', 'name: w\ndescription: Flows.\n')
    tree.write('collection/workflows/none/readme.txt', 'x')
    tree.write('collection/composites/c/PLUGIN.md', markdown('c'))
    const result = scanCollection(tree)
    expect(summary(result.changed)).toEqual([
      'command git:x commands/git/x.md',
      'hook h hooks/h',
      'mcp m mcp/m',
      'plugin c composites/c',
      'skill demo skills/demo',
      'workflow none workflows/none',
      'workflow w workflows/w',
    ])
    expect(byPath(result, 'skills/demo')).toMatchObject({
      scope: 'collection',
      host: 'skillmeat',
      title: 'Demo',
      tags: ['own', 't1'],
      source: 'github:o/r/skills/demo@abc',
      deployedVersion: 'v1.0.0',
      metadata: { origin: 'github', versionSpec: 'latest' },
    })
    expect(byPath(result, 'commands/git/x.md').source).toBe('local')
    expect(byPath(result, 'workflows/w').description).toBe('Flows.')
    expect(told(result)).toEqual(['file.missing workflows/none'])

    const again = scanCollection(tree, remembered(result))
    expect(again.changed).toEqual([])
    expect(again.counters.filesRead).toBe(0)
    tree.write('collection/collection.toml', `${manifest}\n# touched`)
    expect(scanCollection(tree, remembered(result)).changed.length).toBe(result.changed.length)
  })

  it('reads manifest.toml when it is the only one, and survives a broken manifest', () => {
    const tree = newTree()
    tree.write('collection/manifest.toml', manifest)
    tree.write('collection/skills/demo/SKILL.md', markdown('demo'))
    expect(byPath(scanCollection(tree), 'skills/demo').tags).toEqual(['t1'])
    tree.write('collection/collection.toml', 'artifacts = [')
    const broken = scanCollection(tree)
    expect(summary(broken.changed)).toEqual(['skill demo skills/demo'])
    expect(told(broken)).toEqual(['config.invalid_toml collection.toml'])
    const again = scanCollection(tree, remembered(broken))
    expect(told(again)).toEqual(['config.invalid_toml collection.toml'])
  })
})
