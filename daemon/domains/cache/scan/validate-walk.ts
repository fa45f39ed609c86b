/** Finds what `smd validate` is to check below a folder: the places Claude Code looks into, and skills of all agents. */
import { type Dirent, readdirSync, realpathSync, type Stats, statSync } from 'node:fs'
import path from 'node:path'
import { type AgentFolder, mergeAgentFolders } from './agents.ts'
import { inferArtifactType } from './artifact-type.ts'
import { skippedFolders } from './skipped-folders.ts'

/** Types there are rules for. */
export type ValidatedType = 'skill' | 'command' | 'agent' | 'hook' | 'mcp' | 'rule' | 'output-style'

/** A skill's folder, or a file. */
export type ValidationTarget = { type: ValidatedType; path: string }

/** What the walk found. `limit` says where it ended early, `unreadable` which folders it could not enter. */
export type ValidationTargets = { targets: ValidationTarget[]; limit: string | null; unreadable: string[] }

/** Real paths of what was found and of the folders entered. */
type Walk = ValidationTargets & { seen: Set<string>; seenFolders: Set<string> }

const maxFolders = 20_000
const maxDepth = 8

/** Names of files that hold hooks or servers. */
export function configTypeOf(fileName: string): 'hook' | 'mcp' | null {
  if (/^(?:.+\.|managed-)?\.?mcp\.json$/.test(fileName)) return 'mcp'
  return /^(?:managed-)?settings(?:\.local)?\.json$|^hooks\.json$/.test(fileName) ? 'hook' : null
}

/**
 * Artifacts below a folder, each once though several links lead to it. A project is looked through where agents keep
 * things, any other folder (a plugin, a repository of skills, `.claude` itself) everywhere.
 */
export function findTargets(root: string): ValidationTargets {
  const walk: Walk = { targets: [], limit: null, unreadable: [], seen: new Set(), seenFolders: new Set() }
  const rows = mergeAgentFolders().filter(isChecked)
  let isProject = false
  for (const row of rows) {
    const place = path.join(root, row.path)
    if (!row.ambiguous && isFolder(place)) {
      isProject = true
      walkRow(walk, row, place, 1)
    }
  }
  for (const file of ['.mcp.json', '.claude/settings.json', '.claude/settings.local.json']) {
    if (isFile(path.join(root, file))) add(walk, configTypeOf(path.basename(file)), path.join(root, file))
  }
  if (!isProject || isFolder(path.join(root, '.claude-plugin')))
    walkAnywhere(walk, root, namesAround(root), 0)
  return walk
}

/** Skills follow one standard in all agents; commands and agents are judged by Claude Code's rules, so only its own. */
const isChecked = (row: AgentFolder): boolean =>
  row.scope === 'project' &&
  (row.type === 'skill' ||
    (row.host === 'claude-code' && ['command', 'agent', 'rule', 'output-style'].includes(row.type)))

function walkRow(walk: Walk, row: AgentFolder, folder: string, level: number): number {
  let count = 0
  for (const entry of list(walk, folder)) {
    const child = path.join(folder, entry.name)
    if (skippedFolders.has(entry.name)) continue
    if (isFolder(child)) {
      if (row.shape === 'files') {
        if (level < Math.min(row.depth, maxDepth)) count += walkRow(walk, row, child, level + 1)
      } else if (skillFile(child)) count += add(walk, 'skill', child)
      else {
        const below = level < row.depth ? walkRow(walk, row, child, level + 1) : 0
        count += below
        // A folder that is neither a skill nor a group of some is a skill that lost its main file.
        if (below === 0 && level === 1 && !entry.name.startsWith('.')) count += add(walk, 'skill', child)
      }
    } else if (row.shape === 'files' && !entry.name.startsWith('.') && entry.name.endsWith('.md')) {
      count += add(walk, row.type as ValidatedType, child)
    } else if (row.shape === 'skills' && entry.isSymbolicLink() && !look(child))
      count += add(walk, 'skill', child)
  }
  return count
}

/** `names`: of the folders above that may say what a file is. */
function walkAnywhere(walk: Walk, folder: string, names: readonly string[], level: number): void {
  const entries = list(walk, folder)
  if (level > 0 && skillFile(folder)) {
    add(walk, 'skill', folder)
    return
  }
  for (const entry of entries) {
    const child = path.join(folder, entry.name)
    if (entry.isDirectory()) {
      if (level < maxDepth && !skippedFolders.has(entry.name))
        walkAnywhere(walk, child, [...names, entry.name], level + 1)
    } else if (isFile(child)) add(walk, typeOfFile(names, entry.name), child)
  }
}

/** The type of a file by the folders it lies in. */
function typeOfFile(names: readonly string[], name: string): ValidatedType | null {
  const config = configTypeOf(name)
  if (config === 'hook' && name === 'settings.json' && names.at(-1) === '.vscode') return null
  return config ?? markdownType([...names, name].join('/'))
}

/** Type of a markdown file by the names on its path; null when they tell nothing. */
export function markdownType(filePath: string): ValidatedType | null {
  const name = path.basename(filePath)
  if (!name.endsWith('.md')) return null
  const parent = path.basename(path.dirname(filePath))
  if (parent === 'output-styles') return 'output-style'
  if (parent === 'rules') return 'rule'
  const type = inferArtifactType({ path: filePath, isFolder: false, entries: [] })
  return type === 'command' || type === 'agent' ? type : null
}

/** Folders that make their own kind of root: what lies above says nothing about the files in it. */
const rootMarkers: ReadonlySet<string> = new Set([
  '.git',
  '.claude',
  '.claude-plugin',
  'plugins',
  'README.md',
  'package.json',
])

function namesAround(root: string): string[] {
  const isRoot = namesIn(root).some((name) => rootMarkers.has(name))
  return isRoot ? [] : root.split(path.sep).filter(Boolean).slice(-2)
}

function add(walk: Walk, type: ValidatedType | null, target: string): number {
  if (!type) return 0
  const real = realPathOf(target)
  if (walk.seen.has(real)) return 1
  walk.seen.add(real)
  walk.targets.push({ type, path: target })
  return 1
}

/** A link to nowhere stands for itself: whoever validates it says so. */
function realPathOf(target: string): string {
  try {
    return realpathSync(target)
  } catch {
    return target
  }
}

/** The entries of a folder by name; none beyond the limit, when it was seen before, or when it cannot be read. */
function list(walk: Walk, folder: string): Dirent[] {
  if (walk.seenFolders.size >= maxFolders) {
    walk.limit ??= folder
    return []
  }
  try {
    const real = realpathSync(folder)
    if (walk.seenFolders.has(real)) return []
    walk.seenFolders.add(real)
    return readdirSync(real, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch {
    walk.unreadable.push(folder)
    return []
  }
}

/** `SKILL.md` of a folder, else the same in another letter case; null when there is none, or no folder to read. */
export function skillFile(folder: string): string | null {
  const names = namesIn(folder).filter(
    (name) => name.toLowerCase() === 'skill.md' && isFile(path.join(folder, name)),
  )
  return names.find((name) => name === 'SKILL.md') ?? names[0] ?? null
}

/** Names in a folder; none when it cannot be read, which `list` reports where it matters. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

const isFolder = (at: string): boolean => look(at)?.isDirectory() === true
const isFile = (at: string): boolean => look(at)?.isFile() === true

/** What a path leads to; null for nothing, a dangling link, a loop of links, or a folder on the way that is closed. */
function look(at: string): Stats | null {
  try {
    return statSync(at)
  } catch {
    return null
  }
}
