/** The bounded walk that finds projects below the roots: one `readdir` and one `lstat` per folder, breadth first. */
import { type Dirent, lstatSync, readdirSync, type Stats, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import { projectMarkerChildren, projectMarkers } from './agents.ts'
import { reasonOf } from './config-file.ts'
import type { ScanCounters } from './types.ts'
import { environmentMarkers, isNoPlaceForProjects } from './walk-skips.ts'

export type WalkOptions = {
  /** Absolute, in the order they are walked. */
  roots: ReadonlyArray<{ path: string; maxDepth: number }>
  /** Folders read over all roots before the walk gives up. */
  maxDirectories: number
  /** Names never entered, beside the built-in ones. */
  skip: ReadonlySet<string>
  /** Paths never entered and never projects: the user's own configuration, what the settings exclude. */
  isExcluded: (path: string) => boolean
  /** The home folder: not a project, and special folders lie directly in it. */
  home: string
  counters: ScanCounters
}

export type Walk = {
  /** Paths of folders that are projects, as reached from the root. */
  found: string[]
  /** True when `maxDirectories` ended the walk early. */
  truncated: boolean
  /** Folders that could not be read, with the reason. */
  unreadable: Array<{ path: string; reason: string }>
}

/** Unreadable folders told at most; a whole disk of them is one fact. */
const maxUnreadable = 20

/** Identity of a folder; where inode numbers are too large for a number, its path. */
export const identityOf = (path: string, stats: Stats): string =>
  hasInode(stats) ? `${stats.dev}:${stats.ino}` : path

const hasInode = ({ ino }: Stats): boolean => ino > 0 && ino < Number.MAX_SAFE_INTEGER

/** Folders entered: inode numbers by device, and paths where those are too large for a number. */
type Visited = { inodes: Map<number, Set<number>>; paths: Set<string> }

const newVisited = (): Visited => ({ inodes: new Map(), paths: new Set() })

/** Remembers a folder. False when it was there before. */
function visit({ inodes, paths }: Visited, path: string, stats: Stats): boolean {
  if (!hasInode(stats)) return paths.size < paths.add(path).size
  let known = inodes.get(stats.dev)
  if (!known) {
    known = new Set()
    inodes.set(stats.dev, known)
  }
  return known.size < known.add(stats.ino).size
}

type Place = { path: string; depth: number; maxDepth: number; device: number }

/** Finds projects. Links are not followed, file systems not crossed, no folder is entered twice. */
export function walkForProjects(options: WalkOptions): Walk {
  const { counters } = options
  const walk: Walk = { found: [], truncated: false, unreadable: [] }
  const seen = newVisited()
  let level: Place[] = []
  for (const root of options.roots) {
    const stats = look(root.path, counters, true)
    if (!stats?.isDirectory() || options.isExcluded(root.path)) continue
    if (!visit(seen, root.path, stats)) continue
    level.push({ path: root.path, depth: 0, maxDepth: root.maxDepth, device: stats.dev })
  }
  let read = 0
  while (level.length > 0) {
    const next: Place[] = []
    for (const place of level) {
      if (read >= options.maxDirectories) {
        walk.truncated = true
        return walk
      }
      read++
      const entries = list(place.path, walk, counters)
      if (entries === null) continue
      const kind = classify(place.path, entries, counters)
      if (kind.isEnvironment) continue
      const isProject = kind.isProject && place.path !== options.home
      if (isProject) walk.found.push(place.path)
      if ((isProject && kind.isGitRoot) || place.depth >= place.maxDepth) continue
      for (const entry of entries) {
        if (!entry.isDirectory() || isNoPlaceForProjects(entry.name, place.path, options)) continue
        const path = place.path + (place.path.endsWith(sep) ? '' : sep) + entry.name
        if (options.isExcluded(path)) continue
        const stats = look(path, counters, false)
        if (!stats?.isDirectory() || stats.dev !== place.device) continue
        if (!visit(seen, path, stats)) continue
        next.push({ path, depth: place.depth + 1, maxDepth: place.maxDepth, device: place.device })
      }
    }
    level = next
  }
  return walk
}

function look(path: string, counters: ScanCounters, follow: boolean): Stats | undefined {
  counters.filesStatted++
  try {
    return (follow ? statSync : lstatSync)(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

function list(path: string, walk: Walk, counters: ScanCounters): Dirent[] | null {
  counters.directories++
  try {
    return readdirSync(path, { withFileTypes: true })
  } catch (error) {
    const reason = reasonOf(error)
    // Gone meanwhile is no trouble
    if (reason !== 'ENOENT' && reason !== 'ENOTDIR' && walk.unreadable.length < maxUnreadable) {
      walk.unreadable.push({ path, reason })
    }
    return null
  }
}

type Kind = { isProject: boolean; isGitRoot: boolean; isEnvironment: boolean }

function classify(path: string, entries: Dirent[], counters: ScanCounters): Kind {
  const kind: Kind = { isProject: false, isGitRoot: false, isEnvironment: false }
  for (const { name } of entries) {
    if (name === '.git') kind.isGitRoot = true
    else if (environmentMarkers.has(name)) kind.isEnvironment = true
    else if (!kind.isProject) kind.isProject = marks(path, name, counters)
  }
  return kind
}

/** Whether an entry of a folder makes it a project. */
function marks(path: string, name: string, counters: ScanCounters): boolean {
  if (projectMarkers.has(name)) return true
  const children = projectMarkerChildren.get(name)
  return children?.some((child) => look(join(path, name, child), counters, true) !== undefined) ?? false
}

/** Whether a single folder is a project: for the current folder, which no walk came by. */
export function isProjectFolder(path: string, counters: ScanCounters): boolean {
  try {
    counters.directories++
    return classify(path, readdirSync(path, { withFileTypes: true }), counters).isProject
  } catch {
    return false
  }
}
