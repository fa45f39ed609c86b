/** The table of agents (agents-data.ts) as the scanner uses it: rows per kind of unit, and trees of path components. */
import type { ArtifactScope, ArtifactType } from '../../../../protocol/vocabulary.ts'
import {
  ambiguousFolders,
  nestedMarkers,
  otherFolders,
  otherMarkers,
  sharedFolders,
  skillAgents,
} from './agents-data.ts'
import type { MachineFolders, UnitKind } from './types.ts'

/**
 * How artifacts lie in a folder:
 * - `skills`: folders with a SKILL.md, also below a folder that only groups them.
 * - `files`: one file each, by extension, also in subfolders.
 * - `folders`: one folder each, with a main file of a known name.
 * - `file`: the path itself.
 */
type FolderShape = 'skills' | 'files' | 'folders' | 'file'

/** One line of the table as written in agents-data.ts. */
export type FolderRow = readonly [
  host: string,
  scope: ArtifactScope,
  type: ArtifactType,
  paths: readonly string[],
  shape: FolderShape,
  names?: readonly string[],
  depth?: number,
]

/** One place where an agent keeps artifacts of one type. */
export type AgentFolder = {
  host: string
  scope: ArtifactScope
  type: ArtifactType
  /** Relative to the unit; of the user scope a template, see agents-data.ts. */
  path: string
  shape: FolderShape
  /** Shape `files`: extensions with their dot, longest first. Shape `folders`: main files in lower case. */
  names: readonly string[]
  /** How many levels of folders are looked at, the one at `path` included. */
  depth: number
  /** The name also means other things, so a folder without a main file is no mistake. */
  ambiguous: boolean
}

/** Which rows a unit of a kind is scanned for. */
const scopesOfUnit: Readonly<Record<UnitKind, readonly ArtifactScope[]>> = {
  project: ['project', 'local'],
  user: ['user'],
  managed: ['managed'],
  plugin: ['plugin'],
  collection: ['collection'],
}

const usualDepth: Readonly<Record<FolderShape, number>> = { skills: 2, files: 8, folders: 1, file: 0 }

/** A row with everything the table leaves out filled in; also for rows of the configuration. */
export function agentFolder(
  row: Pick<AgentFolder, 'host' | 'scope' | 'type' | 'path' | 'shape'> & Partial<AgentFolder>,
): AgentFolder {
  const names = row.names ?? (row.shape === 'files' ? ['.md'] : [])
  return {
    host: row.host,
    scope: row.scope,
    type: row.type,
    path: row.path.replace(/^(?:\.\/)+|\/+$/g, ''),
    shape: row.shape,
    names: names.toSorted((a, b) => b.length - a.length),
    depth: row.depth ?? usualDepth[row.shape],
    ambiguous: row.ambiguous ?? (row.scope === 'project' && ambiguousFolders.has(row.path)),
  }
}

function builtInFolders(): AgentFolder[] {
  const folders: AgentFolder[] = []
  for (const [id, project, user] of skillAgents) {
    for (const [scope, path] of [
      ['project', project],
      ['user', user],
    ] as const) {
      if (path)
        folders.push(
          agentFolder({ host: sharedFolders[path] ?? id, scope, type: 'skill', path, shape: 'skills' }),
        )
    }
  }
  for (const [host, scope, type, paths, shape, names, depth] of otherFolders) {
    for (const path of paths) {
      folders.push(
        agentFolder({ host, scope, type, path, shape, ...(names && { names }), ...(depth && { depth }) }),
      )
    }
  }
  return folders
}

/**
 * The table with the rows of the configuration. A row replaces an earlier one of the same scope, type and path;
 * of built-in rows the first agent with a folder stands for all that share it.
 */
export function mergeAgentFolders(extra: readonly AgentFolder[] = []): AgentFolder[] {
  const merged = new Map<string, AgentFolder>()
  const keyOf = (row: AgentFolder) => `${row.scope} ${row.type} ${row.path}`
  for (const row of builtInFolders()) if (!merged.has(keyOf(row))) merged.set(keyOf(row), row)
  for (const row of extra) merged.set(keyOf(row), row)
  return [...merged.values()]
}

/**
 * Path of a user row on this machine. Errors: none; a variable the environment does not set takes its default.
 */
export function resolveUserPath(template: string, folders: MachineFolders): string {
  const variable = /^\$\{(\w+):-([^}]*)\}/.exec(template)
  if (variable) {
    const base = folders.agentHomes[variable[1] as string] ?? resolveUserPath(variable[2] as string, folders)
    return base + template.slice(variable[0].length)
  }
  const slash = template.indexOf('/')
  const head = slash < 0 ? template : template.slice(0, slash)
  const rest = slash < 0 ? '' : template.slice(slash)
  if (head === '~') return folders.home + rest
  if (head === '$CLAUDE') return folders.claudeConfig + rest
  if (head === '$XDG') return folders.xdgConfig + rest
  return template.startsWith('/') || /^[A-Za-z]:[\\/]/.test(template)
    ? template
    : `${folders.home}/${template}`
}

/** Rows by path component, so that one reading of a folder answers for all agents at once. */
export type FolderTree = {
  rows: AgentFolder[]
  children: Map<string, FolderTree>
}

/** Where to look in a unit: the tree below its path, and absolute places outside of it. */
export type FolderPlan = {
  tree: FolderTree
  outside: Array<{ path: string; rows: AgentFolder[] }>
}

const emptyTree = (): FolderTree => ({ rows: [], children: new Map() })

function insert(tree: FolderTree, path: string, row: AgentFolder): void {
  let node = tree
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    let child = node.children.get(part)
    if (!child) {
      child = emptyTree()
      node.children.set(part, child)
    }
    node = child
  }
  node.rows.push(row)
}

/** The plan for units of one kind; `root` is the unit's path, needed for the user's only. */
export function planFolders(
  kind: UnitKind,
  rows: readonly AgentFolder[],
  folders: MachineFolders,
  root: string,
): FolderPlan {
  const plan: FolderPlan = { tree: emptyTree(), outside: [] }
  const scopes = scopesOfUnit[kind]
  const outside = new Map<string, AgentFolder[]>()
  for (const row of rows) {
    if (!scopes.includes(row.scope)) continue
    const path = row.scope === 'user' ? resolveUserPath(row.path, folders) : row.path
    // The unit's path is the real one; the home of the environment may be a link to it
    const base = [root, folders.home].find((home) => path.startsWith(`${home}/`))
    if (row.scope !== 'user') insert(plan.tree, path, row)
    else if (base !== undefined) insert(plan.tree, path.slice(base.length + 1), row)
    else outside.set(path, [...(outside.get(path) ?? []), row])
  }
  for (const [path, rowsThere] of outside) plan.outside.push({ path, rows: rowsThere })
  return plan
}

/** Absolute places that belong to the user, so that a project around them does not report them again. */
export function userPaths(rows: readonly AgentFolder[], folders: MachineFolders): Set<string> {
  const paths = rows.filter((row) => row.scope === 'user').map((row) => resolveUserPath(row.path, folders))
  return new Set(paths)
}

/**
 * Names whose presence in a folder makes it a project. Common names (`skills`, `data`, `.github`) are left out;
 * `projectMarkerChildren` says what must lie inside those.
 */
export const projectMarkers: ReadonlySet<string> = new Set([
  ...otherMarkers,
  ...mergeAgentFolders()
    .filter((row) => (row.scope === 'project' || row.scope === 'local') && !row.ambiguous)
    .map((row) => row.path.split('/')[0] as string)
    .filter((name) => !Object.hasOwn(nestedMarkers, name)),
])

/** By common folder name: a folder holding it is a project when it holds one of these. */
export const projectMarkerChildren: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(nestedMarkers),
)
