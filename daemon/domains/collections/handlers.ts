import type { DaemonContext } from '../../context.ts'
import type { Handlers } from '../../kernel/rpc/dispatch.ts'
import { adoptArtifacts } from './adopt-service.ts'
import { addArtifact, editFile, removeArtifact, verifyArtifact } from './artifacts-service.ts'
import {
  createCollection,
  deleteCollection,
  initLibrary,
  listCollections,
  refreshCollection,
  rollbackRefresh,
  showCollection,
  useCollection,
} from './collections-service.ts'
import { consolidate } from './consolidate-service.ts'

export const collectionHandlers: Handlers<
  DaemonContext,
  | 'collections.list'
  | 'collections.show'
  | 'collections.init'
  | 'collections.create'
  | 'collections.use'
  | 'collections.delete'
  | 'collections.refresh'
  | 'collections.rollback'
  | 'collections.add'
  | 'collections.adopt'
  | 'collections.consolidate'
  | 'collections.remove'
  | 'collections.edit'
  | 'collections.verify'
> = {
  'collections.list': listCollections,
  'collections.show': showCollection,
  'collections.init': initLibrary,
  'collections.create': createCollection,
  'collections.use': useCollection,
  'collections.delete': deleteCollection,
  'collections.refresh': refreshCollection,
  'collections.rollback': rollbackRefresh,
  'collections.add': addArtifact,
  'collections.adopt': adoptArtifacts,
  'collections.consolidate': consolidate,
  'collections.remove': removeArtifact,
  'collections.edit': editFile,
  'collections.verify': verifyArtifact,
}
