import type { Migration } from './migration.ts'

/**
 * What happened to projects and artifacts, for the history: one row per change of one project or unit, written in the
 * transaction of the change itself. Kept for some days.
 *
 * - `data` is the JSON of the event as it was published.
 * - `events_project` answers for one project and `events_topic` for one topic, newest first; `events_at` is for the
 *   removal of old rows.
 * - A project that is forgotten takes its history with it, except for the row that says so, which has no project.
 */
export const eventsMigration: Migration = {
  version: 3,
  name: 'events',
  up: `
CREATE TABLE events (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  topic TEXT NOT NULL,
  project_id INTEGER REFERENCES projects (id) ON DELETE CASCADE,
  data TEXT NOT NULL
) STRICT;
CREATE INDEX events_project ON events (project_id, id) WHERE project_id IS NOT NULL;
CREATE INDEX events_topic ON events (topic, id);
CREATE INDEX events_at ON events (at);
`,
  down: `
DROP TABLE events;
`,
}
