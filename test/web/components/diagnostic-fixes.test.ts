import { describe, expect, it } from 'vitest'
import { type DiagnosticSpec, diagnosticTable } from '../../../daemon/domains/cache/scan/diagnostics.ts'
import { fixes } from '../../../web/src/components/diagnostics/fixes.ts'

describe('the fixes of diagnostics', () => {
  it('are there for everything that a scan can find, and for nothing else', () => {
    const found = Object.entries<DiagnosticSpec>(diagnosticTable)
      .filter(([, spec]) => !spec.strictOnly)
      .map(([code]) => code)
    expect(Object.keys(fixes).toSorted()).toEqual(found.toSorted())
  })
})
