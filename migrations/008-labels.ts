import type { Migration } from './migration.ts'

/**
 * Tags and groups of collections, as their manifests say (formats spec section 13).
 *
 * Everything here is read from `collection.toml` by the scan of a collection, and goes with its unit: what a user decided is
 * in the file, so this may be lost at any time.
 *
 * - Definitions of tags are the same in all collections; each manifest holds a copy, and each copy is a row. What they come
 *   to together is made when it is asked for: there are few.
 * - A member stands as it does in the file, beside the artifact of the manifest that it means; `is_resolved` is 0 while there
 *   is none, and the whole is written anew when the manifest changes.
 * - `rel_path` is where the manifest has an artifact; that of the artifact found there.
 * - The manifest of every collection is read again once after this step.
 */
export const labelsMigration: Migration = {
  version: 8,
  name: 'labels',
  up: `
CREATE TABLE tag_definitions (
  unit_id INTEGER NOT NULL REFERENCES scan_units (id) ON DELETE CASCADE,
  slug TEXT NOT NULL,
  name TEXT NOT NULL,
  color TEXT,
  description TEXT NOT NULL,
  PRIMARY KEY (unit_id, slug)
) STRICT, WITHOUT ROWID;

CREATE TABLE manifest_artifacts (
  unit_id INTEGER NOT NULL REFERENCES scan_units (id) ON DELETE CASCADE,
  type TEXT NOT NULL,
  name TEXT NOT NULL COLLATE NOCASE,
  rel_path TEXT NOT NULL,
  PRIMARY KEY (unit_id, type, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE artifact_tags (
  unit_id INTEGER NOT NULL REFERENCES scan_units (id) ON DELETE CASCADE,
  type TEXT NOT NULL,
  name TEXT NOT NULL COLLATE NOCASE,
  tag TEXT NOT NULL COLLATE NOCASE,
  PRIMARY KEY (unit_id, type, name, tag)
) STRICT, WITHOUT ROWID;

CREATE TABLE groups (
  id INTEGER PRIMARY KEY,
  unit_id INTEGER NOT NULL REFERENCES scan_units (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  color TEXT NOT NULL,
  icon TEXT NOT NULL,
  position INTEGER NOT NULL,
  UNIQUE (unit_id, name)
) STRICT;

CREATE TABLE group_members (
  group_id INTEGER NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  member TEXT NOT NULL,
  type TEXT,
  name TEXT NOT NULL COLLATE NOCASE,
  is_resolved INTEGER NOT NULL CHECK (is_resolved IN (0, 1)),
  PRIMARY KEY (group_id, position)
) STRICT, WITHOUT ROWID;

UPDATE scan_units SET provenance_sig = '' WHERE kind = 'collection';
`,
  down: `
DROP TABLE group_members;
DROP TABLE groups;
DROP TABLE artifact_tags;
DROP TABLE manifest_artifacts;
DROP TABLE tag_definitions;
`,
}
