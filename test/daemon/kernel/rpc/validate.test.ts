import { describe, expect, it } from 'vitest'
import { validateParams } from '../../../../daemon/kernel/rpc/validate.ts'

describe('validateParams (CACHE-1.3e)', () => {
  it('fills in defaults and leaves unknown fields out', () => {
    expect(validateParams('projects.list', { from: 'the future' })).toEqual({ limit: 100, offset: 0 })
  })

  it.each([
    ['artifacts.list', { type: 'nonsense' }],
    ['artifacts.list', { limit: 0 }],
    ['artifacts.list', { limit: 10_001 }],
    ['artifacts.list', { limit: '5' }],
    ['artifacts.show', {}],
    ['projects.add', { path: '' }],
    ['projects.list', { status: 'fine' }],
    ['artifacts.search', { query: 'x'.repeat(501) }],
    ['daemon.hello', { client: 'x', protocol: { min: 0, max: 1 } }],
  ] as const)('%s refuses %j with one line', (method, params) => {
    expect(() => validateParams(method, params)).toThrow(
      expect.objectContaining({
        slug: 'rpc.invalid_params',
        details: { reason: expect.stringMatching(/^.{5,500}$/) },
      }),
    )
  })
})
