import type { Migration } from './migration.ts'

/**
 * What the records of projects, and of the user, say was deployed from collections.
 *
 * A row is a record. What lies at its place now is a row of `artifacts`, found by the uid that follows from the place, so that
 * what is gone has none; hooks and servers deployed as files are no artifacts there, and `found_hash` says what they are now.
 *
 * The records of every unit are read again once after this step.
 */
export const deploymentsMigration: Migration = {
  version: 7,
  name: 'deployments',
  up: `
CREATE TABLE deployments (
  id INTEGER PRIMARY KEY,
  unit_id INTEGER NOT NULL REFERENCES scan_units (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  collection TEXT NOT NULL,
  profile TEXT NOT NULL,
  path TEXT NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  deployed_at TEXT,
  artifact_uid BLOB CHECK (length(artifact_uid) = 8),
  found_hash BLOB CHECK (length(found_hash) = 32)
) STRICT;
CREATE INDEX deployments_unit ON deployments (unit_id);

UPDATE scan_units SET provenance_sig = '';
`,
  down: `
DROP TABLE deployments;
`,
}
