import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { projectNames } from './project-names.ts'
import { createRandom } from './random.ts'

describe('createRandom', () => {
  it('repeats itself for one seed', () => {
    const [a, b] = [createRandom('x'), createRandom('x')]
    expect(Array.from({ length: 50 }, a.next)).toEqual(Array.from({ length: 50 }, b.next))
    expect(createRandom('y').next()).not.toBe(createRandom('x').next())
  })

  it('stays within the bounds it is given', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: -100, max: 100 }), fc.nat(1000), (seed, min, span) => {
        const value = createRandom(seed).int(min, min + span)
        return Number.isInteger(value) && value >= min && value <= min + span
      }),
    )
  })

  it('shuffles without losing or repeating anything', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.integer()), (seed, list) => {
        expect(createRandom(seed).shuffle(list).sort()).toEqual([...list].sort())
      }),
    )
  })

  it('forks into sequences that do not depend on what was drawn before', () => {
    const used = createRandom('x')
    used.next()
    expect(used.fork('part').next()).toBe(createRandom('x').fork('part').next())
  })

  it('refuses to pick from nothing', () => {
    expect(() => createRandom('x').pick([])).toThrow('Nothing to pick from')
  })
})

describe('projectNames', () => {
  it('never gives a place twice', () => {
    const places = projectNames(3000).map(({ group, name }) => `${group}/${name}`)
    expect(new Set(places).size).toBe(3000)
  })
})
