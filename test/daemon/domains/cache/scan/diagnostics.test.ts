import { describe, expect, it } from 'vitest'
import {
  describeDiagnostic,
  diagnose,
  diagnosticTable,
} from '../../../../../daemon/domains/cache/scan/diagnostics.ts'

describe('diagnosticTable', () => {
  it('names every code area.word and says something for each', () => {
    for (const [code, spec] of Object.entries(diagnosticTable)) {
      expect(code).toMatch(/^[a-z]+\.[a-z0-9_]+$/)
      expect(spec.text.length).toBeGreaterThan(5)
      expect(['error', 'warning', 'info']).toContain(spec.severity)
    }
  })
})

describe('describeDiagnostic', () => {
  it('puts the detail into the sentence, even one with replacement patterns', () => {
    expect(describeDiagnostic(diagnose('frontmatter.unknown_key', '$&x'))).toEqual({
      severity: 'info',
      message: 'Unknown frontmatter key: $&x',
    })
  })

  it('tells a code it does not know as it is', () => {
    expect(describeDiagnostic({ code: 'later.code', detail: 'd' })).toEqual({
      severity: 'warning',
      message: 'later.code: d',
    })
  })
})
