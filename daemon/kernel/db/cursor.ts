import { SmdError } from '../../../protocol/errors.ts'

/**
 * Cursors are keyset positions, never offsets, so that a page neither repeats nor skips a row when rows come and go.
 * They are opaque to clients and bound to the question they were issued for: `scope` names method, filters and order.
 */
export function packCursor(scope: string, position: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify([fingerprint(scope), ...position])).toString('base64url')
}

/**
 * The position in a cursor, or null without one.
 * Errors: `page.bad_cursor` when it was not issued for this question.
 */
export function unpackCursor(scope: string, cursor: string | undefined): (string | number)[] | null {
  if (cursor === undefined) return null
  const position = decode(cursor)
  if (position?.shift() !== fingerprint(scope)) throw new SmdError('page.bad_cursor')
  return position
}

function decode(cursor: string): (string | number)[] | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    const plain =
      Array.isArray(value) && value.every((part) => typeof part === 'string' || typeof part === 'number')
    return plain ? value : null
  } catch {
    return null
  }
}

/** 32-bit FNV-1a: tells questions apart, hides nothing. */
function fingerprint(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}
