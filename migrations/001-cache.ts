import type { Migration } from './migration.ts'

/**
 * The cache: projects, artifacts, what they say of themselves, and the two search indexes.
 *
 * Why it looks like this (formats spec section 21 and performance spec section 3):
 * - `id` is the small rowid every index and both search tables carry; `uid` is the stable public id, the first
 *   8 bytes of a SHA-256 over what identifies the row on disk, so ids survive the loss of this file.
 * - An artifact belongs to a scan unit (what is scanned and replaced as a whole) and, in project and local scope,
 *   also to a project. Two projects may hold the same artifact: ids are unique per unit, never global.
 * - What artifacts say of themselves stands once per content, not per copy: the same skill in a hundred projects has one
 *   row in `descriptions`. The view artifact_metadata shows it per artifact, as formats spec section 21 has it.
 * - Hashes and fingerprints are blobs and times are integers (Unix ms): text would cost a third of the file.
 * - Names compare without case, and `uid` breaks ties, so a list reads the same from any copy of the cache.
 * - Partial indexes hold only the rows somebody asks for: outdated, modified, outside of projects.
 * - Every index is there for a query (the test of query plans names it). What users know as the time of the last update
 *   is `modified_at`; nobody asks for the row's own `updated_at`. Projects and marketplaces are few and need none beside
 *   their keys and the order of their list.
 * - Search: full text without prefixes over everything, prefixes only over names and tags. Both are contentless:
 *   the text stands once, in descriptions.
 *   `artifact_text.type` holds one token per type, so that a rare type among a frequent word is found at once.
 */
export const cacheMigration: Migration = {
  version: 1,
  name: 'cache',
  up: `
CREATE TABLE projects (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE CHECK (length(uid) = 8),
  name TEXT NOT NULL COLLATE NOCASE,
  path TEXT NOT NULL UNIQUE,
  description TEXT,
  origins TEXT NOT NULL DEFAULT '',
  status TEXT NOT NULL DEFAULT 'stale' CHECK (status IN ('active', 'stale', 'error', 'missing')),
  error_message TEXT,
  last_fetched INTEGER,
  created_at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)),
  updated_at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER))
) STRICT;
CREATE INDEX projects_name ON projects (name, uid);

CREATE TABLE scan_units (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('project', 'user', 'managed', 'plugin', 'collection')),
  path TEXT NOT NULL,
  name TEXT NOT NULL,
  project_id INTEGER REFERENCES projects (id) ON DELETE CASCADE,
  config_sig TEXT NOT NULL DEFAULT '',
  provenance_sig TEXT NOT NULL DEFAULT '',
  diagnostics TEXT,
  UNIQUE (kind, path)
) STRICT;
CREATE INDEX scan_units_project ON scan_units (project_id);

CREATE TABLE descriptions (
  id INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 16),
  title TEXT,
  description TEXT,
  tags TEXT,
  aliases TEXT,
  diagnostics TEXT,
  metadata TEXT
) STRICT;

CREATE TABLE artifacts (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE CHECK (length(uid) = 8),
  unit_id INTEGER NOT NULL REFERENCES scan_units (id) ON DELETE CASCADE,
  project_id INTEGER REFERENCES projects (id) ON DELETE CASCADE,
  name TEXT NOT NULL COLLATE NOCASE,
  type TEXT NOT NULL CHECK (type IN ('skill', 'command', 'agent', 'hook', 'mcp', 'plugin', 'rule', 'output-style', 'workflow', 'memory')),
  scope TEXT NOT NULL CHECK (scope IN ('user', 'project', 'local', 'plugin', 'managed', 'collection')),
  host TEXT NOT NULL,
  rel_path TEXT NOT NULL,
  fragment TEXT NOT NULL DEFAULT '',
  description_id INTEGER REFERENCES descriptions (id),
  source TEXT,
  deployed_version TEXT,
  upstream_version TEXT,
  is_outdated INTEGER NOT NULL DEFAULT 0 CHECK (is_outdated IN (0, 1)),
  local_modified INTEGER NOT NULL DEFAULT 0 CHECK (local_modified IN (0, 1)),
  hash BLOB,
  stat_sig BLOB NOT NULL,
  size_bytes INTEGER NOT NULL DEFAULT 0,
  tokens INTEGER NOT NULL DEFAULT 0,
  modified_at INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)),
  updated_at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER))
) STRICT;
CREATE INDEX artifacts_unit ON artifacts (unit_id);
CREATE INDEX artifacts_description ON artifacts (description_id);
CREATE INDEX artifacts_project_type ON artifacts (project_id, type);
CREATE INDEX artifacts_name ON artifacts (name, uid);
CREATE INDEX artifacts_type_name ON artifacts (type, name, uid);
CREATE INDEX artifacts_modified_at ON artifacts (modified_at, uid);
CREATE INDEX artifacts_outdated ON artifacts (is_outdated, type) WHERE is_outdated = 1;
CREATE INDEX artifacts_modified ON artifacts (local_modified, type) WHERE local_modified = 1;
CREATE INDEX artifacts_scope ON artifacts (scope, name, uid) WHERE scope <> 'project';

CREATE VIEW artifact_metadata AS
SELECT a.id AS artifact_id, d.title, d.description, d.tags, d.aliases, d.diagnostics, d.metadata
FROM artifacts a JOIN descriptions d ON d.id = a.description_id;

CREATE TABLE marketplace (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  url TEXT,
  description TEXT,
  cached_at INTEGER NOT NULL,
  data TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE cache_metadata (
  key TEXT PRIMARY KEY,
  value TEXT,
  updated_at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER))
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE artifact_text USING fts5 (
  name, title, description, tags, source, type,
  content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE artifact_names USING fts5 (
  name, tags,
  content = '', contentless_delete = 1, prefix = '1 2 3', tokenize = 'unicode61 remove_diacritics 2'
);
`,
  down: `
DROP TABLE artifact_names;
DROP TABLE artifact_text;
DROP TABLE cache_metadata;
DROP TABLE marketplace;
DROP VIEW artifact_metadata;
DROP TABLE artifacts;
DROP TABLE descriptions;
DROP TABLE scan_units;
DROP TABLE projects;
`,
}
