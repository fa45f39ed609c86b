import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readConfigFiles } from '../../../../../daemon/domains/cache/scan/config-artifacts.ts'
import { configLocations } from '../../../../../daemon/domains/cache/scan/config-locations.ts'
import { artifactKey, type ScanUnit } from '../../../../../daemon/domains/cache/scan/types.ts'
import { corpusPart, listHookFiles, listPluginFolders } from '../../../../support/corpus.ts'
import { codesOf, type ScanTree, useScanTree } from '../../../../support/scan-tree.ts'

const newTree = useScanTree()
const json = JSON.stringify
const server = { command: 'npx', args: ['-y', 'pkg'] }
const hooks = { Stop: [{ hooks: [{ type: 'command', command: 'x' }] }] }

const projectUnit = (tree: ScanTree): ScanUnit => ({ kind: 'project', path: tree.project, name: 'project' })
const userUnit = (tree: ScanTree): ScanUnit => ({ kind: 'user', path: tree.home, name: 'user' })
const lines = (tree: ScanTree, unit: ScanUnit): string[] =>
  readConfigFiles(unit, tree.env, null)
    .artifacts.map((a) => `${a.host} ${a.scope} ${a.type} ${a.name} ${a.relPath}`)
    .sort()

describe('readConfigFiles', () => {
  it('finds hooks and servers of every host in a project', () => {
    const tree = newTree()
    const { write } = tree
    write('project/.claude/settings.json', json({ hooks, env: { A: 'b' } }))
    write('project/.claude/settings.local.json', json({ hooks }))
    write('project/.mcp.json', json({ mcpServers: { a: server } }))
    write('project/.cursor/mcp.json', json({ mcpServers: { b: server } }))
    write('project/.cursor/hooks.json', json({ version: 1, hooks: { stop: [{ command: 'x' }] } }))
    write('project/.vscode/mcp.json', json({ inputs: [], servers: { c: server } }))
    write('project/.codex/config.toml', '[mcp_servers.d]\ncommand = "npx"\nargs = ["pkg"]\n')
    write('project/.codex/hooks.json', json({ hooks }))
    write('project/.gemini/settings.json', json({ mcpServers: { e: server } }))
    write('project/.qwen/settings.json', json({ mcpServers: { f: server } }))
    write(
      'project/opencode.jsonc',
      '{ // mine\n "mcp": { "g": { "type": "local", "command": ["npx", "pkg"], }, } }',
    )
    write(
      'project/.github/hooks/one.json',
      json({ version: 1, hooks: { sessionStart: [{ type: 'command', bash: 'x' }] } }),
    )
    write('project/.windsurf/hooks.json', json({ hooks: { pre_run_command: [{ command: 'x' }] } }))
    expect(lines(tree, projectUnit(tree))).toEqual([
      'claude-code local hook Stop#1 .claude/settings.local.json',
      'claude-code project hook Stop#1 .claude/settings.json',
      'claude-code project mcp a .mcp.json',
      'codex project hook Stop#1 .codex/hooks.json',
      'codex project mcp d .codex/config.toml',
      'cursor project hook stop#1 .cursor/hooks.json',
      'cursor project mcp b .cursor/mcp.json',
      'gemini-cli project mcp e .gemini/settings.json',
      'github-copilot project hook sessionStart#1 .github/hooks/one.json',
      'opencode project mcp g opencode.jsonc',
      'qwen-code project mcp f .qwen/settings.json',
      'vscode project mcp c .vscode/mcp.json',
      'windsurf project hook pre_run_command#1 .windsurf/hooks.json',
    ])
  })

  it('finds what the user has, also where an environment variable moved it', () => {
    const tree = newTree()
    const { write } = tree
    tree.env.folders.agentHomes.CODEX_HOME = join(tree.root, 'codex')
    tree.env.claude.mcpServers = { a: server }
    write('home/.claude/settings.json', json({ hooks }))
    write('codex/config.toml', '[mcp_servers.b]\nurl = "https://h.example/mcp"\n')
    write('home/.codex/config.toml', '[mcp_servers.not_read]\ncommand = "x"\n')
    write('home/.config/Claude/claude_desktop_config.json', json({ mcpServers: { c: server } }))
    write('home/.config/Code/User/mcp.json', json({ servers: { d: server } }))
    write(
      'home/.codeium/windsurf/mcp_config.json',
      json({ mcpServers: { e: { serverUrl: 'https://h.example' } } }),
    )
    write('home/.copilot/mcp-config.json', json({ mcpServers: { f: { type: 'local', command: 'x' } } }))
    write(
      'home/.config/goose/config.yaml',
      'extensions:\n  g:\n    type: stdio\n    cmd: npx\n    args: [pkg]\n',
    )
    write('home/.continue/config.yaml', 'mcpServers:\n  - name: h\n    command: npx\n')
    expect(lines(tree, userUnit(tree))).toEqual([
      'claude-code user hook Stop#1 .claude/settings.json',
      'claude-code user mcp a .claude.json',
      'claude-desktop user mcp c .config/Claude/claude_desktop_config.json',
      `codex user mcp b ${join(tree.root, 'codex/config.toml')}`,
      'continue user mcp h .continue/config.yaml',
      'github-copilot user mcp f .copilot/mcp-config.json',
      'goose user mcp g .config/goose/config.yaml',
      'vscode user mcp d .config/Code/User/mcp.json',
      'windsurf user mcp e .codeium/windsurf/mcp_config.json',
    ])
  })

  it('finds managed settings, their drop-ins and managed servers', () => {
    const tree = newTree()
    tree.write('managed/managed-settings.json', json({ hooks }))
    tree.write('managed/managed-settings.d/10-a.json', json({ hooks }))
    tree.write('managed/managed-mcp.json', json({ mcpServers: { a: server } }))
    expect(lines(tree, { kind: 'managed', path: join(tree.root, 'managed'), name: 'managed' })).toEqual([
      'claude-code managed hook Stop#1 managed-settings.d/10-a.json',
      'claude-code managed hook Stop#1 managed-settings.json',
      'claude-code managed mcp a managed-mcp.json',
    ])
  })

  it('takes local servers from the state of Claude Code, also when it names the project through a link', () => {
    const tree = newTree()
    symlinkSync(tree.project, join(tree.root, 'alias'))
    tree.env.claude.projects = {
      [join(tree.root, 'alias')]: {
        mcpServers: { a: server, b: server },
        disabledMcpServers: ['b'],
        enabledMcpjsonServers: [],
        disabledMcpjsonServers: [],
      },
    }
    const { artifacts } = readConfigFiles(projectUnit(tree), tree.env, null)
    expect(artifacts.map((a) => [a.scope, a.name, a.metadata.enabled, a.relPath])).toEqual([
      ['local', 'a', true, tree.env.folders.claudeJson],
      ['local', 'b', false, tree.env.folders.claudeJson],
    ])
  })

  it('tells which servers of .mcp.json are approved, rejected or pending, wherever that is said', () => {
    const tree = newTree()
    tree.write(
      'project/.mcp.json',
      json({ mcpServers: { a: server, b: server, c: server, d: server, e: server } }),
    )
    tree.write('project/.claude/settings.local.json', json({ enabledMcpjsonServers: ['a'] }))
    tree.env.claude.projects[tree.project] = {
      mcpServers: {},
      disabledMcpServers: ['b'],
      enabledMcpjsonServers: ['b'],
      disabledMcpjsonServers: ['c'],
    }
    tree.env.claude.approvals = {
      enableAllProjectMcpServers: false,
      enabledMcpjsonServers: ['d'],
      disabledMcpjsonServers: [],
    }
    const states = readConfigFiles(projectUnit(tree), tree.env, null).artifacts.map((a) => [
      a.name,
      a.metadata.approval,
      a.metadata.enabled,
    ])
    expect(states).toEqual([
      ['a', 'approved', true],
      ['b', 'approved', false],
      ['c', 'rejected', false],
      ['d', 'approved', true],
      ['e', 'pending', false],
    ])
  })

  it('tells hooks that the settings switch off', () => {
    const tree = newTree()
    tree.write('project/.claude/settings.json', json({ hooks }))
    tree.write('project/.claude/settings.local.json', json({ disableAllHooks: true }))
    const { artifacts } = readConfigFiles(projectUnit(tree), tree.env, null)
    expect(artifacts.map((a) => a.metadata.enabled)).toEqual([false])
  })

  it('reports a broken file of the unit and reads the others', () => {
    const tree = newTree()
    tree.write('project/.mcp.json', '{ "mcpServers": { "a": {} ')
    tree.write('project/.claude/settings.json', '[]')
    tree.write('project/.codex/config.toml', 'not toml')
    tree.write('project/.cursor/mcp.json', json({ mcpServers: { b: server } }))
    tree.link('project/.vscode/mcp.json', 'mcp.json')
    const { artifacts, diagnostics } = readConfigFiles(projectUnit(tree), tree.env, null)
    expect(artifacts.map((a) => a.name)).toEqual(['b'])
    expect(diagnostics.map((d) => `${d.code} ${d.relPath}`).sort()).toEqual([
      'config.invalid_json .mcp.json',
      'config.invalid_toml .codex/config.toml',
      'config.wrong_type .claude/settings.json',
      'file.unreadable .vscode/mcp.json',
    ])
  })

  it('reads nothing again until a file or the environment changes (CACHE-2.2b)', () => {
    const tree = newTree()
    const unit = projectUnit(tree)
    tree.write('project/.mcp.json', json({ mcpServers: { a: server } }))
    tree.write('project/.claude/settings.json', json({ hooks }))
    const first = readConfigFiles(unit, tree.env, null)
    const again = readConfigFiles(unit, tree.env, first.configSig)
    expect(again).toMatchObject({ unchanged: true, artifacts: [], counters: { filesRead: 0, bytesRead: 0 } })
    expect(again.configSig).toBe(first.configSig)

    tree.write('project/.mcp.json', json({ mcpServers: { a: server, bb: server } }))
    const changed = readConfigFiles(unit, tree.env, first.configSig)
    expect(changed.unchanged).toBe(false)
    expect(changed.artifacts.map((a) => a.name)).toEqual(['Stop#1', 'a', 'bb'])
    const before = new Map(first.artifacts.map((a) => [artifactKey(a), a.statSig]))
    // What another file holds keeps its fingerprint
    expect(before.get(artifactKey(changed.artifacts[0] as never))).toBe(changed.artifacts[0]?.statSig)

    const env = {
      ...tree.env,
      claude: {
        ...tree.env.claude,
        projects: {
          [tree.project]: {
            mcpServers: { l: server },
            disabledMcpServers: [],
            enabledMcpjsonServers: [],
            disabledMcpjsonServers: [],
          },
        },
      },
    }
    expect(readConfigFiles(unit, env, changed.configSig).unchanged).toBe(false)
    rmSync(join(tree.project, '.claude'), { recursive: true })
    expect(readConfigFiles(unit, tree.env, changed.configSig).unchanged).toBe(false)
  })

  it('tells a broken file in every scan, while its unit counts as unchanged', () => {
    const tree = newTree()
    tree.write('project/.mcp.json', '{')
    const first = readConfigFiles(projectUnit(tree), tree.env, null)
    const again = readConfigFiles(projectUnit(tree), tree.env, first.configSig)
    expect(again).toMatchObject({ unchanged: true, artifacts: [], diagnostics: first.diagnostics })
  })

  it('is not disturbed by what else Claude Code keeps in its state', () => {
    const tree = newTree()
    tree.write('project/.mcp.json', json({ mcpServers: { a: server } }))
    const { configSig } = readConfigFiles(projectUnit(tree), tree.env, null)
    const env = {
      ...tree.env,
      claude: {
        mcpServers: { other: server },
        projects: {
          '/elsewhere': {
            mcpServers: { x: server },
            disabledMcpServers: [],
            enabledMcpjsonServers: [],
            disabledMcpjsonServers: [],
          },
        },
      },
    }
    expect(readConfigFiles(projectUnit(tree), env, configSig).unchanged).toBe(true)
  })

  it('lists the servers of a collection without the values of their variables', () => {
    const tree = newTree()
    tree.write(
      'home/.skillmeat/collections/default/collection.toml',
      'mcp_servers = [\n  { name = "fs", repo = "o/r", version = "latest", env_vars = { KEY = "hunter" } },\n]\n[collection]\nname = "default"\n',
    )
    const unit: ScanUnit = {
      kind: 'collection',
      path: join(tree.home, '.skillmeat/collections/default'),
      name: 'default',
    }
    const { artifacts } = readConfigFiles(unit, tree.env, null)
    expect(artifacts).toMatchObject([
      {
        type: 'mcp',
        scope: 'collection',
        name: 'fs',
        source: 'github:o/r@latest',
        metadata: { env: ['KEY'] },
      },
    ])
    expect(json(artifacts)).not.toContain('hunter')
  })

  it('reads all hook files of the corpus as settings of projects', () => {
    const tree = newTree()
    const files = listHookFiles()
    expect(files.length).toBeGreaterThan(50)
    let found = 0
    for (const file of files) {
      tree.write('project/.claude/settings.json', readFileSync(file))
      const { artifacts, diagnostics } = readConfigFiles(projectUnit(tree), tree.env, null)
      expect(diagnostics, file).toEqual([])
      expect(new Set(artifacts.map(artifactKey)).size, file).toBe(artifacts.length)
      found += artifacts.length
    }
    expect(found).toBeGreaterThanOrEqual(files.length)
  })
})

describe('readConfigFiles of a plugin', () => {
  const pluginUnit = (tree: ScanTree, more: Partial<ScanUnit> = {}): ScanUnit => ({
    kind: 'plugin',
    path: join(tree.root, 'plugin'),
    name: 'demo@market',
    ...more,
  })

  it('finds the plugin itself, default files, paths of the manifest and inline parts', () => {
    const tree = newTree()
    tree.write(
      'plugin/.claude-plugin/plugin.json',
      json({
        name: 'demo',
        version: '1.2.0',
        description: 'A demo.',
        keywords: ['x'],
        hooks: ['./more/hooks.json', { PreToolUse: [{ hooks: [{ type: 'command', command: 'inline' }] }] }],
        mcpServers: './servers.json',
      }),
    )
    tree.write('plugin/hooks/hooks.json', json({ description: 'd', hooks }))
    tree.write('plugin/more/hooks.json', json({ hooks: { SessionStart: hooks.Stop } }))
    tree.write('plugin/.mcp.json', json({ bare: server }))
    tree.write('plugin/servers.json', json({ mcpServers: { wrapped: server } }))
    const { artifacts, diagnostics } = readConfigFiles(pluginUnit(tree), tree.env, null)
    expect(diagnostics).toEqual([])
    expect(artifacts.map((a) => `${a.type} ${a.name} ${a.relPath}`)).toEqual([
      'plugin demo .',
      'hook Stop#1 hooks/hooks.json',
      'hook SessionStart#1 more/hooks.json',
      'hook PreToolUse#1 .claude-plugin/plugin.json',
      'mcp bare .mcp.json',
      'mcp wrapped servers.json',
    ])
    expect(artifacts[0]).toMatchObject({
      deployedVersion: '1.2.0',
      description: 'A demo.',
      tags: ['x'],
      diagnostics: [],
    })
    expect(artifacts[4]?.metadata.qualifiedName).toBe('plugin:demo:bare')
  })

  it('reads nothing again while the manifest and the files it names are as they were', () => {
    const tree = newTree()
    tree.write('plugin/.claude-plugin/plugin.json', json({ name: 'demo', mcpServers: './odd|name,1.json' }))
    tree.write('plugin/odd|name,1.json', json({ a: server }))
    const unit = pluginUnit(tree)
    const first = readConfigFiles(unit, tree.env, null)
    expect(first.configSig).not.toContain('|')
    const again = readConfigFiles(unit, tree.env, first.configSig)
    expect(again).toMatchObject({ unchanged: true, artifacts: [], counters: { filesRead: 0 } })
    tree.write('plugin/odd|name,1.json', json({ a: server, b: server }))
    expect(readConfigFiles(unit, tree.env, first.configSig)).toMatchObject({ unchanged: false })
  })

  it('takes the entry of the marketplace for the whole definition when it is not strict', () => {
    const tree = newTree()
    tree.write('plugin/.claude-plugin/plugin.json', json({ name: 'demo', mcpServers: { ignored: server } }))
    const plugin = {
      id: 'demo@market',
      marketplace: 'market',
      version: '1.0.0',
      availableVersion: '1.1.0',
      source: 'github:o/r',
      description: 'From the catalogue.',
      tags: ['t'],
      projectPaths: [],
      enabled: false,
      entry: { strict: false, components: { mcpServers: { used: server } } },
    }
    const { artifacts } = readConfigFiles(pluginUnit(tree, { plugin }), tree.env, null)
    expect(artifacts.map((a) => a.name)).toEqual(['demo', 'used'])
    expect(artifacts[0]).toMatchObject({
      deployedVersion: '1.0.0',
      upstreamVersion: '1.1.0',
      isOutdated: true,
      source: 'github:o/r',
      description: 'From the catalogue.',
      metadata: { id: 'demo@market', enabled: false },
    })
    expect(artifacts[1]?.metadata.enabled).toBe(false)
  })

  it('tells paths that lead out of the plugin or nowhere, and a manifest that cannot be read', () => {
    const tree = newTree()
    tree.write('outside.json', json({ leaked: server }))
    tree.write(
      'plugin/.claude-plugin/plugin.json',
      json({
        version: 7,
        mcpServers: ['../outside.json', '/etc/passwd', './none.json', 'plain.json'],
        hooks: 3,
      }),
    )
    tree.write('plugin/plain.json', json({ plain: server }))
    const { artifacts } = readConfigFiles(pluginUnit(tree), tree.env, null)
    expect(artifacts.map((a) => a.name)).toEqual(['demo', 'plain'])
    expect(artifacts[0] && codesOf(artifacts[0]).sort()).toEqual([
      'plugin.bad_path',
      'plugin.bad_path',
      'plugin.bad_path',
      'plugin.missing_path',
      'plugin.no_name',
    ])
    tree.write('plugin/.claude-plugin/plugin.json', '{')
    const [broken] = readConfigFiles(pluginUnit(tree), tree.env, null).artifacts
    expect(broken && codesOf(broken)).toEqual(['config.invalid_json'])
  })

  it('reads every plugin of the corpus without trouble', () => {
    const tree = newTree()
    const counts: Record<string, number> = {}
    for (const part of ['official', 'wshobson'] as const) {
      for (const folder of listPluginFolders(part)) {
        const name = relative(corpusPart(part), folder).split('/').at(-1) as string
        const { artifacts, diagnostics } = readConfigFiles(
          { kind: 'plugin', path: folder, name: `${name}@${part}` },
          tree.env,
          null,
        )
        expect(diagnostics, folder).toEqual([])
        expect(artifacts[0], folder).toMatchObject({ type: 'plugin', scope: 'plugin' })
        for (const { type } of artifacts) counts[type] = (counts[type] ?? 0) + 1
      }
    }
    expect(counts.plugin).toBeGreaterThan(100)
    expect(counts.mcp).toBeGreaterThanOrEqual(15)
    expect(counts.hook).toBeGreaterThanOrEqual(10)
  })
})

describe('configLocations', () => {
  it('names every file once per scope', () => {
    const keys = configLocations.map((row) => `${row.scope} ${row.path}`)
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('is read whatever lies in its places: folders, empty and binary files', () => {
    const tree = newTree()
    for (const { scope, path } of configLocations) {
      if (scope === 'project') mkdirSync(join(tree.project, path.replace('*', 'x')), { recursive: true })
    }
    expect(readConfigFiles(projectUnit(tree), tree.env, null).artifacts).toEqual([])
    const binary = newTree()
    binary.write('binary', Buffer.from([0, 1, 2, 255]))
    for (const { scope, path } of configLocations) {
      if (scope !== 'project') continue
      mkdirSync(join(binary.project, path, '..'), { recursive: true })
      cpSync(join(binary.root, 'binary'), join(binary.project, path.replace('*', 'x')))
    }
    const { artifacts, diagnostics } = readConfigFiles(projectUnit(binary), binary.env, null)
    expect(artifacts).toEqual([])
    expect(new Set(diagnostics.map((d) => d.code))).toEqual(new Set(['file.binary']))
  })
})
