import type { Migration } from './migration.ts'

/**
 * Answers to commands that carried an idempotency key, kept for a day (promise D10).
 *
 * - One row per key, found by it alone: the primary key is the table.
 * - `request_hash` is a SHA-256 over method and parameters, so that a key used for something else is noticed without
 *   keeping the parameters, which may be long.
 * - `result` is the JSON text that was answered, repeated byte for byte.
 * - `answers_at` is for the daily removal of old rows.
 */
export const answersMigration: Migration = {
  version: 2,
  name: 'answers',
  up: `
CREATE TABLE answers (
  key TEXT PRIMARY KEY,
  request_hash BLOB NOT NULL CHECK (length(request_hash) = 32),
  result TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX answers_at ON answers (at);
`,
  down: `
DROP TABLE answers;
`,
}
