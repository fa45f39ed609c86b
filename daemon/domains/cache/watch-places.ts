/** What is watched beside the units: what all of them depend on, and where new projects may appear. */
import { dirname, join } from 'node:path'
import type { Settings } from '../../../protocol/settings.ts'
import type { MachineFolders } from '../../kernel/config/machine-folders.ts'
import type { Paths } from '../../kernel/config/paths.ts'
import {
  leaf,
  named,
  RuleTree,
  type WatchLimit,
  type WatchRoot,
  type WatchRule,
} from '../../kernel/watcher/rule.ts'
import { projectMarkerChildren, projectMarkers } from './scan/agents.ts'
import { collectionLockFile } from './scan/record-names.ts'
import { environmentMarkers, isNoPlaceForProjects } from './scan/walk-skips.ts'
import { collectionManifests } from './watch-rules.ts'

/** Every folder in one, each with these files. */
const eachFolder = (names: readonly string[]): WatchRule => {
  const below = new RuleTree()
  for (const name of names) below.add(name, leaf)
  const rule = below.rule()
  return { of: (name) => (name.startsWith('.') ? null : rule), enters: true, links: true }
}

const marketplaces = eachFolder([
  '.claude-plugin/marketplace.json',
  // A pull changes these last
  '.git/HEAD',
  '.git/FETCH_HEAD',
  '.git/ORIG_HEAD',
  '.git/packed-refs',
])
const collections = eachFolder([...collectionManifests, collectionLockFile])

/** Files that concern all units, and the settings of smd. */
export function environmentRoots(
  folders: MachineFolders,
  { configFile }: Pick<Paths, 'configFile'>,
): WatchRoot[] {
  const { claudeConfig, claudePlugins, claudeManaged, skillmeat } = folders
  const file = (path: string): WatchRoot => ({ path, rule: leaf })
  return [
    file(configFile),
    file(join(claudeConfig, 'settings.json')),
    file(join(claudePlugins, 'installed_plugins.json')),
    file(join(claudePlugins, 'known_marketplaces.json')),
    { path: join(claudePlugins, 'marketplaces'), rule: marketplaces },
    { path: join(skillmeat, 'collections'), rule: collections },
    file(claudeManaged),
  ]
}

/** Where developers keep their work when nothing is configured, nearest first; below the home folder itself less deep. */
const usualRoots = ['projects', 'dev', 'workspace', 'src', 'code', 'work', 'repos', 'git']
const HOME_DEPTH = 2

const ends = new Set(['.git', ...environmentMarkers])
const nested = new Map(
  [...projectMarkerChildren].map(([name, children]) => [
    name,
    named(new Map(children.map((child) => [child, leaf]))),
  ]),
)

/** Rules for folders in which projects may appear, made once for one list of names to skip. */
export class DiscoveryRules {
  readonly #skip: ReadonlySet<string>
  readonly #home: string
  readonly #levels: WatchRule[] = []
  readonly #inHome: WatchRule

  constructor(skip: readonly string[], home: string) {
    this.#skip = new Set(skip)
    this.#home = home
    this.#inHome = this.#make(HOME_DEPTH, home)
  }

  /** Folders to watch for projects: below the roots, beside known projects, and where a project was that is gone. */
  roots(
    { roots, max_depth: depth }: Settings['discovery'],
    projects: Iterable<string>,
    lost: Iterable<string>,
    limit: WatchLimit,
  ): WatchRoot[] {
    const found = new Map<string, WatchRoot>()
    const add = (path: string, rule: WatchRule): void => {
      if (!found.has(path)) found.set(path, { path, rule, limit })
    }
    for (const path of lost) add(path, this.#level(0))
    for (const path of projects) {
      if (dirname(path) !== this.#home) add(dirname(path), this.#level(1))
    }
    for (const path of roots.length > 0 ? roots : usualRoots.map((name) => join(this.#home, name)))
      add(path, path === this.#home ? this.#inHome : this.#level(depth))
    if (roots.length === 0) add(this.#home, this.#inHome)
    return [...found.values()]
  }

  #level(depth: number): WatchRule {
    this.#levels[depth] ??= this.#make(depth, null)
    return this.#levels[depth]
  }

  #make(depth: number, parent: string | null): WatchRule {
    const scope = { skip: this.#skip, home: this.#home }
    const below = depth > 0 ? this.#level(depth - 1) : null
    return {
      of: (name) => {
        if (projectMarkers.has(name) || ends.has(name)) return leaf
        return nested.get(name) ?? (isNoPlaceForProjects(name, parent ?? '', scope) ? null : below)
      },
      enters: true,
      links: false,
      ends,
    }
  }
}

/** The project that an entry makes one: its folder, or the one above when it is the child of a common name. */
export function projectMarkedBy(dir: string, name: string): string | null {
  if (projectMarkers.has(name)) return dir
  const slash = dir.lastIndexOf('/')
  const children = projectMarkerChildren.get(dir.slice(slash + 1))
  return children?.includes(name) ? dir.slice(0, slash) : null
}
