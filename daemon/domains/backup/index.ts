/**
 * Backups of settings and cache: daily, on request, and before a restore.
 *
 * Owns the folder `backups` and no table. Serves `protocol/domains/backup.ts`. `backups.ts` holds the rules, `backup-files.ts` the folder, `manifest.ts` what a backup says of itself; copying a database in use is
 * `kernel/db/backup.ts`, in the writer thread.
 */

export { newestIntactBackup } from './backup-files.ts'
export { Backups } from './backups.ts'
export { backupHandlers } from './handlers.ts'
