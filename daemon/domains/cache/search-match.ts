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
}

/** Asking for the beginning of a word costs FTS5 all its hits at once; beyond this many it gets a list of words. */
const AFFORDABLE_HITS = 2_000
/** Words put in the place of a beginning that is not affordable. FTS5 reads their hits one by one, as needed. */
const MAX_ALTERNATIVES = 8
/** Hits of all of them together: bm25 counts each. */
const MAX_ALTERNATIVE_HITS = 40_000
/** Shorter beginnings are looked for in names and tags only, where they have an index of their own. */
const MIN_LETTERS = 3

/** Null when the query has no words. */
export function matchesOf(terms: readonly QueryTerm[], vocabulary: Vocabulary): Matches | null {
  if (terms.length === 0) return null
  const words = terms.map((term, index) => wordMatches(term, index === terms.length - 1, vocabulary))
  const all = (column: keyof Matches): string => words.map((word) => `(${word[column]})`).join(' AND ')
  return { text: all('text'), namesAndTags: all('namesAndTags'), names: `name : (${all('names')})` }
}

function wordMatches(term: QueryTerm, isLast: boolean, vocabulary: Vocabulary): Matches {
  const word = quote(term.text)
  if (term.phrase) return { text: word, namesAndTags: word, names: word }
  const begins = beginning(term, vocabulary)
  const inside = term.folded.length < MIN_LETTERS ? [] : vocabulary.containing(term.folded, MAX_ALTERNATIVES)
  const affordable = within(inside, AFFORDABLE_HITS)
  return {
    text: anyOf([
      word,
      begins && (isLast ? begins : `{name tags} : (${begins})`),
      affordable.length > 0 && `name : (${anyOf(affordable.map(({ term }) => quote(term)))})`,
    ]),
    namesAndTags: `${word} *`,
    names: anyOf([`${word} *`, ...inside.map(({ term }) => quote(term))]),
  }
}

/** Words that begin like this one, as far as that is affordable. */
function beginning({ text, folded }: QueryTerm, vocabulary: Vocabulary): string | null {
  if (folded.length < MIN_LETTERS) return null
  const terms = vocabulary.startingWith(folded, 8 * MAX_ALTERNATIVES)
  const complete =
    terms.length < 8 * MAX_ALTERNATIVES && within(terms, AFFORDABLE_HITS).length === terms.length
  // The index itself also knows what was added after the vocabulary was made.
  if (complete) return `${quote(text)} *`
  const frequent = within(terms.slice(0, MAX_ALTERNATIVES), MAX_ALTERNATIVE_HITS)
  const others = frequent.filter(({ term }) => term !== folded)
  return others.length > 0 ? anyOf(others.map(({ term }) => quote(term))) : null
}

/** The terms that together have at most so many hits, passing over those that are too frequent. */
function within(terms: readonly Term[], hits: number): Term[] {
  let left = hits
  return terms.filter(({ count }) => {
    if (count > left) return false
    left -= count
    return true
  })
}

const anyOf = (expressions: Array<string | null | false>): string => expressions.filter(Boolean).join(' OR ')

const quote = (words: string): string => `"${words}"`
