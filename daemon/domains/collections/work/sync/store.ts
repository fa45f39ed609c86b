import { join } from 'node:path'
import { ObjectStore } from '../objects/index.ts'
import { libraryPlaces } from '../places.ts'
import type { WorkTools } from '../tools.ts'

/** The object store of the library. */
export const objectsOf = ({ folders }: Pick<WorkTools, 'folders'>): ObjectStore =>
  new ObjectStore(join(libraryPlaces(folders).own, 'objects'))
