import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { SmdError } from '../../../../../protocol/errors.ts'
import { systemPath } from '../objects/index.ts'
import { objectsOf } from '../operations/index.ts'
import { libraryPlaces } from '../places.ts'
import type { WorkTools } from '../tools.ts'
import { unlessAbsentAt } from '../unreadable.ts'
import { countArtifacts, listPlaces, ownFiles, signatureOf } from './collection-places.ts'
import {
  eachSnapshot,
  entryFinder,
  keepEntries,
  type SnapshotEntry,
  type SnapshotFile,
  writeSnapshot,
} from './snapshot-file.ts'
import { archivedIds } from './snapshot-index.ts'

/** Artifacts kept at a time, so that the disk syncs several at once. */
const parallel = 8
/** Times of files are no finer than this on the coarsest file systems; what changed later may change unseen. */
const SETTLED_MS = 2_000

export type SnapshotRequest = {
  collection: string
  message: string
  /**
   * Places that are about to change, e.g. `skills/demo`, whatever is in them now; absent: the whole collection. Manifest and
   * lock are kept in any case, but go back as a whole only when they are named.
   */
  places?: readonly string[] | undefined
}

/**
 * Takes a snapshot. Only places whose files look other than in the last one are read; with `places` nothing else is even
 * looked at, so that it costs what is about to change, however large the collection.
 * Errors: `snapshot.no_collection`, `object.unreadable`, `object.too_large`, those of writing.
 */
export async function takeSnapshot(
  { folders, now }: Pick<WorkTools, 'folders' | 'now'>,
  { collection, message, places: wanted }: SnapshotRequest,
  settledMs = SETTLED_MS,
): Promise<SnapshotFile> {
  const root = await collectionFolder(folders, collection)
  const store = objectsOf({ folders })
  const snapshots = ownSnapshots(folders, collection)
  const known = entryFinder(store, await lastSnapshots(snapshots))
  const settledBefore = (await store.content.time()) - settledMs

  const scope = wanted && [...new Set([...ownFiles, ...wanted])]
  const entries: SnapshotEntry[] = []
  const later = new Set<string>()
  const look = async (place: string): Promise<void> => {
    const path = systemPath(root, place)
    const signature = signatureOf(path)
    if (!signature) return
    const last = await known(place)
    if (last?.signature === signature.text) {
      entries.push(last)
      return
    }
    const { id: tree } = await store.keep(path, { asLink: true }, later)
    entries.push({ place, tree, signature: signature.changedAt < settledBefore ? signature.text : null })
  }
  const waiting = scope ?? listPlaces(root)
  let next = 0
  const work = async (): Promise<void> => {
    for (let place = waiting[next++]; place !== undefined; place = waiting[next++]) await look(place)
  }
  await Promise.all(Array.from({ length: parallel }, work))
  await store.settle(later)

  const taken = await archivedIds(folders, collection)
  const content = {
    collection,
    message,
    artifactCount: countArtifacts(entries.map(({ place }) => place)),
    places: wanted ? [...new Set(wanted)].sort() : null,
    parts: await keepEntries(store, entries),
  }
  return writeSnapshot(snapshots, now, content, (id) => taken.has(id))
}

/** Where the snapshots of a collection lie that smd takes. */
export const ownSnapshots = (folders: WorkTools['folders'], collection: string): string =>
  join(libraryPlaces(folders).own, 'snapshots', collection)

/** The collection's folder. Errors: `snapshot.no_collection`, `object.unreadable`. */
export async function collectionFolder(folders: WorkTools['folders'], collection: string): Promise<string> {
  checkName(collection)
  const path = join(libraryPlaces(folders).collections, collection)
  const found = await stat(path).catch(unlessAbsentAt(path))
  if (!found?.isDirectory()) throw new SmdError('snapshot.no_collection', { collection })
  return path
}

/** No collection has such a name (formats spec section 3), so none can be reached by it. Errors: `snapshot.no_collection`. */
export function checkName(collection: string): void {
  if (collection === '' || /[/\\\0]|^\.|\.\./.test(collection))
    throw new SmdError('snapshot.no_collection', { collection })
}

/** The newest snapshot, and the newest of the whole collection: what is in neither is read anew. */
async function lastSnapshots(folder: string): Promise<SnapshotFile[]> {
  const last: SnapshotFile[] = []
  for await (const snapshot of eachSnapshot(folder)) {
    if (snapshot.places !== null && last.length > 0) continue
    last.push(snapshot)
    if (snapshot.places === null) break
  }
  return last
}
