/**
 * Scheduled jobs: when they run and what became of them.
 *
 * Owns the table `job_runs`. Serves `protocol/domains/jobs.ts`. When a job is due is the matter of `kernel/scheduler`,
 * what there is to run that of `daemon/jobs.ts`; which jobs are paused stands in config.toml. `run-store.ts` keeps the runs,
 * `run-writes.ts` is what the writer process does for it.
 */

export { jobHandlers } from './handlers.ts'
export { createRunStore } from './run-store.ts'
export { jobWrites } from './run-writes.ts'
export type { JobTables } from './tables.ts'
