/** Folders for the socket, the lock and the cache, which nobody else may enter (promise S1). */
import { chmodSync, lstatSync, mkdirSync, type Stats, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { SmdError } from '../../../protocol/errors.ts'

/**
 * Creates `path` and its missing parents with mode 0700, or tightens an existing folder to it.
 *
 * Refused: a symbolic link, anything but a folder, a foreign owner, access of others that cannot be taken away, and a
 * parent in which others could put something else in its place. `uid` is null on Windows, where the profile's access
 * list does this job. Synchronous: called once at start. Errors: daemon.unsafe_folder.
 */
export function ensurePrivateFolder(path: string, uid: number | null): void {
  const refuse = (reason: string, cause?: unknown) =>
    new SmdError('daemon.unsafe_folder', { path, reason }, { cause })
  let found: Stats
  try {
    const existing = lstatSync(path, { throwIfNoEntry: false })
    if (!existing) mkdirSync(path, { recursive: true, mode: 0o700 })
    found = existing ?? lstatSync(path)
  } catch (error) {
    throw refuse(`it cannot be created (${(error as NodeJS.ErrnoException).code})`, error)
  }
  if (found.isSymbolicLink()) throw refuse('it is a symbolic link')
  if (!found.isDirectory()) throw refuse('it is not a folder')
  if (uid === null) return
  if (found.uid !== uid) throw refuse(`it belongs to user ${found.uid}, not to ${uid}`)

  const parent = statSync(dirname(path))
  if (replaceableByOthers(parent)) {
    throw refuse(`everybody may write to the folder ${dirname(path)} around it`)
  }
  if ((found.mode & 0o777) === 0o700) return
  try {
    chmodSync(path, 0o700)
  } catch (error) {
    throw refuse(`its mode is ${octal(found)} and cannot be changed`, error)
  }
  // Some file systems (FAT, some shares) accept the call and change nothing.
  const tightened = lstatSync(path)
  if (tightened.mode & 0o077) throw refuse(`its mode stays ${octal(tightened)}`)
}

/** Writable by all and without the sticky bit, by which `/tmp` keeps strangers from renaming what is not theirs. */
function replaceableByOthers(folder: Stats): boolean {
  return (folder.mode & 0o002) !== 0 && (folder.mode & 0o1000) === 0
}

const octal = (stats: Stats) => (stats.mode & 0o777).toString(8).padStart(4, '0')
