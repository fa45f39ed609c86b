/** What SQLite intends to do for the queries of a function. */
import type { Compilable, CompiledQuery } from 'kysely'
import type { Database } from '../../daemon/kernel/db/database.ts'

type Statement = { sql: string; parameters: readonly unknown[] }

/**
 * Runs `work` and returns the plan of every statement it ran, one line per step, e.g.
 * `SEARCH a USING INDEX artifacts_name (name=?)`.
 */
export function plansOf(db: Database, work: (db: Database) => unknown): string[] {
  const statements: Statement[] = []
  work(recording(db, statements))
  return statements.flatMap(({ sql, parameters }) =>
    db
      .allSql<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...(parameters as never[]))
      .map((step) => step.detail),
  )
}

function recording(db: Database, statements: Statement[]): Database {
  const built = ['all', 'get', 'run']
  const written = ['allSql', 'getSql', 'valueSql', 'runSql']
  return new Proxy(db, {
    get(target, name: string) {
      const member = Reflect.get(target, name, target)
      if (typeof member !== 'function') return member
      return (...given: unknown[]) => {
        if (built.includes(name)) {
          const query = given[0] as Compilable | CompiledQuery
          statements.push('compile' in query ? query.compile() : query)
        } else if (written.includes(name)) {
          const [sql, ...parameters] = given
          statements.push({ sql: sql as string, parameters })
        }
        return member.apply(target, given)
      }
    },
  })
}
