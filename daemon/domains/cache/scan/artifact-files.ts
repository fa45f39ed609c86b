/**
 * All files of one artifact, in one pass of `readdir` and `lstat` (performance spec section 4: synchronous calls).
 *
 * What counts is what H1 counts of a copy (formats spec sections 5 and 7): every regular file, also hidden ones, and links
 * to files with the content of their target, without what use leaves behind; linked folders are not entered, so no loop of
 * links can catch the walk.
 */
import { type Dirent, readdirSync, readlinkSync, type Stats, statSync } from 'node:fs'
import { comparePaths } from './content-hash.ts'
import { type ContentReader, readWithStats } from './content-reader.ts'
import { diagnose } from './diagnostics.ts'
import { addFile, emptyFingerprint, type Fingerprint, hashPath, pathSeed } from './fingerprint.ts'
import { isLeftOut, openskillsFile } from './left-out.ts'
import type { Diagnostic, ScanCounters, ScanLimits } from './types.ts'

/** A path for system calls: bytes where a name on it is not UTF-8. */
export type FilePath = string | Buffer

/** What `readdir` says of an entry. `raw` holds the name when it is not UTF-8; `name` then shows those bytes as `\xNN`. */
export type FolderEntry = Pick<Dirent, 'name' | 'isDirectory' | 'isFile' | 'isSymbolicLink'> & {
  raw?: Buffer
}

/** What the files of one artifact come to. One value serves a whole scan: `resetFiles` empties it. */
export type ArtifactFiles = {
  count: number
  sizeBytes: number
  /** Newest mtime, Unix ms. */
  modifiedAt: number
  sum: Fingerprint
  /** True when there is too much to hash; beyond the number of files the walk ended, too. */
  overLimit: boolean
  /** Folders below the first that hold a SKILL.md, `/`-separated. */
  nested: string[]
  diagnostics: Diagnostic[]
  /** Reads the files on the way; null to look only. */
  reader: ContentReader | null
}

/** What the walk needs to know and keeps count in. */
export type WalkContext = { limits: ScanLimits; counters: ScanCounters }

const noThrow = { throwIfNoEntry: false } as const
const withTypes = { withFileTypes: true } as const
const slash = Buffer.from('/')

export const newFiles = (): ArtifactFiles => ({
  count: 0,
  sizeBytes: 0,
  modifiedAt: 0,
  sum: emptyFingerprint(),
  overLimit: false,
  nested: [],
  diagnostics: [],
  reader: null,
})

export function resetFiles(files: ArtifactFiles, reader: ContentReader | null): void {
  files.count = files.sizeBytes = files.modifiedAt = files.sum.a = files.sum.b = 0
  files.overLimit = false
  if (files.nested.length > 0) files.nested = []
  if (files.diagnostics.length > 0) files.diagnostics = []
  files.reader = reader
}

export function joinPath(dir: FilePath, entry: Pick<FolderEntry, 'name' | 'raw'>): FilePath {
  if (typeof dir === 'string' && entry.raw === undefined) return `${dir}/${entry.name}`
  return Buffer.concat([Buffer.from(dir as string), slash, entry.raw ?? Buffer.from(entry.name)])
}

/** Entries of a folder in byte order of their names. Errors: those of `readdir`. */
export function readFolder(dir: FilePath, counters: ScanCounters): FolderEntry[] {
  counters.directories++
  const entries: FolderEntry[] = readdirSync(dir as string, withTypes)
  for (let i = 0; i < entries.length; i++) {
    if ((entries[i] as FolderEntry).name.includes('\uFFFD')) return readRawFolder(dir)
  }
  return entries
}

/** The same by bytes, for a folder in which a name may not be UTF-8. */
function readRawFolder(dir: FilePath): FolderEntry[] {
  return readdirSync(dir as string, { withFileTypes: true, encoding: 'buffer' }).map((entry) => {
    const name = entry.name.toString('utf8')
    const isText = Buffer.from(name).equals(entry.name)
    return {
      name: isText ? name : escapeName(entry.name),
      ...(!isText && { raw: entry.name }),
      isDirectory: () => entry.isDirectory(),
      isFile: () => entry.isFile(),
      isSymbolicLink: () => entry.isSymbolicLink(),
    }
  })
}

/** Bytes beyond ASCII as `\xNN`: distinct names stay distinct, and the result can be stored and shown. */
function escapeName(raw: Buffer): string {
  let name = ''
  for (const byte of raw) name += byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`
  return name
}

/** `SKILL.md` in any letter case. */
export const isSkillFile = (name: string): boolean => name.length === 8 && name.toLowerCase() === 'skill.md'

/** Adds the files of the folder `dir`, whose entries were read before. */
export function addFolder(
  ctx: WalkContext,
  files: ArtifactFiles,
  dir: FilePath,
  entries: FolderEntry[],
): void {
  walk(ctx, files, dir, entries, '', pathSeed)
}

function walk(
  ctx: WalkContext,
  files: ArtifactFiles,
  dir: FilePath,
  entries: FolderEntry[],
  prefix: string,
  seed: Readonly<Fingerprint>,
): void {
  const path = emptyFingerprint()
  if (files.reader) sortForHash(entries)
  for (let i = 0; i < entries.length; i++) {
    if (files.count > ctx.limits.maxArtifactFiles) return
    const entry = entries[i] as FolderEntry
    const isRecord = entry.name === openskillsFile && prefix === ''
    if (isLeftOut(entry.name) && !isRecord) continue
    const child = joinPath(dir, entry)
    hashPath(seed, entry.name, path)
    if (isRecord) {
      noteRecord(ctx, files, child, path)
      continue
    }
    if (entry.isDirectory()) {
      walkInto(ctx, files, child, `${prefix}${entry.name}`, path)
      continue
    }
    if (entry.isSymbolicLink()) addLink(ctx, files, child, prefix, entry.name, path)
    else if (entry.isFile()) addRegular(ctx, files, child, prefix, entry.name, path)
    else continue
    if (prefix !== '' && isSkillFile(entry.name)) files.nested.push(prefix.slice(0, -1))
  }
}

/** What tells where the artifact came from is no part of it; that it is another one is a reason to look again. */
function noteRecord(
  { counters }: WalkContext,
  files: ArtifactFiles,
  file: FilePath,
  path: Readonly<Fingerprint>,
): void {
  const { stats } = followLink(file, counters)
  if (stats?.isFile()) addFile(files.sum, path, stats.size, stats.mtimeMs, stats.ino)
}

/** Unix lists folders in the order of H1; elsewhere they have to be put into it. */
function sortForHash(entries: FolderEntry[]): void {
  for (let i = 1; i < entries.length; i++) {
    if (comparePaths((entries[i - 1] as FolderEntry).name, (entries[i] as FolderEntry).name) > 0) {
      entries.sort((x, y) => comparePaths(x.name, y.name))
      return
    }
  }
}

function walkInto(
  ctx: WalkContext,
  files: ArtifactFiles,
  dir: FilePath,
  relPath: string,
  path: Readonly<Fingerprint>,
): void {
  let entries: FolderEntry[]
  try {
    entries = readFolder(dir, ctx.counters)
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return
    cannotRead(files, relPath, code, path)
    return
  }
  if (entries.length > 0) walk(ctx, files, dir, entries, `${relPath}/`, path)
}

/** Adds a single file, or the target of a link to one. */
export function addSingleFile(
  ctx: WalkContext,
  files: ArtifactFiles,
  file: FilePath,
  entry: FolderEntry,
): void {
  const path = hashPath(pathSeed, entry.name, emptyFingerprint())
  if (entry.isSymbolicLink()) addLink(ctx, files, file, '', entry.name, path)
  else if (entry.isFile()) addRegular(ctx, files, file, '', entry.name, path)
}

/** A link counts with what it leads to; a folder is left alone, and one that leads nowhere is told and remembered. */
function addLink(
  ctx: WalkContext,
  files: ArtifactFiles,
  link: FilePath,
  prefix: string,
  name: string,
  path: Readonly<Fingerprint>,
): void {
  const target = followLink(link, ctx.counters)
  if (target.diagnostic) {
    files.diagnostics.push(diagnose(target.diagnostic, `${prefix}${name} -> ${readLink(link)}`))
    addFile(files.sum, path, -2, 0, 0)
  } else if (target.stats?.isFile()) {
    if (files.reader) addRegular(ctx, files, link, prefix, name, path)
    else add(ctx, files, path, target.stats)
  }
}

/** What a link leads to, or why it leads nowhere. */
export function followLink(
  link: FilePath,
  counters: ScanCounters,
): { stats: Stats | null; diagnostic: 'file.dangling_link' | 'file.link_loop' | 'file.unreadable' | null } {
  counters.filesStatted++
  try {
    const stats = statSync(link, noThrow)
    return stats ? { stats, diagnostic: null } : { stats: null, diagnostic: 'file.dangling_link' }
  } catch (error) {
    return { stats: null, diagnostic: codeOf(error) === 'ELOOP' ? 'file.link_loop' : 'file.unreadable' }
  }
}

/** Text of a link; empty when it vanished meanwhile. */
export function readLink(link: FilePath): string {
  try {
    return readlinkSync(link)
  } catch {
    return ''
  }
}

function addRegular(
  ctx: WalkContext,
  files: ArtifactFiles,
  file: FilePath,
  prefix: string,
  name: string,
  path: Readonly<Fingerprint>,
): void {
  let stats: Stats | null | undefined
  if (files.reader) stats = readWithStats(ctx, files, files.reader, file, prefix, name)
  if (stats === null) return
  if (!stats) {
    ctx.counters.filesStatted++
    try {
      stats = statSync(file, noThrow)
    } catch (error) {
      cannotRead(files, `${prefix}${name}`, codeOf(error), path)
      return
    }
  }
  if (stats) add(ctx, files, path, stats)
}

function add(ctx: WalkContext, files: ArtifactFiles, path: Readonly<Fingerprint>, stats: Stats): void {
  files.count++
  files.sizeBytes += stats.size
  if (stats.mtimeMs > files.modifiedAt) files.modifiedAt = stats.mtimeMs
  addFile(files.sum, path, stats.size, stats.mtimeMs, stats.ino)
  const { maxArtifactBytes, maxArtifactFiles } = ctx.limits
  if (files.overLimit) return
  if (files.count > maxArtifactFiles) tooMuch(files, `more than ${maxArtifactFiles} files`)
  else if (files.sizeBytes > maxArtifactBytes) tooMuch(files, `more than ${maxArtifactBytes} bytes`)
}

function tooMuch(files: ArtifactFiles, what: string): void {
  files.overLimit = true
  files.diagnostics.push(diagnose('artifact.limit', what))
}

/** Told of the artifact; its hash would not be the whole, so there is none. */
function cannotRead(files: ArtifactFiles, relPath: string, code: string, path: Readonly<Fingerprint>): void {
  files.diagnostics.push(diagnose('file.unreadable', `${relPath} (${code})`))
  addFile(files.sum, path, -1, 0, 0)
  if (files.reader) files.reader.unreadable = true
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error)
