/** Where the files of collections lie (formats spec section 1). */
import { join } from 'node:path'
import type { MachineFolders } from '../../../kernel/config/machine-folders.ts'

export type LibraryPlaces = {
  /** `config.toml` of the library; smd's own settings lie elsewhere. */
  configFile: string
  /** A folder for each collection. */
  collections: string
  snapshots: string
  audit: string
  /** What smd adds: objects, operations, snapshots as lists of objects. May be deleted when no smd runs. */
  own: string
}

export function libraryPlaces({ skillmeat }: Pick<MachineFolders, 'skillmeat'>): LibraryPlaces {
  return {
    configFile: join(skillmeat, 'config.toml'),
    collections: join(skillmeat, 'collections'),
    snapshots: join(skillmeat, 'snapshots'),
    audit: join(skillmeat, 'audit'),
    own: join(skillmeat, '.smd'),
  }
}
