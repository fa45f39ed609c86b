/** Where collections say that their artifacts lie. */
import { realpath } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { kindOf, lockKey, readManifest } from '../library/index.ts'
import { libraryPlaces } from '../places.ts'
import type { WorkTools } from '../tools.ts'
import { unlessAbsentAt } from '../unreadable.ts'

export type CollectionPlaces = {
  /** Real path of its folder. */
  folder: string
  /** Path below the folder, by `lockKey`. */
  paths: ReadonlyMap<string, string>
  /** Folders that hold what one of them names; what lies there is not one artifact. */
  around: ReadonlySet<string>
  /** The manifest. */
  file: string
}

/** One collection; null when there is none of that name. Errors: `object.unreadable`, those of `readManifest`. */
export async function readCollection(
  { folders }: Pick<WorkTools, 'folders'>,
  name: string,
): Promise<CollectionPlaces | null> {
  // Names come from records, which anybody may have written.
  if (name === '' || name.startsWith('.') || /[/\\\0]/.test(name)) return null
  const place = join(libraryPlaces(folders).collections, name)
  const folder = await realpath(place).catch(unlessAbsentAt(place))
  const manifest = folder && (await readManifest(folder))
  if (!folder || !manifest) return null
  const paths = manifest.artifacts.map((row) => [lockKey(row.name, kindOf(row.type)), row.path] as const)
  const around = new Set<string>()
  for (const [, path] of paths) {
    const parts = plain(path).split('/')
    for (let n = 1; n < parts.length; n++) around.add(parts.slice(0, n).join('/'))
  }
  return { folder, paths: new Map(paths), around, file: manifest.file }
}

/** A path of a manifest without what says nothing. */
export const plain = (path: string): string => posix.normalize(path.replaceAll('\\', '/')).replace(/\/+$/, '')
