import { type Dirent, lstatSync, readdirSync, readlinkSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { MachineFolders } from '../../../kernel/config/machine-folders.ts'
import { mergeAgentFolders, resolveUserPath, skippedFolders } from '../../cache/scan/index.ts'
import type { Leftover } from './leftover.ts'

/** Levels below a folder of an agent; what lies deeper is inside of artifacts, whose links are their own matter. */
const DEPTH = 2

/** Links in the folders of all agents that lead nowhere; `projects` are real paths. */
export function brokenLinks(folders: MachineFolders, projects: readonly string[]): Leftover[] {
  const rows = mergeAgentFolders().filter(({ shape }) => shape !== 'file')
  const roots = new Set<string>()
  for (const { scope, path } of rows) {
    if (scope === 'user') roots.add(resolveUserPath(path, folders))
    else if (scope === 'project') for (const project of projects) roots.add(join(project, path))
  }
  return [...roots].flatMap((root) => linksIn(root, DEPTH))
}

function linksIn(folder: string, depth: number): Leftover[] {
  return entriesOf(folder).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isSymbolicLink()) return brokenLink(path) ?? []
    return entry.isDirectory() && depth > 1 && !skippedFolders.has(entry.name) ? linksIn(path, depth - 1) : []
  })
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

/** Null for what is no link, or leads somewhere; also to where nobody may look. */
export function brokenLink(path: string): Leftover | null {
  try {
    const own = lstatSync(path)
    if (!own.isSymbolicLink() || leadsSomewhere(path)) return null
    return {
      kind: 'broken-link',
      path,
      detail: readlinkSync(path),
      sizeBytes: 0,
      changedAt: Math.max(0, Math.round(own.mtimeMs)),
      removable: true,
    }
  } catch {
    return null
  }
}

function leadsSomewhere(path: string): boolean {
  try {
    statSync(path)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code !== 'ENOENT' && code !== 'ELOOP' && code !== 'ENOTDIR'
  }
}
