/** Where collections say that their artifacts lie. */
import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { kindOf, lockKey, readManifest } from '../library/index.ts'
import { libraryPlaces } from '../places.ts'
import type { WorkTools } from '../tools.ts'
import { unlessAbsentAt } from '../unreadable.ts'

export type CollectionPlaces = {
  /** Real path of its folder. */
  folder: string
  /** Path below the folder, by `lockKey`. */
  paths: ReadonlyMap<string, string>
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
  return {
    folder,
    paths: new Map(manifest.artifacts.map((row) => [lockKey(row.name, kindOf(row.type)), row.path])),
  }
}
