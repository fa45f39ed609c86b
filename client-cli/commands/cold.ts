/** All other commands; loaded together, because help and completion need them all. */
import type { Command } from '../command.ts'
import { addCommands } from './add/add.ts'
import { quickAddCommand } from './add/quick-add.ts'
import { adoptCommand } from './adopt.ts'
import { analyticsCleanupCommand } from './analytics/cleanup.ts'
import { analyticsClearCommand } from './analytics/clear.ts'
import { analyticsCountCommand } from './analytics/count.ts'
import { analyticsExportCommand } from './analytics/export.ts'
import { analyticsStatsCommand } from './analytics/stats.ts'
import { analyticsTopCommand, analyticsUsageCommand } from './analytics/top.ts'
import { analyticsTrendsCommand } from './analytics/trends.ts'
import { backupCreateCommand } from './backup/create.ts'
import { backupListCommand } from './backup/list.ts'
import { backupRestoreCommand } from './backup/restore.ts'
import { cacheClearCommand } from './cache/clear.ts'
import { cacheConfigGetCommand } from './cache/config-get.ts'
import { cacheConfigSetCommand } from './cache/config-set.ts'
import { cacheRefreshCommand } from './cache/refresh.ts'
import { cacheStatusCommand } from './cache/status.ts'
import { activeCollectionCommand } from './collection/active.ts'
import { collectionCreateCommand } from './collection/create.ts'
import { collectionDeleteCommand } from './collection/delete.ts'
import { collectionListCommand } from './collection/list.ts'
import { collectionRefreshCommand } from './collection/refresh.ts'
import { collectionShowCommand } from './collection/show.ts'
import { collectionUseCommand } from './collection/use.ts'
import { completeCommand } from './complete.ts'
import { completionCommand } from './completion.ts'
import { configGetCommand } from './config/get.ts'
import { configListCommand } from './config/list.ts'
import { configSetCommand } from './config/set.ts'
import { configUnsetCommand } from './config/unset.ts'
import { consolidateCommand } from './consolidate.ts'
import { demoCommand } from './demo.ts'
import { deployCommand, undeployCommand } from './deployments/deploy.ts'
import { deploymentsCommand } from './deployments/list.ts'
import { profilesCommand } from './deployments/profiles.ts'
import { undoCommand } from './deployments/undo.ts'
import { diffArtifactCommand } from './diff/artifact.ts'
import { diffDirsCommand, diffFilesCommand } from './diff/paths.ts'
import { diffThreeWayCommand } from './diff/three-way.ts'
import { diffCommand } from './diff.ts'
import { doctorCommand } from './doctor.ts'
import { findDuplicatesCommand } from './find-duplicates.ts'
import { gcCommand } from './gc.ts'
import {
  groupCopyCommand,
  groupCreateCommand,
  groupDeleteCommand,
  groupReorderCommand,
  groupUpdateCommand,
} from './group/define.ts'
import { groupListCommand, groupShowCommand } from './group/look.ts'
import { groupAddCommand, groupOrderCommand, groupRemoveCommand } from './group/members.ts'
import { helpCommand } from './help.ts'
import { historyCommand } from './history.ts'
import { initCommand } from './init.ts'
import { jobsHistoryCommand } from './jobs/history.ts'
import { jobsListCommand } from './jobs/list.ts'
import { jobsPauseCommand } from './jobs/pause.ts'
import { jobsResumeCommand } from './jobs/resume.ts'
import { jobsRunCommand } from './jobs/run.ts'
import { logsCommand } from './logs.ts'
import { metricsCommand } from './metrics.ts'
import { openCommand } from './open.ts'
import { outdatedCommand } from './outdated.ts'
import { projectsAddCommand } from './projects/add.ts'
import { projectsListCommand } from './projects/list.ts'
import { projectsRemoveCommand } from './projects/remove.ts'
import { projectsScanCommand } from './projects/scan.ts'
import { projectsShowCommand } from './projects/show.ts'
import { removeCommand } from './remove.ts'
import { restartCommand } from './restart.ts'
import { serviceInstallCommand } from './service/install.ts'
import { serviceStartCommand } from './service/start.ts'
import { serviceStatusCommand } from './service/status.ts'
import { serviceStopCommand } from './service/stop.ts'
import { serviceUninstallCommand } from './service/uninstall.ts'
import { setsDeleteCommand } from './sets/delete.ts'
import { setsListCommand } from './sets/list.ts'
import { setsSaveCommand } from './sets/save.ts'
import { similarCommand } from './similar.ts'
import { snapshotsCompareCommand } from './snapshots/compare.ts'
import { snapshotsDeleteCommand } from './snapshots/delete.ts'
import { snapshotsExportCommand } from './snapshots/export.ts'
import { snapshotsListCommand } from './snapshots/list.ts'
import { rollbackCommand } from './snapshots/rollback.ts'
import { snapshotsShowCommand } from './snapshots/show.ts'
import { snapshotCommand } from './snapshots/take.ts'
import { startCommand } from './start.ts'
import { stopCommand } from './stop.ts'
import { supportBundleCommand } from './support-bundle.ts'
import { syncCommand } from './sync.ts'
import { syncCheckCommand } from './sync-check.ts'
import { syncPreviewCommand } from './sync-preview.ts'
import { syncPullCommand } from './sync-pull.ts'
import { syncPushCommand } from './sync-push.ts'
import { tagAddCommand, tagRemoveCommand } from './tag/assign.ts'
import { tagCreateCommand, tagDeleteCommand, tagUpdateCommand } from './tag/define.ts'
import { tagListCommand } from './tag/list.ts'
import { tokenCreateCommand } from './token/create.ts'
import { tokenListCommand } from './token/list.ts'
import { tokenRevokeCommand } from './token/revoke.ts'
import { updateCommand } from './update.ts'
import { upstreamCheckCommand } from './upstream/check.ts'
import { upstreamListCommand } from './upstream/list.ts'
import { validateCommand } from './validate.ts'
import { verifyCommand } from './verify.ts'
import { watchCommand } from './watch.ts'
import { whereCommand } from './where.ts'

export const coldCommands: readonly Command[] = [
  whereCommand,
  outdatedCommand,
  diffCommand,
  diffArtifactCommand,
  diffFilesCommand,
  diffDirsCommand,
  diffThreeWayCommand,
  syncCheckCommand,
  syncPreviewCommand,
  syncPullCommand,
  syncPushCommand,
  updateCommand,
  similarCommand,
  findDuplicatesCommand,
  consolidateCommand,
  upstreamListCommand,
  upstreamCheckCommand,
  initCommand,
  ...addCommands,
  quickAddCommand,
  adoptCommand,
  removeCommand,
  verifyCommand,
  collectionListCommand,
  activeCollectionCommand,
  collectionShowCommand,
  collectionCreateCommand,
  collectionUseCommand,
  collectionDeleteCommand,
  collectionRefreshCommand,
  deployCommand,
  undeployCommand,
  undoCommand,
  deploymentsCommand,
  profilesCommand,
  setsListCommand,
  setsSaveCommand,
  setsDeleteCommand,
  projectsListCommand,
  projectsShowCommand,
  projectsAddCommand,
  projectsRemoveCommand,
  projectsScanCommand,
  watchCommand,
  historyCommand,
  syncCommand,
  cacheStatusCommand,
  cacheClearCommand,
  cacheRefreshCommand,
  cacheConfigGetCommand,
  cacheConfigSetCommand,
  backupCreateCommand,
  backupListCommand,
  backupRestoreCommand,
  snapshotCommand,
  snapshotsListCommand,
  snapshotsShowCommand,
  snapshotsCompareCommand,
  snapshotsExportCommand,
  snapshotsDeleteCommand,
  rollbackCommand,
  tagListCommand,
  tagCreateCommand,
  tagUpdateCommand,
  tagDeleteCommand,
  tagAddCommand,
  tagRemoveCommand,
  groupListCommand,
  groupShowCommand,
  groupCreateCommand,
  groupUpdateCommand,
  groupDeleteCommand,
  groupCopyCommand,
  groupReorderCommand,
  groupAddCommand,
  groupRemoveCommand,
  groupOrderCommand,
  configListCommand,
  configGetCommand,
  configSetCommand,
  configUnsetCommand,
  jobsListCommand,
  jobsRunCommand,
  jobsPauseCommand,
  jobsResumeCommand,
  jobsHistoryCommand,
  analyticsStatsCommand,
  analyticsTopCommand,
  analyticsUsageCommand,
  analyticsTrendsCommand,
  analyticsCleanupCommand,
  analyticsExportCommand,
  analyticsCountCommand,
  analyticsClearCommand,
  tokenCreateCommand,
  tokenListCommand,
  tokenRevokeCommand,
  validateCommand,
  openCommand,
  startCommand,
  stopCommand,
  restartCommand,
  doctorCommand,
  gcCommand,
  logsCommand,
  metricsCommand,
  supportBundleCommand,
  serviceInstallCommand,
  serviceUninstallCommand,
  serviceStatusCommand,
  serviceStartCommand,
  serviceStopCommand,
  demoCommand,
  helpCommand,
  completionCommand,
  completeCommand,
]
