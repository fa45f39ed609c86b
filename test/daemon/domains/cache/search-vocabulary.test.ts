import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Vocabulary, vocabularyText } from '../../../../daemon/domains/cache/search-vocabulary.ts'

const of = (counts: Record<string, number>): Vocabulary =>
  new Vocabulary(vocabularyText(Object.entries(counts).map(([term, count]) => ({ term, count }))))

const terms = fc.dictionary(
  fc.oneof(
    fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 5 }),
    fc.string({ unit: fc.constantFrom('é', '码', '𐐨', 'ﬁ'), minLength: 1, maxLength: 3 }),
  ),
  fc.integer({ min: 1, max: 9_999 }),
  { noNullPrototype: true },
)
const part = fc.string({
  unit: fc.constantFrom('a', 'b', 'c', 'é', '码', '𐐨', 'ﬁ'),
  minLength: 1,
  maxLength: 3,
})

describe('Vocabulary', () => {
  it('knows the words it was made of and no others', () => {
    fc.assert(
      fc.property(terms, part, (counts, word) => {
        const vocabulary = of(counts)
        for (const [term, count] of Object.entries(counts)) expect(vocabulary.count(term)).toBe(count)
        expect(vocabulary.count(word)).toBe(counts[word] ?? 0)
      }),
    )
  })

  it('lists the words that begin with something, and those that hold it further inside', () => {
    fc.assert(
      fc.property(terms, part, (counts, text) => {
        const vocabulary = of(counts)
        const all = Object.keys(counts).sort()
        const found = (list: Array<{ term: string }>): string[] => list.map(({ term }) => term)
        expect(found(vocabulary.startingWith(text, 1_000))).toEqual(
          all.filter((term) => term.startsWith(text)),
        )
        expect(found(vocabulary.containing(text, 1_000))).toEqual(
          all.filter((term) => !term.startsWith(text) && term.includes(text)),
        )
      }),
    )
  })

  it('is empty before the first refresh', () => {
    const empty = new Vocabulary(vocabularyText([]))
    expect([empty.count('a'), empty.startingWith('a', 9), empty.containing('a', 9)]).toEqual([0, [], []])
  })
})
