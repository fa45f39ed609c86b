import { SmdError } from '../../../../../protocol/errors.ts'
import { type Collection, findRow, openCollection, placeOfRow } from '../library/collection-folder.ts'
import { kindOf } from '../library/manifest.ts'

export { type Collection, openCollection }

/** An artifact as the manifest of a collection lists it. */
export type ListedArtifact = {
  name: string
  type: string
  collection: string
  /** Absolute; null when the manifest leads out of the collection. */
  path: string | null
  uuid: string | null
}

/** What a user names: a name, with or without extension, and a type where several have it. */
export type ArtifactRef = { name: string; type?: string | undefined }

/** Errors: `collection.artifact_not_found`, `collection.ambiguous`. */
export async function findListed(
  collection: Collection,
  { name, type }: ArtifactRef,
): Promise<ListedArtifact> {
  const row = findRow(exactFirst(collection, name), name, type === undefined ? null : kindOf(type))
  const path = await placeOfRow(collection, row).catch((error) => {
    if (error instanceof SmdError) return null
    throw error
  })
  return {
    name: row.name,
    type: kindOf(row.type),
    collection: collection.name,
    path,
    uuid: typeof row.uuid === 'string' ? row.uuid : null,
  }
}

/** Where names differ only in their ends, the one that is spelled as asked is meant. */
function exactFirst(
  { name: collection, manifest }: Collection,
  name: string,
): Pick<Collection, 'name' | 'manifest'> {
  const exact = manifest.artifacts.filter((row) => row.name === name)
  return { name: collection, manifest: exact.length > 0 ? { ...manifest, artifacts: exact } : manifest }
}
