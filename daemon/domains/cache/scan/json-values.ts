/** Small helpers for values out of files of other programs: nothing about their shape is taken for granted. */
import { hash } from 'node:crypto'

/** Deeper nesting than this is nobody's configuration; it only serves to exhaust the stack. */
const maxDepth = 100

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value when it is a string that holds more than white space, else null. */
export const textOf = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value : null

/** An own property; what `Object.prototype` brings along does not count. */
export const ownValue = (record: unknown, key: string): unknown =>
  isRecord(record) && Object.hasOwn(record, key) ? record[key] : undefined

/** A property that is an object, else an empty one. */
export const recordAt = (record: unknown, key: string): Record<string, unknown> => {
  const value = ownValue(record, key)
  return isRecord(value) ? value : {}
}

/** The strings of a list, or the string itself; anything else is dropped. */
export function stringList(value: unknown): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value]
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []
}

/** JSON with sorted keys and no spaces; null when nested beyond reason or not JSON at all. */
export function canonicalJson(value: unknown, depth = 0): string | null {
  if (depth > maxDepth) return null
  if (Array.isArray(value)) {
    const items: string[] = []
    for (const item of value) {
      const text = canonicalJson(item, depth + 1)
      if (text === null) return null
      items.push(text)
    }
    return `[${items.join(',')}]`
  }
  if (isRecord(value)) {
    // TOML and YAML bring dates along
    if (value instanceof Date) return JSON.stringify(value)
    const members: string[] = []
    for (const key of Object.keys(value).sort()) {
      if (value[key] === undefined) continue
      const text = canonicalJson(value[key], depth + 1)
      if (text === null) return null
      members.push(`${JSON.stringify(key)}:${text}`)
    }
    return `{${members.join(',')}}`
  }
  if (typeof value === 'bigint') return value.toString()
  return JSON.stringify(value ?? null) ?? null
}

/** SHA-256 of a text or bytes, 64 hex. */
export const sha256 = (data: string | Buffer): string => hash('sha256', data, 'hex')

/** Short fingerprint of a text, 16 hex; tells changes, proves nothing. */
export const fingerprint = (text: string): string => sha256(text).slice(0, 16)

/** One line of at most `max` characters, cut with an ellipsis and never inside a surrogate pair. */
export function shorten(text: string, max: number): string {
  // Control and separator characters: a name or description is one line
  const line = text
    .slice(0, max * 8)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
  return line.length <= max ? whole(line) : `${whole(line.slice(0, max - 1))}…`
}

/** Without the half of a surrogate pair that cutting may have left at the end. */
const whole = (text: string): string => (/[\ud800-\udbff]$/.test(text) ? text.slice(0, -1) : text)
