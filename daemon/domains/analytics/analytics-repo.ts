import type { ArtifactType } from '../../../protocol/vocabulary.ts'
import type { Database } from '../../kernel/db/database.ts'

export type NameRow = { name: string; type: ArtifactType; copies: number; sizeBytes: number; tokens: number }

/**
 * Names with how many copies they have and what those weigh, largest first; only those whose newest copy was changed before
 * a time. Plugins are named by what they bring. Plan: one pass over the artifacts.
 */
export function selectNames(
  db: Database,
  { type, before }: { type: ArtifactType | null; before: number },
): NameRow[] {
  return db.allSql(
    `SELECT min(name) AS name, type, count(*) AS copies, sum(size_bytes) AS sizeBytes, sum(tokens) AS tokens
     FROM artifacts WHERE type <> 'plugin' AND (:type IS NULL OR type = :type)
     GROUP BY type, name HAVING max(modified_at) < :before ORDER BY sizeBytes DESC, name, type`,
    { type, before },
  )
}
