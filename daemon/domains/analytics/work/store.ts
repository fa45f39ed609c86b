/**
 * What was done with artifacts, kept for the user alone (formats spec section 27).
 *
 * smd keeps a file of its own. That of SkillMeat lies beside the library and is only read: its rules allow neither all types
 * of artifacts nor a skill and a command of one name, and to change it would break the program that owns it.
 */
import { renameSync } from 'node:fs'
import { join } from 'node:path'
import type { MachineFolders } from '../../../kernel/config/machine-folders.ts'
import { type Database, isCorrupt } from '../../../kernel/db/database.ts'
import { openForeignFile, openSideFile } from '../../../kernel/db/side-file.ts'

const steps = [
  `CREATE TABLE events (
     id INTEGER PRIMARY KEY,
     event_type TEXT NOT NULL,
     artifact_name TEXT NOT NULL,
     artifact_type TEXT NOT NULL,
     collection_name TEXT,
     project_path TEXT,
     timestamp INTEGER NOT NULL,
     outcome TEXT NOT NULL,
     metadata TEXT NOT NULL
   ) STRICT;
   CREATE INDEX events_timestamp ON events (timestamp);
   CREATE INDEX events_artifact ON events (artifact_type, artifact_name, timestamp);
   CREATE TABLE usage_summary (
     artifact_name TEXT NOT NULL,
     artifact_type TEXT NOT NULL,
     first_used INTEGER NOT NULL,
     last_used INTEGER NOT NULL,
     deploy_count INTEGER NOT NULL DEFAULT 0,
     update_count INTEGER NOT NULL DEFAULT 0,
     sync_count INTEGER NOT NULL DEFAULT 0,
     remove_count INTEGER NOT NULL DEFAULT 0,
     search_count INTEGER NOT NULL DEFAULT 0,
     import_count INTEGER NOT NULL DEFAULT 0,
     use_count INTEGER NOT NULL DEFAULT 0,
     PRIMARY KEY (artifact_type, artifact_name)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE transcripts (path TEXT PRIMARY KEY, offset INTEGER NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE marks (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;`,
]

export const eventTypes = ['deploy', 'update', 'sync', 'remove', 'search', 'import', 'use'] as const
export type EventType = (typeof eventTypes)[number]

/** One thing that was done, as it is kept: without anything that tells where on the machine things lie. */
export type UsageEvent = {
  type: EventType
  name: string
  artifactType: string
  collection: string | null
  /** As `~/…`, or its last part. */
  project: string | null
  /** Unix ms. */
  at: number
  outcome: 'success' | 'failure' | 'conflict' | 'cancelled'
  metadata: Record<string, unknown>
}

/** Opens the file, makes it anew when it is damaged, and takes in what SkillMeat has noted since. */
export function openStore({ skillmeat }: Pick<MachineFolders, 'skillmeat'>): Database {
  const file = join(skillmeat, '.smd', 'analytics.db')
  const db = openOrReplace(file)
  try {
    takeIn(db, join(skillmeat, 'analytics.db'))
  } catch {
    // Theirs may be locked, damaged or another program's: ours goes on without it.
  }
  return db
}

function openOrReplace(file: string): Database {
  try {
    return openSideFile(file, steps)
  } catch (error) {
    if (!isCorrupt(error)) throw error
    renameSync(file, `${file}.damaged`)
    return openSideFile(file, steps)
  }
}

/** Adds events, and to the summary what they count. To be called in a transaction. */
export function addEvent(db: Database, event: UsageEvent, count = 1): void {
  db.runSql(
    `INSERT INTO events (event_type, artifact_name, artifact_type, collection_name, project_path, timestamp, outcome,
       metadata) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    event.type,
    event.name,
    event.artifactType,
    event.collection,
    event.project,
    event.at,
    event.outcome,
    JSON.stringify(event.metadata),
  )
  countUse(db, event, count)
}

export function countUse(
  db: Database,
  { type, name, artifactType, at }: Pick<UsageEvent, 'type' | 'name' | 'artifactType' | 'at'>,
  count: number,
): void {
  // The name of a column is one of ours, never a value of somebody.
  const column = `${eventTypes.includes(type) ? type : 'use'}_count`
  db.runSql(
    `INSERT INTO usage_summary (artifact_name, artifact_type, first_used, last_used, ${column})
     VALUES (:name, :artifactType, :at, :at, :count)
     ON CONFLICT DO UPDATE SET first_used = min(first_used, :at), last_used = max(last_used, :at),
       ${column} = ${column} + :count`,
    { name, artifactType, at, count },
  )
}

type ForeignEvent = {
  id: number
  event_type: string
  artifact_name: string
  artifact_type: string
  collection_name: string | null
  project_path: string | null
  timestamp: string
  metadata: string | null
}

/** Rows of SkillMeat's file that were not taken in yet, at most so many at a time. */
const FOREIGN_ROWS = 10_000

function takeIn(db: Database, file: string): void {
  const theirs = openForeignFile(file)
  if (!theirs) return
  try {
    const seen = db.valueSql<number>("SELECT value FROM marks WHERE name = 'skillmeat'") ?? 0
    const rows = theirs.allSql<ForeignEvent>(
      `SELECT id, event_type, artifact_name, artifact_type, collection_name, project_path, timestamp, metadata
       FROM events WHERE id > ? ORDER BY id LIMIT ${FOREIGN_ROWS}`,
      seen,
    )
    const last = rows.at(-1)
    if (!last) return
    db.transaction(() => {
      for (const row of rows) {
        const event = foreignEvent(row)
        if (event) addEvent(db, event)
      }
      db.runSql("INSERT OR REPLACE INTO marks (name, value) VALUES ('skillmeat', ?)", last.id)
    })
  } finally {
    theirs.close()
  }
}

/** Their times are UTC without a zone. What is none of the known kinds is left out. */
function foreignEvent(row: ForeignEvent): UsageEvent | null {
  const type = eventTypes.find((known) => known === row.event_type)
  const text = String(row.timestamp).replace(' ', 'T')
  const at = Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`)
  if (!type || Number.isNaN(at) || !row.artifact_name) return null
  return {
    type,
    name: row.artifact_name,
    artifactType: row.artifact_type,
    collection: row.collection_name,
    project: row.project_path,
    at,
    outcome: 'success',
    metadata: readMetadata(row.metadata),
  }
}

function readMetadata(text: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? '{}')
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {}
  } catch {
    return {}
  }
}
