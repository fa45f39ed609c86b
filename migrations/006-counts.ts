import type { Migration } from './migration.ts'

/**
 * Counts and sums of projects without reading a row.
 *
 * `artifacts_project_type` also carries what is counted and added up per project, for 20 bytes per artifact: a list of
 * 10,000 projects reads one index from one end to the other, where it would search 100,000 rows.
 */
export const countsMigration: Migration = {
  version: 6,
  name: 'counts',
  up: `
DROP INDEX artifacts_project_type;
CREATE INDEX artifacts_project_type
  ON artifacts (project_id, type, is_outdated, local_modified, size_bytes, tokens, description_id, modified_at);
`,
  down: `
DROP INDEX artifacts_project_type;
CREATE INDEX artifacts_project_type ON artifacts (project_id, type);
`,
}
