/** The files of an artifact as they lie on the disk now. */
import { lstatSync, readlinkSync, realpathSync, type Stats, statSync } from 'node:fs'
import { basename } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { SmdError } from '../../../../protocol/errors.ts'
import { objectId } from '../../upstream/writer/index.ts'
import { type PartRequest, readPart } from '../files/config-part.ts'
import { openInside, unreadable } from '../files/inside.ts'
import { type FilePath, joinPath, readFolder } from '../scan/artifact-files.ts'
import { noCounters } from '../scan/config-file.ts'
import { type GitFile, gitBlobHash } from '../scan/git-tree-hash.ts'
import { isLeftBehind } from '../scan/local-digest.ts'
import type { ScanLimits } from '../scan/types.ts'
import { MAX_FILE_BYTES, type Side, type SideFile } from './side.ts'

/** A folder or file of this machine, or the part of a configuration file that is the artifact. */
export type DiskPlace = { kind: 'disk'; path: string; part: PartRequest | null }

export type DiskLimits = Pick<ScanLimits, 'maxArtifactBytes' | 'maxArtifactFiles'>

/**
 * Which files count. `content`: all of them, links to files with what they lead to (formats spec section 5). `git`: those that
 * a repository would have, links as links, without what use leaves behind (ecosystem spec 5.6).
 */
export type Counting = 'content' | 'git'

/** So many files are read before others get their turn. */
const AT_ONCE = 50

/**
 * Reads a place, all of it, since only contents tell what is equal. What lies outside of a folder, where a link leads,
 * counts as well, but is not shown; of a configuration file the part is shown, without its secrets.
 * `isIgnored`: what is not even looked at. Errors: `artifact.unreadable`; the reason of `signal`.
 */
export async function diskSide(
  { path, part }: Omit<DiskPlace, 'kind'>,
  counting: Counting,
  limits: DiskLimits,
  signal: AbortSignal,
  isIgnored: (path: string) => boolean = () => false,
): Promise<Side> {
  if (part) return partSide(`${basename(path)}#${part.fragment}`, Buffer.from(readPart(path, part)))
  const root = guarded(path, () => realpathSync(path))
  const stats = guarded(path, () => statSync(root))
  const listed = stats.isDirectory()
    ? listFolder(root, counting, limits, isIgnored)
    : [single(path, root, stats)]
  const files = new Map<string, SideFile>()
  const byPath = new Map<string, GitFile>()
  let read = 0
  for (const file of listed) {
    if (++read % AT_ONCE === 0) await nextTurn()
    signal.throwIfAborted()
    const id = guarded(file.absPath, () => gitBlobHash(file))
    const executable = counting === 'git' && stats.isDirectory() ? file.mode === '100755' : null
    files.set(file.relPath, { id, executable })
    byPath.set(file.relPath, file)
  }
  return {
    files,
    isFile: !stats.isDirectory(),
    prepare: async () => undefined,
    async read(relPath) {
      const file = byPath.get(relPath)
      if (!file) return null
      if (file.mode === '120000')
        return guarded(file.absPath, () => readlinkSync(file.absPath, { encoding: 'buffer' }))
      return file.sizeBytes > MAX_FILE_BYTES ? null : contentOf(root, stats.isDirectory() ? relPath : '')
    },
  }
}

function partSide(name: string, content: Buffer): Side {
  return {
    files: new Map([[name, { id: objectId('blob', content), executable: null }]]),
    isFile: true,
    prepare: async () => undefined,
    read: async () => content,
  }
}

function single(path: string, root: string, stats: Stats): GitFile {
  if (!stats.isFile()) throw unreadable(path, 'it is neither a file nor a folder')
  return { relPath: basename(path), absPath: root, sizeBytes: stats.size, mode: modeOf(stats) }
}

function listFolder(
  root: string,
  counting: Counting,
  limits: DiskLimits,
  isIgnored: (path: string) => boolean,
): GitFile[] {
  const { maxArtifactFiles, maxArtifactBytes } = limits
  const counters = noCounters()
  const files: GitFile[] = []
  let bytes = 0
  const add = (relPath: string, absPath: FilePath, isLink: boolean): void => {
    const stats = lookAt(absPath, isLink && counting === 'content')
    // A link that leads to a folder or nowhere, or something that vanished meanwhile.
    if (!stats || !(stats.isFile() || stats.isSymbolicLink())) return
    bytes += stats.size
    const mode = stats.isSymbolicLink() ? '120000' : modeOf(stats)
    files.push({ relPath, absPath, sizeBytes: stats.size, mode })
    if (files.length > maxArtifactFiles) throw unreadable(root, `it has more than ${maxArtifactFiles} files`)
    if (bytes > maxArtifactBytes) throw unreadable(root, `it has more than ${maxArtifactBytes} bytes`)
  }
  const visit = (dir: FilePath, prefix: string): void => {
    for (const entry of guarded(dir, () => readFolder(dir, counters))) {
      if (counting === 'git' && isLeftBehind(entry.name)) continue
      if (isIgnored(prefix + entry.name)) continue
      const child = joinPath(dir, entry)
      if (entry.isDirectory()) visit(child, `${prefix}${entry.name}/`)
      else if (entry.isSymbolicLink() || entry.isFile())
        add(prefix + entry.name, child, entry.isSymbolicLink())
    }
  }
  visit(root, '')
  return files
}

/** Null for what is not there. */
function lookAt(path: FilePath, follow: boolean): Stats | null {
  try {
    return (follow ? statSync : lstatSync)(path)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (['ENOENT', 'ELOOP', 'ENOTDIR'].includes(code)) return null
    throw unreadable(String(path), error)
  }
}

/** Null for what is not below `root`, or is too long by now. */
async function contentOf(root: string, relPath: string): Promise<Buffer | null> {
  try {
    const file = await openInside(root, relPath === '' ? [] : relPath.split('/'))
    try {
      const { size } = await file.stat()
      return size > MAX_FILE_BYTES ? null : await file.readFile()
    } finally {
      await file.close()
    }
  } catch (error) {
    if (error instanceof SmdError && error.slug === 'artifact.no_such_file') return null
    throw error instanceof SmdError ? error : unreadable(root, error)
  }
}

const modeOf = (stats: Stats): GitFile['mode'] => (stats.mode & 0o100 ? '100755' : '100644')

function guarded<Value>(path: FilePath, read: () => Value): Value {
  try {
    return read()
  } catch (error) {
    throw unreadable(String(path), error)
  }
}
