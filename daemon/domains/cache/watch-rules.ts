/**
 * Which places the scanner reads, as rules for the watcher: made from the scanner's own tables, so that a new row is
 * watched as well as read. Loads nothing that reads files.
 */
import { dirname, join } from 'node:path'
import type { MachineFolders } from '../../kernel/config/machine-folders.ts'
import {
  everything,
  followingLinks,
  leaf,
  RuleTree,
  type WatchRoot,
  type WatchRule,
} from '../../kernel/watcher/rule.ts'
import {
  type AgentFolder,
  type FolderTree,
  mergeAgentFolders,
  planFolders,
  resolveUserPath,
} from './scan/agents.ts'
import { configLocations } from './scan/config-locations.ts'
import {
  collectionLockFile,
  deploymentFile,
  projectRecords,
  skillshareFile,
  userRecords,
} from './scan/record-names.ts'
import { skippedFolders } from './scan/skipped-folders.ts'
import type { ScanUnit } from './scan/types.ts'

/** The whole of an artifact: every file counts, links to folders are left alone. */
const inside = everything(skippedFolders)
/** Files of one folder. */
const files: WatchRule = { of: () => leaf, enters: true, links: false }
const jsonFiles: WatchRule = {
  of: (name) => (name.endsWith('.json') ? leaf : null),
  enters: true,
  links: false,
}
/** Of a plugin everything: its manifest may name any folder in it. */
const plugin = followingLinks(inside, 4, 'skill.md')

export const collectionManifests = ['collection.toml', 'manifest.toml'] as const

/** The rules for units, made once for one table of agents, so that equal units have the same rule. */
export class WatchRules {
  readonly #folders: MachineFolders
  readonly #rows: readonly AgentFolder[]
  readonly #shapes = new Map<string, WatchRule>()
  readonly #known = new Map<string, WatchRoot[]>()

  constructor(folders: MachineFolders, agentFolders: readonly AgentFolder[] = []) {
    this.#folders = folders
    this.#rows = mergeAgentFolders(agentFolders)
  }

  /** Where the files of a unit lie. */
  rootsOf({ kind, path }: ScanUnit): WatchRoot[] {
    if (kind === 'plugin') return [{ path, rule: plugin }]
    const key = kind === 'user' ? path : kind
    let roots = this.#known.get(key)
    if (!roots) {
      roots = this.#make(kind, path)
      this.#known.set(key, roots)
    }
    return kind === 'user' ? roots : roots.map((root) => ({ ...root, path }))
  }

  #make(kind: Exclude<ScanUnit['kind'], 'plugin'>, path: string): WatchRoot[] {
    const plan = planFolders(kind, this.#rows, this.#folders, path)
    const tree = new RuleTree()
    this.#addPlan(tree, plan.tree, '')
    // Rows that are the unit itself: whatever lies in it may count
    if (plan.tree.rows.length > 0) return [{ path, rule: plugin }]
    const outside = new Map<string, WatchRule>()
    const add = (place: string, rule: WatchRule): void => {
      const base = [path, this.#folders.home].find((home) => place.startsWith(`${home}/`))
      if (base !== undefined) tree.add(place.slice(base.length + 1), rule)
      else if (!outside.get(place)?.enters) outside.set(place, rule)
    }
    for (const { path: place, rows } of plan.outside) for (const row of rows) add(place, this.#ruleOf(row))
    this.#addConfig(kind, (place, rule) => add(kind === 'user' ? place : `${path}/${place}`, rule))
    for (const place of recordsOf(kind, this.#folders))
      add(kind === 'user' ? place : `${path}/${place}`, leaf)
    if (kind === 'user')
      for (const folder of userRecords(this.#folders).deploymentFolders)
        for (const name of deployedFolders) add(join(folder, name), inside)
    const hidden = kind === 'project' ? deployedTo() : null
    const rule = tree.rule(hidden)
    return [
      // A repository has hooks of its own, and no records.
      { path, rule: { ...rule, of: (name) => (name === '.git' ? null : rule.of(name)) } },
      ...[...outside].map(([place, rule]) => ({ path: place, rule })),
    ]
  }

  #addPlan(tree: RuleTree, plan: FolderTree, prefix: string): void {
    for (const [name, below] of plan.children) {
      for (const row of below.rows) tree.add(prefix + name, this.#ruleOf(row))
      this.#addPlan(tree, below, `${prefix}${name}/`)
    }
  }

  #addConfig(kind: ScanUnit['kind'], add: (path: string, rule: WatchRule) => void): void {
    for (const { scope, path } of configLocations) {
      const isOfUnit = scope === kind || (scope === 'local' && kind === 'project')
      if (!isOfUnit) continue
      const place = kind === 'user' ? resolveUserPath(path, this.#folders) : path
      if (place.endsWith('/*.json')) add(dirname(place), jsonFiles)
      else add(place, leaf)
    }
  }

  #ruleOf({ shape, depth }: AgentFolder): WatchRule {
    if (shape === 'file') return leaf
    const key = `${shape} ${depth}`
    const known = this.#shapes.get(key)
    if (known) return known
    const rule =
      shape === 'skills'
        ? followingLinks(inside, depth, 'skill.md')
        : shape === 'files'
          ? followingLinks(files, depth - 1)
          : followingLinks(inside, depth)
    this.#shapes.set(key, rule)
    return rule
  }
}

/**
 * Folders beside the records of deployments in which hooks and servers lie that were deployed: they are no artifacts where they
 * are, so no row of the table of agents names them.
 */
const deployedFolders = ['hooks', 'mcp']

/** What matters in any hidden folder of a project, which may be that of a profile. */
function deployedTo(): RuleTree {
  const tree = new RuleTree().add(deploymentFile, leaf)
  for (const name of deployedFolders) tree.add(name, inside)
  return tree
}

/** Records of other managers: relative to the unit, of the user absolute. */
function recordsOf(kind: ScanUnit['kind'], folders: MachineFolders): string[] {
  if (kind === 'collection') return [...collectionManifests, collectionLockFile]
  if (kind === 'project') {
    const { skillsLock, apmLocks, rulesyncLock, skillshareFolder } = projectRecords
    return [skillsLock, ...apmLocks, rulesyncLock, `${skillshareFolder}/${skillshareFile}`]
  }
  if (kind !== 'user') return []
  const { deploymentFolders, skillsLocks, apmLock, skillshareFolder } = userRecords(folders)
  return [
    ...deploymentFolders.map((folder) => join(folder, deploymentFile)),
    ...skillsLocks,
    apmLock,
    join(skillshareFolder, skillshareFile),
  ]
}
