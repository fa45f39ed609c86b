import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareVersions, describeDifference, isOutdated } from '../../../daemon/kernel/version-compare.ts'

describe('isOutdated and describeDifference (CACHE-5.2b)', () => {
  it.each([
    ['1.0.0', '1.0.1', true, 'patch version upgrade (0 -> 1)'],
    ['1.9.0', '2.0.0', true, 'major version upgrade (1 -> 2)'],
    ['2.0.0', '1.9.9', false, 'major version downgrade (2 -> 1)'],
    ['v1.0.0', '1.0.0', false, null],
    ['1.0.0+a', '1.0.0+b', false, null],
    ['1.0.0-beta.2', '1.0.0-beta.11', true, 'pre-release change (beta.2 -> beta.11)'],
    ['1.0.0-1', '1.0.0-alpha', true, 'pre-release change (1 -> alpha)'],
    ['1.0.0-rc.1', '1.0.0', true, 'upgrade to stable from pre-release (rc.1)'],
    ['1.0.0', '1.0.0-rc.1', false, 'downgrade to pre-release (rc.1)'],
    ['main', '1.0.0', true, 'main -> 1.0.0'],
  ])('say of %s -> %s: %s, %s', (deployed, upstream, outdated, text) => {
    expect(isOutdated(deployed, upstream)).toBe(outdated)
    expect(describeDifference(deployed, upstream)).toBe(text)
  })

  it.each([
    ['1.0.0', 'main', false, '1.0.0 -> main'],
    ['1.2', '1.10', true, '1.2 -> 1.10'],
    ['1.10', '1.2', false, '1.10 -> 1.2'],
    ['1.0', '1', false, null],
    ['v2', 'v10', true, 'v2 -> v10'],
    ['abc1234', 'def5678', true, 'abc1234 -> def5678'],
    ['def5678', 'abc1234', true, 'def5678 -> abc1234'],
    ['ABC1234', 'abc1234def5678', false, null],
    ['main', 'develop', true, 'main -> develop'],
    ['main', 'main', false, null],
    [' 1.0.0 ', '1.0.0', false, null],
    ['1.0.0-alpha', '1.0.0-alpha.1', true, 'pre-release change (alpha -> alpha.1)'],
    ['1.0.0-Beta', '1.0.0-alpha', true, 'pre-release change (Beta -> alpha)'],
    ['1.1.0-rc.1', '1.0.0', false, 'minor version downgrade (1 -> 0)'],
    ['01.2.3', '1.2.3', true, '01.2.3 -> 1.2.3'],
  ])('say of %s -> %s: %s, %s (rules without a vector)', (deployed, upstream, outdated, text) => {
    expect(isOutdated(deployed, upstream)).toBe(outdated)
    expect(describeDifference(deployed, upstream)).toBe(text)
  })

  it.each([
    [null, '1.0.0'],
    ['1.0.0', null],
    [null, null],
    ['', '1.0.0'],
    ['1.0.0', ' '],
  ])('say nothing of an unknown version: %s -> %s', (deployed, upstream) => {
    expect(isOutdated(deployed, upstream)).toBe(false)
    expect(describeDifference(deployed, upstream)).toBeNull()
  })
})

describe('compareVersions (CACHE-5.2b)', () => {
  const number = fc.nat({ max: 20 })
  const identifier = fc.oneof(number.map(String), fc.constantFrom('alpha', 'beta', 'rc', 'Z', 'a-1', '-'))
  const semVer = fc
    .tuple(
      fc.constantFrom('', 'v'),
      number,
      number,
      number,
      fc.array(identifier, { maxLength: 3 }),
      fc.constantFrom('', '+b.1'),
    )
    .map(
      ([v, x, y, z, pre, build]) => `${v}${x}.${y}.${z}${pre.length > 0 ? `-${pre.join('.')}` : ''}${build}`,
    )

  /** Section 11, rule 2, written down once more. */
  function expected(a: string, b: string): number {
    const split = (version: string) => {
      const [, core = '', pre] = /^v?(\d+\.\d+\.\d+)(?:-([^+]*))?/.exec(version) ?? []
      return { core: core.split('.').map(Number), pre: pre?.split('.') ?? [] }
    }
    const [x, y] = [split(a), split(b)]
    for (let i = 0; i < 3; i++)
      if (x.core[i] !== y.core[i]) return Math.sign((x.core[i] ?? 0) - (y.core[i] ?? 0))
    if (x.pre.length === 0 || y.pre.length === 0) return Math.sign(y.pre.length - x.pre.length)
    for (let i = 0; i < Math.max(x.pre.length, y.pre.length); i++) {
      const [p, q] = [x.pre[i], y.pre[i]]
      if (p === undefined || q === undefined) return p === undefined ? -1 : 1
      if (p === q) continue
      const [m, n] = [/^\d+$/.test(p), /^\d+$/.test(q)]
      if (m !== n) return m ? -1 : 1
      return m ? Math.sign(Number(p) - Number(q)) : p < q ? -1 : 1
    }
    return 0
  }

  it('orders SemVer by the rules of the spec', () => {
    fc.assert(
      fc.property(semVer, semVer, (a, b) => {
        expect(compareVersions(a, b)).toBe(expected(a, b))
      }),
      { numRuns: 2_000 },
    )
  })

  it('is the opposite the other way round, and describes exactly what differs', () => {
    const version = fc.oneof(
      semVer,
      fc.constantFrom('main', '1.2', '1.10', 'v3', 'abc1234', 'abc1234def', '2024.01', 'latest'),
      fc.string(),
    )
    fc.assert(
      fc.property(version, version, (a, b) => {
        const [there, back] = [compareVersions(a, b), compareVersions(b, a)]
        expect(there === null ? null : there + (back ?? Number.NaN)).toBe(there === null ? back : 0)
        expect(compareVersions(a, a)).toBe(0)
        if (a.trim() && b.trim()) expect(describeDifference(a, b) === null).toBe(there === 0)
      }),
      { numRuns: 1_000 },
    )
  })
})
