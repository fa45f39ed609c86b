import type { DaemonContext } from '../../context.ts'
import type { Handlers } from '../../kernel/rpc/dispatch.ts'
import { listCollections } from './collections-service.ts'
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
