import type { Migration } from './migration.ts'

/**
 * Runs of scheduled jobs: when each was due and what became of it, so that a restart neither repeats nor forgets one
 * (promise D7). Which jobs exist is code, and which are paused is a decision of the user and stands in config.toml.
 *
 * - `scheduled_for` is the time by the schedule, without jitter; null for a run that somebody asked for. That no time is
 *   run twice is the unique index; SQLite takes nulls as different.
 * - A row without `ended_at` belongs to a run that is under way, or was cut off with the daemon `instance`.
 */
export const jobsMigration: Migration = {
  version: 4,
  name: 'jobs',
  up: `
CREATE TABLE job_runs (
  id INTEGER PRIMARY KEY,
  job TEXT NOT NULL,
  instance TEXT NOT NULL,
  cause TEXT NOT NULL CHECK (cause IN ('schedule', 'missed', 'manual')),
  scheduled_for INTEGER,
  jitter_ms INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  outcome TEXT CHECK (outcome IN ('success', 'failure', 'timeout', 'interrupted')),
  error TEXT,
  detail TEXT
) STRICT;
CREATE INDEX job_runs_job ON job_runs (job, id);
CREATE UNIQUE INDEX job_runs_scheduled ON job_runs (job, scheduled_for);
CREATE INDEX job_runs_started ON job_runs (started_at);
`,
  down: `
DROP TABLE job_runs;
`,
}
