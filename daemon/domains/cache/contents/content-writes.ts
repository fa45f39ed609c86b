/** Keeps the index of contents in line with the artifacts; runs in the writer process. */
import { join } from 'node:path'
import type { Database } from '../../../kernel/db/database.ts'
import { readTexts, type TextFile } from './read-texts.ts'
import { sketchOf } from './sketch.ts'

/** Contents that go at a time: other writes wait for no more. */
const DROPPED_AT_ONCE = 500

export const contentWrites = {
  /**
   * Takes in contents that are not in the index, of up to `limit` artifacts beyond `after`. `next`: where to go on; null when
   * there were none, and contents that no artifact has any more have gone. Plan: the artifacts in the order of their ids.
   */
  indexContents(
    db: Database,
    { after, limit }: { after: number; limit: number },
  ): { indexed: number; next: number | null } {
    const missing = selectMissing(db, after, limit)
    const last = missing.at(-1)
    if (!last) {
      dropGone(db)
      return { indexed: 0, next: null }
    }
    const places = new Map(missing.map(({ hash, path }) => [hash.toString('hex'), { hash, path }]))
    const read = [...places.values()].map(({ hash, path }) => ({ hash, files: readTexts(path) }))
    db.transaction(() => {
      for (const { hash, files } of read) take(db, hash, files)
    })
    return { indexed: read.length, next: last.id }
  },

  /** Empties the index; the next search fills it again. */
  forgetContents(db: Database, _: Record<never, never>): void {
    db.transaction(() => clearContents(db))
  },
}

export function clearContents(db: Database): void {
  db.exec(`INSERT INTO content_text (content_text) VALUES ('delete-all');
    DELETE FROM content_files; DELETE FROM contents`)
}

/** Parts of files have no text of their own, and what a plugin holds are artifacts themselves. */
export const HAS_CONTENT = "a.fragment = '' AND a.type <> 'plugin' AND a.hash IS NOT NULL"

function selectMissing(
  db: Database,
  after: number,
  limit: number,
): Array<{ id: number; hash: Buffer; path: string }> {
  const rows = db.allSql<{ id: number; hash: Buffer; unit: string; relPath: string }>(
    `SELECT a.id, a.hash, u.path AS unit, a.rel_path AS relPath
     FROM artifacts a CROSS JOIN scan_units u ON u.id = a.unit_id
     WHERE a.id > ? AND ${HAS_CONTENT} AND NOT EXISTS (SELECT 1 FROM contents c WHERE c.hash = a.hash)
     ORDER BY a.id LIMIT ?`,
    after,
    limit,
  )
  return rows.map(({ id, hash, unit, relPath }) => {
    const isAbsolute = /^(?:\/|[A-Za-z]:)/.test(relPath)
    return { id, hash, path: isAbsolute ? relPath : join(unit, relPath) }
  })
}

function dropGone(db: Database): void {
  const gone = db.allSql<{ id: number }>(
    `SELECT id FROM contents WHERE hash NOT IN (SELECT a.hash FROM artifacts a WHERE ${HAS_CONTENT})`,
  )
  for (let at = 0; at < gone.length; at += DROPPED_AT_ONCE)
    db.transaction(() => {
      for (const { id } of gone.slice(at, at + DROPPED_AT_ONCE)) drop(db, id)
    })
}

function take(db: Database, hash: Buffer, files: readonly TextFile[]): void {
  const sketch = sketchOf(files.map(({ text }) => text).join('\n'))
  const { lastInsertRowid: id } = db.runSql('INSERT INTO contents (hash, sketch) VALUES (?, ?)', hash, sketch)
  for (const { path, text } of files) {
    const file = db.runSql('INSERT INTO content_files (content_id, path) VALUES (?, ?)', id, path)
    db.runSql('INSERT INTO content_text (rowid, text) VALUES (?, ?)', file.lastInsertRowid, text)
  }
}

function drop(db: Database, id: number): void {
  for (const file of db.allSql<{ id: number }>('SELECT id FROM content_files WHERE content_id = ?', id))
    db.runSql('DELETE FROM content_text WHERE rowid = ?', file.id)
  db.runSql('DELETE FROM contents WHERE id = ?', id)
}
