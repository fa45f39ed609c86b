import { describe, expect, it } from 'vitest'
import { searchArtifacts } from '../../../../daemon/domains/cache/artifact-search.ts'
import { Vocabulary, vocabularyText } from '../../../../daemon/domains/cache/search-vocabulary.ts'
import { correctQuery, correctWord } from '../../../../daemon/domains/cache/spelling.ts'
import { cacheOf, corpusSamples } from '../../../support/search-cache.ts'

const words = {
  kubernetes: 40,
  docker: 90,
  doctor: 3,
  code: 300,
  review: 120,
  security: 80,
  testing: 70,
  test: 200,
  text: 100,
  react: 50,
  github: 60,
  documentation: 30,
}
const vocabulary = new Vocabulary(
  vocabularyText(Object.entries(words).map(([term, count]) => ({ term, count }))),
)

describe('correctWord (CACHE-5.4b)', () => {
  it.each<[string, string | null]>([
    ['kuberntes', 'kubernetes'],
    ['kubrenetse', 'kubernetes'],
    ['dokcer', 'docker'],
    ['doctr', 'doctor'],
    ['secuirty', 'security'],
    ['reviw', 'review'],
    ['documantation', 'documentation'],
    ['recat', 'react'],
    ['codereview', 'code review'],
    ['securitytesting', 'security testing'],
    ['tets', 'test'],
    ['tes', null],
    ['zzqqxxyy', null],
    ['kbrnts', null],
  ])('takes %s for %s', (wrong, right) => {
    expect(correctWord(vocabulary, wrong)).toBe(right)
  })

  it('prefers the more frequent of two words that are equally near', () => {
    expect(correctWord(vocabulary, 'teet')).toBe('test')
  })
})

describe('correctQuery', () => {
  const db = cacheOf([
    { name: 'code-review', description: 'Reviews code for security problems.' },
    { name: 'github-actions', description: 'Continuous integration with kubernetes.' },
  ])

  it.each<[string, string | null]>([
    ['code reveiw', 'code review'],
    ['secuirty kuberntes', 'security kubernetes'],
    ['Reveiw: CODE!', 'review: CODE!'],
    ['"code reveiw"', null],
    ['git hubb', null],
    ['gith ub', 'github'],
    ['code review', null],
    ['code qqqqqqq', null],
    ['', null],
    ['+*"', null],
  ])('turns %j into %j', (query, corrected) => {
    expect(correctQuery(db, query)).toBe(corrected)
  })

  it('joins known words when nothing has both', () => {
    const other = cacheOf([{ name: 'x', description: 'Uses github.' }, { name: 'git' }, { name: 'hub' }])
    expect(
      searchArtifacts(other, { query: 'git hub', filters: {}, limit: 9, offset: 0, sort: 'relevance' }),
    ).toMatchObject({
      total: 1,
      correctedQuery: 'github',
    })
  })
})

describe('misspelt names of the corpus (CACHE-5.4b)', () => {
  it('are found again after two neighbouring letters were swapped', () => {
    const db = cacheOf(corpusSamples(150))
    const names = corpusSamples(150)
      .map(({ name }) => name)
      .filter((name) => /^[a-z]{3}([a-z])(?!\1)[a-z]{3,}$/.test(name))
    expect(names.length).toBeGreaterThan(0)
    for (const name of names) {
      const query = `${name.slice(0, 3)}${name[4]}${name[3]}${name.slice(5)}`
      const { total, correctedQuery } = searchArtifacts(db, {
        query,
        filters: {},
        limit: 9,
        offset: 0,
        sort: 'relevance',
      })
      expect({ query, correctedQuery, found: total > 0 }).toEqual({
        query,
        correctedQuery: name,
        found: true,
      })
    }
  })
})
