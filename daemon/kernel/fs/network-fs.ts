/** Finds out whether a folder lies on a file system where SQLite's WAL mode and locks cannot be trusted. */
import { readFileSync, realpathSync } from 'node:fs'

/** Kinds that share files between machines or go through a user-space process without shared memory of their own. */
const unsafeKinds =
  /^(nfs4?|cifs|smb3?|smbfs|9p|drvfs|afs|coda|ncpfs|ceph|lustre|glusterfs|gfs2|ocfs2|vboxsf|fuse(\..+)?)$/

/**
 * The kind of file system (`nfs4`, `cifs`, `fuse.sshfs`, …) below an existing `path` when it is such a one, else null.
 * Linux only: null where `/proc/self/mountinfo` does not exist.
 */
export function networkFileSystem(path: string): string | null {
  return networkKindOf(realpathSync(path), parseMounts(readMountInfo()))
}

/** What is mounted where, for `parseMounts`; empty where the system does not say. */
export function readMountInfo(): string {
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

/** A mounted file system. */
export type Mount = { point: string; kind: string }

/** As `networkFileSystem`, for many real paths and one reading of the mounts. */
export function networkKindOf(realPath: string, mounts: readonly Mount[]): string | null {
  const kind = kindAt(realPath, mounts)
  return kind && unsafeKinds.test(kind) ? kind : null
}

/** Kind of the innermost mount that holds the real path; among mounts on one point the last covers the others. */
export const fileSystemOf = (realPath: string, mountInfo: string): string | null =>
  kindAt(realPath, parseMounts(mountInfo))

function kindAt(realPath: string, mounts: readonly Mount[]): string | null {
  let longest = -1
  let found: string | null = null
  for (const { point, kind } of mounts) {
    const next = realPath[point.length]
    const isInside = point === '/' || (realPath.startsWith(point) && (next === undefined || next === '/'))
    if (isInside && point.length >= longest) {
      longest = point.length
      found = kind
    }
  }
  return found
}

/** The lines of `/proc/self/mountinfo`. */
export function parseMounts(mountInfo: string): Mount[] {
  return mountInfo.split('\n').flatMap((line) => {
    // `36 35 98:0 /root /mount/point options optional… - kind source superoptions`
    const [left, right] = line.split(' - ')
    const point = left
      ?.split(' ')[4]
      ?.replace(/\\([0-7]{3})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 8)))
    const kind = right?.split(' ')[0]
    return point && kind ? [{ point, kind }] : []
  })
}
