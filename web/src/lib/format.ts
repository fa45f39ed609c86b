/** Numbers, sizes, times and words as the page shows them. */

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** How long ago, in the largest unit that fits: `just now`, `5 min ago`, `3 h ago`, `2 days ago`, then the date. */
export function formatAge(at: number, now: number): string {
  const ms = Math.max(0, now - at)
  if (ms < MINUTE) return 'just now'
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ago`
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ago`
  const days = Math.floor(ms / DAY)
  if (days < 30) return days === 1 ? 'yesterday' : `${days} days ago`
  return formatDate(at)
}

/** When something will happen: `in 5 min`; `now` when it is due. */
export function formatUntil(at: number, now: number): string {
  const ms = at - now
  if (ms < MINUTE) return ms <= 0 ? 'now' : 'in less than a minute'
  if (ms < HOUR) return `in ${Math.round(ms / MINUTE)} min`
  if (ms < 2 * DAY) return `in ${Math.round(ms / HOUR)} h`
  return `in ${Math.round(ms / DAY)} days`
}

/** A length of time: `340 ms`, `2.4 s`, `3 min`, `5 h`. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)} s`
  if (ms < MINUTE) return `${Math.round(ms / 1_000)} s`
  if (ms < 2 * HOUR) return `${Math.round(ms / MINUTE)} min`
  return ms < 2 * DAY ? `${Math.round(ms / HOUR)} h` : `${Math.round(ms / DAY)} days`
}

// Made when they are first needed: making one takes longer than painting the first rows may.
let dates: Intl.DateTimeFormat | undefined
let times: Intl.DateTimeFormat | undefined
export function formatDate(at: number): string {
  dates ??= new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' })
  return dates.format(at)
}

export function formatTime(at: number): string {
  times ??= new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
  return times.format(at)
}

/** With thousands apart: `12,345`. */
export const formatCount = (count: number): string => `${count}`.replace(/\B(?=(?:\d{3})+$)/g, ',')

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB']
/** Bytes with units of 1,000: `812 B`, `3.4 MB`. */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1_000
    unit++
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`
}

/** Estimated tokens: `850`, `3.4k`, `1.2M`. */
export function formatTokens(tokens: number): string {
  if (tokens < 1_000) return `${tokens}`
  if (tokens < 999_500) return `${(tokens / 1_000).toFixed(tokens < 99_950 ? 1 : 0)}k`
  return `${(tokens / 1_000_000).toFixed(1)}M`
}

/** `1 project`, `2 projects`; `many` where adding an s is wrong. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`
