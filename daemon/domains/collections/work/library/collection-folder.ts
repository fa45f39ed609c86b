/** Which collection is meant, and what lies in it. */
import { realpath, stat } from 'node:fs/promises'
import { dirname, join, posix, relative, resolve, sep } from 'node:path'
import { SmdError } from '../../../../../protocol/errors.ts'
import { libraryPlaces } from '../places.ts'
import type { WorkTools } from '../tools.ts'
import { unlessAbsentAt } from '../unreadable.ts'
import { readLibrarySettings } from './library-config.ts'
import { type ArtifactRow, kindOf, type Manifest, readManifest } from './manifest.ts'
import { checkName, stemOf } from './names.ts'

export type Collection = {
  name: string
  /** Real path of its folder. */
  folder: string
  active: boolean
  manifest: Manifest
}

/**
 * The collection with this name, or the active one. Errors: `collection.not_found`, `collection.bad_name`,
 * `object.unreadable`, those of its manifest and of the library's `config.toml`.
 */
export async function openCollection(tools: WorkTools, name: string | null): Promise<Collection> {
  const { defaultCollection } = await readLibrarySettings(tools)
  const wanted = checkName(name ?? defaultCollection)
  const place = join(libraryPlaces(tools.folders).collections, wanted)
  const folder = await realpath(place).catch(unlessAbsentAt(place))
  const manifest = folder === null ? null : await readManifest(folder)
  if (folder === null || manifest === null) throw new SmdError('collection.not_found', { name: wanted })
  return { name: wanted, folder, active: wanted === defaultCollection, manifest }
}

/**
 * The row that a user means by a name, with or without the end of a file. Errors: `collection.artifact_not_found`,
 * `collection.ambiguous`.
 */
export function findRow(
  { name: collection, manifest }: Pick<Collection, 'name' | 'manifest'>,
  name: string,
  type: string | null,
): ArtifactRow {
  const isMeant = (row: ArtifactRow) =>
    stemOf(row.name) === stemOf(name) && (type === null || kindOf(row.type) === type)
  const found = manifest.artifacts.filter(isMeant)
  const [row] = found
  if (row && found.length === 1) return row
  if (!row) {
    const what = type === null ? `artifact ${name}` : `${type} ${name}`
    throw new SmdError('collection.artifact_not_found', { collection, what })
  }
  throw new SmdError('collection.ambiguous', { name, types: found.map((each) => each.type).join(', ') })
}

/**
 * Where an artifact of a collection lies, which is inside of its folder whatever the manifest says. Errors:
 * `collection.bad_manifest`, `collection.leads_outside`.
 */
export async function placeOfRow(
  { folder, manifest }: Pick<Collection, 'folder' | 'manifest'>,
  row: ArtifactRow,
): Promise<string> {
  const path = resolve(folder, row.path)
  if (!path.startsWith(folder + sep) || row.path.includes('\0')) {
    const place = `artifacts[${manifest.artifacts.indexOf(row)}]`
    const reason = `path leads out of the collection: ${row.path}`
    throw new SmdError('collection.bad_manifest', { file: manifest.file, place, reason })
  }
  if (ownFiles.has(relative(folder, path))) {
    const place = `artifacts[${manifest.artifacts.indexOf(row)}]`
    const reason = `path names a file of the collection itself: ${row.path}`
    throw new SmdError('collection.bad_manifest', { file: manifest.file, place, reason })
  }
  await checkParents(folder, path)
  return path
}

const ownFiles = new Set(['collection.toml', 'collection.lock', 'manifest.toml', 'deployment-sets.toml'])

/** Whether a row's files lie at a place of the collection, or below it. */
export const liesWithin = (row: ArtifactRow, place: string): boolean =>
  plainPath(row.path).startsWith(plainPath(place))

/** Whether two rows name the same place, or one the place around the other's. */
export const overlaps = (one: ArtifactRow, other: ArtifactRow): boolean =>
  liesWithin(one, other.path) || liesWithin(other, one.path)

/** With a slash at its end. */
const plainPath = (path: string): string =>
  `${posix.normalize(path.replaceAll('\\', '/')).replace(/\/+$/, '')}/`

/** Errors: `collection.leads_outside`, when a folder on the way is a link to somewhere else. */
export async function checkParents(folder: string, path: string): Promise<void> {
  for (let at = dirname(path); at.startsWith(folder + sep); at = dirname(at)) {
    const real = await realpath(at).catch(unlessAbsentAt(at))
    if (real !== null && real !== at)
      throw new SmdError('collection.leads_outside', { path: at, target: real })
  }
}

/** Whether anything lies there, links included where they lead. */
export const isThere = async (path: string): Promise<boolean> =>
  (await stat(path).catch(unlessAbsentAt(path))) !== null
