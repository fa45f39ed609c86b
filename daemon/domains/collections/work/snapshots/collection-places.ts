/** The places of a collection: its own files, and each folder or file in one of its folders. */
import { lstatSync, readdirSync, type Stats, statSync } from 'node:fs'
import { decodeName, digestOf, type SystemPath, systemPath } from '../objects/index.ts'

/** Containers of what the original counts in a snapshot (formats spec section 6). */
const counted = ['skills/', 'commands/', 'agents/']

/** Files of the collection itself, which every snapshot holds. */
export const ownFiles = ['collection.toml', 'collection.lock', 'manifest.toml']

/**
 * All places of a collection's folder, in any order. What a file system or a writer puts beside them is none, nor is the
 * history of a repository: going back in that is not going back to its content.
 */
export function listPlaces(folder: string): string[] {
  const places: string[] = []
  for (const entry of readdirSync(folder, { withFileTypes: true, encoding: 'buffer' })) {
    const name = decodeName(entry.name)
    if (name === '.git' || /^\..*\.tmp$|^\.smd-/.test(name)) continue
    if (!entry.isDirectory()) {
      if (entry.isFile() || entry.isSymbolicLink()) places.push(name)
      continue
    }
    const children = readdirSync(systemPath(folder, name), { withFileTypes: true, encoding: 'buffer' })
    for (const child of children)
      if (child.isFile() || child.isDirectory() || child.isSymbolicLink())
        places.push(`${name}/${decodeName(child.name)}`)
  }
  return places
}

/** As the original counts artifacts: entries of skills, commands and agents. */
export const countArtifacts = (places: Iterable<string>): number =>
  [...places].filter((place) => counted.some((container) => place.startsWith(container))).length

export type Signature = {
  /** Changes with every change of a file that `stat` shows. */
  text: string
  /** Newest time of change of any file, Unix ms by the clock of the file system. */
  changedAt: number
}

/** What `stat` says of all files in a place, without reading any; null when there is nothing. */
export function signatureOf(path: SystemPath): Signature | null {
  const parts: string[] = []
  let changedAt = 0
  const add = (name: string, { mode, size, mtimeMs, ctimeMs, ino }: Stats): void => {
    parts.push(`${name}\0${mode}\0${size}\0${mtimeMs}\0${ctimeMs}\0${ino}`)
    changedAt = Math.max(changedAt, mtimeMs, ctimeMs)
  }
  const look = (at: SystemPath, name: string): boolean => {
    const stats = statsOf(at)
    if (!stats) return false
    // Size and times of a folder depend on the file system; what matters is in it.
    if (!stats.isDirectory()) add(name, stats)
    if (stats.isSymbolicLink()) {
      const target = followed(at)
      if (target?.isFile()) add(name, target)
      // What lies in a linked folder is not looked at: its H1 cannot be remembered.
      else if (target && name === '') changedAt = Number.POSITIVE_INFINITY
    } else if (stats.isDirectory()) {
      for (const child of readdirSync(at, 'buffer').map(decodeName).sort())
        look(systemPath(at, child), `${name}/${child}`)
    }
    return true
  }
  return look(path, '') ? { text: digestOf(parts.join('\n')).slice(0, 32), changedAt } : null
}

/** Null where nothing is, also where a file is in the place of a folder above. */
function statsOf(path: SystemPath): Stats | null {
  try {
    return lstatSync(path)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
    throw error
  }
}

function followed(path: SystemPath): Stats | null {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null
  } catch {
    return null
  }
}
