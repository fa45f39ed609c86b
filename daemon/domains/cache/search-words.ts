/**
 * Words as the search tables see them. Mirrors the tokenizer `unicode61 remove_diacritics 2`: runs of letters and
 * numbers, without case and accents. Whatever else was typed separates words, so a query is never FTS5 syntax.
 */

/** A word of a query, or a quoted phrase, with its place in the query as typed. */
export type QueryTerm = {
  /** As typed, letters and numbers only; the tokens of a phrase are joined by one space. */
  text: string
  /** Lower case without accents, as it stands in the index. */
  folded: string
  /** Quoted: its words must follow each other, and count as they stand. */
  phrase: boolean
  start: number
  end: number
}

/** More words than this are ignored: each costs time for every hit. */
const MAX_TERMS = 16

/**
 * Marks a token that is no word of anybody, e.g. the type of an artifact. A letter of the private use area is part of
 * a token for SQLite, and `queryTerms` never lets one through.
 */
export const MARKER = '\uE000'

const TOKEN = /[\p{L}\p{N}\p{M}]+/gu
const QUOTED_OR_TOKEN = /"([^"]*)"|[\p{L}\p{N}\p{M}]+/gu
const LETTER_OR_NUMBER = /[\p{L}\p{N}]/u

/** The words and phrases of a query, without repetitions; empty when it holds neither letter nor number. */
export function queryTerms(query: string): QueryTerm[] {
  const terms: QueryTerm[] = []
  const seen = new Set<string>()
  for (const match of query.matchAll(QUOTED_OR_TOKEN)) {
    const quoted = match[1]
    const text = quoted === undefined ? match[0] : tokensOf(quoted).join(' ')
    const folded = fold(text)
    if (!LETTER_OR_NUMBER.test(folded) || seen.has(folded)) continue
    seen.add(folded)
    const start = match.index
    terms.push({ text, folded, phrase: text.includes(' '), start, end: start + match[0].length })
    if (terms.length === MAX_TERMS) break
  }
  return terms
}

/** The tokens of a text, as written. */
export const tokensOf = (text: string): string[] => text.match(TOKEN) ?? []

/** A word as the index holds it. */
export const fold = (word: string): string =>
  word
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
