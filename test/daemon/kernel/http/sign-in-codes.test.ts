import { describe, expect, it } from 'vitest'
import { SignInCodes } from '../../../../daemon/kernel/http/sign-in-codes.ts'
import { fakeTimers } from '../../../support/fake-timers.ts'

const setUp = () => {
  const clock = fakeTimers()
  return { clock, codes: new SignInCodes(clock.now, clock.timers) }
}

describe('SignInCodes (S6)', () => {
  it('are 256 random bits, and all different', () => {
    const { codes } = setUp()
    const made = Array.from({ length: 100 }, () => codes.make().code)
    for (const code of made) expect(code).toMatch(/^[\w-]{43}$/)
    expect(new Set(made).size).toBe(100)
  })

  it('are good once', () => {
    const { codes } = setUp()
    const { code } = codes.make()
    expect([codes.take(code), codes.take(code)]).toEqual([true, false])
  })

  it.each(['', 'x', `${'A'.repeat(43)}`, '\u0000'])('are not guessed: %j', (guess) => {
    const { codes } = setUp()
    const { code } = codes.make()
    expect(codes.take(guess)).toBe(false)
    expect(codes.take(`${code}=`)).toBe(false)
    expect(codes.take(code)).toBe(true)
  })

  it('are good for a minute', () => {
    const { clock, codes } = setUp()
    const { code, expiresAt } = codes.make()
    expect(expiresAt).toBe(clock.now() + 60_000)
    clock.advance(59_999)
    const last = codes.make().code
    clock.advance(1)
    expect(codes.take(code)).toBe(false)
    expect(codes.take(last)).toBe(true)
    expect(clock.pending).toBe(0)
  })

  it('say once when they are gone, used or not', () => {
    const { clock, codes } = setUp()
    const gone: string[] = []
    const used = codes.make(() => gone.push('used'))
    codes.make(() => gone.push('old'))
    codes.take(used.code)
    expect(gone).toEqual(['used'])
    clock.advance(120_000)
    expect(gone).toEqual(['used', 'old'])
  })

  it('do not pile up: the oldest goes', () => {
    const { clock, codes } = setUp()
    const made = Array.from({ length: 33 }, () => codes.make().code)
    expect(clock.pending).toBe(32)
    expect(codes.take(made[0] as string)).toBe(false)
    expect(codes.take(made[1] as string)).toBe(true)
  })
})
