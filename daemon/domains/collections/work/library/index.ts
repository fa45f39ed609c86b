export { keepCopy } from './add-artifact.ts'
export { type Collection, findRow, openCollection, placeOfRow } from './collection-folder.ts'
export { type Provenance, withFetched } from './fetch.ts'
export { inspectArtifact } from './inspect.ts'
export { lockKey, planLock, readLock } from './lock-file.ts'
export { type ArtifactRow, kindOf, planManifest, readManifest } from './manifest.ts'
export { type ArtifactSource, nameOfSource, readSource } from './source.ts'
export { writeTime } from './times.ts'

import { addArtifact } from './add-artifact.ts'
import { createCollection, initLibrary, useCollection } from './create-collection.ts'
import { deleteCollection } from './delete-collection.ts'
import { editFile } from './edit-file.ts'
import { listCollections } from './list-collections.ts'
import { refreshCollection } from './refresh-collection.ts'
import { removeArtifact } from './remove-artifact.ts'
import { rollbackRefresh } from './rollback-refresh.ts'
import { showCollection } from './show-collection.ts'
import { verifyArtifact } from './verify-artifact.ts'

/** What is done with collections as such and with what they hold. */
export const libraryWork = {
  listCollections,
  initLibrary,
  createCollection,
  useCollection,
  deleteCollection,
  refreshCollection,
  rollbackRefresh,
  showCollection,
  addArtifact,
  removeArtifact,
  editFile,
  verifyArtifact,
}
