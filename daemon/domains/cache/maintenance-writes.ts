/**
 * What keeps cache.db small and quick, in slices: each takes some milliseconds, so that other writes get their turn
 * between them. The writer process runs these by name.
 */
import type { Database } from '../../kernel/db/database.ts'
import { mergeSearchIndex } from './search-index.ts'

/** Values of `PRAGMA auto_vacuum`. */
const INCREMENTAL = 2
/** Free pages are used for what comes next; fewer than these, or than this share, are worth no work. */
const FREE_WORTH_PAGES = 256
const FREE_WORTH_SHARE = 0.05
/** A file that cannot be shrunk in slices is rewritten when this share of it is free. */
const REWRITE_SHARE = 0.25
/** Rows of each index that are looked at for statistics: enough to plan by, and quick. */
const ANALYSIS_LIMIT = 400
/** Also tables that this connection has not queried, since it is seldom older than its task. */
const OPTIMIZE_ALL = '0x10002'

export const maintenanceWrites = {
  /** Forgets up to `limit` events of before `before`, oldest first; returns how many. */
  trimEvents(db: Database, { before, limit }: Trim): number {
    return trim(
      db,
      'DELETE FROM events WHERE id IN (SELECT id FROM events WHERE at < ? ORDER BY at LIMIT ?)',
      {
        before,
        limit,
      },
    )
  },

  /** Forgets up to `limit` answers to commands with a key; returns how many. */
  trimAnswers(db: Database, { before, limit }: Trim): number {
    return trim(db, 'DELETE FROM answers WHERE key IN (SELECT key FROM answers WHERE at <= ? LIMIT ?)', {
      before,
      limit,
    })
  },

  /** Merges a part of the search index; returns whether there is more to merge. */
  mergeSearch(db: Database, _: Record<never, never>): boolean {
    return db.transaction(() => mergeSearchIndex(db))
  },

  /** Brings the statistics that queries are planned by up to date. */
  optimize(db: Database, { now }: { now: number }): void {
    db.pragma(`analysis_limit = ${ANALYSIS_LIMIT}`)
    db.exec(`PRAGMA optimize = ${OPTIMIZE_ALL}`)
    noteTime(db, 'last_analyze', now)
  },

  /**
   * Gives up to `pages` free pages back to the disk, when there are many or it is `urgent`; `more` when there are more. A file of an older
   * smd cannot be shrunk in slices: it is rewritten once as one that can.
   */
  vacuum(
    db: Database,
    { pages, urgent, now }: { pages: number; urgent: boolean; now: number },
  ): { freed: number; more: boolean } {
    const total = db.pragma('page_count') as number
    const free = db.pragma('freelist_count') as number
    const inSlices = db.pragma('auto_vacuum') === INCREMENTAL
    const worthShare = inSlices ? FREE_WORTH_SHARE : REWRITE_SHARE
    const isWorth = free >= FREE_WORTH_PAGES && free >= total * worthShare
    if (free === 0 || !(isWorth || urgent)) return { freed: 0, more: false }
    // `exec`, since the pragma frees one page for each row that is fetched.
    if (inSlices) db.exec(`PRAGMA incremental_vacuum(${pages})`)
    else db.exec(`PRAGMA auto_vacuum = ${INCREMENTAL}; VACUUM`)
    noteTime(db, 'last_vacuum', now)
    const left = db.pragma('freelist_count') as number
    return { freed: free - left, more: inSlices && left > 0 && left < free }
  },

  /** Folds the write-ahead log into the file. */
  checkpoint(db: Database, _: Record<never, never>): void {
    db.pragma('wal_checkpoint(TRUNCATE)')
  },
}

type Trim = { before: number; limit: number }

function trim(db: Database, sql: string, { before, limit }: Trim): number {
  return db.transaction(() => db.runSql(sql, before, limit).changes)
}

/** Unix ms, under the names of formats spec section 21. */
function noteTime(db: Database, key: 'last_vacuum' | 'last_analyze', now: number): void {
  db.transaction(() =>
    db.runSql(
      `INSERT INTO cache_metadata (key, value) VALUES (:key, :value)
       ON CONFLICT (key) DO UPDATE SET value = :value, updated_at = CAST(unixepoch('subsec') * 1000 AS INTEGER)`,
      { key, value: String(now) },
    ),
  )
}
