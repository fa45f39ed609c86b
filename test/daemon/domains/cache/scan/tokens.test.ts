import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { estimateTokens, estimateTokensOfBytes } from '../../../../../daemon/domains/cache/scan/tokens.ts'

describe('estimateTokens', () => {
  it.each([
    ['', 0],
    ['word', 1],
    ['a sentence of thirty characters', 8],
    ['日本語', 3],
    ['é'.repeat(10), 7],
    ['🎉', 2],
  ])('counts %j as %i', (text, tokens) => expect(estimateTokens(text)).toBe(tokens))

  it('agrees with the estimate of a byte length for ASCII, and never counts less for other text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const bytes = Buffer.byteLength(text)
        expect(estimateTokens(text, bytes)).toBe(estimateTokens(text))
        if (bytes === text.length) expect(estimateTokens(text)).toBe(estimateTokensOfBytes(bytes))
        expect(estimateTokens(text)).toBeGreaterThanOrEqual(estimateTokensOfBytes(text.length))
      }),
    )
  })
})
