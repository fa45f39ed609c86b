import type { Migration } from './migration.ts'

/**
 * What the origins of artifacts hold now, and what each artifact is compared with there.
 *
 * - `upstream_sources`: one row per place that is asked once for all artifacts from it (a repository at a ref, a
 *   package, a marketplace, a folder). `validator` is the ETag of the last answer, or what serves as one. A failed
 *   check keeps the last answer and adds `error`.
 * - `upstream_items`: what the place holds under each path somebody has something from; `digest` is the id of the
 *   git tree or blob. The path '' is the place as a whole. A path that is no longer there has a null digest.
 * - `artifact_origins`: what the scan knows of an artifact's origin; `base_*` is what was installed.
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
  source_id INTEGER NOT NULL REFERENCES upstream_sources (id),
  path TEXT NOT NULL,
  base_version TEXT,
  base_revision TEXT,
  base_digest TEXT,
  local_digest TEXT,
  state TEXT,
  reason TEXT
) STRICT;
CREATE INDEX artifact_origins_source ON artifact_origins (source_id);
`,
  down: `
DROP TABLE artifact_origins;
DROP TABLE upstream_items;
DROP TABLE upstream_sources;
`,
}
