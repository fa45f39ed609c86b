// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { signInByAddress } from '../../web/src/session.ts'

const asked = vi.fn<(address: string, options: RequestInit) => Promise<Response>>()
beforeEach(() => {
  asked.mockReset()
  vi.stubGlobal('fetch', asked)
})
afterEach(() => vi.unstubAllGlobals())

describe('the code in the address', () => {
  it('is exchanged for a session, and taken out of the address before', async () => {
    history.replaceState(null, '', '/projects?q=api#code=abc-DEF_123')
    asked.mockImplementation(async () => {
      expect(location.href).not.toContain('abc')
      return new Response(null, { status: 204 })
    })
    expect(await signInByAddress()).toBeNull()
    expect(location.pathname + location.search + location.hash).toBe('/projects?q=api')
    const [address, { method, body }] = asked.mock.calls[0] ?? ['', {}]
    expect([new URL(address).pathname, method, body]).toEqual([
      '/api/session',
      'POST',
      '{"code":"abc-DEF_123"}',
    ])
  })

  it.each(['', '#page-title', '#code=', '#code=a b'])('is not seen in %j', async (hash) => {
    history.replaceState(null, '', `/${hash}`)
    expect(await signInByAddress()).toBeNull()
    expect(asked).not.toHaveBeenCalled()
  })

  it('tells why it was refused', async () => {
    history.replaceState(null, '', '/#code=used')
    asked.mockResolvedValue(
      Response.json({ error: 'auth.code', message: 'Used already.', hint: 'smd open' }, { status: 401 }),
    )
    expect(await signInByAddress()).toMatchObject({
      slug: 'auth.code',
      message: 'Used already.',
      hint: 'smd open',
    })
  })

  it('tells that nobody answered', async () => {
    history.replaceState(null, '', '/#code=abc')
    asked.mockRejectedValue(new TypeError('fetch failed'))
    expect(await signInByAddress()).toMatchObject({ slug: 'daemon.unavailable' })
  })
})
