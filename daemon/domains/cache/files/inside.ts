/** Opens files below a folder and nowhere else, whatever links and renames do meanwhile. */
import { type BigIntStats, constants } from 'node:fs'
import { type FileHandle, lstat, open, readlink, realpath } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'
import { SmdError } from '../../../../protocol/errors.ts'
import { skippedFolders } from '../scan/skipped-folders.ts'

/** Names of folders and a file, from the outside in; null for what is no path below a folder. */
export function namesOf(path: string): string[] | null {
  const names = path.split('/')
  const isPlain = (name: string): boolean =>
    name !== '' && name !== '.' && name !== '..' && !name.includes('\0') && !hasOtherMeaning(name)
  return names.every(isPlain) && !names.some((name) => skippedFolders.has(name)) ? names : null
}

/** On Windows a name may be a path of its own, a drive or a stream of another file. */
const hasOtherMeaning = (name: string): boolean => sep === '\\' && /[\\:]/.test(name)

/**
 * Opens a regular file for reading. `names` are followed from `root`, a real path, also through links, as long as they
 * lead to a file below `root`. Where the opened file lies is asked once more: between the look and the opening somebody
 * may have put a link in the place of a folder.
 * Errors: `artifact.no_such_file` for whatever is not there, or elsewhere; `artifact.unreadable`.
 */
export async function openInside(root: string, names: readonly string[]): Promise<FileHandle> {
  const path = names.join('/')
  const noSuchFile = (): SmdError => new SmdError('artifact.no_such_file', { path })
  const failed = (cause: unknown): never => {
    if (cause instanceof SmdError) throw cause
    const { code = '' } = cause as NodeJS.ErrnoException
    const isAbsent = ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'EINVAL'].includes(code)
    throw isAbsent ? noSuchFile() : unreadable(join(root, ...names), cause)
  }
  const real = await realpath(join(root, ...names)).catch(failed)
  if (!isBelow(root, real)) throw noSuchFile()
  // Not waiting: a pipe in its place would keep the caller for ever.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
  const file = await open(real, flags).catch(failed)
  try {
    const stats = await file.stat({ bigint: true })
    if (stats.isDirectory() || !isBelow(root, await placeOf(file, real, stats))) throw noSuchFile()
    if (!stats.isFile()) throw unreadable(real, 'it is no regular file')
    return file
  } catch (error) {
    await file.close()
    return failed(error)
  }
}

/** Where an open file lies: Linux tells; elsewhere its path is looked up once more, and '' when another file is there. */
async function placeOf({ fd }: FileHandle, path: string, { ino, dev }: BigIntStats): Promise<string> {
  const told = await readlink(`/proc/self/fd/${fd}`).catch(() => null)
  if (told !== null) return told
  const now = await realpath(path)
  const there = await lstat(now, { bigint: true })
  return there.ino === ino && there.dev === dev ? now : ''
}

/** Whether `path` is `root` itself, or lies below it; both are real paths. */
function isBelow(root: string, path: string): boolean {
  const rest = relative(root, path)
  return rest === '' || (rest !== '..' && !rest.startsWith(`..${sep}`) && !isAbsolute(rest))
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'it is gone',
  ENOTDIR: 'it is gone',
  EACCES: 'its permissions forbid it',
  EPERM: 'its permissions forbid it',
  ELOOP: 'its links lead in a circle',
  // A socket, or a device that is not there.
  ENXIO: 'it is no regular file',
}

/** `artifact.unreadable` for an error of the system, or with a reason in words. */
export function unreadable(path: string, cause: unknown): SmdError {
  if (typeof cause === 'string') return new SmdError('artifact.unreadable', { path, reason: cause })
  const { code = String(cause) } = cause as NodeJS.ErrnoException
  return new SmdError('artifact.unreadable', { path, reason: reasons[code] ?? code }, { cause })
}
