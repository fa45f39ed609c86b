/** The files of an artifact as they lie on the disk now. */
import { lstatSync, readFileSync, readlinkSync, realpathSync, type Stats, statSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { SmdError } from '../../../../protocol/errors.ts'
import { type FilePath, joinPath, readFolder } from '../scan/artifact-files.ts'
import { noCounters } from '../scan/config-file.ts'
import { type GitFile, gitBlobHash } from '../scan/git-tree-hash.ts'
import { isLeftBehind } from '../scan/local-digest.ts'
import type { ScanLimits } from '../scan/types.ts'
import { MAX_FILE_BYTES, type Side, type SideFile } from './side.ts'

export type DiskLimits = Pick<ScanLimits, 'maxArtifactBytes' | 'maxArtifactFiles'>

/**
 * Which files count. `content`: those of the content hash, links to files with what they lead to (formats spec section
 * 5). `git`: those that a repository would have, links as links, without what use leaves behind (ecosystem spec 5.6).
 */
export type Counting = 'content' | 'git'

/** So many files are read before others get their turn. */
const AT_ONCE = 50

/**
 * Reads the folder or file at `path`, all of it, since only contents tell what is equal.
 * Errors: `artifact.unreadable`; the reason of `signal`.
 */
export async function diskSide(
  path: string,
  counting: Counting,
  limits: DiskLimits,
  signal: AbortSignal,
): Promise<Side> {
  const root = guarded(path, () => realpathSync(path))
  const stats = guarded(path, () => statSync(root))
  const listed = stats.isDirectory() ? listFolder(root, counting, limits) : [single(path, root, stats)]
  const files = new Map<string, SideFile>()
  const byPath = new Map<string, GitFile>()
  let read = 0
  for (const file of listed) {
    if (++read % AT_ONCE === 0) await nextTurn()
    signal.throwIfAborted()
    const id = guarded(file.absPath, () => gitBlobHash(file))
    const executable = counting === 'git' ? file.mode === '100755' : null
    files.set(file.relPath, { id, executable })
    byPath.set(file.relPath, file)
  }
  return {
    files,
    isFile: !stats.isDirectory(),
    prepare: async () => undefined,
    read(relPath) {
      const file = byPath.get(relPath)
      return file ? contentOf(file) : null
    },
  }
}

function single(path: string, root: string, stats: Stats): GitFile {
  if (!stats.isFile()) throw unreadable(path, 'it is neither a file nor a folder')
  return {
    relPath: path.slice(path.replaceAll('\\', '/').lastIndexOf('/') + 1),
    absPath: root,
    sizeBytes: stats.size,
    mode: modeOf(stats),
  }
}

function listFolder(root: string, counting: Counting, limits: DiskLimits): GitFile[] {
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
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ELOOP' || code === 'ENOTDIR') return null
    throw unreadable(path, code ?? String(error))
  }
}

function contentOf({ absPath, mode, sizeBytes }: GitFile): Buffer | null {
  if (mode === '120000') return guarded(absPath, () => readlinkSync(absPath, { encoding: 'buffer' }))
  return sizeBytes > MAX_FILE_BYTES ? null : guarded(absPath, () => readFileSync(absPath))
}

const modeOf = (stats: Stats): GitFile['mode'] => (stats.mode & 0o100 ? '100755' : '100644')

function guarded<Value>(path: FilePath, read: () => Value): Value {
  try {
    return read()
  } catch (error) {
    throw unreadable(path, (error as NodeJS.ErrnoException).code ?? String(error))
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'it is gone',
  EACCES: 'its permissions forbid it',
  EPERM: 'its permissions forbid it',
}

const unreadable = (path: FilePath, reason: string): SmdError =>
  new SmdError('artifact.unreadable', { path: String(path), reason: reasons[reason] ?? reason })
