import type { PlanReason } from '../../../../../protocol/deploy-plan.ts'
import { SmdError } from '../../../../../protocol/errors.ts'
import { type Collection, findRow, openCollection, placeOfRow } from '../library/collection-folder.ts'
import { kindOf } from '../library/manifest.ts'

export { type Collection, openCollection }

/** An artifact as the manifest of a collection lists it. */
export type ListedArtifact = {
  name: string
  type: string
  collection: string
  /** Absolute; null with `problem`. */
  path: string | null
  /** `leads_out`: the manifest leads out of the collection; `unreadable`: nobody can tell where it lies. */
  problem: PlanReason | null
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
  let problem: PlanReason | null = null
  const path = await placeOfRow(collection, row).catch((error: unknown) => {
    if (!(error instanceof SmdError)) throw error
    problem = error.slug === 'object.unreadable' ? 'unreadable' : 'leads_out'
    return null
  })
  return {
    name: row.name,
    type: kindOf(row.type),
    collection: collection.name,
    path,
    problem,
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
