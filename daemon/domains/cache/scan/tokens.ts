/**
 * How many tokens a model needs for a text, as an estimate that costs nothing.
 *
 * Rule: one token per 4 characters, and 0.375 more for every byte beyond one that UTF-8 needs for a character.
 * English prose and markdown average about 4 characters per token; a two-byte letter counts 0.6, a CJK character
 * (three bytes) 1.0, an emoji (two UTF-16 units, four bytes) 1.25. Good for comparing artifacts and for sums,
 * within about a fifth for prose; not for billing.
 */
const charactersPerToken = 4
const tokensPerExtraByte = 0.375

/** Tokens of a text. `bytes`: its length in UTF-8 where the caller knows it. */
export function estimateTokens(text: string, bytes: number = Buffer.byteLength(text)): number {
  return Math.ceil(text.length / charactersPerToken + (bytes - text.length) * tokensPerExtraByte)
}

/** Tokens of so many bytes of unread text, taken as ASCII. */
export const estimateTokensOfBytes = (bytes: number): number => Math.ceil(bytes / charactersPerToken)
