import { deploy, listProfiles, planDeployment } from './deploy.ts'
import { deleteSet, listSets, saveSet } from './sets.ts'
import { listKeptOperations, undo } from './undo.ts'

/** What is done with deployments, the folders of agents and deployment sets. */
export const deployWork = {
  planDeployment,
  deploy,
  undo,
  listKeptOperations,
  listProfiles,
  listSets,
  saveSet,
  deleteSet,
}
