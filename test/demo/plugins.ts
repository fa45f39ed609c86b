/** `~/.claude/plugins`: marketplace clones, the cache of installed plugins, and the two registries (ecosystem spec 2.6). */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { type CorpusPart, corpusPart, corpusPath, filesBelow } from '../support/corpus.ts'
import { type DemoContext, isoTime, jsonText, type Place, someTime } from './context.ts'
import { frontmatterName } from './deviations.ts'
import { expectArtifact, expectHooks } from './placing.ts'
import type { Random } from './random.ts'
import { type HookTable, readFolder } from './stock.ts'

type Marketplace = { name: string; repo: string; part: CorpusPart; installFrom: string }
type MarketplaceFile = { plugins: Array<{ name: string; source: unknown; version?: string }> }

/** Installed copies of wshobson's plugins are three months older than the clone, so that some are outdated. */
const marketplaces: readonly Marketplace[] = [
  {
    name: 'claude-plugins-official',
    repo: 'anthropics/claude-plugins-official',
    part: 'official',
    installFrom: 'claude-plugins-official',
  },
  {
    name: 'claude-code-workflows',
    repo: 'wshobson/agents',
    part: 'wshobson',
    installFrom: 'wshobson-agents/2026-05-17',
  },
]

/** Always installed, because together they show every kind of content; the rest is drawn. */
const alwaysInstalled = ['hookify', 'context7', 'playwright', 'plugin-dev', 'python-development']
const drawnPerMarketplace = 6
const home = '.claude/plugins'

/** Writes the plugin folder. Returns `enabledPlugins` of the user settings. */
export function writePlugins(
  ctx: DemoContext,
  projectPaths: readonly string[],
  random: Random,
): Record<string, boolean> {
  const known: Record<string, unknown> = {}
  const installed: Record<string, unknown[]> = {}
  const enabled: Record<string, boolean> = {}
  for (const market of marketplaces) {
    const clone = `${home}/marketplaces/${market.name}`
    const cloned = someTime(random)
    writeClone(ctx, market, clone, cloned)
    known[market.name] = {
      source: { source: 'github', repo: market.repo },
      installLocation: `${ctx.home}/${clone}`,
      lastUpdated: isoTime(cloned),
    }
    const offered = new Map(pluginsOf(corpusPart(market.part)).map((p) => [p.name, p]))
    for (const plugin of chooseInstalled(market, random)) {
      const seconds = someTime(random)
      const sha = random.hex40()
      const version = plugin.version ?? sha.slice(0, 12)
      const current = offered.get(plugin.name)?.version
      const installPath = `${home}/cache/${market.name}/${plugin.name}/${version}`
      writeInstalled(ctx, plugin, market, installPath, {
        seconds,
        outdated: !!current && current !== version,
        random,
      })
      const id = `${plugin.name}@${market.name}`
      // A sequence of its own: the number of projects must not decide which plugins are installed.
      const where = random.fork(id)
      const scopes =
        projectPaths.length > 0 && where.chance(0.25) ? where.shuffle(projectPaths).slice(0, 2) : [null]
      installed[id] = scopes.map((projectPath) => ({
        scope: projectPath === null ? 'user' : 'project',
        ...(projectPath === null ? {} : { projectPath: `${ctx.home}/${projectPath}` }),
        installPath: `${ctx.home}/${installPath}`,
        version,
        installedAt: isoTime(seconds),
        lastUpdated: isoTime(seconds),
        gitCommitSha: sha,
      }))
      if (scopes[0] === null) enabled[id] = random.chance(0.85)
    }
  }
  const written = someTime(random)
  ctx.tree.write(`${home}/known_marketplaces.json`, jsonText(known), written)
  ctx.tree.write(`${home}/installed_plugins.json`, jsonText({ version: 2, plugins: installed }), written)
  ctx.tree.write(
    `${home}/cache/temp_git_1767600000_left/.claude-plugin/plugin.json`,
    '{"name":"left-over"}\n',
    written,
  )
  return enabled
}

function writeClone(ctx: DemoContext, market: Marketplace, clone: string, seconds: number): void {
  const root = corpusPart(market.part)
  const wanted = /^(\.claude-plugin\/marketplace\.json|README\.md|LICENSE|(external_)?plugins\/.*)$/
  for (const file of filesBelow(root, (relPath) => wanted.test(relPath))) {
    ctx.tree.write(
      `${clone}/${path.relative(root, file).split(path.sep).join('/')}`,
      readFileSync(file),
      seconds,
    )
  }
}

type InstallablePlugin = { name: string; version: string | undefined; folder: string }

/** Plugins that are part of the marketplace's own repository, with the version of ecosystem spec 3.2. */
function pluginsOf(root: string): InstallablePlugin[] {
  const { plugins } = readJson<MarketplaceFile>(path.join(root, '.claude-plugin/marketplace.json'))
  return plugins.flatMap(({ name, source, version }) => {
    if (typeof source !== 'string') return []
    const folder = path.join(root, source)
    const manifest = path.join(folder, '.claude-plugin/plugin.json')
    if (!existsSync(folder)) return []
    const declared = existsSync(manifest) ? readJson<{ version?: string }>(manifest).version : undefined
    return [{ name, version: declared ?? version, folder }]
  })
}

function chooseInstalled(market: Marketplace, random: Random): InstallablePlugin[] {
  const plain = pluginsOf(corpusPath(market.installFrom)).filter(hasDefaultFolders)
  const fixed = plain.filter((p) => alwaysInstalled.includes(p.name))
  const rest = plain.filter((p) => !alwaysInstalled.includes(p.name))
  return [...fixed, ...random.shuffle(rest).slice(0, drawnPerMarketplace)]
}

/** No manifest key moves a component elsewhere, so the default folders are all there is. */
function hasDefaultFolders({ folder }: InstallablePlugin): boolean {
  const manifest = path.join(folder, '.claude-plugin/plugin.json')
  if (!existsSync(manifest)) return true
  const moving = ['skills', 'commands', 'agents', 'hooks', 'mcpServers', 'workflows', 'outputStyles']
  return Object.keys(readJson<Record<string, unknown>>(manifest)).every((key) => !moving.includes(key))
}

function writeInstalled(
  ctx: DemoContext,
  plugin: InstallablePlugin,
  market: Marketplace,
  installPath: string,
  { seconds, outdated, random }: { seconds: number; outdated: boolean; random: Random },
): void {
  const place: Place = { ctx, random, root: installPath, scope: 'plugin', name: plugin.name, seconds }
  const files = readFolder(plugin.folder)
  for (const file of files) ctx.tree.write(`${installPath}/${file.path}`, file.bytes, seconds)
  const noted = expectArtifact(place, {
    type: 'plugin',
    name: `${plugin.name}@${market.name}`,
    host: 'claude-code',
    path: installPath,
  })
  if (outdated) noted.isOutdated = true
  const bytesOf = (relPath: string): Buffer | undefined => files.find((f) => f.path === relPath)?.bytes
  for (const { path: relPath, bytes } of files) {
    const at = `${installPath}/${relPath}`
    const [, folder, stem] = /^(commands|agents)\/(?:.*\/)?([^/]+)\.md$/.exec(relPath) ?? []
    const skill = /^skills\/([^/]+)\/SKILL\.md$/.exec(relPath)?.[1]
    const base = { host: 'claude-code', path: at }
    if (skill) {
      const name = frontmatterName(bytes) ?? skill
      expectArtifact(place, { ...base, type: 'skill', name, path: path.posix.dirname(at) })
    } else if (folder === 'commands')
      expectArtifact(place, { ...base, type: 'command', name: stem as string })
    else if (folder === 'agents') {
      expectArtifact(place, { ...base, type: 'agent', name: frontmatterName(bytes) ?? (stem as string) })
    }
  }
  const hooks = bytesOf('hooks/hooks.json')
  if (hooks) {
    const { hooks: table } = JSON.parse(hooks.toString('utf8')) as { hooks: HookTable }
    expectHooks(place, `${installPath}/hooks/hooks.json`, table)
  }
  const servers = bytesOf('.mcp.json')
  if (servers) {
    const parsed = JSON.parse(servers.toString('utf8')) as Record<string, unknown>
    for (const name of Object.keys((parsed.mcpServers as object | undefined) ?? parsed)) {
      expectArtifact(place, {
        type: 'mcp',
        name,
        host: 'claude-code',
        path: `${installPath}/.mcp.json`,
        fragment: name,
      })
    }
  }
  if (outdated) writeSuperseded(ctx, installPath, seconds)
}

/** A copy that the last update left behind; Claude Code sweeps it later. */
function writeSuperseded(ctx: DemoContext, installPath: string, seconds: number): void {
  const old = `${path.posix.dirname(installPath)}/0.0.1`
  ctx.tree.write(`${old}/.orphaned_at`, `${seconds}\n`, seconds)
  const skill = '---\nname: superseded\ndescription: Left over from an older version.\n---\n'
  ctx.tree.write(`${old}/skills/superseded/SKILL.md`, skill, seconds)
}

const readJson = <T>(file: string): T => JSON.parse(readFileSync(file, 'utf8')) as T
