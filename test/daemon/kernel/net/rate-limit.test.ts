import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { limitedUntil, parseHttpDate, parseRetryAfter } from '../../../../daemon/kernel/net/rate-limit.ts'

const now = Date.UTC(2026, 2, 29, 1, 30)
const answer = (status: number, headers: Record<string, string> = {}, body = '') => ({
  status,
  headers,
  body: Buffer.from(body),
})

describe('parseHttpDate', () => {
  it.each(['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])(
    'reads %s',
    (text) => {
      expect(parseHttpDate(text)).toBe(784_111_777_000)
    },
  )

  it.each(['', 'tomorrow', '1994', '2026-01-01T00:00:00Z', 'Sun, 99 Foo 1994 08:49:37 GMT'])(
    'refuses "%s"',
    (text) => {
      expect(parseHttpDate(text)).toBeNull()
    },
  )
})

describe('parseRetryAfter', () => {
  it('reads whole seconds', () => {
    fc.assert(
      fc.property(fc.nat(), (seconds) => {
        expect(parseRetryAfter(` ${seconds} `, now)).toBe(seconds * 1000)
      }),
    )
  })

  it('reads any date, and takes one of the past for now', () => {
    const dates = fc.date({ min: new Date('1971-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
    fc.assert(
      fc.property(dates, (date) => {
        const whole = Math.floor(date.getTime() / 1000) * 1000
        expect(parseRetryAfter(date.toUTCString(), now)).toBe(Math.max(whole - now, 0))
      }),
    )
  })

  it('is either null or a number that is not negative, whatever it reads', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.double().map(String), fc.constantFrom('-1', '1.5', '+3', '0x10')),
        (text) => {
          const read = parseRetryAfter(text, now)
          if (!/^\s*\d+\s*$/.test(text)) expect(read).toBeNull()
          else expect(read).toBeGreaterThanOrEqual(0)
        },
      ),
    )
  })
})

describe('limitedUntil', () => {
  const reset = String(now / 1000 + 900)
  const date = new Date(now).toUTCString()

  it.each([
    ['a success', answer(200), null],
    [
      'a success that was not the last',
      answer(200, { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': reset }),
      null,
    ],
    ['the last success', answer(200, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset }), 901_000],
    ['the last 304', answer(304, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset }), 901_000],
    [
      'a 403 at the limit',
      answer(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset }),
      901_000,
    ],
    ['a 403 of another kind', answer(403, { 'x-ratelimit-remaining': '41' }, 'Forbidden'), null],
    [
      'a secondary limit with a time',
      answer(403, { 'retry-after': '30', 'x-ratelimit-remaining': '41' }),
      30_000,
    ],
    ['a secondary limit without one', answer(403, {}, 'You have exceeded a secondary rate limit.'), 60_000],
    ['a 429 that says nothing', answer(429), 60_000],
    ['a 429 with a date', answer(429, { date, 'retry-after': new Date(now + 7_000).toUTCString() }), 7_000],
    ['a 429 with nonsense', answer(429, { 'retry-after': 'soon', 'x-ratelimit-reset': 'x' }), 60_000],
    ['a 503 with a time', answer(503, { 'retry-after': '2' }), 2_000],
    ['a 503 without one', answer(503), null],
    ['a 500 with a time', answer(500, { 'retry-after': '2' }), null],
    ['years', answer(429, { 'retry-after': '99999999999' }), 24 * 3_600_000],
  ])('understands %s', (_, given, waitMs) => {
    expect(limitedUntil(given, now)).toBe(waitMs === null ? null : now + waitMs)
  })

  it('counts with the clock of the server', () => {
    const theirs = { date: new Date(now + 3_600_000).toUTCString() }
    const later = String(now / 1000 + 3_600 + 60)
    expect(
      limitedUntil(answer(403, { ...theirs, 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': later }), now),
    ).toBe(now + 61_000)
    const at = new Date(now + 3_600_000 + 5_000).toUTCString()
    expect(limitedUntil(answer(429, { ...theirs, 'retry-after': at }), now)).toBe(now + 5_000)
  })
})
