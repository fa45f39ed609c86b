/** The words of a query as FTS5 expressions. Every text in them is quoted and holds nothing but letters and numbers. */
import type { Term, Vocabulary } from './search-vocabulary.ts'
import type { QueryTerm } from './search-words.ts'

/** What to ask the two search tables. All words must match. */
export type Matches = {
  /** Of artifact_text: a word stands anywhere, or begins a word of name or tags; the last one may begin any word. */
  text: string
  /** Of artifact_names: words begin words of name or tags. */
  namesAndTags: string
  /** Of artifact_names: words begin, or are inside of, words of the name. */
  names: string
  /** How many hits bm25 may rank; 0 when all words are so frequent that it would take long and tell little. */
  rankable: number
}

/** A word with more hits is taken as it stands: whoever means a longer one finds it by its name. */
const FREQUENT = 1_000
/** The same for the last of several words: the others bound the hits, and it may be half typed. */
const FREQUENT_LAST = 5_000
/** Words put in the place of their beginning. FTS5 reads their hits one by one, as needed. */
const MAX_ALTERNATIVES = 8
/** Hits of all of them together. A beginning itself costs FTS5 all its hits at once. */
const MAX_ALTERNATIVE_HITS = 40_000
const MAX_PREFIX_HITS = 2_000
/** Shorter beginnings are looked for in names and tags only, where they have an index of their own. */
const MIN_LETTERS = 3
/** Words looked at to find the frequent ones among them. */
const MAX_LISTED = 200

/** bm25 looks at each hit once per word, at 0.4 us; words with more hits are frequent and say little. */
const MAX_RANKED = 1_000
const MAX_RANKED_WORDS = 1_500
/** It also counts all hits of all words, at 25 ns each; beyond these numbers it gives way. */
const COMMON = 10_000
const COMMON_TOGETHER = 60_000

/** Null when the query has no words. */
export function matchesOf(terms: readonly QueryTerm[], vocabulary: Vocabulary): Matches | null {
  if (terms.length === 0) return null
  const words = terms.map((term, index) =>
    wordMatch(term, vocabulary, { isLast: index === terms.length - 1, isOnly: terms.length === 1 }),
  )
  const all = (column: 'text' | 'namesAndTags' | 'names'): string =>
    words.map((word) => (words.length === 1 ? word[column] : `(${word[column]})`)).join(' AND ')
  const counts = words.flatMap((word) => word.counts)
  const isCommon = Math.min(...counts) > COMMON && counts.reduce((sum, n) => sum + n, 0) > COMMON_TOGETHER
  return {
    text: all('text'),
    namesAndTags: all('namesAndTags'),
    names: `name : (${all('names')})`,
    rankable: isCommon ? 0 : Math.min(MAX_RANKED, Math.floor(MAX_RANKED_WORDS / words.length)),
  }
}

/** `counts`: how many artifacts have the word, or each word of the phrase, as it stands. */
type WordMatch = { text: string; namesAndTags: string; names: string; counts: number[] }

function wordMatch(
  { text, folded, phrase }: QueryTerm,
  vocabulary: Vocabulary,
  { isLast, isOnly }: { isLast: boolean; isOnly: boolean },
): WordMatch {
  const word = quote(text)
  if (phrase) {
    const counts = folded.split(' ').map((part) => vocabulary.count(part))
    return { text: word, namesAndTags: word, names: word, counts }
  }
  const prefix = `${word} *`
  const count = vocabulary.count(folded)
  if (folded.length < MIN_LETTERS) return { text: word, namesAndTags: prefix, names: prefix, counts: [count] }

  const inside = mostFrequent(vocabulary.containing(folded, MAX_LISTED), MAX_PREFIX_HITS).map(quoteTerm)
  const names = anyOf([prefix, ...inside])
  if (count >= (isLast && !isOnly ? FREQUENT_LAST : FREQUENT))
    return { text: word, namesAndTags: prefix, names, counts: [count] }

  const begins = beginning(folded, prefix, vocabulary)
  const anywhere = [word, begins && (isLast ? begins : `{name tags} : (${begins})`)]
  // The inside of words is for pieces of names, not for words one would find anyway.
  if (count === 0 && !begins && inside.length > 0) anywhere.push(`name : (${anyOf(inside)})`)
  return { text: anyOf(anywhere), namesAndTags: prefix, names, counts: [count] }
}

/** The longer words that begin like this one; when they are many but rare, the beginning itself. */
function beginning(folded: string, prefix: string, vocabulary: Vocabulary): string | null {
  const longer = vocabulary.startingWith(folded, MAX_LISTED).filter(({ term }) => term !== folded)
  const hits = longer.reduce((sum, { count }) => sum + count, 0)
  // Only the index knows what was added after the vocabulary was made; asking it is cheap while few have the word.
  if (longer.length < MAX_LISTED && hits + vocabulary.count(folded) <= MAX_PREFIX_HITS) {
    if (longer.length > MAX_ALTERNATIVES || vocabulary.count(folded) === 0) return prefix
  }
  return anyOf(mostFrequent(longer, MAX_ALTERNATIVE_HITS).map(quoteTerm)) || null
}

/** The most frequent of some words, passing over those that have too many hits. */
function mostFrequent(terms: readonly Term[], hits: number): Term[] {
  let left = hits
  const affordable = terms
    .toSorted((a, b) => b.count - a.count)
    .filter(({ count }) => {
      if (count > left) return false
      left -= count
      return true
    })
  return affordable.slice(0, MAX_ALTERNATIVES)
}

const anyOf = (expressions: Array<string | null>): string => expressions.filter(Boolean).join(' OR ')

const quote = (words: string): string => `"${words}"`

const quoteTerm = ({ term }: Term): string => quote(term)
