import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { SmdError } from '../../../../../protocol/errors.ts'
import { newUniqueId } from '../../../../kernel/unique-id.ts'
import { type ObjectStore, systemPath } from '../objects/index.ts'
import { libraryPlaces } from '../places.ts'
import type { WorkTools } from '../tools.ts'
import { unpackArchive } from './archive.ts'
import { listPlaces } from './collection-places.ts'
import { readEntries, readSnapshot, type SnapshotEntry } from './snapshot-file.ts'
import { type ArchivedSnapshot, readIndex } from './snapshot-index.ts'
import { ownSnapshots } from './take-snapshot.ts'

/** A snapshot, wherever it was kept. */
export type LoadedSnapshot = {
  id: string
  timestamp: string
  message: string
  /** All places it is about; null: the whole collection. */
  places: readonly string[] | null
  /** What lay where, by place. */
  entries: ReadonlyMap<string, SnapshotEntry>
}

/**
 * A snapshot of smd, or one in an archive, whose content is kept in the store first: what is done with it then is the same.
 * Errors: `snapshot.not_found`, `snapshot.damaged`, `snapshot.unsafe_archive`, those of keeping.
 */
export async function loadSnapshot(
  { folders }: Pick<WorkTools, 'folders'>,
  store: ObjectStore,
  collection: string,
  id: string,
): Promise<LoadedSnapshot> {
  const own = await readSnapshot(ownSnapshots(folders, collection), id)
  const entries = own && (await readEntries(store, own))
  if (own && entries) return { ...own, entries }
  const archived = (await readIndex(folders, collection)).find((snapshot) => snapshot.id === id)
  if (archived?.archive)
    return { ...archived, places: null, entries: await keepArchive(folders, store, archived) }
  if (own) throw new SmdError('snapshot.damaged', { file: id, reason: 'a part of its list is gone' })
  if (archived) throw new SmdError('snapshot.damaged', { file: `${id}.tar.gz`, reason: 'it is not there' })
  throw new SmdError('snapshot.not_found', { id, collection })
}

async function keepArchive(
  folders: WorkTools['folders'],
  store: ObjectStore,
  { archive }: ArchivedSnapshot,
): Promise<ReadonlyMap<string, SnapshotEntry>> {
  const scratch = join(libraryPlaces(folders).own, 'scratch', newUniqueId())
  try {
    const root = await unpackArchive(archive ?? '', scratch)
    const entries = new Map<string, SnapshotEntry>()
    for (const place of listPlaces(root).sort()) {
      const { id: tree } = await store.keep(systemPath(root, place), { asLink: true })
      entries.set(place, { place, tree, signature: null })
    }
    return entries
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}
