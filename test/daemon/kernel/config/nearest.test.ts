import { describe, expect, it } from 'vitest'
import { nearest } from '../../../../daemon/kernel/config/nearest.ts'

describe('nearest', () => {
  const words = ['ttl_minutes', 'enabled', 'path', 'max_depth']

  it.each([
    ['ttl_minute', 'ttl_minutes'],
    ['tll_minutes', 'ttl_minutes'],
    ['TTL-Minutes', 'ttl_minutes'],
    ['enabeld', 'enabled'],
    ['pat', 'path'],
    ['max_dept', 'max_depth'],
    ['colour', null],
    ['', null],
    ['pa', null],
  ])('of %s is %s', (word, expected) => {
    expect(nearest(word, words)).toBe(expected)
  })

  it('prefers the word with fewer errors, then the first one', () => {
    expect(nearest('abcx', ['abyz', 'abcd'])).toBe('abcd')
    expect(nearest('abcx', ['abcy', 'abcz'])).toBe('abcy')
    expect(nearest('abc', [])).toBeNull()
  })
})
