import type { Settings } from '../../../kernel/config/schema.ts'
import { readClaudeState } from './claude-state.ts'
import { discoverProjects, unitsOf } from './discover.ts'
import { type Marketplace, readInstalledPlugins } from './plugins.ts'
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
  settings: Pick<Settings, 'discovery' | 'projects' | 'scan'>
  /** Folder a client works in. */
  cwd: string | null
  /** Look at this one project only, and at what belongs to no project. */
  only: string | null
}

/** Reads the registries of the agents and walks the roots. Synchronous; for a worker thread. */
export function discover({ folders, settings, cwd, only }: DiscoveryOptions): Discovery {
  const claude = readClaudeState(folders)
  const plugins = readInstalledPlugins(folders)
  const { discovery, projects, scan } = settings
  const found = discoverProjects({
    roots: only === null ? discovery.roots : [],
    maxDepth: only === null ? discovery.max_depth : 0,
    maxDirectories: discovery.max_directories,
    skip: discovery.skip,
    folders,
    claudeProjectPaths: only === null ? claude.projectPaths : [],
    pluginProjectPaths: only === null ? plugins.units.flatMap((unit) => unit.plugin?.projectPaths ?? []) : [],
    include: only === null ? projects.include : [only],
    exclude: only === null ? projects.exclude : [],
    cwd,
  })
  return {
    projects: found.projects,
    units: unitsOf(found.projects, plugins.units, folders),
    marketplaces: plugins.marketplaces,
    env: {
      folders,
      claude: claude.state,
      collectionHashes: {},
      limits: {
        maxMainFileBytes: scan.max_main_file_mb * 1_000_000,
        maxArtifactBytes: scan.max_artifact_mb * 1_000_000,
        maxArtifactFiles: scan.max_artifact_files,
      },
    },
    complete: only === null && !found.truncated,
    diagnostics: [...claude.diagnostics, ...plugins.diagnostics, ...found.diagnostics],
  }
}
