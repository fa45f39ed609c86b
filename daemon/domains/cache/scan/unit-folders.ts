/** Walks the places where the table says artifacts may lie, reading each folder on the way once for all agents. */
import { lstatSync, realpathSync } from 'node:fs'
import type { AgentFolder, FolderPlan, FolderTree } from './agents.ts'
import { type FilePath, type FolderEntry, followLink, joinPath, readLink } from './artifact-files.ts'
import { scanFile, scanFiles, scanFolders } from './file-folders.ts'
import { joinRel, openFolder, type ScanRun, tell } from './scan-run.ts'
import { scanSkills } from './skill-folders.ts'

/** Scans all places of a plan. `entries`: those of the unit's folder. */
export function scanPlaces(run: ScanRun, plan: FolderPlan, entries: FolderEntry[]): void {
  const root = run.unit.path
  for (const row of plan.tree.rows) scanRow(run, row, root, '', null)
  descend(run, plan.tree, root, '', entries, null)
  for (const { path, rows } of plan.outside) {
    const entry = entryAt(run, path)
    if (entry) for (const row of rows) scanRow(run, row, path, path, entry)
  }
}

function descend(
  run: ScanRun,
  tree: FolderTree,
  dir: FilePath,
  relDir: string,
  entries: FolderEntry[],
  realDir: string | null,
): void {
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i] as FolderEntry
    const node = tree.children.get(entry.name)
    if (node) visit(run, node, joinPath(dir, entry), joinRel(relDir, entry.name), entry, realDir)
  }
}

/** `realDir`: real path of the parent where a link led here; null where the path is the real one. */
function visit(
  run: ScanRun,
  node: FolderTree,
  path: FilePath,
  relPath: string,
  entry: FolderEntry,
  realDir: string | null,
): void {
  const real = realPathOf(run, path, relPath, entry, realDir)
  if (real === undefined) return
  if (!run.userPaths?.has(real ?? (path as string))) {
    for (const row of node.rows) scanRow(run, row, path, relPath, entry)
  }
  if (node.children.size === 0 || entry.isFile()) return
  const entries = openFolder(run, path, relPath)
  if (entries) descend(run, node, path, relPath, entries, real)
}

/** Null where it is `path` itself; undefined, and told, for a link to nowhere. Only projects may reach into the user's. */
function realPathOf(
  run: ScanRun,
  path: FilePath,
  relPath: string,
  entry: FolderEntry,
  realDir: string | null,
): string | null | undefined {
  if (run.unit.kind !== 'project' && !entry.isSymbolicLink()) return null
  if (!entry.isSymbolicLink()) return realDir === null ? null : `${realDir}/${entry.name}`
  const { stats, diagnostic } = followLink(path, run.counters)
  if (diagnostic) tell(run, relPath, diagnostic, readLink(path))
  try {
    return stats ? realpathSync(path) : undefined
  } catch (error) {
    tell(run, relPath, 'file.unreadable', (error as NodeJS.ErrnoException).code ?? String(error))
    return undefined
  }
}

function scanRow(
  run: ScanRun,
  row: AgentFolder,
  path: FilePath,
  relPath: string,
  entry: FolderEntry | null,
): void {
  if (row.shape === 'skills') scanSkills(run, row, path, relPath, run.unit.kind === 'plugin')
  else if (row.shape === 'files') scanFiles(run, row, path, relPath)
  else if (row.shape === 'folders') scanFolders(run, row, path, relPath)
  else if (entry) scanFile(run, row, path, relPath, entry)
}

/** A place outside of the unit, as its folder would list it. */
function entryAt(run: ScanRun, path: string): FolderEntry | null {
  run.counters.filesStatted++
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false })
    if (!stats) return null
    return {
      name: path.slice(path.lastIndexOf('/') + 1),
      isDirectory: () => stats.isDirectory(),
      isFile: () => stats.isFile(),
      isSymbolicLink: () => stats.isSymbolicLink(),
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOTDIR') tell(run, path, 'file.unreadable', code ?? String(error))
    return null
  }
}
