import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MARKER, queryTerms } from '../../../../daemon/domains/cache/search-words.ts'

const texts = (query: string): string[] =>
  queryTerms(query).map(({ text, phrase }) => (phrase ? `"${text}"` : text))

describe('queryTerms', () => {
  it.each<[string, string[]]>([
    ['code review', ['code', 'review']],
    ['code-review', ['code', 'review']],
    ['  c++  ', ['c']],
    ['github:owner/repo@1.2', ['github', 'owner', 'repo', '1', '2']],
    ['"code review" tool', ['"code review"', 'tool']],
    ['"code-review"', ['"code review"']],
    ['"code"', ['code']],
    ['say "hi', ['say', 'hi']],
    ['Code CODE code', ['Code']],
    ['Überprüfung für Größe', ['Überprüfung', 'für', 'Größe']],
    ['代码 审查', ['代码', '审查']],
    ['* " () {} : ^ - + NEAR( \u0000', ['NEAR']],
    [`${MARKER}skill`, ['skill']],
    ['', []],
    ['"" "+++" 🙂', []],
  ])('reads %j as %j', (query, expected) => {
    expect(texts(query)).toEqual(expected)
  })

  it('folds case and accents as the index does', () => {
    expect(queryTerms('Überprüfung').map(({ folded }) => folded)).toEqual(['uberprufung'])
  })

  it('tells where each term stands', () => {
    expect(queryTerms('a "b c"').map(({ start, end }) => [start, end])).toEqual([
      [0, 1],
      [2, 7],
    ])
  })

  it('takes at most 16 terms, each of letters, numbers, marks and single spaces', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (query) => {
        const terms = queryTerms(query)
        expect(terms.length).toBeLessThanOrEqual(16)
        for (const { text } of terms) expect(text).toMatch(/^[\p{L}\p{N}\p{M}]+( [\p{L}\p{N}\p{M}]+)*$/u)
      }),
    )
  })
})
