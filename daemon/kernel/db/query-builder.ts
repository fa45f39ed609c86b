import {
  type Compilable,
  DummyDriver,
  Kysely,
  type RawBuilder,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from 'kysely'
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

/**
 * The place of a value that is given by name when the statement runs. The sign changes nothing but that SQLite does not
 * look at the value while it plans: without it a statement that compares a column with `:name` is planned anew whenever
 * another value is bound (sqlite3ExprIsInteger), which takes five times as long as to run it.
 */
export const param = <Value>(name: string): RawBuilder<Value> => sql<Value>`${sql.raw(`+:${name}`)}`

const texts = new Map<string, string>()

/**
 * The SQL of a query that is built once and kept under `shape`: to build one takes 50 to 100 us, several times as long
 * as a point read. So it must be the same for all values, which stand in it as `param`; there are few shapes.
 */
export function built(shape: string, build: () => Compilable): string {
  const known = texts.get(shape)
  if (known !== undefined) return known
  const { sql: text, parameters } = build().compile()
  if (parameters.length > 0) throw new Error(`values of ${shape} must be given by name`)
  texts.set(shape, text)
  return text
}
