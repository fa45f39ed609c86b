import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import type { Tables } from '../../tables.ts'

/**
 * Builds typed queries and compiles them to SQL; it has no connection. `Database` runs what it compiles.
 * (kysely's own driver prepares each statement anew and serialises callers behind open transactions.)
 */
export const qb = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
})
