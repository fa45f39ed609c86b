import type { ArtifactType } from '../../../protocol/vocabulary.ts'
import type { Database } from '../../kernel/db/database.ts'

/**
 * Distinct names that begin with `prefix`, by name; letter case does not count (ASCII), and of names that differ only
 * in it one is given.
 * Plan: one seek in artifacts_name (or artifacts_type_name) per name, so copies of a name cost nothing.
 */
export function completeNames(
  db: Database,
  prefix: string,
  type: ArtifactType | undefined,
  limit: number,
): string[] {
  const sql = type === undefined ? NEXT_NAME : NEXT_NAME_OF_TYPE
  const wanted = foldAscii(prefix)
  const names: string[] = []
  let next = seek(db, sql.replace('>', '>='), type, prefix)
  while (next !== undefined && names.length < limit && foldAscii(next).startsWith(wanted)) {
    names.push(next)
    next = seek(db, sql, type, next)
  }
  return names
}

const NEXT_NAME = `SELECT name FROM artifacts INDEXED BY artifacts_name
  WHERE name > ? ORDER BY name, uid LIMIT 1`
const NEXT_NAME_OF_TYPE = `SELECT name FROM artifacts INDEXED BY artifacts_type_name
  WHERE type = +? AND name > ? ORDER BY name, uid LIMIT 1`

function seek(db: Database, sql: string, type: ArtifactType | undefined, name: string): string | undefined {
  return type === undefined ? db.valueSql<string>(sql, name) : db.valueSql<string>(sql, type, name)
}

/** As SQLite's NOCASE compares. */
const foldAscii = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
