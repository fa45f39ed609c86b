import { describe, expect, it } from 'vitest'
import { isMet, type Line, limitOf, ratioOf } from '../bench/lines.ts'

const line = (more: Partial<Line>): Line => ({
  id: 'x.y',
  what: 'something',
  unit: 'ms',
  figure: 11,
  floor: { what: 'floor', figure: 10 },
  goal: { kind: 'ratio', max: 1.1 },
  samples: '20 rounds',
  ...more,
})

describe('isMet', () => {
  it('compares with so many times the floor, the limit included', () => {
    expect(isMet(line({ figure: 11 }))).toBe(true)
    expect(isMet(line({ figure: 11.01 }))).toBe(false)
  })

  it('adds what is allowed beside the ratio', () => {
    const goal = { kind: 'ratio', max: 1.8, plus: 10 } as const
    expect(limitOf(line({ goal }))).toBe(28)
    expect(isMet(line({ goal, figure: 28 }))).toBe(true)
  })

  it('takes a plain limit without a floor', () => {
    expect(isMet(line({ goal: { kind: 'most', max: 10 }, floor: null, figure: 10.5 }))).toBe(false)
  })

  it('says nothing where nothing was promised', () => {
    expect(isMet(line({ goal: { kind: 'none' } }))).toBeNull()
  })

  it('does not count as met what was not measured', () => {
    expect(isMet(line({ figure: null }))).toBe(false)
    expect(isMet(line({ floor: null }))).toBe(false)
  })
})

describe('ratioOf', () => {
  it('is null without a floor or with one of nothing', () => {
    expect(ratioOf(line({}))).toBe(1.1)
    expect(ratioOf(line({ floor: null }))).toBeNull()
    expect(ratioOf(line({ floor: { what: 'nothing', figure: 0 } }))).toBeNull()
  })
})
