/** How a deployed copy stands to its collection (formats spec section 12). */
import type { Drift } from '../../../../../protocol/sync-words.ts'

/** H1 of the record, the collection's copy and the project's; null where there is none. */
export type Hashes = { base: string; collection: string | null; project: string | null }

/**
 * `version_mismatch`: both hold the same, and the record says something older. What is gone from the project is `missing`,
 * whatever became of the collection's copy.
 */
export function driftOf({ base, collection, project }: Hashes): Drift {
  if (project === null) return 'missing'
  if (collection === null) return 'removed'
  if (project === collection) return project === base ? 'none' : 'version_mismatch'
  if (collection === base) return 'modified'
  return project === base ? 'outdated' : 'conflict'
}
