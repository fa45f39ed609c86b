import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { completeNames } from '../../../../daemon/domains/cache/artifact-search.ts'
import { cacheOf, corpusSamples } from '../../../support/search-cache.ts'

describe('completeNames', () => {
  it('gives each name once, by name, whatever its case and however many projects have it', () => {
    const copies = [{ name: 'deploy' }, { name: 'Debug' }, { name: 'test' }]
    const db = cacheOf(copies, copies, [{ name: 'debug', type: 'agent' as const }, { name: 'DEPLOY-all' }])
    expect(completeNames(db, 'DE', undefined, 20).map((name) => name.toLowerCase())).toEqual([
      'debug',
      'deploy',
      'deploy-all',
    ])
    expect(completeNames(db, '', undefined, 20)).toHaveLength(4)
    expect(completeNames(db, 'de', undefined, 1)).toHaveLength(1)
    expect(completeNames(db, 'debug', 'agent', 20)).toEqual(['debug'])
    expect(completeNames(db, 'deploy', 'agent', 20)).toEqual([])
  })

  it.each(['%', '_', "'", '"', '\\', '*', '🙂', '\u{10FFFF}'])('takes %j as it stands', (odd) => {
    const db = cacheOf([{ name: `${odd}a` }, { name: 'plain' }])
    expect(completeNames(db, odd, undefined, 20)).toEqual([`${odd}a`])
    expect(completeNames(db, `${odd}b`, undefined, 20)).toEqual([])
  })

  it('agrees with looking at every name of the corpus', () => {
    const samples = corpusSamples(150)
    const db = cacheOf(samples)
    const names = [...new Set(samples.map(({ name }) => name.toLowerCase()))]
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.nat(6), (name, length) => {
        const prefix = name.slice(0, length)
        const expected = names.filter((other) => other.startsWith(prefix))
        const found = completeNames(db, prefix, undefined, 1_000).map((other) => other.toLowerCase())
        expect(new Set(found)).toEqual(new Set(expected))
        expect(found).toHaveLength(expected.length)
      }),
    )
  })
})
