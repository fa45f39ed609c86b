/** Reads the index of contents. */
import type { ArtifactType } from '../../../../protocol/vocabulary.ts'
import type { Database } from '../../../kernel/db/database.ts'
import { HAS_CONTENT } from './content-writes.ts'

/** A file with the words. `rank` is bm25: negative, the lower the better. */
export type FileHit = { contentId: number; path: string; rank: number }

/** Files that hold all words of a MATCH expression, best first, so many at most. Plan: FTS5, then files by id. */
export function selectFileHits(db: Database, match: string, limit: number): FileHit[] {
  return db.allSql(
    `SELECT f.content_id AS contentId, f.path, t.rank
     FROM (SELECT rowid, rank FROM content_text WHERE content_text MATCH ? ORDER BY rank LIMIT ?) t
     CROSS JOIN content_files f ON f.id = t.rowid ORDER BY t.rank, f.id`,
    match,
    limit,
  )
}

/** An artifact and what it holds. */
export type Copy = { id: number; uid: string; contentId: number; name: string; type: ArtifactType }

/**
 * All artifacts whose content is indexed: those people put somewhere themselves before those that came with something.
 * Plan: one pass over the artifacts, each a search by hash.
 */
export function selectCopies(db: Database): Copy[] {
  return db.allSql(
    `SELECT a.id, 'art_' || lower(hex(a.uid)) AS uid, c.id AS contentId, a.name, a.type FROM artifacts a CROSS JOIN contents c ON c.hash = a.hash
     WHERE ${HAS_CONTENT} ORDER BY a.scope IN ('collection', 'plugin'), a.scope = 'plugin', a.id`,
  )
}

/** Those of some artifacts that a filter lets through. `condition` is on the row `a`. */
export function selectFiltered(
  db: Database,
  ids: readonly number[],
  { sql, params }: { sql: string; params: Array<string | number> },
): Set<number> {
  const rows = db.allSql<{ id: number }>(
    `SELECT a.id FROM json_each(?) wanted CROSS JOIN artifacts a ON a.id = wanted.value WHERE true${sql}`,
    JSON.stringify(ids),
    ...params,
  )
  return new Set(rows.map(({ id }) => id))
}

/** Contents with words, by id. */
export function selectSketches(db: Database): Array<{ id: number; sketch: Buffer }> {
  return db.allSql('SELECT id, sketch FROM contents WHERE sketch IS NOT NULL ORDER BY id')
}

/** The same with the hash of each, hex. Plan: one pass over the contents. */
export function selectSketchesByHash(db: Database): Array<{ id: number; hash: string; sketch: Buffer }> {
  return db.allSql(
    'SELECT id, lower(hex(hash)) AS hash, sketch FROM contents WHERE sketch IS NOT NULL ORDER BY id',
  )
}
