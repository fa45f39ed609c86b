import { readdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { SmdError } from '../../../../../protocol/errors.ts'
import { type CollectionLabels, readLabels } from '../../../cache/scan/index.ts'
import { type Manifest, type ManifestTables, readManifest } from '../library/manifest.ts'
import { libraryPlaces } from '../places.ts'
import type { WorkTools } from '../tools.ts'

export type KnownCollection = { name: string; folder: string; manifest: Manifest }
export type NotWritten = Array<{ collection: string; reason: string }>

/** All collections by name, and those whose manifest cannot be read. */
export async function readLibrary({
  folders,
}: Pick<WorkTools, 'folders'>): Promise<{ collections: KnownCollection[]; notWritten: NotWritten }> {
  const root = libraryPlaces(folders).collections
  const collections: KnownCollection[] = []
  const notWritten: NotWritten = []
  for (const name of (await readdir(root).catch(noneIfAbsent)).sort()) {
    if (name.startsWith('.')) continue
    try {
      const folder = await realpath(join(root, name))
      const manifest = await readManifest(folder)
      if (manifest) collections.push({ name, folder, manifest })
    } catch (error) {
      if (isAbsent(error)) continue
      notWritten.push({ collection: name, reason: reasonOf(error) })
    }
  }
  return { collections, notWritten }
}

/** Why a manifest could not be read or written. Errors: anything that is no matter of the file. */
export function reasonOf(error: unknown): string {
  if (error instanceof SmdError) return error.message
  const { code } = error as NodeJS.ErrnoException
  if (code === undefined) throw error
  return code
}

/** What a manifest says of tags and groups, by the rules of the scan. */
export const labelsIn = (tables: ManifestTables): CollectionLabels => readLabels(tables, '', [])

const isAbsent = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')

function noneIfAbsent(error: unknown): string[] {
  if (isAbsent(error)) return []
  throw error
}
