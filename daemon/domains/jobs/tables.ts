import type { Generated } from 'kysely'

/** Columns of migration 004. Times are Unix ms. */
export type JobTables = {
  job_runs: JobRunsTable
}

export type JobRunsTable = {
  id: Generated<number>
  job: string
  /** Of the daemon that ran it. */
  instance: string
  cause: 'schedule' | 'missed' | 'manual'
  /** When it was due by its schedule; null for a run that somebody asked for. */
  scheduled_for: number | null
  jitter_ms: number
  started_at: number
  ended_at: number | null
  outcome: 'success' | 'failure' | 'timeout' | 'interrupted' | null
  error: string | null
  /** JSON of what the job has to tell, or null. */
  detail: string | null
}
