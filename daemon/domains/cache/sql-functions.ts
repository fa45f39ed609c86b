import type { Database } from '../../kernel/db/database.ts'
import { describeDiagnostic } from './scan/diagnostics.ts'
import type { Diagnostic } from './scan/types.ts'

/** Functions the read queries use where SQLite builds a reply's JSON; to be defined on each reading connection. */
export function defineCacheFunctions(db: Database): void {
  db.defineFunction('smd_list', (text) => JSON.stringify(text === null ? [] : text.split(',')))
  db.defineFunction('smd_diagnostics', (text) => JSON.stringify(text === null ? [] : readDiagnostics(text)))
}

/** Stored as `[code, detail]` pairs; the severity and sentence belong to the code. */
function readDiagnostics(text: string): Array<{ code: string; severity: string; message: string }> {
  return (JSON.parse(text) as Array<[string, string?]>).map(([code, detail = '']) =>
    wireDiagnostic({ code, detail }),
  )
}

/** A diagnostic as the protocol shows it. */
export function wireDiagnostic(diagnostic: Diagnostic) {
  return { code: diagnostic.code, ...describeDiagnostic(diagnostic) }
}
