import type { DaemonContext } from '../../context.ts'
import type { Handlers } from '../../kernel/rpc/dispatch.ts'
import { addArtifact, removeArtifact, verifyArtifact } from './artifacts-service.ts'
import {
  createCollection,
  deleteCollection,
  initLibrary,
  listCollections,
  refreshCollection,
  showCollection,
  useCollection,
} from './collections-service.ts'
import {
  deploy,
  listOperations,
  listProfiles,
  planDeployment,
  undeploy,
  undo,
} from './deployments-service.ts'
import { deleteSet, listSets, saveSet } from './sets-service.ts'

export const collectionHandlers: Handlers<
  DaemonContext,
  | 'collections.list'
  | 'collections.show'
  | 'collections.init'
  | 'collections.create'
  | 'collections.use'
  | 'collections.delete'
  | 'collections.refresh'
  | 'collections.add'
  | 'collections.remove'
  | 'collections.verify'
  | 'deployments.plan'
  | 'deployments.deploy'
  | 'deployments.undeploy'
  | 'deployments.undo'
  | 'deployments.operations'
  | 'profiles.list'
  | 'sets.list'
  | 'sets.save'
  | 'sets.delete'
> = {
  'collections.list': listCollections,
  'collections.show': showCollection,
  'collections.init': initLibrary,
  'collections.create': createCollection,
  'collections.use': useCollection,
  'collections.delete': deleteCollection,
  'collections.refresh': refreshCollection,
  'collections.add': addArtifact,
  'collections.remove': removeArtifact,
  'collections.verify': verifyArtifact,
  'deployments.plan': planDeployment,
  'deployments.deploy': deploy,
  'deployments.undeploy': undeploy,
  'deployments.undo': undo,
  'deployments.operations': listOperations,
  'profiles.list': listProfiles,
  'sets.list': listSets,
  'sets.save': saveSet,
  'sets.delete': deleteSet,
}
