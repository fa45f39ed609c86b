import { migrations } from '../../../migrations/index.ts'
import { schemaVersion } from './migrate.ts'
import { openForReading } from './open.ts'

export type DatabaseDescription = {
  /** Migrations this smd knows, and whether the file has them. */
  migrations: Array<{ version: number; name: string; applied: boolean }>
  /** Rows of each table, by its name; what is in them is not looked at. */
  tables: Array<{ name: string; rows: number }>
}

/** What a cache file consists of. Errors: those of `openForReading`. */
export function describeDatabase(file: string): DatabaseDescription {
  const db = openForReading(file)
  try {
    const applied = schemaVersion(db)
    // Virtual tables have no page of their own: their content is in tables beside them.
    const names = db.allSql<{ name: string }>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 AND name NOT LIKE 'sqlite%' ORDER BY name",
    )
    return {
      migrations: migrations.map(({ version, name }) => ({ version, name, applied: version <= applied })),
      tables: names.map(({ name }) => ({
        name,
        rows: db.valueSql<number>(`SELECT count(*) FROM "${name}"`) ?? 0,
      })),
    }
  } finally {
    db.close()
  }
}
