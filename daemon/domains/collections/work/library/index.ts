import { addArtifact } from './add-artifact.ts'
import { createCollection, initLibrary, useCollection } from './create-collection.ts'
import { deleteCollection } from './delete-collection.ts'
import { listCollections } from './list-collections.ts'
import { refreshCollection } from './refresh-collection.ts'
import { removeArtifact } from './remove-artifact.ts'
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
  showCollection,
  addArtifact,
  removeArtifact,
  verifyArtifact,
}
