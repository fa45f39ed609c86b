import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { belowBase, normaliseBasePath } from '../../../../daemon/kernel/http/base-path.ts'

describe('normaliseBasePath', () => {
  it.each([
    ['/', '/'],
    ['', '/'],
    ['/smd', '/smd/'],
    ['smd', '/smd/'],
    ['/smd/', '/smd/'],
    ['//smd//tools/', '/smd/tools/'],
    ['/../smd', '/smd/'],
    ['/./', '/'],
    ['/a b/"<x>/ok', '/ok/'],
    ['/tools.d/smd~1', '/tools.d/smd~1/'],
  ])('makes of %j %j', (given, made) => {
    expect(normaliseBasePath(given)).toBe(made)
  })

  it('always makes a path that can stand in a page, a header and an address', () => {
    fc.assert(
      fc.property(fc.string(), (given) => {
        const made = normaliseBasePath(given)
        expect(made).toMatch(/^\/(?:[\w.~-]+\/)*$/)
        expect(new URL(made, 'http://localhost').pathname).toBe(made)
        expect(normaliseBasePath(made)).toBe(made)
      }),
    )
  })
})

describe('belowBase', () => {
  it.each([
    ['/', '/x', '/x'],
    ['/smd/', '/smd/', '/'],
    ['/smd/', '/smd/a/b', '/a/b'],
    ['/smd/', '/smd', null],
    ['/smd/', '/smdx/a', null],
    ['/smd/', '/a', null],
  ])('below %s, %s is %s', (base, path, rest) => {
    expect(belowBase(base, path)).toBe(rest)
  })
})
