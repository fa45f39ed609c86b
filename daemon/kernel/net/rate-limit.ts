/** What servers say about how often they want to be asked. */
import type { IncomingHttpHeaders } from 'node:http'

/** Nobody is believed that wants to be left alone for longer, ms. */
const LONGEST = 24 * 3_600_000
/** What GitHub asks for when it limits without saying for how long, ms. */
const USUAL = 60_000

const imfDate = /^[A-Za-z]{3}, \d{2} [A-Za-z]{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/
const rfc850Date = /^[A-Za-z]{6,9}, \d{2}-[A-Za-z]{3}-\d{2} \d{2}:\d{2}:\d{2} GMT$/
const asctimeDate = /^[A-Za-z]{3} [A-Za-z]{3} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/

/** Unix ms of a date in one of the three forms of RFC 9110 section 5.6.7; null for anything else. */
export function parseHttpDate(text: string): number | null {
  // The last form names no time zone, and Date.parse would take that of the machine.
  const dated = asctimeDate.test(text) ? `${text} GMT` : text
  if (dated === text && !imfDate.test(text) && !rfc850Date.test(text)) return null
  const at = Date.parse(dated)
  return Number.isNaN(at) ? null : at
}

/** `Retry-After` as ms from `now` on: seconds or a date (one of the past is 0); null when it is neither. */
export function parseRetryAfter(value: string, now: number): number | null {
  const text = value.trim()
  if (/^\d+$/.test(text)) return Number(text) * 1000
  const at = parseHttpDate(text)
  return at === null ? null : Math.max(at - now, 0)
}

/** What a server answered, as far as it matters here. */
export type LimitedAnswer = { status: number; headers: IncomingHttpHeaders; body: Buffer }

/**
 * Until when a server wants no request, Unix ms; null when it says no such thing. Reads `Retry-After` (also of 503), the
 * `x-ratelimit-*` headers, and GitHub's secondary limits, which come as 403. The server's clock counts with its own
 * `Date`, so that a wrong clock here does not matter.
 */
export function limitedUntil({ status, headers, body }: LimitedAnswer, now: number): number | null {
  const refused = status === 429 || status === 403
  const served = status === 200 || status === 304
  const theirNow = parseHttpDate(headers.date ?? '') ?? now
  let waitMs: number | null = null
  if (refused || status === 503) waitMs = parseRetryAfter(headers['retry-after'] ?? '', theirNow)
  if (waitMs === null && (refused || served) && headers['x-ratelimit-remaining'] === '0') {
    const reset = Number(headers['x-ratelimit-reset'])
    // A second more, since both are cut to whole seconds.
    if (reset > 0) waitMs = Math.max(reset * 1000 - theirNow, 0) + 1_000
    else if (refused) waitMs = USUAL
  }
  if (waitMs === null && refused && (status === 429 || /rate limit/i.test(body.toString('utf8'))))
    waitMs = USUAL
  return waitMs === null ? null : now + Math.min(waitMs, LONGEST)
}
