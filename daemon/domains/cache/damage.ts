/** Damage that opening a file does not show: in its pages, and in the text of the schema. */
import type { Database } from '../../kernel/db/database.ts'
import { openInMemory } from '../../kernel/db/open.ts'

/** What is wrong with the file, or null. Reads all of it: not for the thread that answers. */
export function findDamage(db: Database): string | null {
  // Not quick_check: an index that disagrees with its table gives wrong rows, and it looks at no index.
  const verdict = integrityOf(db)
  if (verdict !== 'ok') return verdict
  return alteredSchema(db)
}

/** What SQLite cannot even look at, such as the head of a search index, is damaged as well. */
function integrityOf(db: Database): string {
  try {
    return db.valueSql<string>('PRAGMA integrity_check(1)') ?? 'no answer'
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'SQLITE_ERROR') throw error
    return (error as Error).message
  }
}

/** SQLite believes the text of its schema: a flipped letter there is another column, or another rule. */
function alteredSchema(db: Database): string | null {
  const pristine = openInMemory()
  try {
    const expected = schemaOf(pristine)
    const found = schemaOf(db)
    const differing = [...new Set([...expected.keys(), ...found.keys()])].filter(
      (name) => expected.get(name) !== found.get(name),
    )
    return differing.length === 0 ? null : `the schema of ${differing[0]} is not the one it was made with`
  } finally {
    pristine.close()
  }
}

function schemaOf(db: Database): Map<string, string> {
  const rows = db.allSql<{ name: string; text: string }>(
    `SELECT name, type || ' ' || tbl_name || ' ' || coalesce(sql, '') AS text FROM sqlite_schema
     WHERE name NOT LIKE 'sqlite_stat%'`,
  )
  return new Map(rows.map(({ name, text }) => [name, text]))
}
