/** Changes of the table of job runs; the writer process runs them by name. */
import type { Database } from '../../kernel/db/database.ts'
import type { Claim, ClaimResult, RunEnd } from '../../kernel/scheduler/job.ts'

export const jobWrites = {
  /**
   * Begins a run, unless the job runs elsewhere, there was a run for that time, or there was one the claimant knows
   * nothing of. What the same daemon left open it could not write at its end.
   */
  claimJobRun(db: Database, claim: Claim & { instance: string }): ClaimResult {
    const { job, instance, cause, scheduledFor, jitterMs, startedAt, basedOn } = claim
    return db.transaction(() => {
      db.runSql(
        `UPDATE job_runs SET ended_at = :startedAt, outcome = 'interrupted'
         WHERE job = :job AND ended_at IS NULL AND instance = :instance`,
        { job, instance, startedAt },
      )
      const isOpen = db.valueSql('SELECT 1 FROM job_runs WHERE job = ? AND ended_at IS NULL', job)
      if (isOpen !== undefined) return { refused: 'running' }
      if (cause !== 'manual') {
        const newest = db.valueSql<number | null>('SELECT max(id) FROM job_runs WHERE job = ?', job) ?? null
        if (newest !== basedOn) return { refused: 'overtaken' }
        const isDone = db.valueSql(
          'SELECT 1 FROM job_runs WHERE job = ? AND scheduled_for = ?',
          job,
          scheduledFor,
        )
        if (isDone !== undefined) return { refused: 'done' }
      }
      const { lastInsertRowid: id } = db.runSql(
        `INSERT INTO job_runs (job, instance, cause, scheduled_for, jitter_ms, started_at)
         VALUES (?, ?, ?, ?, ?, ?)`,
        job,
        instance,
        cause,
        scheduledFor,
        jitterMs,
        startedAt,
      )
      return { id }
    })
  },

  /** Ends a run; one that was marked as interrupted meanwhile stays so. */
  finishJobRun(db: Database, { id, endedAt, outcome, error, detail }: { id: number } & RunEnd): void {
    const text = detail === null ? null : JSON.stringify(detail)
    db.transaction(() =>
      db.runSql(
        'UPDATE job_runs SET ended_at = ?, outcome = ?, error = ?, detail = ? WHERE id = ? AND ended_at IS NULL',
        endedAt,
        outcome,
        error,
        text,
        id,
      ),
    )
  },

  /** Marks runs that daemons beside `alive` left unfinished; returns how many. */
  interruptJobRuns(db: Database, { alive, now }: { alive: readonly string[]; now: number }): number {
    return db.transaction(
      () =>
        db.runSql(
          `UPDATE job_runs SET ended_at = ?, outcome = 'interrupted'
           WHERE ended_at IS NULL AND instance NOT IN (SELECT value FROM json_each(?))`,
          now,
          JSON.stringify(alive),
        ).changes,
    )
  },

  /**
   * Forgets up to `limit` ended runs that began before `before`; returns how many. The last run of each job and the last
   * one by its schedule stay: the next one counts from them.
   */
  trimJobRuns(db: Database, { before, limit }: { before: number; limit: number }): number {
    return db.transaction(
      () =>
        db.runSql(
          `DELETE FROM job_runs WHERE id IN (
             SELECT id FROM job_runs WHERE started_at < :before AND ended_at IS NOT NULL
               AND id NOT IN (SELECT max(id) FROM job_runs GROUP BY job)
               AND id NOT IN (SELECT max(id) FROM job_runs WHERE scheduled_for IS NOT NULL GROUP BY job)
             LIMIT :limit)`,
          { before, limit },
        ).changes,
    )
  },
}
