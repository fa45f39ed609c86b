import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bitCount,
  distanceTo,
  lettersOf,
  MAX_LETTERS,
} from '../../../../daemon/domains/cache/search-distance.ts'

const between = (a: string, b: string): number => distanceTo(a)(b, 0, b.length)

/** The textbook table. */
function tableDistance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (_, j) => i || j),
  )
  const at = (i: number, j: number): number => rows[i]?.[j] as number
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let best = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, at(i - 2, j - 2) + 1)
      ;(rows[i] as number[])[j] = best
    }
  }
  return at(a.length, b.length)
}

const word = fc.string({
  unit: fc.constantFrom('a', 'b', 'c', 'é', 'ß', '0'),
  minLength: 1,
  maxLength: MAX_LETTERS,
})

describe('distanceTo', () => {
  it.each([
    ['docker', 'docker', 0],
    ['docker', 'dcoker', 1],
    ['docker', 'doker', 1],
    ['docker', 'dockers', 1],
    ['docker', 'locker', 1],
    ['ca', 'abc', 3],
    ['kubernetes', 'kubrentes', 2],
    ['a', '', 1],
  ])('%s and %s are %i apart', (a, b, distance) => {
    expect(between(a, b)).toBe(distance)
  })

  it('agrees with the textbook table for words of up to 31 letters', () => {
    fc.assert(
      fc.property(word, fc.oneof(word, fc.constant('')), (a, b) => between(a, b) === tableDistance(a, b)),
    )
  })

  it('reads a word inside a larger text', () => {
    expect(distanceTo('docker')('\ndokcer 12\n', 1, 7)).toBe(1)
  })
})

describe('lettersOf', () => {
  it('differs by at most two bits per edit, so it never hides a near word', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        const bits = bitCount(lettersOf(a, 0, a.length) ^ lettersOf(b, 0, b.length))
        return bits <= 2 * tableDistance(a, b)
      }),
    )
  })
})

describe('bitCount', () => {
  it('counts the set bits of any 32-bit number', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), (bits) => {
        const ones = (bits >>> 0).toString(2).replaceAll('0', '').length
        return bitCount(bits) === ones
      }),
    )
  })
})
