/** Plugin marketplaces known to Claude Code, read from their local clones (ecosystem spec 2.6, 3.2). */
import { readFileSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { redactUrl } from '../../../kernel/secrets/redact.ts'
import type { UpstreamSource } from '../../upstream/index.ts'
import { lookAt, noCounters, readConfigFile } from './config-file.ts'
import { diagnose } from './diagnostics.ts'
import { isRecord, ownValue, recordAt, shorten, stringList, textOf } from './json-values.ts'
import { gitSource, shortCommit } from './source-text.ts'
import type { MachineFolders, UnitResult } from './types.ts'
import { gitPlace } from './upstream-place.ts'

/** A row of the table `marketplace` without the time. */
export type Marketplace = {
  id: string
  name: string
  /** Kind of its source: `github`, `git`, `url`, `file`, `directory`, `npm`, `settings`, or `unknown`. */
  type: string
  /** Address or path, without credentials; null when it has none. */
  url: string | null
  description: string | null
  data: MarketplaceData
}

export type MarketplaceData = {
  version: string | null
  owner: string | null
  autoUpdate: boolean | null
  /** ISO 8601 as written by Claude Code. */
  lastUpdated: string | null
  /** Where the clone lies; null when there is none. */
  installLocation: string | null
  plugins: MarketplacePlugin[]
}

export type MarketplacePlugin = {
  name: string
  description: string | null
  version: string | null
  category: string | null
  tags: string[]
  /** Source string; null when its kind is unknown. */
  source: string | null
  /** False for kinds of sources this version does not know. */
  installable: boolean
}

/** A catalogue with what the plugins installed from it need to know. */
export type Catalog = {
  marketplace: Marketplace
  /** Folder that relative sources are resolved against; null without a clone. */
  root: string | null
  /** Prefix for bare source names. */
  pluginRoot: string
  entries: Map<string, Record<string, unknown>>
  renames: Record<string, unknown>
  /** Where to ask what the marketplace offers now. */
  place: UpstreamSource | 'source_unsupported'
}

type Diagnostics = UnitResult['diagnostics']

/** Every known marketplace by name. One that cannot be read has no plugins. */
export function readMarketplaces(
  folders: MachineFolders,
  settings: unknown,
  diagnostics: Diagnostics,
): Map<string, Catalog> {
  const catalogs = new Map<string, Catalog>()
  const known = readJson(join(folders.claudePlugins, 'known_marketplaces.json'), diagnostics)
  const extra = {
    ...recordAt(settings, 'additionalMarketplaces'),
    ...recordAt(settings, 'extraKnownMarketplaces'),
  }
  for (const [name, entry] of [...Object.entries(known ?? {}), ...Object.entries(extra)]) {
    if (catalogs.has(name)) continue
    if (!isRecord(entry)) {
      diagnostics.push({
        ...diagnose('plugin.bad_entry', shorten(name, 100)),
        relPath: folders.claudePlugins,
      })
      continue
    }
    catalogs.set(name, readCatalog(folders, name, entry, diagnostics))
  }
  return catalogs
}

/** An object out of a JSON file; null, and told unless it is missing, when there is none. */
export function readJson(path: string, diagnostics: Diagnostics): Record<string, unknown> | null {
  const counters = noCounters()
  const file = lookAt(path, counters)
  const { value, diagnostics: found } = readConfigFile(file, 'json', counters)
  diagnostics.push(...found.map((each) => ({ ...each, relPath: path })))
  if (value === undefined || isRecord(value)) return value ?? null
  diagnostics.push({ ...diagnose('config.wrong_type', 'not an object'), relPath: path })
  return null
}

function readCatalog(
  folders: MachineFolders,
  name: string,
  entry: Record<string, unknown>,
  diagnostics: Diagnostics,
): Catalog {
  const source = recordAt(entry, 'source')
  const located = locateCatalog(folders, name, entry, source)
  const inline = Array.isArray(ownValue(source, 'plugins')) ? source : null
  const value = (located ? readJson(located.file, diagnostics) : null) ?? inline ?? {}
  const metadata = recordAt(value, 'metadata')
  const text = (key: string, max: number): string | null => {
    const found = textOf(ownValue(value, key) ?? ownValue(metadata, key))
    return found && shorten(found, max)
  }
  const type = textOf(ownValue(source, 'source')) ?? 'unknown'
  const catalog: Catalog = {
    marketplace: {
      id: name,
      name: shorten(name, 200),
      type: shorten(type, 40),
      url: addressOf(type, source),
      description: text('description', 1024),
      data: {
        version: text('version', 100),
        owner: textOf(ownValue(recordAt(value, 'owner'), 'name'))?.slice(0, 200) ?? null,
        autoUpdate: typeof ownValue(entry, 'autoUpdate') === 'boolean' ? entry.autoUpdate === true : null,
        lastUpdated: textOf(ownValue(entry, 'lastUpdated'))?.slice(0, 40) ?? null,
        installLocation: located?.root ?? null,
        plugins: [],
      },
    },
    root: located?.root ?? null,
    pluginRoot: textOf(ownValue(metadata, 'pluginRoot')) ?? '',
    entries: new Map(),
    renames: recordAt(value, 'renames'),
    place: placeOf(name, type, source),
  }
  const plugins = ownValue(value, 'plugins')
  for (const plugin of Array.isArray(plugins) ? plugins : []) {
    const pluginName = textOf(ownValue(plugin, 'name'))
    if (!isRecord(plugin) || pluginName === null || catalog.entries.has(pluginName)) continue
    catalog.entries.set(pluginName, plugin)
    catalog.marketplace.data.plugins.push(describePlugin(catalog, pluginName, plugin))
  }
  return catalog
}

/** Its place as Claude Code was told it; inline catalogues and packages cannot be asked. */
function placeOf(name: string, type: string, source: Record<string, unknown>): Catalog['place'] {
  const text = (key: string): string | null => textOf(ownValue(source, key))
  const ref = text('ref')
  const address = type === 'github' ? text('repo') : (text('url') ?? text('path'))
  if (address === null) return 'source_unsupported'
  if (type === 'github' || type === 'git') {
    const place = gitPlace(address, { ...(ref !== null && { ref }) }).source
    return typeof place === 'string' ? 'source_unsupported' : { kind: 'marketplace', name, location: place }
  }
  if (type === 'directory' || type === 'file') {
    if (!isAbsolute(address)) return 'source_unsupported'
    return { kind: 'marketplace', name, location: { kind: 'path', path: address } }
  }
  // What needs a header or a key in its address cannot be asked without
  const isOpen = Object.keys(recordAt(source, 'headers')).length === 0 && redactUrl(address) === address
  if (type !== 'url' || !isOpen) return 'source_unsupported'
  return { kind: 'marketplace', name, location: { kind: 'url', url: address } }
}

/** The catalogue's file and the folder its relative paths start from. */
function locateCatalog(
  folders: MachineFolders,
  name: string,
  entry: Record<string, unknown>,
  source: Record<string, unknown>,
): { root: string; file: string } | null {
  const counters = noCounters()
  const safeName = /^[^/\\]+$/.test(name) && name !== '..' ? name : null
  const candidates = [
    textOf(ownValue(entry, 'installLocation')),
    textOf(ownValue(source, 'source')) === 'directory' || textOf(ownValue(source, 'source')) === 'file'
      ? textOf(ownValue(source, 'path'))
      : null,
    safeName && join(folders.claudePlugins, 'marketplaces', safeName),
    safeName && join(folders.claudePlugins, 'marketplaces', `${safeName}.json`),
  ]
  for (const root of candidates) {
    const stats = root ? lookAt(root, counters).stats : null
    if (!root || !stats) continue
    if (stats.isFile()) return { root: join(root, '..'), file: root }
    const inside = textOf(ownValue(source, 'path'))
    const file = join(root, inside?.endsWith('.json') ? inside : '.claude-plugin/marketplace.json')
    if (lookAt(file, counters).stats) return { root, file }
    const usual = join(root, '.claude-plugin/marketplace.json')
    if (lookAt(usual, counters).stats) return { root, file: usual }
  }
  return null
}

function addressOf(type: string, source: Record<string, unknown>): string | null {
  const text = (key: string): string | null => textOf(ownValue(source, key))
  if (type === 'github') return text('repo') && `https://github.com/${shorten(text('repo') as string, 200)}`
  if (type === 'npm') return text('package') && `npm:${shorten(text('package') as string, 200)}`
  const address = text('url') ?? text('path')
  return address && shorten(address.includes('://') ? redactUrl(address) : address, 500)
}

function describePlugin(catalog: Catalog, name: string, entry: Record<string, unknown>): MarketplacePlugin {
  const text = (key: string, max: number): string | null => {
    const found = textOf(ownValue(entry, key))
    return found && shorten(found, max)
  }
  const source = entrySource(catalog, entry)
  return {
    name: shorten(name, 200),
    description: text('description', 500),
    version: text('version', 100),
    category: text('category', 100),
    tags: entryTags(entry),
    source,
    installable: source !== null,
  }
}

/** Tags, keywords and category of an entry, each once. */
export const entryTags = (entry: Record<string, unknown>): string[] =>
  [...new Set(['tags', 'keywords', 'category'].flatMap((key) => stringList(ownValue(entry, key))))]
    .slice(0, 30)
    .map((tag) => shorten(tag, 100))

/** Folder of a relative source inside the marketplace; null for any other source. */
function relativeFolder(catalog: Catalog, entry: Record<string, unknown>): string | null {
  const source = ownValue(entry, 'source')
  if (typeof source !== 'string') return null
  const bare = !source.startsWith('.') && catalog.pluginRoot !== ''
  const parts = `${bare ? `${catalog.pluginRoot}/` : ''}${source}`
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.')
  return parts.includes('..') || /^[A-Za-z]:$/.test(parts[0] ?? '') ? null : parts.join('/')
}

/** Source string of a plugin; null for kinds this version does not know. */
export function entrySource(catalog: Catalog, entry: Record<string, unknown>): string | null {
  const { marketplace } = catalog
  const relative = relativeFolder(catalog, entry)
  if (relative !== null) {
    const base = marketplace.url
    if (!base) return `${marketplace.id}:${relative}`
    if (marketplace.type === 'directory' || marketplace.type === 'file') return `local:${base}/${relative}`
    return gitSource(base, { path: relative }) ?? `${marketplace.id}:${relative}`
  }
  const source = recordAt(entry, 'source')
  const text = (key: string): string | null => textOf(ownValue(source, key))
  const kind = text('source')
  const version = text('ref') ?? (text('sha') && shortCommit(text('sha') as string))
  const address = kind === 'github' ? text('repo') : text('url')
  if (kind === 'github' || kind === 'url' || kind === 'git' || kind === 'git-subdir') {
    return address && gitSource(address, { path: text('path'), version })
  }
  if (kind === 'npm') {
    const name = text('package')
    return (
      name &&
      `npm:${shorten(name, 200)}${text('version') ? `@${shorten(text('version') as string, 50)}` : ''}`
    )
  }
  if (kind === 'archive') return address && `archive:${shorten(redactUrl(address), 300)}`
  // The command itself may hold anything and is never run
  return kind === 'command' ? 'command:' : null
}

/**
 * Version a marketplace offers: plugin.json, then the entry, then what the source pins (ecosystem spec 3.2); null when
 * only the network could tell.
 */
export function availableVersion(
  catalog: Catalog,
  entry: Record<string, unknown>,
  diagnostics: Diagnostics,
): string | null {
  const declared = textOf(ownValue(entry, 'version'))
  const relative = relativeFolder(catalog, entry)
  if (relative !== null && catalog.root !== null) {
    const manifest =
      ownValue(entry, 'strict') === false
        ? null
        : readJson(join(catalog.root, relative, '.claude-plugin/plugin.json'), diagnostics)
    const version = textOf(ownValue(manifest, 'version')) ?? declared
    return version ?? headCommit(catalog.root)?.slice(0, 12) ?? null
  }
  const source = recordAt(entry, 'source')
  const pinned = textOf(ownValue(source, 'sha'))
  return declared ?? pinned?.slice(0, 12) ?? textOf(ownValue(source, 'version'))
}

/** Commit a clone stands at, read from its `.git`; null when that is not a plain repository. */
function headCommit(root: string): string | null {
  const git = join(root, '.git')
  const head = readSmall(join(git, 'HEAD'))
  if (head === null) return null
  const ref = /^ref: (refs\/[\w./-]+)$/.exec(head)?.[1]
  if (ref === undefined) return /^[0-9a-f]{40,64}$/.test(head) ? head : null
  if (ref.includes('..')) return null
  const loose = readSmall(join(git, ref))
  if (loose !== null && /^[0-9a-f]{40,64}$/.test(loose)) return loose
  for (const line of readSmall(join(git, 'packed-refs'))?.split('\n') ?? []) {
    const [commit, name] = line.split(' ')
    if (name === ref && /^[0-9a-f]{40,64}$/.test(commit ?? '')) return commit as string
  }
  return null
}

function readSmall(path: string): string | null {
  const { stats } = lookAt(path, noCounters())
  if (!stats?.isFile() || stats.size > 4_000_000) return null
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return null
  }
}
