/**
 * Folders of skills (ecosystem spec 1.1, 1.3, section 6): `NAME/SKILL.md`, `GROUP/NAME/SKILL.md`, links to either, and
 * skills that lie inside another skill.
 */
import type { AgentFolder } from './agents.ts'
import {
  type FilePath,
  type FolderEntry,
  followLink,
  isSkillFile,
  joinPath,
  readLink,
} from './artifact-files.ts'
import { newCandidate, offer } from './candidates.ts'
import { diagnose } from './diagnostics.ts'
import { claim, judgeLink, type LinkGuard, newGuard } from './folder-links.ts'
import { joinRel, openFolder, type ScanRun, tell } from './scan-run.ts'
import { skippedFolders } from './skipped-folders.ts'
import type { Diagnostic } from './types.ts'

/** Folder of Claude Code for skills it downloads; nobody else's skill may be called so, in any letter case. */
const reservedName = 'synced'

type Place = { row: AgentFolder; guard: LinkGuard; relRoot: string }

/** Scans one folder of skills. `single`: the folder itself may be a skill (a path a plugin names). */
export function scanSkills(
  run: ScanRun,
  row: AgentFolder,
  dir: FilePath,
  relDir: string,
  single = false,
): void {
  const entries = openFolder(run, dir, relDir)
  if (!entries) return
  const place: Place = { row, guard: newGuard(dir), relRoot: relDir }
  if (single && offerSkill(run, place, dir, relDir, entries, '', [])) return
  scanLevel(run, place, dir, relDir, entries, '', 1)
}

/** The skills among the folders in `dir`; how many there are. Links come first: a host goes by the name they give. */
function scanLevel(
  run: ScanRun,
  place: Place,
  dir: FilePath,
  relDir: string,
  entries: FolderEntry[],
  group: string,
  level: number,
): number {
  let count = 0
  for (const entry of entries) {
    if (!entry.isSymbolicLink() || isSkillFile(entry.name)) continue
    const link = joinPath(dir, entry)
    const kind = judgeLink(run, place.guard, link, joinRel(relDir, entry.name), 1)
    if (kind === 'folder') count += scanEntry(run, place, link, relDir, entry.name, group, level)
    else if (kind === 'known') count++
  }
  for (const entry of entries) {
    if (!entry.isDirectory() || skippedFolders.has(entry.name)) continue
    if (level > 1 && !claim(place.guard, belowRoot(place, joinRel(relDir, entry.name)))) continue
    count += scanEntry(run, place, joinPath(dir, entry), relDir, entry.name, group, level)
  }
  return count
}

function scanEntry(
  run: ScanRun,
  place: Place,
  dir: FilePath,
  relParent: string,
  name: string,
  group: string,
  level: number,
): number {
  const relPath = joinRel(relParent, name)
  const entries = openFolder(run, dir, relPath)
  if (!entries) return 0
  if (offerSkill(run, place, dir, relPath, entries, group, [])) return 1
  const { row } = place
  const below =
    level < row.depth ? scanLevel(run, place, dir, relPath, entries, joinGroup(group, name), level + 1) : 0
  if (
    below === 0 &&
    level === 1 &&
    !row.ambiguous &&
    !name.startsWith('.') &&
    name.toLowerCase() !== reservedName
  ) {
    tell(run, relPath, 'file.missing', 'SKILL.md')
  }
  return below
}

const belowRoot = ({ relRoot }: Place, relPath: string): string =>
  relRoot === '' ? relPath : relPath.slice(relRoot.length + 1)

const joinGroup = (group: string, name: string): string => (group === '' ? name : `${group}/${name}`)

/** Offers the folder when it is a skill. */
function offerSkill(
  run: ScanRun,
  place: Place,
  dir: FilePath,
  relPath: string,
  entries: FolderEntry[],
  group: string,
  diagnostics: Diagnostic[],
): boolean {
  const main = findMain(run, dir, relPath, entries, diagnostics)
  if (!main) return false
  const folder = relPath.slice(relPath.lastIndexOf('/') + 1)
  if (folder.toLowerCase() === reservedName) diagnostics.push(diagnose('skill.reserved_folder', folder))
  const candidate = newCandidate(run, place.row, dir, relPath === '' ? '.' : relPath, folder, main)
  candidate.diagnostics = diagnostics
  if (group !== '') candidate.metadata = { namespace: group }
  const nested = offer(run, candidate, entries)
  for (const below of nested) offerNested(run, place, dir, relPath, below)
  return true
}

/** `SKILL.md`, else the same in another letter case, as long as it is or leads to a file. */
function findMain(
  run: ScanRun,
  dir: FilePath,
  relPath: string,
  entries: FolderEntry[],
  diagnostics: Diagnostic[],
): string | null {
  let main: FolderEntry | undefined
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i] as FolderEntry
    if (!isSkillFile(entry.name) || entry.isDirectory()) continue
    if (!main || entry.name === 'SKILL.md') main = entry
  }
  if (!main) return null
  if (main.isSymbolicLink()) {
    const link = joinPath(dir, main)
    const { stats, diagnostic } = followLink(link, run.counters)
    if (diagnostic) tell(run, joinRel(relPath, main.name), diagnostic, readLink(link))
    if (!stats?.isFile()) return null
    diagnostics.push(diagnose('file.symlink', readLink(link)))
  } else if (!main.isFile()) return null
  if (main.name !== 'SKILL.md') diagnostics.push(diagnose('file.wrong_case', main.name))
  return main.name
}

/** A skill inside of another: some hosts load it, so it is listed, and says where it lies. */
function offerNested(run: ScanRun, place: Place, skill: FilePath, relSkill: string, below: string): void {
  const relPath = joinRel(relSkill, below)
  const parts = below.split('/')
  if (parts.some((part) => skippedFolders.has(part)) || !claim(place.guard, belowRoot(place, relPath))) return
  const dir = parts.reduce<FilePath>((path, name) => joinPath(path, { name }), skill)
  const entries = openFolder(run, dir, relPath)
  if (!entries) return
  const diagnostics = [diagnose('skill.nested', relSkill)]
  const main = findMain(run, dir, relPath, entries, diagnostics)
  if (!main) return
  const candidate = newCandidate(run, place.row, dir, relPath, parts.at(-1) as string, main)
  candidate.diagnostics = diagnostics
  candidate.inside = relSkill
  offer(run, candidate, entries)
}
