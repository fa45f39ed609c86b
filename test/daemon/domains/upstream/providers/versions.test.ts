import fc from 'fast-check'
import semver from 'semver'
import { describe, expect, it } from 'vitest'
import { newestVersion } from '../../../../../daemon/domains/upstream/providers/versions.ts'

describe('newestVersion (CACHE-5.2b)', () => {
  it.each([
    [['1.9.0', '1.10.0', '1.2.0'], null, '1.10.0'],
    [['v1.0.0', '0.9.0'], null, 'v1.0.0'],
    [['1.0.0', '2.0.0-rc.1'], null, '1.0.0'],
    [['1.0.0', '2.0.0-rc.1'], '1.0.0', '1.0.0'],
    [['1.0.0', '2.0.0-rc.1'], '2.0.0-beta.1', '2.0.0-rc.1'],
    [['2.0.0', '2.0.0-rc.1'], '2.0.0-beta.1', '2.0.0'],
    [['1.0.0-alpha', '1.0.0-1', '1.0.0-beta.11', '1.0.0-beta.2'], null, '1.0.0-beta.11'],
    [['nightly', 'latest', '1.2', 'plugin--v1.0.0'], null, null],
    [[], null, null],
  ])('of %j for %s is %s', (versions, installed, newest) => {
    expect(newestVersion(versions, installed)).toBe(newest)
  })

  it('is one that no other is above, in any order', () => {
    const number = fc.nat(3)
    const label = fc.option(fc.constantFrom('alpha', 'beta.2', 'beta.11', '1'), { nil: undefined })
    const version = fc
      .tuple(number, number, number, label)
      .map(([a, b, c, pre]) => `${a}.${b}.${c}${pre ? `-${pre}` : ''}`)
    fc.assert(
      fc.property(fc.array(version, { minLength: 1 }), (versions) => {
        const stable = versions.filter((each) => !semver.prerelease(each))
        const best = newestVersion(versions) ?? ''
        const among = stable.length > 0 ? stable : versions
        expect(among).toContain(best)
        expect(among.filter((each) => semver.gt(each, best))).toEqual([])
        expect(semver.eq(newestVersion(versions.toReversed()) ?? '', best)).toBe(true)
      }),
    )
  })
})
