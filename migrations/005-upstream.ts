import type { Migration } from './migration.ts'

/**
 * What the origins of artifacts hold now, and what each artifact is compared with there.
 *
 * - `upstream_sources`: one row per place that is asked once for all artifacts from it (a repository at a ref, a
 *   package, a marketplace, a folder). `validator` is the ETag of the last answer, or what serves as one. A failed
 *   check keeps the last answer, adds `error`, and is not repeated before `retry_at`.
 * - `upstream_items`: what the place holds under each path somebody has something from; `digest` is the id of the
 *   git tree or blob. The path '' is the place as a whole. A path that is not there has neither digest nor version.
 *   `revision` is '' for the newest, else the commit an artifact was installed from, which never changes.
 * - `artifact_origins`: what the scan knows of an artifact's origin. Without a place to ask, `unasked` says why.
 *   `base_*` is what was installed, `scan_*` what the scan found without asking anybody; with the items they give
 *   `state`, so that neither a scan nor a check forgets what the other one said. `recorded_at` is when the scan last
 *   said something else.
 *
 * Artifacts without a row have no recorded origin. Lists read the flags in `artifacts`, which follow `state`.
 */
export const upstreamMigration: Migration = {
  version: 5,
  name: 'upstream',
  up: `
CREATE TABLE upstream_sources (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  spec TEXT NOT NULL,
  version TEXT,
  revision TEXT,
  validator TEXT,
  checked_at INTEGER,
  changed_at INTEGER,
  tried_at INTEGER,
  error TEXT,
  failures INTEGER NOT NULL DEFAULT 0,
  retry_at INTEGER
) STRICT;

CREATE TABLE upstream_items (
  source_id INTEGER NOT NULL REFERENCES upstream_sources (id) ON DELETE CASCADE,
  revision TEXT NOT NULL,
  path TEXT NOT NULL,
  digest TEXT,
  version TEXT,
  PRIMARY KEY (source_id, revision, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE artifact_origins (
  artifact_id INTEGER PRIMARY KEY REFERENCES artifacts (id) ON DELETE CASCADE,
  source_id INTEGER REFERENCES upstream_sources (id),
  unasked TEXT,
  path TEXT,
  base_mark TEXT NOT NULL,
  base_version TEXT,
  base_revision TEXT,
  base_digest TEXT,
  local_digest TEXT,
  scan_version TEXT,
  scan_outdated INTEGER NOT NULL,
  scan_modified INTEGER,
  recorded_at INTEGER NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  CHECK ((source_id IS NULL) = (unasked IS NOT NULL))
) STRICT;
CREATE INDEX artifact_origins_source ON artifact_origins (source_id);
CREATE INDEX artifact_origins_state ON artifact_origins (state, reason);
`,
  down: `
DROP TABLE artifact_origins;
DROP TABLE upstream_items;
DROP TABLE upstream_sources;
`,
}
