/** Values out of answers, of which nothing is taken for granted. */
import { UpstreamError } from '../source.ts'

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** An own property of an object; undefined for anything else. */
export const ownValue = (value: unknown, key: string): unknown =>
  isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined

/** A text that is not empty, or null. */
export function textAt(value: unknown, key: string): string | null {
  const found = ownValue(value, key)
  return typeof found === 'string' && found.trim() !== '' ? found.trim() : null
}

/** Errors: `bad_answer` when it is no JSON. */
export function parseJson(body: Buffer, what: string): unknown {
  try {
    return JSON.parse(body.toString('utf8').replace(/^\uFEFF/, ''))
  } catch (cause) {
    throw new UpstreamError('bad_answer', `${what} answered what is no JSON.`, { cause })
  }
}
