import { basename, sep } from 'node:path'
import type { Settings } from '../../../kernel/config/schema.ts'
import { agentFoldersOf } from './agent-settings.ts'
import { readClaudeState } from './claude-state.ts'
import { discoverProjects, unitsOf } from './discover.ts'
import { type Marketplace, readInstalledPlugins } from './plugins.ts'
import { findProjectFolder } from './project-folder.ts'
import type { MachineFolders, ScanEnvironment, ScanUnit, UnitResult } from './types.ts'

export type { Marketplace } from './plugins.ts'

/** A folder that is, was or shall be a project. */
export type FoundProject = {
  /** Real path; the path as known when the folder does not exist. */
  path: string
  name: string
  /** `claude`, `plugin`, `root`, `session`, `added`, `cwd`. */
  origins: string[]
  missing: boolean
  unreadable: string | null
}

/** Everything there is to scan on this machine, and what all scans of this run share. */
export type Discovery = {
  projects: FoundProject[]
  units: ScanUnit[]
  marketplaces: Marketplace[]
  /** Its `collectionHashes` are empty: the collections are scanned first, then the cache knows them. */
  env: ScanEnvironment
  /** Whether all projects were looked for; what was not found is gone only then. */
  complete: boolean
  diagnostics: UnitResult['diagnostics']
}

export type DiscoveryOptions = {
  folders: MachineFolders
  settings: Pick<Settings, 'agents' | 'discovery' | 'projects' | 'scan'>
  /** Folder a client works in. */
  cwd: string | null
  /** Look at this one project only, and at what belongs to no project. */
  only: string | null
  /** False: asks only the registries of the agents for what is new, and does not walk the roots. */
  walk?: boolean
  /** Projects that are known because a client once worked in them; they stay as long as they are projects. */
  noticed?: readonly string[]
}

/** Reads the registries of the agents and walks the roots. Synchronous; for a worker thread. */
export function discover({
  folders,
  settings,
  cwd,
  only,
  walk = true,
  noticed = [],
}: DiscoveryOptions): Discovery {
  const claude = readClaudeState(folders)
  const plugins = readInstalledPlugins(folders)
  const { discovery, projects, scan } = settings
  const include = (): readonly string[] => {
    if (only === null) return projects.include
    return cwd === null ? [only] : []
  }
  const found = discoverProjects({
    roots: only === null && walk ? discovery.roots : [],
    maxDepth: only === null && walk ? discovery.max_depth : 0,
    maxDirectories: discovery.max_directories,
    skip: discovery.skip,
    folders,
    claudeProjectPaths: only === null ? claude.projectPaths : [],
    pluginProjectPaths: only === null ? plugins.projectPaths : [],
    include: include(),
    exclude: only === null || cwd !== null ? projects.exclude : [],
    cwd,
  })
  found.projects.push(...stillThere(noticed, found.projects, projects.exclude, folders))
  return {
    projects: found.projects,
    units: unitsOf(found.projects, plugins.units, folders),
    marketplaces: plugins.marketplaces,
    env: {
      folders,
      claude: claude.state,
      collectionHashes: {},
      agentFolders: agentFoldersOf(settings.agents),
      limits: {
        maxMainFileBytes: scan.max_main_file_mb * 1_000_000,
        maxArtifactBytes: scan.max_artifact_mb * 1_000_000,
        maxArtifactFiles: scan.max_artifact_files,
      },
    },
    complete: only === null && walk && !found.truncated,
    diagnostics: [...claude.diagnostics, ...plugins.diagnostics, ...found.diagnostics],
  }
}

/** Those of `noticed` that are projects and were not found otherwise. */
function stillThere(
  noticed: readonly string[],
  found: readonly FoundProject[],
  exclude: readonly string[],
  folders: MachineFolders,
): FoundProject[] {
  const known = new Set(found.map((project) => project.path))
  const wanted = (path: string): boolean =>
    !known.has(path) &&
    !exclude.some((folder) => path === folder || path.startsWith(`${folder}${sep}`)) &&
    findProjectFolder(path, folders) === path
  return noticed
    .filter(wanted)
    .map((path) => ({ path, name: basename(path), origins: ['cwd'], missing: false, unreadable: null }))
}
