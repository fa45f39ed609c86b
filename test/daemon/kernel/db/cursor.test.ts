import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packCursor, unpackCursor } from '../../../../daemon/kernel/db/cursor.ts'

const bad = expect.objectContaining({ slug: 'page.bad_cursor' })

describe('cursor', () => {
  it('gives back any position for the question it was issued for', () => {
    const position = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.integer()), { maxLength: 4 })
    fc.assert(
      fc.property(fc.string(), position, (scope, parts) => {
        expect(unpackCursor(scope, packCursor(scope, parts))).toEqual(parts)
      }),
    )
  })

  it('is refused for another question', () => {
    expect(() => unpackCursor('["name"]', packCursor('["updated"]', ['a']))).toThrow(bad)
  })

  it('refuses any other text and never fails otherwise', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((text) => Buffer.from(text).toString('base64url')),
        ),
        (text) => {
          expect(() => unpackCursor('scope', text)).toThrow(bad)
        },
      ),
    )
  })

  it('is nothing on the first page', () => {
    expect(unpackCursor('scope', undefined)).toBeNull()
  })
})
