import { sep } from 'node:path'
import { readTree } from '../objects/index.ts'
import { contentAt, markOf, systemCalls } from '../operations/index.ts'
import { snapshotBefore } from '../snapshots/index.ts'
import type { WorkTools } from '../tools.ts'
import { changeCollection } from './change-collection.ts'
import { type Collection, findRow, openCollection, overlaps, placeOfRow } from './collection-folder.ts'
import { lockKey, lockName, planLock } from './lock-file.ts'
import { type ArtifactRow, kindOf, manifestName, planManifest } from './manifest.ts'

export type RemoveParams = {
  name: string
  type: string | null
  collection: string | null
  /** Only the row and the entry of the lock go. */
  keepFiles: boolean
  /** Only says what would go. */
  dryRun: boolean
}

export type Removed = {
  name: string
  type: string
  collection: string
  path: string
  /** Whether its files went, or would. */
  filesRemoved: boolean
  operation: string | null
  folder: string
}

/** Takes an artifact out of a collection; deployed copies stay where they are. Errors: as `findRow`, `changeCollection`. */
export function removeArtifact(tools: WorkTools, params: RemoveParams): Promise<Removed> {
  const remove = async (): Promise<Removed> => {
    const collection = await openCollection(tools, params.collection)
    const { folder } = collection
    let found = await lookUp(collection, params)
    const { row } = found
    const removed = { name: row.name, type: kindOf(row.type), collection: collection.name, folder }
    if (params.dryRun)
      return { ...removed, path: found.path, filesRemoved: !found.keepFiles, operation: null }
    const places = [trimmed(row.path), manifestName, lockName]
    await snapshotBefore(tools, collection.name, `Remove ${removed.type} ${row.name}`, places)
    const operation = await changeCollection(tools, async () => {
      // Again with each plan: whoever changed the manifest meanwhile may have moved it.
      found = await lookUp(await openCollection(tools, collection.name), params)
      const { path, keepFiles } = found
      return {
        kind: 'remove',
        title: `remove ${removed.type} ${row.name} from ${collection.name}`,
        folder,
        places: keepFiles
          ? []
          : [{ path, want: null, expected: markOf(await contentAt(path, systemCalls, readTree)) }],
        texts: [
          await planManifest(folder, tools.now, (tables) => {
            tables.artifacts = tables.artifacts.filter(
              (each) => each.name !== row.name || each.type !== row.type,
            )
          }),
          await planLock(folder, (entries) => {
            delete entries[lockKey(row.name, row.type)]
          }),
        ],
      }
    })
    return { ...removed, path: found.path, filesRemoved: !found.keepFiles, operation }
  }
  return params.dryRun ? remove() : tools.exclusively(remove)
}

type Found = { row: ArtifactRow; path: string; keepFiles: boolean }

/** Files go with their artifact, unless another row names some of them as well. */
async function lookUp(collection: Collection, { name, type, keepFiles }: RemoveParams): Promise<Found> {
  const row = findRow(collection, name, type)
  const path = await placeOfRow(collection, row)
  const isShared = collection.manifest.artifacts.some((other) => other !== row && overlaps(other, row))
  return { row, path, keepFiles: keepFiles || isShared }
}

const trimmed = (path: string): string => path.replace(/[\\/]+$/, '').replaceAll(sep, '/')
