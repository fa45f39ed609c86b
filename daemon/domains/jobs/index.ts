/**
 * Scheduled jobs: when they run and what became of them.
 *
 * Owns the table `job_runs`.
 */
export type { JobTables } from './tables.ts'
