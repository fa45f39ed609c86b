import type { DaemonContext } from '../../context.ts'
import type { Handlers } from '../../kernel/rpc/dispatch.ts'
import { read } from '../cache/index.ts'
import {
  deploy,
  listOperations,
  listProfiles,
  planDeployment,
  undeploy,
  undo,
} from './deployments-service.ts'
import { listDeployments } from './list-deployments.ts'
import { deleteSet, listSets, saveSet } from './sets-service.ts'

export const deploymentHandlers: Handlers<
  DaemonContext,
  | 'deployments.plan'
  | 'deployments.deploy'
  | 'deployments.undeploy'
  | 'deployments.undo'
  | 'deployments.operations'
  | 'deployments.list'
  | 'profiles.list'
  | 'sets.list'
  | 'sets.save'
  | 'sets.delete'
> = {
  'deployments.plan': planDeployment,
  'deployments.deploy': deploy,
  'deployments.undeploy': undeploy,
  'deployments.undo': undo,
  'deployments.operations': listOperations,
  'deployments.list': read('deployments.list', listDeployments),
  'profiles.list': listProfiles,
  'sets.list': listSets,
  'sets.save': saveSet,
  'sets.delete': deleteSet,
}
