/** Reads the runs of jobs. */
import { sql } from 'kysely'
import type { Database } from '../../kernel/db/database.ts'
import { built, param, qb } from '../../kernel/db/query-builder.ts'
import type { RunRecord } from '../../kernel/scheduler/job.ts'
import type { JobRunsTable } from './tables.ts'

type Row = Omit<JobRunsTable, 'id' | 'instance'> & { id: number }

const columns = [
  'id',
  'job',
  'cause',
  'scheduled_for',
  'jitter_ms',
  'started_at',
  'ended_at',
  'outcome',
  'error',
  'detail',
] as const

/** The last run of a job, or its last one by the schedule. Plan: one search on job_runs_job, backwards. */
export function selectLastRun(db: Database, job: string, which: 'any' | 'scheduled'): RunRecord | null {
  const text = built(`last run ${which}`, () => {
    const query = qb
      .selectFrom('job_runs')
      .select(columns)
      .where('job', '=', param<string>('job'))
      .orderBy('id', 'desc')
      .limit(sql.lit(1))
    return which === 'any' ? query : query.where('scheduled_for', 'is not', null)
  })
  const row = db.getSql<Row>(text, { job })
  return row ? toRecord(row) : null
}

/** Up to `limit` runs that began before the run `before`, newest first. Plan: backwards on the key or job_runs_job. */
export function selectRuns(
  db: Database,
  { job, before, limit }: { job: string | undefined; before: number | null; limit: number },
): RunRecord[] {
  const text = built(`job runs ${job !== undefined} ${before !== null}`, () => {
    let query = qb.selectFrom('job_runs').select(columns).orderBy('id', 'desc')
    if (job !== undefined) query = query.where('job', '=', param<string>('job'))
    if (before !== null) query = query.where('id', '<', param<number>('before') as never)
    return query.limit(param<number>('limit'))
  })
  const values = { ...(job !== undefined && { job }), ...(before !== null && { before }), limit }
  return db.allSql<Row>(text, values).map(toRecord)
}

export function countRuns(db: Database, job: string | undefined): number {
  return (
    db.valueSql<number>('SELECT count(*) FROM job_runs WHERE :job IS NULL OR job = :job', {
      job: job ?? null,
    }) ?? 0
  )
}

function toRecord(row: Row): RunRecord {
  return {
    id: row.id,
    job: row.job,
    cause: row.cause,
    scheduledFor: row.scheduled_for,
    jitterMs: row.jitter_ms,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    outcome: row.outcome,
    error: row.error,
    detail: row.detail === null ? null : JSON.parse(row.detail),
  }
}
