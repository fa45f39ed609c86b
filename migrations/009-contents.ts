import type { Migration } from './migration.ts'

/**
 * What artifacts hold, for searching it and for finding what is alike; empty until somebody first asks.
 *
 * - Once per content, not per copy: `contents.hash` is `artifacts.hash`, and nothing refers to artifacts, so that scans
 *   need not know of it. Contents that no artifact has any more go with the next look.
 * - A row of text is one file, so that a hit names it. The index holds no text: that lies on the disk.
 * - `sketch` tells how alike two contents are: 128 numbers of 16 bits (contents/sketch.ts).
 */
export const contentsMigration: Migration = {
  version: 9,
  name: 'contents',
  up: `
CREATE TABLE contents (
  id INTEGER PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  sketch BLOB CHECK (length(sketch) = 256)
) STRICT;

CREATE TABLE content_files (
  id INTEGER PRIMARY KEY,
  content_id INTEGER NOT NULL REFERENCES contents (id) ON DELETE CASCADE,
  path TEXT NOT NULL
) STRICT;
CREATE INDEX content_files_content ON content_files (content_id);

CREATE VIRTUAL TABLE content_text USING fts5 (
  text,
  content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);
`,
  down: `
DROP TABLE content_text;
DROP TABLE content_files;
DROP TABLE contents;
`,
}
