import type { WorkTools } from '../tools.ts'
import { pruneAutomatic } from './prune.ts'
import { automaticPrefix, type SnapshotFile } from './snapshot-file.ts'
import { ownSnapshots, takeSnapshot } from './take-snapshot.ts'

/**
 * The snapshot to take before anything of a collection is overwritten or removed: give the places that will change, e.g.
 * `skills/demo`, also where nothing is yet. The oldest automatic ones go. Call it inside `tools.exclusively`.
 * Errors: those of `takeSnapshot`; nothing was changed then.
 */
export async function snapshotBefore(
  tools: Pick<WorkTools, 'folders' | 'now'>,
  collection: string,
  message: string,
  places?: readonly string[],
): Promise<SnapshotFile> {
  const snapshot = await takeSnapshot(tools, {
    collection,
    message: `${automaticPrefix}${message}`.slice(0, 500),
    places,
  })
  await pruneAutomatic(ownSnapshots(tools.folders, collection))
  return snapshot
}
