/** Times as files of collections have them: ISO 8601 in UTC without a zone (formats spec section 3). */

/** `2026-01-02T03:04:05.118000`, microseconds as the original writes them. */
export const writeTime = (unixMs: number): string => `${new Date(unixMs).toISOString().slice(0, -1)}000`

/** Reads a time with or without a zone; null for anything else. ISO 8601, UTC. */
export function readTime(value: unknown): string | null {
  const text = value instanceof Date ? value.toISOString() : value
  if (typeof text !== 'string') return null
  const time = Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`)
  return Number.isNaN(time) ? null : new Date(time).toISOString()
}
