import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type SearchParams,
  type SearchResult,
  searchArtifacts,
} from '../../../../daemon/domains/cache/artifact-search.ts'
import { fold } from '../../../../daemon/domains/cache/search-words.ts'
import type { Database } from '../../../../daemon/kernel/db/database.ts'
import {
  cacheOf,
  corpusSamples,
  idOf,
  namesOf,
  putProject,
  type Sample,
} from '../../../support/search-cache.ts'

const search = (db: Database, query: string, params: Partial<SearchParams> = {}): SearchResult =>
  searchArtifacts(db, { query, filters: {}, limit: 50, offset: 0, sort: 'relevance', ...params })

const names = (db: Database, query: string, params: Partial<SearchParams> = {}): string[] =>
  namesOf(db, search(db, query, params).hits)

/** All pages of a search, put together. */
function pages(db: Database, query: string, params: Partial<SearchParams>, limit: number): number[] {
  const ids: number[] = []
  for (;;) {
    const { hits } = search(db, query, { ...params, limit, offset: ids.length })
    if (hits.length === 0) return ids
    ids.push(...hits.map(({ id }) => id))
  }
}

describe('searchArtifacts: what matches (CACHE-1.4d, CACHE-5.4a)', () => {
  const db = cacheOf([
    {
      name: 'code-review',
      title: 'Careful Reading',
      description: 'Finds bugs before users do.',
      tags: ['quality'],
    },
    { name: 'pdf-forms', description: 'Fills forms, also in Größe A4.', source: 'github:acme/paper@1.0' },
    { name: 'c++', description: 'Builds native code.' },
    { name: 'ad-security-reviewer', description: 'Reads with suspicion.' },
    { name: '代码审查', description: '检查代码' },
  ])

  it.each<[string, string, string[]]>([
    ['a word of the name', 'forms', ['pdf-forms']],
    ['a word of the title', 'careful', ['code-review']],
    ['a word of the description', 'suspicion', ['ad-security-reviewer']],
    ['a tag', 'quality', ['code-review']],
    ['a part of the source', 'acme', ['pdf-forms']],
    ['all of its words only', 'code bugs', ['code-review']],
    ['nothing when one word is missing', 'code suspicion', []],
    ['the beginning of a word of the name', 'secur reads', ['ad-security-reviewer']],
    ['the beginning of a tag', 'qual', ['code-review']],
    ['the beginning of the last word anywhere', 'reads suspic', ['ad-security-reviewer']],
    ['the inside of a word of the name', 'viewer', ['ad-security-reviewer']],
    ['words in any case', 'FILLS forms', ['pdf-forms']],
    ['words with other accents', 'GROßE', ['pdf-forms']],
    ['letters of other scripts', '代码审查', ['代码审查']],
    ['words in a row when quoted', '"before users"', ['code-review']],
    ['no words out of order when quoted', '"users before"', []],
    ['a name of punctuation and a letter', 'c++', ['c++', 'code-review']],
    ['a name as a whole', 'pdf-forms', ['pdf-forms']],
  ])('finds %s', (_, query, expected) => {
    expect(names(db, query)).toEqual(expected)
  })

  it.each([
    '*',
    '"',
    '""',
    '++',
    '()',
    'AND',
    'OR NOT',
    'NEAR(a b)',
    'name:',
    '{name} : x',
    '^code',
    '-',
    'a* b*',
    "'",
    ';',
    '\u0000',
    '\ud800',
    '%',
    '🙂',
  ])('takes %j as text, never as syntax', (query) => {
    expect(() => search(db, query)).not.toThrow()
  })

  it('finds an artifact that was indexed after the words were counted', () => {
    const fresh = cacheOf([{ name: 'old' }])
    putProject(fresh, 2, [{ name: 'terraformer', description: 'Plans infrastructure.' }])
    expect(names(fresh, 'terrafo')).toEqual(['terraformer'])
    expect(names(fresh, 'infrastr')).toEqual(['terraformer'])
  })

  it('works before any word was counted', () => {
    const fresh = cacheOf([{ name: 'old', description: 'Something ancient.' }])
    fresh.runSql("DELETE FROM cache_metadata WHERE key LIKE 'search.%'")
    expect(names(fresh, 'anci')).toEqual(['old'])
    expect(search(fresh, 'anceint')).toMatchObject({ total: 0, correctedQuery: null })
  })
})

describe('searchArtifacts: order (CACHE-5.4a)', () => {
  const db = cacheOf(
    [
      { name: 'review' },
      { name: 'Review-Tools' },
      { name: 'review-all' },
      { name: 'code-review' },
      { name: 'a-preview' },
      { name: 'titled', title: 'Review' },
      { name: 'tagged', tags: ['review'] },
      { name: 'told', description: 'A review.' },
      { name: 'traced', source: 'github:owner/review' },
      { name: 'unrelated' },
    ],
    [{ name: 'REVIEW', type: 'agent' }],
  )

  it('puts an equal name first, then beginnings, then words of the name, then the rest by weight', () => {
    const { hits, total, totalIsExact } = search(db, 'review')
    expect(namesOf(db, hits).map((name) => name.toLowerCase())).toEqual([
      'review',
      'review',
      'review-all',
      'review-tools',
      'a-preview',
      'code-review',
      'titled',
      'tagged',
      'told',
      'traced',
    ])
    expect(hits.map(({ score }) => score).slice(0, 6)).toEqual([100, 100, 80, 80, 60, 60])
    for (const { score } of hits.slice(6)) expect(score).toBeGreaterThanOrEqual(1)
    for (const { score } of hits.slice(6)) expect(score).toBeLessThan(60)
    expect({ total, totalIsExact }).toEqual({ total: 10, totalIsExact: true })
  })

  it('takes words apart from how names join them', () => {
    expect(search(db, 'code review').hits[0]?.score).toBe(100)
    expect(names(db, 'code review')[0]).toBe('code-review')
    expect(search(db, 'review code').hits[0]?.score).toBe(60)
  })

  it('breaks ties between copies the same way each time', () => {
    const copies = Array.from({ length: 12 }, () => [
      { name: 'deploy' },
      { name: 'x', description: 'Deploy it.' },
    ])
    const many = cacheOf(...copies)
    const ids = search(many, 'deploy').hits.map(({ id }) => id)
    expect(ids).toHaveLength(24)
    expect(search(many, 'deploy').hits.map(({ id }) => id)).toEqual(ids)
    const uids = ids
      .slice(0, 12)
      .map((id) => many.valueSql<string>('SELECT hex(uid) FROM artifacts WHERE id = ?', id))
    expect(uids).toEqual(uids.toSorted())
  })

  it('orders by name, by type and name, or by newest change when asked', () => {
    const mixed = cacheOf([
      { name: 'b-tool', type: 'skill', modifiedAt: 3 },
      { name: 'A-tool', type: 'skill', modifiedAt: 1 },
      { name: 'c-tool', type: 'agent', modifiedAt: 2 },
    ])
    expect(names(mixed, 'tool', { sort: 'name' })).toEqual(['A-tool', 'b-tool', 'c-tool'])
    expect(names(mixed, 'tool', { sort: 'type' })).toEqual(['c-tool', 'A-tool', 'b-tool'])
    expect(names(mixed, 'tool', { sort: 'updated' })).toEqual(['b-tool', 'c-tool', 'A-tool'])
  })
})

describe('searchArtifacts: filters (CACHE-5.4a)', () => {
  const samples: Sample[] = [
    { name: 'tool-a', type: 'skill', tags: ['web', 'css'], source: 'github:acme/kit@1', isOutdated: true },
    {
      name: 'tool-b',
      type: 'output-style',
      tags: ['Web design'],
      source: 'github:other/kit',
      localModified: true,
    },
    {
      name: 'x',
      type: 'agent',
      scope: 'local',
      description: 'A tool of one checkout.',
      source: 'npm:@acme/kit',
    },
  ]
  const db = cacheOf(samples, [{ name: 'tool-c', type: 'skill', description: 'tool' }])

  it.each<[SearchParams['filters'], string[]]>([
    [{}, ['tool-a', 'tool-b', 'tool-c', 'x']],
    [{ projectId: 1 }, ['tool-a', 'tool-b', 'x']],
    [{ projectId: 2 }, ['tool-c']],
    [{ projectId: 99 }, []],
    [{ type: 'skill' }, ['tool-a', 'tool-c']],
    [{ type: 'output-style' }, ['tool-b']],
    [{ type: 'agent' }, ['x']],
    [{ type: 'hook' }, []],
    [{ scope: 'local' }, ['x']],
    [{ scope: 'project' }, ['tool-a', 'tool-b', 'tool-c']],
    [{ scope: 'user' }, []],
    [{ tag: 'WEB' }, ['tool-a']],
    [{ tag: 'web design' }, ['tool-b']],
    [{ tag: 'design' }, []],
    [{ tag: '++' }, []],
    [{ source: 'acme/kit' }, ['tool-a', 'x']],
    [{ source: 'GITHUB:' }, ['tool-a', 'tool-b']],
    [{ source: 'cme/ki' }, ['tool-a', 'x']],
    [{ source: '@' }, ['tool-a', 'x']],
    [{ outdated: true }, ['tool-a']],
    [{ outdated: false }, ['tool-b', 'tool-c', 'x']],
    [{ modified: true }, ['tool-b']],
    [{ modified: false }, ['tool-a', 'tool-c', 'x']],
    [{ type: 'skill', projectId: 1, outdated: true, tag: 'css', source: 'acme' }, ['tool-a']],
    [{ type: 'skill', modified: true }, []],
  ])('%j leaves %j', (filters, expected) => {
    const { hits, total } = search(db, 'tool', { filters })
    expect(namesOf(db, hits).toSorted()).toEqual(expected)
    expect(total).toBe(expected.length)
  })

  it('corrects words by what all artifacts say, not by what passes the filters', () => {
    expect(search(db, 'toool', { filters: { type: 'hook' } })).toMatchObject({
      total: 0,
      correctedQuery: null,
    })
    expect(search(db, 'toool', { filters: { type: 'agent' } })).toMatchObject({
      total: 1,
      correctedQuery: 'tool',
    })
  })
})

describe('searchArtifacts: frequent words (CACHE-5.4b)', () => {
  const samples: Sample[] = Array.from({ length: 2_600 }, (_, i) => ({
    name: `item-${i}`,
    type: i === 2_500 ? 'hook' : 'skill',
    description: 'A frequent word.',
    tags: i === 2_599 ? ['frequent'] : [],
    modifiedAt: i,
  }))
  const db = cacheOf(samples)

  it('says that it did not count them all', () => {
    expect(search(db, 'frequent')).toMatchObject({ total: 1_000, totalIsExact: false, correctedQuery: null })
    expect(search(db, 'item')).toMatchObject({ total: 1_000, totalIsExact: false })
  })

  it('finds a tag and a rare type among them at once', () => {
    expect(names(db, 'frequent', { limit: 1 })).toEqual(['item-2599'])
    expect(names(db, 'frequent', { filters: { type: 'hook' } })).toEqual(['item-2500'])
  })

  it.each(['frequent', 'item', 'frequent word', 'item frequent'])(
    'pages through all hits of %j, each once',
    (query) => {
      const ids = pages(db, query, {}, 200)
      expect(ids).toHaveLength(2_600)
      expect(new Set(ids).size).toBe(2_600)
      expect(pages(db, query, {}, 130)).toEqual(ids)
    },
  )

  it('puts all of them in another order when asked', () => {
    expect(names(db, 'frequent', { sort: 'updated', limit: 2 })).toEqual(['item-2599', 'item-2598'])
    expect(names(db, 'item', { sort: 'updated', limit: 1, offset: 2_599 })).toEqual(['item-0'])
    expect(names(db, 'frequent', { sort: 'name', limit: 3 })).toEqual(['item-0', 'item-1', 'item-10'])
    expect(names(db, 'frequent', { sort: 'type', limit: 2 })).toEqual(['item-2500', 'item-0'])
  })
})

describe('searchArtifacts on real words (CACHE-5.4a, CACHE-5.4b)', () => {
  const samples = corpusSamples(150)
  const db = cacheOf(samples)
  const textOf = ({ name, title, description, tags }: Sample): string =>
    fold([name, title ?? '', (description ?? '').slice(0, 1_024), ...(tags ?? [])].join(' '))
  const texts = new Map(samples.map((sample) => [idOf(db, 1, sample), textOf(sample)]))
  const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{N}]+/gu) ?? []
  const vocabulary = [...new Set([...texts.values()].flatMap(wordsOf))]

  it('gives only artifacts that hold every word', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...vocabulary), { minLength: 1, maxLength: 3 }), (words) => {
        const { hits, correctedQuery } = search(db, words.join(' '), { limit: 200 })
        if (correctedQuery !== null) return
        for (const { id } of hits) for (const word of words) expect(texts.get(id)).toContain(word)
      }),
    )
  })

  it('gives every artifact that holds all words', () => {
    fc.assert(
      fc.property(fc.constantFrom(...texts.values()), fc.infiniteStream(fc.nat()), (text, picks) => {
        const own = wordsOf(text)
        const words = [...picks.take(2)].map((pick) => own[pick % own.length] as string)
        const found = new Set(search(db, words.join(' '), { limit: 400 }).hits.map(({ id }) => id))
        for (const [id, other] of texts) {
          const has = new Set(wordsOf(other))
          if (id !== undefined && words.every((word) => has.has(word))) expect(found).toContain(id)
        }
      }),
    )
  })

  it('never throws and keeps its promises for any text', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.string({
        unit: fc.constantFrom('"', '*', ' ', 'a', 'AND', '(', ')', ':', '-', '^', '{name}', '\u0000'),
      }),
      fc.array(fc.constantFrom(...vocabulary), { maxLength: 20 }).map((words) => words.join(' ')),
    )
    const sort = fc.constantFrom<SearchParams['sort']>('relevance', 'name', 'type', 'updated')
    fc.assert(
      fc.property(
        anything,
        fc.integer({ min: 1, max: 50 }),
        fc.nat(100),
        sort,
        (query, limit, offset, sort) => {
          const { hits, total } = search(db, query, { limit, offset, sort })
          expect(hits.length).toBe(Math.max(0, Math.min(limit, total - offset)))
          expect(new Set(hits.map(({ id }) => id)).size).toBe(hits.length)
          if (sort === 'relevance') {
            expect(hits.map(({ score }) => score)).toEqual(
              hits.map(({ score }) => score).toSorted((a, b) => b - a),
            )
          }
        },
      ),
    )
  })

  it('takes any filter texts', () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(text, text, (tag, source) => {
        expect(() => search(db, 'code', { filters: { tag } })).not.toThrow()
        expect(() => search(db, 'code', { filters: { source } })).not.toThrow()
      }),
    )
  })

  it('gives the same hits page by page as at once', () => {
    for (const query of ['code', 'review', 'test', 'a', 'c', 'use']) {
      for (const sort of ['relevance', 'name', 'type', 'updated'] as const) {
        const { hits, total } = search(db, query, { limit: 400, sort })
        expect(pages(db, query, { sort }, 17), `${query} by ${sort}`).toEqual(hits.map(({ id }) => id))
        expect(hits).toHaveLength(total)
      }
    }
  })
})
