import type { ArtifactType } from '../../../protocol/vocabulary.ts'
import type { Database } from '../../kernel/db/database.ts'
import { type Term, VOCABULARY_KEY, VOCABULARY_STATE_KEY, vocabularyText } from './search-vocabulary.ts'
import { MARKER } from './search-words.ts'

/** What can be searched of one artifact. */
export type SearchableArtifact = {
  /** `artifacts.id`, the rowid in both search tables. */
  id: number
  name: string
  type: ArtifactType
  title: string | null
  description: string | null
  tags: readonly string[]
  source: string | null
}

/**
 * How much of a description is searched: the length the skill standard allows. Some agents put whole conversations
 * there, which would cost a third of the index and drown what they are about.
 */
const MAX_DESCRIPTION = 1_024

/** Terms kept for spelling and for the beginnings and insides of words. */
const MAX_VOCABULARY = 60_000

/**
 * Puts an artifact into both search tables, or replaces it there.
 * Called by the writer inside its transaction; about 12 us for a new artifact.
 */
export function indexArtifact(db: Database, artifact: SearchableArtifact): void {
  const { id, name, type, title, description, source } = artifact
  const tags = artifact.tags.length > 0 ? artifact.tags.join(', ') : null
  db.runSql(
    'INSERT OR REPLACE INTO artifact_text (rowid, name, title, description, tags, source, type) VALUES (?, ?, ?, ?, ?, ?, ?)',
    id,
    name,
    title,
    description === null ? null : description.slice(0, MAX_DESCRIPTION),
    tags,
    source,
    typeToken(type),
  )
  db.runSql('INSERT OR REPLACE INTO artifact_names (rowid, name, tags) VALUES (?, ?, ?)', id, name, tags)
}

/** Takes artifacts out of both search tables; ids that are not in them are ignored. */
export function unindexArtifacts(db: Database, ids: readonly number[]): void {
  for (const id of ids) {
    db.runSql('DELETE FROM artifact_text WHERE rowid = ?', id)
    db.runSql('DELETE FROM artifact_names WHERE rowid = ?', id)
  }
}

/** Empties both search tables and forgets the vocabulary. */
export function clearSearchIndex(db: Database): void {
  db.runSql("INSERT INTO artifact_text (artifact_text) VALUES ('delete-all')")
  db.runSql("INSERT INTO artifact_names (artifact_names) VALUES ('delete-all')")
  db.runSql('DELETE FROM cache_metadata WHERE key IN (?, ?)', VOCABULARY_KEY, VOCABULARY_STATE_KEY)
}

/**
 * Merges what many small transactions left in pieces, one bounded step (about `pages` pages of 4 KiB, 10 ms) per call,
 * so that nobody waits long for the writer. Worth it after a first scan: searches get faster by a third. Small steps,
 * each committed, also let SQLite use the freed pages again, so that the file does not grow.
 * Returns true while there is more to do.
 */
export function mergeSearchIndex(db: Database, pages = 50): boolean {
  let more = false
  for (const table of ['artifact_text', 'artifact_names']) {
    const before = totalChanges(db)
    // A negative number asks for one segment in the end; SQLite remembers a merge it has begun.
    db.runSql(`INSERT INTO ${table} (${table}, rank) VALUES ('merge', ?)`, -pages)
    // The statement itself counts as one change (FTS5 manual, "The 'merge' command").
    if (totalChanges(db) - before >= 2) more = true
  }
  return more
}

/**
 * Keeps the distinct words of all artifacts for the search to look at (search-vocabulary.ts).
 * Does nothing when the index is the one the stored words were taken from. Returns whether it wrote.
 * 15 ms for 10,000 artifacts, 85 ms for 100,000: call it once after a refresh.
 */
export function refreshVocabulary(db: Database): boolean {
  const state = indexState(db)
  if (state === db.valueSql<string>('SELECT value FROM cache_metadata WHERE key = ?', VOCABULARY_STATE_KEY)) {
    return false
  }
  db.exec('CREATE VIRTUAL TABLE IF NOT EXISTS temp.search_terms USING fts5vocab(main, artifact_text, row)')
  const terms = db.allSql<Term>(
    `SELECT term, doc AS count FROM temp.search_terms
     WHERE length(term) <= 40 AND term GLOB '*[^0-9]*' AND substr(term, 1, 1) <> ?
     ORDER BY doc DESC, term LIMIT ?`,
    MARKER,
    MAX_VOCABULARY,
  )
  store(db, VOCABULARY_KEY, vocabularyText(terms))
  store(db, VOCABULARY_STATE_KEY, state)
  return true
}

function store(db: Database, key: string, value: string): void {
  db.runSql('INSERT OR REPLACE INTO cache_metadata (key, value) VALUES (?, ?)', key, value)
}

/** The token that stands for a type in `artifact_text.type`. */
export const typeToken = (type: ArtifactType): string => MARKER + type.replaceAll('-', '')

/**
 * Changes whenever the full text index does: its totals (record 1) and the list of its segments with the count of
 * all pages ever written (record 10), as FTS5 keeps them.
 */
const indexState = (db: Database): string =>
  db.valueSql<string>("SELECT group_concat(hex(block), '-') FROM artifact_text_data WHERE id IN (1, 10)") ??
  ''

const totalChanges = (db: Database): number => db.valueSql<number>('SELECT total_changes()') ?? 0
