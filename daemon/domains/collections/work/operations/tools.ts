import { join } from 'node:path'
import { ObjectStore, readTree } from '../objects/index.ts'
import { libraryPlaces } from '../places.ts'
import type { WorkTools } from '../tools.ts'
import type { OperationTools } from './change-places.ts'
import { systemCalls } from './file-calls.ts'

/** One store for each library: it remembers what it has read. */
const stores = new Map<string, ObjectStore>()

/** The object store of the library. */
export function objectsOf({ folders }: Pick<WorkTools, 'folders'>): ObjectStore {
  const folder = join(libraryPlaces(folders).own, 'objects')
  const known = stores.get(folder)
  if (known) return known
  const store = new ObjectStore(folder)
  stores.set(folder, store)
  return store
}

/** What `changePlaces` needs, of a library on the disk. */
export function operationTools({ folders, now }: Pick<WorkTools, 'folders' | 'now'>): OperationTools {
  const store = objectsOf({ folders })
  return {
    own: libraryPlaces(folders).own,
    now,
    calls: systemCalls,
    keeper: {
      keep: (path) => store.keep(path),
      read: (path) => readTree(path),
      tree: (id) => store.tree(id),
      // The folder of what is new is synced as a whole.
      write: (tree, to) => store.write(tree, to, { leaveName: true }),
    },
  }
}
