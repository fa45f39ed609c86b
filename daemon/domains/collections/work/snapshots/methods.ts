/** What the methods of snapshots do, but for going back and for archives. */
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type ObjectStore, shownPath, systemPath } from '../objects/index.ts'
import { objectsOf } from '../operations/index.ts'
import type { WorkTools } from '../tools.ts'
import {
  addDifferences,
  compareEntries,
  type Differences,
  inOrder,
  noDifferences,
} from './compare-snapshots.ts'
import { differences, treeOf } from './current-entries.ts'
import { changeIndex } from './export-snapshot.ts'
import { itemOf, listAll, type SnapshotItem, toItem } from './list-snapshots.ts'
import { loadSnapshot } from './load-snapshot.ts'
import { indexFile } from './snapshot-index.ts'
import { checkName, collectionFolder, ownSnapshots, takeSnapshot } from './take-snapshot.ts'

type OfCollection = { collection: string }
type OfOne = OfCollection & { id: string }

/** All of a collection, newest first, also of one that is gone. Errors: `snapshot.no_collection`, `config.syntax`. */
export async function listSnapshots(
  { folders }: WorkTools,
  { collection }: OfCollection,
): Promise<{ collection: string; items: SnapshotItem[] }> {
  checkName(collection)
  const items = await listAll(folders, collection)
  // Of one that was deleted there may be snapshots all the same.
  if (items.length === 0) await collectionFolder(folders, collection)
  return { collection, items }
}

export async function createSnapshot(
  tools: WorkTools,
  { collection, message }: OfCollection & { message: string },
): Promise<SnapshotItem> {
  return toItem(await takeSnapshot(tools, { collection, message }))
}

/** What it holds. Errors: `snapshot.*`, `object.*`. */
export async function showSnapshot(tools: WorkTools, { collection, id, limit }: OfOne & { limit: number }) {
  const store = objectsOf(tools)
  checkName(collection)
  const { entries } = await loadSnapshot(tools, store, collection, id)
  const places = []
  for (const entry of [...entries.values()].slice(0, limit)) {
    const { h1, entries: files } = await treeOf(store, entry)
    places.push({
      path: shownPath(entry.place),
      contentHash: h1,
      fileCount: files.length,
      sizeBytes: files.reduce((sum, { size }) => sum + size, 0),
    })
  }
  return { ...(await itemOf(tools.folders, collection, id)), places, placeCount: entries.size }
}

/** What changed from `id` to `other`, or to now. Errors: `snapshot.*`, `object.*`. */
export async function compareSnapshots(
  tools: WorkTools,
  { collection, id, other }: OfOne & { other: string | null },
): Promise<Differences> {
  const store = objectsOf(tools)
  checkName(collection)
  const from = await loadSnapshot(tools, store, collection, id)
  if (other === null) return compareWithNow(store, await collectionFolder(tools.folders, collection), from)
  const to = await loadSnapshot(tools, store, collection, other)
  const scope = new Set([...(from.places ?? to.places ?? [])])
  const isShared = (place: string): boolean => {
    if (!from.places && !to.places) return true
    return scope.has(place) && (to.places?.includes(place) ?? true)
  }
  const shared = (entries: typeof from.entries) => new Map([...entries].filter(([place]) => isShared(place)))
  return compareEntries(store, shared(from.entries), shared(to.entries))
}

async function compareWithNow(
  store: ObjectStore,
  root: string,
  snapshot: Awaited<ReturnType<typeof loadSnapshot>>,
): Promise<Differences> {
  const found = noDifferences()
  for (const { place, now, before } of await differences(store, root, snapshot, () => true)) {
    const paths = new Map(now?.entries.map(({ digest, path }) => [digest, path]))
    await addDifferences(found, place, before, now, async (digest) => {
      const path = paths.get(digest)
      if (path === undefined) return store.read(digest)
      return readFile(systemPath(systemPath(root, place), path))
    })
  }
  return inOrder(found)
}

/** Errors: `snapshot.not_found`, `config.syntax`. */
export async function deleteSnapshot(
  { folders }: WorkTools,
  { collection, id }: OfOne,
): Promise<SnapshotItem> {
  checkName(collection)
  const item = await itemOf(folders, collection, id)
  const index = indexFile(folders, collection)
  if (item.archive !== null) await rm(item.archive, { force: true })
  await changeIndex(index, (rows) => rows.filter((row) => row.id !== id))
  await rm(join(ownSnapshots(folders, collection), `${id}.json`), { force: true })
  return item
}
