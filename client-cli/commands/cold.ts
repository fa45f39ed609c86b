/** All other commands; loaded together, because help and completion need them all. */
import type { Command } from '../command.ts'
import { backupCreateCommand } from './backup/create.ts'
import { backupListCommand } from './backup/list.ts'
import { backupRestoreCommand } from './backup/restore.ts'
import { cacheClearCommand } from './cache/clear.ts'
import { cacheConfigGetCommand } from './cache/config-get.ts'
import { cacheConfigSetCommand } from './cache/config-set.ts'
import { cacheRefreshCommand } from './cache/refresh.ts'
import { cacheStatusCommand } from './cache/status.ts'
import { completeCommand } from './complete.ts'
import { completionCommand } from './completion.ts'
import { configGetCommand } from './config/get.ts'
import { configListCommand } from './config/list.ts'
import { configSetCommand } from './config/set.ts'
import { configUnsetCommand } from './config/unset.ts'
import { demoCommand } from './demo.ts'
import { diffCommand } from './diff.ts'
import { doctorCommand } from './doctor.ts'
import { findDuplicatesCommand } from './find-duplicates.ts'
import { helpCommand } from './help.ts'
import { historyCommand } from './history.ts'
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
import { restartCommand } from './restart.ts'
import { serviceInstallCommand } from './service/install.ts'
import { serviceStartCommand } from './service/start.ts'
import { serviceStatusCommand } from './service/status.ts'
import { serviceStopCommand } from './service/stop.ts'
import { serviceUninstallCommand } from './service/uninstall.ts'
import { similarCommand } from './similar.ts'
import { startCommand } from './start.ts'
import { stopCommand } from './stop.ts'
import { supportBundleCommand } from './support-bundle.ts'
import { syncCommand } from './sync.ts'
import { tokenCreateCommand } from './token/create.ts'
import { tokenListCommand } from './token/list.ts'
import { tokenRevokeCommand } from './token/revoke.ts'
import { upstreamCheckCommand } from './upstream/check.ts'
import { upstreamListCommand } from './upstream/list.ts'
import { validateCommand } from './validate.ts'
import { watchCommand } from './watch.ts'
import { whereCommand } from './where.ts'

export const coldCommands: readonly Command[] = [
  whereCommand,
  outdatedCommand,
  diffCommand,
  similarCommand,
  findDuplicatesCommand,
  upstreamListCommand,
  upstreamCheckCommand,
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
  configListCommand,
  configGetCommand,
  configSetCommand,
  configUnsetCommand,
  jobsListCommand,
  jobsRunCommand,
  jobsPauseCommand,
  jobsResumeCommand,
  jobsHistoryCommand,
  tokenCreateCommand,
  tokenListCommand,
  tokenRevokeCommand,
  validateCommand,
  openCommand,
  startCommand,
  stopCommand,
  restartCommand,
  doctorCommand,
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
