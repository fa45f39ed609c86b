/** Folders of single-file artifacts, single files, and folders of folders that are not skills. */
import type { AgentFolder } from './agents.ts'
import { type FilePath, type FolderEntry, joinPath } from './artifact-files.ts'
import { newCandidate, offer } from './candidates.ts'
import { diagnose } from './diagnostics.ts'
import { judgeLink, type LinkGuard, newGuard } from './folder-links.ts'
import { joinRel, openFolder, type ScanRun, tell } from './scan-run.ts'
import { skippedFolders } from './skipped-folders.ts'

/** Main files that make a folder among commands one command (formats spec section 9). */
const commandMains: ReadonlySet<string> = new Set(['command.md', 'skill.md'])

/** Scans a folder of files, and the folders below it: `git/commit.md` is the command `git:commit`. */
export function scanFiles(run: ScanRun, row: AgentFolder, dir: FilePath, relDir: string): void {
  const entries = openFolder(run, dir, relDir)
  if (entries) scanLevel(run, row, newGuard(dir), dir, relDir, entries, '', 1)
}

function scanLevel(
  run: ScanRun,
  row: AgentFolder,
  guard: LinkGuard,
  dir: FilePath,
  relDir: string,
  entries: FolderEntry[],
  prefix: string,
  level: number,
): void {
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i] as FolderEntry
    const { name } = entry
    if (name.startsWith('.') || skippedFolders.has(name)) continue
    const relPath = joinRel(relDir, name)
    let kind: string = entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : ''
    // What is no artifact by its name is none through a link
    if (entry.isSymbolicLink()) kind = judgeLink(run, guard, joinPath(dir, entry), relPath, row.depth)
    if (kind === 'file') {
      const extension = row.names.find((ending) => name.length > ending.length && name.endsWith(ending))
      if (extension) offerFile(run, row, dir, relPath, entry, prefix + name.slice(0, -extension.length))
    } else if (kind === 'folder' && level < row.depth) {
      const child = joinPath(dir, entry)
      const below = openFolder(run, child, relPath)
      if (!below || offerCommandFolder(run, row, child, relPath, below, prefix + name)) continue
      scanLevel(run, row, guard, child, relPath, below, `${prefix}${name}${separatorOf(row)}`, level + 1)
    }
  }
}

/** Commands are called `folder:name`; names of other types only have to tell one file from another. */
const separatorOf = (row: AgentFolder): string => (row.type === 'command' ? ':' : '/')

function offerFile(
  run: ScanRun,
  row: AgentFolder,
  dir: FilePath,
  relPath: string,
  entry: FolderEntry,
  placeName: string,
): void {
  const candidate = newCandidate(run, row, joinPath(dir, entry), relPath, placeName, null)
  candidate.entry = entry
  offer(run, candidate, null)
}

/** A folder with a COMMAND.md or SKILL.md among the commands is one command, though it should be a file. */
function offerCommandFolder(
  run: ScanRun,
  row: AgentFolder,
  dir: FilePath,
  relPath: string,
  entries: FolderEntry[],
  placeName: string,
): boolean {
  if (row.type !== 'command') return false
  const main = entries.find((entry) => commandMains.has(entry.name.toLowerCase()) && !entry.isDirectory())
  if (!main) return false
  const candidate = newCandidate(run, row, dir, relPath, placeName, main.name)
  candidate.diagnostics = [diagnose('command.directory', 'command')]
  offer(run, candidate, entries)
  return true
}

/** Scans a single file; `name` of a memory file is the file's, of others without extension. */
export function scanFile(
  run: ScanRun,
  row: AgentFolder,
  path: FilePath,
  relPath: string,
  entry: FolderEntry,
): void {
  if (entry.isDirectory()) return
  const file = relPath.slice(relPath.lastIndexOf('/') + 1)
  const placeName = row.type === 'memory' ? file : file.replace(/\.[^.]+$/, '')
  const candidate = newCandidate(run, row, path, relPath, placeName, null)
  candidate.entry = entry
  offer(run, candidate, null)
}

/** Scans a folder of folders with a main file of a known name (SkillMeat's collections). */
export function scanFolders(run: ScanRun, row: AgentFolder, dir: FilePath, relDir: string): void {
  const guard = newGuard(dir)
  for (const entry of openFolder(run, dir, relDir) ?? []) {
    if (entry.name.startsWith('.') || skippedFolders.has(entry.name)) continue
    const relPath = joinRel(relDir, entry.name)
    const path = joinPath(dir, entry)
    const isFolder =
      entry.isDirectory() || (entry.isSymbolicLink() && judgeLink(run, guard, path, relPath, 1) === 'folder')
    if (!isFolder) continue
    const entries = openFolder(run, path, relPath)
    if (!entries) continue
    const main = entries.find((file) => row.names.includes(file.name.toLowerCase()) && !file.isDirectory())
    if (!main) tell(run, relPath, 'file.missing', row.names.join(' or '))
    offer(run, newCandidate(run, row, path, relPath, entry.name, main?.name ?? ''), entries)
  }
}
