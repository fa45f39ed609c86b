/** Installed plugins of Claude Code (ecosystem spec 2.6). Its registry is advisory: what the disk holds decides. */
import { readdirSync, realpathSync } from 'node:fs'
import { basename, isAbsolute, join } from 'node:path'
import { lookAt, noCounters } from './config-file.ts'
import { diagnose } from './diagnostics.ts'
import { ownValue, recordAt, shorten, textOf } from './json-values.ts'
import {
  availableVersion,
  type Catalog,
  entrySource,
  entryTags,
  type Marketplace,
  readJson,
  readMarketplaces,
} from './marketplaces.ts'
import type { InstalledPlugin, MachineFolders, PluginEntryComponents, ScanUnit, UnitResult } from './types.ts'

export type { Marketplace } from './marketplaces.ts'

export type PluginReading = {
  /** One per installed folder, in order of id. */
  units: ScanUnit[]
  /** Projects the registry names, also those of plugins whose folder is gone. */
  projectPaths: string[]
  marketplaces: Marketplace[]
  diagnostics: UnitResult['diagnostics']
}

/** Keys of a marketplace entry that say what a plugin is made of. */
const componentKeys = [
  'skills',
  'commands',
  'agents',
  'workflows',
  'outputStyles',
  'hooks',
  'mcpServers',
] as const

/** One entry of the registry, or what stands in for it. */
type Installation = { id: string; installPath: string; version: string | null; projectPath: string | null }

/** Reads registry, marketplaces and `enabledPlugins`. Missing and broken files cost what they would have said. */
export function readInstalledPlugins(folders: MachineFolders): PluginReading {
  const diagnostics: UnitResult['diagnostics'] = []
  // Trouble with this file is told where its hooks are read
  const settings = readJson(join(folders.claudeConfig, 'settings.json'), [])
  const catalogs = readMarketplaces(folders, settings, diagnostics)
  const enabled = enabledPlugins(settings)
  const installations = readRegistry(folders, diagnostics)
  const registered = new Set(installations.map(({ id }) => id))
  for (const [id, isOn] of enabled) {
    if (!isOn || registered.has(id)) continue
    const found = findInCache(folders, id)
    if (!found) continue
    installations.push(found)
    diagnostics.push({ ...diagnose('plugin.not_registered', id), relPath: registryPath(folders) })
  }
  const units = new Map<string, ScanUnit>()
  for (const installation of installations.toSorted(byId)) {
    const path = realFolder(folders, installation)
    if (path === null) {
      diagnostics.push({
        ...diagnose(
          'plugin.missing_folder',
          `${installation.id} (${shorten(installation.installPath, 300)})`,
        ),
        relPath: registryPath(folders),
      })
      continue
    }
    const known = units.get(path)
    if (known?.plugin?.id === installation.id) addProject(known.plugin, installation.projectPath)
    else if (known) {
      const detail = `${installation.id}: same folder as ${known.name}`
      diagnostics.push({ ...diagnose('plugin.bad_entry', detail), relPath: registryPath(folders) })
    } else units.set(path, unitOf(path, installation, catalogs, enabled, diagnostics))
  }
  return {
    units: [...units.values()],
    projectPaths: [...new Set(installations.flatMap(({ projectPath }) => projectPath ?? []))],
    marketplaces: [...catalogs.values()].map(({ marketplace }) => marketplace),
    diagnostics,
  }
}

const registryPath = (folders: MachineFolders): string =>
  join(folders.claudePlugins, 'installed_plugins.json')

const byId = (a: Installation, b: Installation): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)

/** Version 2 holds a list per plugin, version 1 one object: the shape tells, not the number. */
function readRegistry(folders: MachineFolders, diagnostics: UnitResult['diagnostics']): Installation[] {
  const relPath = registryPath(folders)
  const registry = readJson(relPath, diagnostics)
  const installations: Installation[] = []
  for (const [id, value] of Object.entries(recordAt(registry, 'plugins'))) {
    for (const entry of Array.isArray(value) ? value : [value]) {
      const installPath = textOf(ownValue(entry, 'installPath'))
      if (installPath === null || !isAbsolute(installPath) || installPath.includes('\0')) {
        diagnostics.push({ ...diagnose('plugin.bad_entry', shorten(id, 200)), relPath })
        continue
      }
      const projectPath = textOf(ownValue(entry, 'projectPath'))
      installations.push({
        id: shorten(id, 300),
        installPath,
        version: textOf(ownValue(entry, 'version')),
        projectPath: projectPath !== null && isAbsolute(projectPath) ? projectPath : null,
      })
    }
  }
  return installations
}

/** `enabledPlugins` of the user settings; a list of strings in place of the flag counts as on. */
function enabledPlugins(settings: unknown): Map<string, boolean> {
  const entries = Object.entries(recordAt(settings, 'enabledPlugins'))
  return new Map(entries.map(([id, value]) => [id, Array.isArray(value) ? value.length > 0 : value === true]))
}

/** `name@marketplace`, split at the last `@`. */
function splitId(id: string): { name: string; marketplace: string } {
  const at = id.lastIndexOf('@')
  return at > 0 ? { name: id.slice(0, at), marketplace: id.slice(at + 1) } : { name: id, marketplace: '' }
}

/** The newest version in the plugin cache that is not marked as superseded (ecosystem spec 2.6). */
function findInCache(folders: MachineFolders, id: string): Installation | null {
  const { name, marketplace } = splitId(id)
  if (marketplace === '' || [name, marketplace].some((part) => /[/\\]|^\.\.?$/.test(part))) return null
  const folder = join(folders.claudePlugins, 'cache', marketplace, name)
  let versions: string[]
  try {
    versions = readdirSync(folder)
  } catch {
    return null
  }
  const counters = noCounters()
  const candidates = versions
    .filter(
      (version) => !version.startsWith('.') && !lookAt(join(folder, version, '.orphaned_at'), counters).stats,
    )
    .map((version) => ({ version, stats: lookAt(join(folder, version), counters).stats }))
    .filter(({ stats }) => stats?.isDirectory())
    .sort((a, b) => (b.stats?.mtimeMs ?? 0) - (a.stats?.mtimeMs ?? 0))
  const newest = candidates[0]
  return newest
    ? { id, installPath: join(folder, newest.version), version: newest.version, projectPath: null }
    : null
}

/** Real path of the installed folder; when the registry's is gone, the one the cache holds for the same version. */
function realFolder(folders: MachineFolders, { id, installPath, version }: Installation): string | null {
  const { name, marketplace } = splitId(id)
  const usual = version && !/[/\\]|^\.\.?$/.test(version) ? version : basename(installPath)
  for (const path of [installPath, join(folders.claudePlugins, 'cache', marketplace, name, usual)]) {
    if (!lookAt(path, noCounters()).stats?.isDirectory()) continue
    try {
      return realpathSync(path)
    } catch {
      // Vanished in between: as if it had never been there
    }
  }
  return null
}

function addProject(plugin: InstalledPlugin, projectPath: string | null): void {
  // An installation without a project is for the user, that is for all of them
  if (projectPath === null) plugin.projectPaths = []
  else if (plugin.projectPaths.length > 0 && !plugin.projectPaths.includes(projectPath)) {
    plugin.projectPaths.push(projectPath)
  }
}

function unitOf(
  path: string,
  installation: Installation,
  catalogs: ReadonlyMap<string, Catalog>,
  enabled: ReadonlyMap<string, boolean>,
  diagnostics: UnitResult['diagnostics'],
): ScanUnit {
  const { name, marketplace } = splitId(installation.id)
  const catalog = catalogs.get(marketplace)
  const entry = catalog && entryOf(catalog, name)
  const nameNow = textOf(ownValue(entry, 'name')) ?? name
  const components = entry && componentsOf(entry)
  const plugin: InstalledPlugin = {
    id: installation.id,
    marketplace,
    version: installation.version,
    availableVersion: catalog && entry ? availableVersion(catalog, entry, diagnostics) : null,
    source: catalog && entry ? entrySource(catalog, entry) : null,
    upstream: {
      source: catalog?.place ?? 'source_unsupported',
      path: nameNow,
      ...(isOfMarketplace(entry) && commitOf(installation.version)),
    },
    description: textOf(ownValue(entry, 'description'))?.slice(0, 1024) ?? null,
    tags: entry ? entryTags(entry) : [],
    projectPaths: installation.projectPath === null ? [] : [installation.projectPath],
    enabled: enabled.get(installation.id) ?? null,
    ...(components && { entry: components }),
  }
  return { kind: 'plugin', path, name: installation.id, plugin }
}

/** A plugin whose files lie in its marketplace goes by the marketplace's commit when nothing names a version. */
const isOfMarketplace = (entry: Record<string, unknown> | undefined): boolean =>
  typeof ownValue(entry, 'source') === 'string'

const commitOf = (version: string | null): { commit: string } | false =>
  version !== null && /^[0-9a-f]{12,40}$/.test(version) && { commit: version }

/** The entry of a plugin, also when the catalogue renamed it since. */
function entryOf(catalog: Catalog, name: string): Record<string, unknown> | undefined {
  const renamed = ownValue(catalog.renames, name)
  return catalog.entries.get(name) ?? (typeof renamed === 'string' ? catalog.entries.get(renamed) : undefined)
}

function componentsOf(entry: Record<string, unknown>): PluginEntryComponents | null {
  const components = Object.fromEntries(
    componentKeys
      .map((key) => [key, ownValue(entry, key)])
      .filter(([, value]) => value !== undefined && value !== null),
  )
  const strict = ownValue(entry, 'strict') !== false
  return strict && Object.keys(components).length === 0 ? null : { strict, components }
}
