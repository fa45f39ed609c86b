import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anonymousMetadata, anonymousPath } from '../../../../daemon/domains/analytics/privacy.ts'

describe('what is noted of a place', () => {
  it.each([
    ['/home/me', '~'],
    ['/home/me/work/api', '~/work/api'],
    ['/home/men/api', 'api'],
    ['/srv/customers/acme', 'acme'],
  ])('%s is %s', (path, noted) => {
    expect(anonymousPath(path, '/home/me')).toBe(noted)
  })

  it('goes for every text in what stands beside it', () => {
    const given = {
      version: '1.0.0',
      error_message: '/home/me/a is gone',
      deep: [{ path: '/srv/x/y' }],
      n: 3,
      no: null,
    }
    expect(anonymousMetadata(given, '/home/me')).toEqual({
      version: '1.0.0',
      error_message: '~/a is gone',
      deep: [{ path: 'y' }],
      n: 3,
      no: null,
    })
  })

  it('never tells a folder outside of the home folder', () => {
    const name = fc.stringMatching(/^[a-z]{3,8}$/)
    fc.assert(
      fc.property(fc.array(name, { minLength: 2, maxLength: 6 }), (names) => {
        const noted = anonymousPath(`/${names.join('/')}`, '/home/me')
        expect(noted).toBe(names.at(-1))
      }),
    )
  })
})
