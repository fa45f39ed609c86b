import { activeCollection } from '../library/list-collections.ts'
import { libraryPlaces } from '../places.ts'
import type { WorkTools } from '../tools.ts'

/** The collection that was named, else the active one; it need not exist. */
export const chosenCollection = async (
  { folders }: Pick<WorkTools, 'folders'>,
  name: string | null,
): Promise<string> => name ?? activeCollection(libraryPlaces(folders).configFile)
