import { SmdError } from '../../../../../protocol/errors.ts'
import type { WorkTools } from '../tools.ts'
import { automaticPrefix, eachSnapshot, readSnapshot, type SnapshotFile } from './snapshot-file.ts'
import { type ArchivedSnapshot, readIndex } from './snapshot-index.ts'
import { ownSnapshots } from './take-snapshot.ts'

/** What is said of a snapshot everywhere. */
export type SnapshotItem = {
  id: string
  collection: string
  /** Unix ms. */
  takenAt: number
  message: string
  /** Taken by itself, before something was changed. */
  automatic: boolean
  artifactCount: number
  /** False: only of places that were about to change. */
  whole: boolean
  /** The archive it is in as well, or alone; null: in none. */
  archive: string | null
}

/** All snapshots of a collection, also of one that is gone, newest first. Errors: `config.syntax`. */
export async function listAll(folders: WorkTools['folders'], collection: string): Promise<SnapshotItem[]> {
  const items = new Map<string, SnapshotItem>()
  const archived = new Map((await readIndex(folders, collection)).map((snapshot) => [snapshot.id, snapshot]))
  for (const snapshot of archived.values()) items.set(snapshot.id, fromIndex(collection, snapshot))
  for await (const snapshot of eachSnapshot(ownSnapshots(folders, collection)))
    items.set(snapshot.id, toItem(snapshot, archived.get(snapshot.id)?.archive ?? null))
  return [...items.values()].sort((a, b) => (a.id < b.id ? 1 : -1))
}

/** One of them. Errors: `snapshot.not_found`. */
export async function itemOf(
  folders: WorkTools['folders'],
  collection: string,
  id: string,
): Promise<SnapshotItem> {
  const archived = (await readIndex(folders, collection)).find((snapshot) => snapshot.id === id)
  const own = await readSnapshot(ownSnapshots(folders, collection), id)
  if (own) return toItem(own, archived?.archive ?? null)
  if (!archived) throw new SmdError('snapshot.not_found', { id, collection })
  return fromIndex(collection, archived)
}

export const toItem = (
  { id, collection, timestamp, message, artifactCount, places }: SnapshotFile,
  archive: string | null = null,
): SnapshotItem => ({
  id,
  collection,
  takenAt: momentOf(timestamp),
  message,
  automatic: message.startsWith(automaticPrefix),
  artifactCount,
  whole: places === null,
  archive,
})

function fromIndex(
  collection: string,
  { id, timestamp, message, artifactCount, archive }: ArchivedSnapshot,
): SnapshotItem {
  return {
    id,
    collection,
    takenAt: momentOf(timestamp),
    message,
    automatic: message.startsWith(automaticPrefix),
    artifactCount,
    whole: true,
    archive,
  }
}

/** Times without a zone are UTC (formats spec section 3); what is no time counts as the oldest. */
function momentOf(timestamp: string): number {
  const time = Date.parse(/(?:Z|[+-]\d\d:\d\d)$/.test(timestamp) ? timestamp : `${timestamp}Z`)
  return Number.isNaN(time) ? 0 : time
}
