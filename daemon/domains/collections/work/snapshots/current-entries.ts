import { SmdError } from '../../../../../protocol/errors.ts'
import { type ObjectStore, readTree, shownPath, systemPath, type Tree } from '../objects/index.ts'
import { listPlaces, signatureOf } from './collection-places.ts'
import type { SnapshotEntry } from './snapshot-file.ts'

/** A place in two states; null: nothing is there. */
export type PlaceDifference = { place: string; now: Tree | null; before: Tree | null }

/**
 * Every place in which a collection's folder differs from a snapshot. A place whose files look as they did then is not read.
 * Errors: `object.unreadable`, `object.missing` when a tree of the snapshot is gone.
 */
export async function differences(
  store: ObjectStore,
  root: string,
  { entries, places }: { entries: ReadonlyMap<string, SnapshotEntry>; places: readonly string[] | null },
  isWanted: (place: string) => boolean,
): Promise<PlaceDifference[]> {
  const all = [...new Set([...entries.keys(), ...(places ?? listPlaces(root))])].filter(isWanted).sort()
  const found: PlaceDifference[] = []
  for (const place of all) {
    const path = systemPath(root, place)
    const signature = signatureOf(path)
    const entry = entries.get(place)
    if (!signature && !entry) continue
    if (entry?.signature && entry.signature === signature?.text) continue
    const now = signature ? await readTree(path, { asLink: true }) : null
    if (now?.id === entry?.tree) continue
    found.push({ place, now, before: entry ? await treeOf(store, entry) : null })
  }
  return found
}

/** Errors: `object.missing`. */
export async function treeOf(store: ObjectStore, { place, tree: id }: SnapshotEntry): Promise<Tree> {
  const tree = await store.tree(id)
  if (!tree) throw new SmdError('object.missing', { path: shownPath(place), digest: id })
  return tree
}
