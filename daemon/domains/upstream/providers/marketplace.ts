/** Plugin marketplaces: which version of each plugin they offer now. */
import { dirname, join } from 'node:path'
import {
  type UpstreamAnswer,
  UpstreamError,
  type UpstreamItem,
  type UpstreamQuery,
  type UpstreamSource,
} from '../source.ts'
import { type Catalog, elsewhere, findPlugin, ownFolder, pinOf, readCatalog } from './catalog.ts'
import type { ProviderContext } from './context.ts'
import { openGit } from './git.ts'
import { openGithub } from './github.ts'
import { ownValue, parseJson, textAt } from './json.ts'
import { expandPath, openPath } from './path.ts'
import { askRevisions, missing, type Open, type Opened, type Revision } from './repository.ts'

type MarketplaceSource = Extract<UpstreamSource, { kind: 'marketplace' }>
type Location = MarketplaceSource['location']

const usual = '.claude-plugin/marketplace.json'
const MAX_CATALOG = 16 * 1024 * 1024
const MAX_MANIFEST = 1024 * 1024

/**
 * What a marketplace says of the wanted plugins, of all with the path ''. Costs what its location costs, and when that
 * changed one request for the catalogue and one for the manifest of each wanted plugin that lies in the marketplace
 * itself: its plugin.json decides the version (ecosystem spec 3.2). Plugins from elsewhere are not asked for there.
 */
export async function askMarketplace(
  ctx: ProviderContext,
  source: MarketplaceSource,
  query: UpstreamQuery,
  signal: AbortSignal,
): Promise<UpstreamAnswer> {
  const { open, file } = locate(ctx, source.location)
  const catalogs = new Map<Revision, Catalog | null>()
  const catalogOf = async (revision: Revision): Promise<Catalog | null> => {
    if (!catalogs.has(revision)) {
      const body = await revision.read(file, MAX_CATALOG)
      catalogs.set(revision, body && readCatalog(body, source.name))
    }
    return catalogs.get(revision) ?? null
  }
  let version: string | null = null
  const opening: Open = async (validator, openSignal) => {
    const opened = await open(validator, openSignal)
    if (opened.kind === 'unchanged') return opened
    const catalog = await catalogOf(opened.head).catch(async (error) => {
      await opened.close()
      throw error
    })
    if (catalog) {
      version = catalog.version
      return { ...opened, version }
    }
    await opened.close()
    throw new UpstreamError('not_found', `The marketplace ${source.name} has no ${file}.`)
  }
  return askRevisions(opening, query, signal, async (revision, paths) => {
    const catalog = await catalogOf(revision)
    return catalog ? itemsOf(catalog, revision, paths) : paths.map(missing)
  })
}

/** Where a plugin's files are, by the catalogue of this revision. Errors: `not_found`, `unsupported`. */
export async function findPluginFiles(
  ctx: ProviderContext,
  { name, location }: MarketplaceSource,
  { plugin, revision }: { plugin: string; revision: string | null },
  signal: AbortSignal,
): Promise<
  | { kind: 'inside'; opened: Extract<Opened, { kind: 'open' }>; folder: string }
  | { kind: 'elsewhere'; source: UpstreamSource; path: string }
> {
  const { open, file } = locate(ctx, revision === null ? location : at(location, revision))
  const opened = await open(null, signal)
  if (opened.kind === 'unchanged') throw new Error('nothing was known of it')
  let isInside = false
  try {
    const body = await opened.head.read(file, MAX_CATALOG)
    const catalog = body && readCatalog(body, name)
    const entry = catalog && findPlugin(catalog, plugin)
    if (!entry) throw new UpstreamError('not_found', `The marketplace ${name} has no ${plugin} any more.`)
    const folder = ownFolder(catalog, entry)
    if (folder !== null) {
      isInside = true
      return { kind: 'inside', opened, folder }
    }
    const place = elsewhere(entry)
    if (place) return { kind: 'elsewhere', ...place }
    throw new UpstreamError('unsupported', `${plugin} is a package, whose files smd does not fetch.`)
  } finally {
    if (!isInside) await opened.close()
  }
}

const at = (location: Location, revision: string): Location =>
  location.kind === 'github' || location.kind === 'git' ? { ...location, ref: revision } : location

function locate(ctx: ProviderContext, location: Location): { open: Open; file: string } {
  switch (location.kind) {
    case 'github':
      return { open: (validator, signal) => openGithub(ctx, location, validator, signal), file: usual }
    case 'git':
      return { open: (validator, signal) => openGit(ctx, location, validator, signal), file: usual }
    case 'url':
      return { open: (validator, signal) => openUrl(ctx, location.url, validator, signal), file: usual }
    case 'path':
      return locateOnDisk(ctx, expandPath(location.path, ctx.home))
    default:
      throw new UpstreamError('unsupported', `A marketplace cannot come from "${location.kind}".`)
  }
}

/** A folder, or the catalogue itself. */
function locateOnDisk(ctx: ProviderContext, path: string): { open: Open; file: string } {
  if (!path.endsWith('.json')) return { open: () => openPath(ctx, { kind: 'path', path }), file: usual }
  const folder = dirname(path)
  const isUsual = path === join(dirname(folder), usual)
  const root = isUsual ? dirname(folder) : folder
  return {
    open: () => openPath(ctx, { kind: 'path', path: root }),
    file: isUsual ? usual : path.slice(folder.length + 1),
  }
}

/** A catalogue alone: what lies beside it cannot be seen. */
async function openUrl(
  { http }: ProviderContext,
  url: string,
  validator: string | null,
  signal: AbortSignal,
): Promise<Opened> {
  const accept = 'application/json, */*; q=0.1'
  const response = await http.get(url, { accept, etag: validator, maxBytes: MAX_CATALOG, signal })
  if (response.status === 304) return { kind: 'unchanged' }
  return {
    kind: 'open',
    head: {
      commit: null,
      digest: async () => null,
      read: async (path) => (path === usual ? response.body : null),
      files: null,
    },
    version: null,
    validator: response.etag,
    at: async () => null,
    close: async () => undefined,
  }
}

async function itemsOf(
  catalog: Catalog,
  revision: Revision,
  paths: readonly string[],
): Promise<UpstreamItem[]> {
  const items: UpstreamItem[] = []
  const named = new Set(paths.filter((path) => path !== ''))
  for (const name of named) items.push(await itemOf(catalog, revision, name, true))
  if (paths.includes('')) {
    for (const name of catalog.plugins.keys())
      if (!named.has(name)) items.push(await itemOf(catalog, revision, name, false))
  }
  return items
}

async function itemOf(
  catalog: Catalog,
  revision: Revision,
  name: string,
  readsManifest: boolean,
): Promise<UpstreamItem> {
  const entry = findPlugin(catalog, name)
  if (!entry) return missing(name)
  const declared = textAt(entry, 'version')
  const folder = ownFolder(catalog, entry)
  if (folder === null) {
    const pin = pinOf(entry)
    return { path: name, digest: pin.commit, version: declared ?? pin.version }
  }
  const decides = readsManifest && ownValue(entry, 'strict') !== false
  const version = (decides ? await manifestVersion(revision, folder) : null) ?? declared
  return {
    path: name,
    digest: await revision.digest(folder),
    version: version ?? revision.commit?.slice(0, 12) ?? null,
  }
}

async function manifestVersion(revision: Revision, folder: string): Promise<string | null> {
  const file = `${folder === '' ? '' : `${folder}/`}.claude-plugin/plugin.json`
  const body = await revision.read(file, MAX_MANIFEST)
  if (body === null) return null
  try {
    return textAt(parseJson(body, file), 'version')
  } catch {
    // A manifest that cannot be read says nothing; the entry may.
    return null
  }
}
