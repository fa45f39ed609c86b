/** Folders for socket, lock, cache and settings, which nobody else may enter or put something into (promise S1). */
import { chmodSync, lstatSync, mkdirSync, readdirSync, realpathSync, type Stats, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { SmdError } from '../../../protocol/errors.ts'

/**
 * Creates `path` and its missing parents with mode 0700, or tightens an existing folder, and what lies in it, to our
 * own access.
 *
 * Refused: a symbolic link, anything but a folder, a foreign owner of the folder or of something in it, access of others
 * that cannot be taken away, and surroundings in which others could put something else in its place. `uid` is null on
 * Windows, where the profile's access list does this job. Synchronous: called once at start.
 * Errors: daemon.unsafe_folder.
 */
export function ensurePrivateFolder(path: string, uid: number | null): void {
  let found: Stats
  try {
    const existing = lstatSync(path, { throwIfNoEntry: false })
    if (!existing) {
      const nearest = nearestFolder(path)
      checkSurroundings(path, nearest, uid, nearest === dirname(path))
      mkdirSync(path, { recursive: true, mode: 0o700 })
    }
    found = existing ?? lstatSync(path)
  } catch (error) {
    if (error instanceof SmdError) throw error
    throw refusal(path, `it cannot be created (${codeOf(error)})`, error)
  }
  if (found.isSymbolicLink()) throw refusal(path, 'it is a symbolic link')
  if (!found.isDirectory()) throw refusal(path, 'it is not a folder')
  if (uid === null) return
  if (found.uid !== uid) throw refusal(path, belongsTo('it', found, uid))
  checkSurroundings(path, dirname(path), uid, true)
  closeToOthers(path, path, found, 0o700)
  closeContent(path, (owner) => owner === uid, uid)
}

/**
 * As far as `path` exists, takes away the access of others to it and to what lies in it. Unlike a private folder it may
 * be a link, read-only, or given by the superuser: people keep settings in a repository and caches on another disk.
 * Errors: daemon.unsafe_folder for a folder of somebody else, or one that others can write to for good.
 */
export function closeFolder(path: string, uid: number | null): void {
  const folder = statSync(path, { throwIfNoEntry: false })
  if (uid === null || !folder?.isDirectory()) return
  if (folder.uid === uid) {
    closeToOthers(path, path, folder, folder.mode & 0o700)
    closeContent(path, (owner) => owner === uid || isSuperuser(owner), uid)
  } else if (!isSuperuser(folder.uid)) throw refusal(path, belongsTo('it', folder, uid))
  else if (folder.mode & 0o022) throw refusal(path, `others may write to it (mode ${octal(folder)})`)
}

/** Nobody else may have put something here, which they might where they could write; and nobody else may read it. */
function closeContent(folder: string, isTrusted: (owner: number) => boolean, uid: number): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    const entry = lstatSync(path, { throwIfNoEntry: false })
    if (!entry) continue
    if (!isTrusted(entry.uid)) throw refusal(folder, belongsTo(`${name} in it`, entry, uid))
    if (entry.uid === uid && !entry.isSymbolicLink()) closeToOthers(folder, path, entry, entry.mode & 0o700)
  }
}

/** Changes the mode of `path` to `mode` when it is another. Refused: what stays open to others, e.g. on FAT. */
function closeToOthers(folder: string, path: string, stats: Stats, mode: number): void {
  if ((stats.mode & 0o777) === mode) return
  const what = path === folder ? 'its mode' : `the mode of ${path}`
  try {
    chmodSync(path, mode)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw refusal(folder, `${what} is ${octal(stats)} and cannot be changed`, error)
  }
  const tightened = statSync(path, { throwIfNoEntry: false })
  if (tightened && tightened.mode & 0o077) throw refusal(folder, `${what} stays ${octal(tightened)}`)
}

/**
 * Whoever may rename a folder above can replace everything below. The sticky bit, by which `/tmp` keeps strangers from
 * renaming what is not theirs, will do further up; right around the folder it will not: there anybody may take the name
 * first, and what is old gets swept away.
 */
function checkSurroundings(path: string, around: string, uid: number | null, rightAround: boolean): void {
  if (uid === null) return
  for (let folder = realpathSync(around), inner = rightAround; ; folder = dirname(folder), inner = false) {
    const { uid: owner, mode } = statSync(folder)
    if (owner !== uid && !isSuperuser(owner)) {
      throw refusal(path, `the folder ${folder} around it belongs to user ${owner}, not to ${uid}`)
    }
    if (mode & 0o002 && (inner || !(mode & 0o1000))) {
      throw refusal(path, `everybody may write to the folder ${folder} around it`)
    }
    if (folder === dirname(folder)) return
  }
}

/** The innermost folder above `path` that exists; the others are about to be made, for us alone. */
function nearestFolder(path: string): string {
  let folder = dirname(path)
  while (!lstatSync(folder, { throwIfNoEntry: false }) && folder !== dirname(folder)) folder = dirname(folder)
  return folder
}

/** Who may do with any folder what they like anyway; inside of a user namespace root may have another number. */
const isSuperuser = (uid: number): boolean => uid === 0 || uid === statSync('/').uid

const refusal = (path: string, reason: string, cause?: unknown): SmdError =>
  new SmdError('daemon.unsafe_folder', { path, reason }, { cause })

const belongsTo = (what: string, stats: Stats, uid: number): string =>
  `${what} belongs to user ${stats.uid}, not to ${uid}`

const octal = (stats: Stats): string => (stats.mode & 0o777).toString(8).padStart(4, '0')

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error)
