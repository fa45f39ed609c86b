import { relative } from 'node:path'
import { lockName } from '../library/lock-file.ts'
import { manifestName } from '../library/manifest.ts'
import type { PlaceChange } from '../operations/index.ts'
import { snapshotBefore } from '../snapshots/index.ts'
import type { WorkTools } from '../tools.ts'

/** Takes a snapshot of what is about to change in a collection; none when no file does. Errors: those of `snapshotBefore`. */
export async function snapshotChanged(
  tools: WorkTools,
  collection: { name: string; folder: string },
  message: string,
  places: readonly PlaceChange[],
): Promise<void> {
  if (places.length === 0) return
  const paths = places.map(({ path }) => relative(collection.folder, path).replaceAll('\\', '/'))
  await snapshotBefore(tools, collection.name, message, [...paths, manifestName, lockName])
}
