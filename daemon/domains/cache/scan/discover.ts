/** Which projects there are on this machine, and what there is to scan (ecosystem spec section 10, formats spec 9). */
import { accessSync, constants, readdirSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, sep } from 'node:path'
import { lookAt, noCounters, reasonOf } from './config-file.ts'
import { diagnose } from './diagnostics.ts'
import type { FoundProject } from './discovery.ts'
import { identityOf, isProjectFolder, walkForProjects } from './project-walk.ts'
import { sessionProjects } from './session-projects.ts'
import type { MachineFolders, ScanCounters, ScanUnit, UnitResult } from './types.ts'

export type DiscoverOptions = {
  /** Folders to walk, `~` allowed; none means the home folder and the usual folders in it. */
  roots: readonly string[]
  /** Levels below a root; 0 without roots means no walk, and no transcripts: only what is named is looked at. */
  maxDepth: number
  maxDirectories: number
  /** Names of folders the walk does not enter. */
  skip: readonly string[]
  folders: MachineFolders
  claudeProjectPaths: readonly string[]
  pluginProjectPaths: readonly string[]
  /** Projects the user added; visible even when they are gone or look like nothing. */
  include: readonly string[]
  /** Paths that are no projects, with everything below them. */
  exclude: readonly string[]
  /** Counts when it is a project itself, or lies in one. */
  cwd?: string | null
}

export type ProjectsFound = {
  /** In order of path. */
  projects: FoundProject[]
  counters: ScanCounters
  truncated: boolean
  diagnostics: UnitResult['diagnostics']
}

/** Where developers keep their work when nothing is configured (formats spec section 9). */
const usualRoots = ['projects', 'dev', 'workspace', 'src', 'code', 'work', 'repos', 'git']

/** Finds projects: those other programs know, those the user named, and those the walk comes by. */
export function discoverProjects(options: DiscoverOptions): ProjectsFound {
  const { folders } = options
  const counters = noCounters()
  const excluded = options.exclude.map((path) => realOrSame(expand(path, folders)))
  const own = ownFolders(folders)
  const home = realOrSame(folders.home)
  const isExcluded = (path: string) => own.has(path) || excluded.some((each) => isBelow(path, each))
  // What lies inside the user's own configuration is no project, unless the user says so
  const isOwn = (path: string) => [...own].some((folder) => isBelow(path, folder))
  const found = new Map<string, FoundProject>()
  const add = (given: string, origin: string) => {
    if (!isAbsolute(given) || given.includes('\0')) return
    const { identity, ...project } = describe(given)
    const { path } = project
    if (path === dirname(path) || path === home || isExcluded(path) || isExcluded(given)) return
    if (origin !== 'added' && isOwn(path)) return
    const known = found.get(identity)
    if (!known) found.set(identity, { ...project, origins: [origin] })
    else if (!known.origins.includes(origin)) known.origins.push(origin)
  }

  for (const path of options.include) add(expand(path, folders), 'added')
  for (const path of options.claudeProjectPaths) add(path, 'claude')
  for (const path of options.pluginProjectPaths) add(path, 'plugin')
  const current = options.cwd ? projectAround(options.cwd, folders, counters) : null
  if (current !== null) add(current, 'cwd')
  if (options.maxDepth <= 0 && options.roots.length === 0)
    return { projects: sorted(found), counters, truncated: false, diagnostics: [] }

  // A transcript of a folder that is gone says nothing about a project worth showing
  for (const path of sessionProjects(folders, counters)) {
    if (isProjectLike(path, counters)) add(path, 'session')
  }
  const walk = walkForProjects({
    roots: rootsOf(options),
    maxDirectories: options.maxDirectories,
    skip: new Set(options.skip),
    isExcluded,
    home,
    counters,
  })
  for (const path of walk.found) add(path, 'root')
  return {
    projects: sorted(found),
    counters,
    truncated: walk.truncated,
    diagnostics: walk.unreadable.map(({ path, reason }) => ({
      ...diagnose('file.unreadable', reason),
      relPath: path,
    })),
  }
}

function rootsOf(options: DiscoverOptions): Array<{ path: string; maxDepth: number }> {
  const { folders, maxDepth } = options
  const home = realOrSame(folders.home)
  const paths =
    options.roots.length > 0
      ? options.roots.map((root) => realOrSame(expand(root, folders)))
      : [...usualRoots.map((name) => realOrSame(join(home, name))), home]
  return paths.map((path) => ({ path, maxDepth }))
}

/** Folders that hold the user's own configuration; they look like projects and are none. */
function ownFolders(folders: MachineFolders): ReadonlySet<string> {
  const { claudeConfig, claudePlugins, claudeManaged, skillmeat, agentHomes } = folders
  const paths = [claudeConfig, claudePlugins, claudeManaged, skillmeat, ...Object.values(agentHomes)]
  return new Set([...paths, ...paths.map(realOrSame)])
}

/** Looks at a folder: gone, unreadable, or its real path and identity. */
function describe(given: string): Omit<FoundProject, 'origins'> & { identity: string } {
  const trimmed = given.length > 1 ? given.replace(/[/\\]+$/, '') || given : given
  const gone = { path: trimmed, name: nameOf(trimmed), identity: trimmed, missing: true, unreadable: null }
  try {
    const stats = statSync(trimmed, { throwIfNoEntry: false })
    if (!stats) return gone
    if (!stats.isDirectory()) return { ...gone, missing: false, unreadable: 'not a folder' }
    const path = realpathSync.native(trimmed)
    const seen = { path, name: nameOf(path), identity: identityOf(path, stats), missing: false }
    try {
      accessSync(path, constants.R_OK | constants.X_OK)
      return { ...seen, unreadable: null }
    } catch (error) {
      return { ...seen, unreadable: reasonOf(error) }
    }
  } catch (error) {
    const reason = reasonOf(error)
    if (reason === 'ENOENT' || reason === 'ENOTDIR') return gone
    return { ...gone, missing: false, unreadable: reason }
  }
}

const nameOf = (path: string): string => basename(path) || path

const sorted = (found: ReadonlyMap<string, FoundProject>): FoundProject[] =>
  [...found.values()].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))

/** The nearest folder from `path` upwards that is a project, below the home folder's level. */
function projectAround(path: string, folders: MachineFolders, counters: ScanCounters): string | null {
  const home = realOrSame(folders.home)
  for (let at = realOrSame(path); ; at = dirname(at)) {
    if (at === home || at === dirname(at)) return null
    if (isProjectFolder(at, counters)) return at
    // Beyond the repository nothing belongs to the work at hand
    if (lookAt(join(at, '.git'), counters).stats) return null
  }
}

/** A folder Claude Code ran in counts when it exists and is not just any folder: it holds a marker or a repository. */
const isProjectLike = (path: string, counters: ScanCounters): boolean =>
  isProjectFolder(path, counters) || lookAt(join(path, '.git'), counters).stats !== null

const expand = (path: string, folders: MachineFolders): string =>
  path === '~' || /^~[/\\]/.test(path) ? join(folders.home, path.slice(1)) : path

function realOrSame(path: string): string {
  try {
    return realpathSync.native(path)
  } catch {
    return path
  }
}

const isBelow = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`)

/**
 * Everything to scan: projects that can be read, the user, the managed folder when there is one, plugins, and the
 * collections of SkillMeat. A missing or unreadable project has no unit: its rows stay as they are.
 */
export function unitsOf(
  projects: readonly FoundProject[],
  plugins: readonly ScanUnit[],
  folders: MachineFolders,
): ScanUnit[] {
  const units: ScanUnit[] = [{ kind: 'user', path: folders.home, name: 'user' }]
  if (lookAt(folders.claudeManaged, noCounters()).stats?.isDirectory()) {
    units.push({ kind: 'managed', path: realOrSame(folders.claudeManaged), name: 'managed' })
  }
  units.push(...collectionUnits(folders), ...plugins)
  for (const { path, name, missing, unreadable } of projects) {
    if (!missing && unreadable === null) units.push({ kind: 'project', path, name })
  }
  return units
}

/** Folders below `collections` with a manifest under either of its names (formats spec section 1). */
function collectionUnits(folders: MachineFolders): ScanUnit[] {
  const root = join(folders.skillmeat, 'collections')
  let names: string[]
  try {
    names = readdirSync(root).sort()
  } catch {
    return []
  }
  const counters = noCounters()
  const hasManifest = (folder: string) =>
    ['collection.toml', 'manifest.toml'].some((name) => lookAt(join(folder, name), counters).stats?.isFile())
  const paths = names.filter((name) => !name.startsWith('.')).map((name) => join(root, name))
  return [...new Map(paths.filter(hasManifest).map((path) => [realOrSame(path), path]))].map(
    ([real, path]) => ({
      kind: 'collection',
      path: real,
      name: basename(path),
    }),
  )
}
