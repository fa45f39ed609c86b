import type { Database } from '../../kernel/db/database.ts'
import { bitCount, distanceTo, lettersOf, MAX_LETTERS } from './search-distance.ts'
import { nameIds, textIds } from './search-hits.ts'
import { matchesOf } from './search-match.ts'
import { type Term, type Vocabulary, vocabularyOf } from './search-vocabulary.ts'
import { type QueryTerm, queryTerms } from './search-words.ts'

/** Shortest part of a word that was written as one. */
const MIN_PART = 3

/**
 * The query with each unknown word replaced by the nearest known ones: a word with one edit (from 4 letters) or two
 * (from 6), a word cut in two, two words joined; of several the most frequent. Null when there is nothing to correct
 * or an unknown word has nothing near. Quoted phrases stay as they are.
 */
export function correctQuery(db: Database, query: string): string | null {
  const vocabulary = vocabularyOf(db)
  const terms = queryTerms(query)
  const unknown = new Set(terms.filter((term) => !term.phrase && !isKnown(db, term, vocabulary)))
  const edits: Edit[] = []
  for (let index = 0; index < terms.length; index++) {
    const term = terms[index]
    if (!term) break
    const next = terms[index + 1]
    if (next && (unknown.has(term) || unknown.has(next) || unknown.size === 0)) {
      const joined = join(term, next, vocabulary)
      if (joined) {
        edits.push(joined)
        index++
        continue
      }
    }
    if (!unknown.has(term)) continue
    const text = correctWord(vocabulary, term.folded)
    if (text === null) return null
    edits.push({ start: term.start, end: term.end, text })
  }
  return edits.length === 0 ? null : applied(query, edits)
}

/** What a word that nothing has was probably meant to be: one word, two words, or null. */
export function correctWord(vocabulary: Vocabulary, word: string): string | null {
  const near = nearestTerm(vocabulary, word)
  const split = splitWord(vocabulary, word)
  if (split && (!near || near.distance > 1 || split.count > near.count)) return split.term
  return near?.term ?? null
}

/** The nearest word of the vocabulary within the edits a word of its length may have; the most frequent of several. */
function nearestTerm(vocabulary: Vocabulary, word: string): (Term & { distance: number }) | null {
  const allowed = word.length < 4 ? 0 : word.length < 6 ? 1 : 2
  if (allowed === 0 || word.length > MAX_LETTERS) return null
  const { text, starts, ends, letters } = wordTable(vocabulary)
  const distance = distanceTo(word)
  const wanted = lettersOf(word, 0, word.length)
  let best = -1
  let within = allowed
  for (let at = 0; at < starts.length && within > 0; at++) {
    const start = starts[at] as number
    const end = ends[at] as number
    if (Math.abs(end - start - word.length) > within) continue
    if (bitCount(wanted ^ (letters[at] as number)) > 2 * within) continue
    const found = distance(text, start, end)
    // Frequent words come first, so only a nearer one can be better.
    if (found === 0 || found > within) continue
    best = at
    within = found - 1
  }
  if (best < 0) return null
  const term = text.slice(starts[best], ends[best])
  return { term, count: vocabulary.count(term), distance: within + 1 }
}

function splitWord(vocabulary: Vocabulary, word: string): Term | null {
  let best: Term | null = null
  for (let at = MIN_PART; at <= word.length - MIN_PART; at++) {
    const parts = [word.slice(0, at), word.slice(at)]
    const count = Math.min(...parts.map((part) => vocabulary.count(part)))
    if (count > (best?.count ?? 0)) best = { term: parts.join(' '), count }
  }
  return best
}

/** A piece of the query to be replaced. */
type Edit = { start: number; end: number; text: string }

function join(first: QueryTerm, second: QueryTerm, vocabulary: Vocabulary): Edit | null {
  if (first.phrase || second.phrase) return null
  const text = first.folded + second.folded
  return vocabulary.count(text) > 0 ? { start: first.start, end: second.end, text } : null
}

const applied = (query: string, edits: Edit[]): string =>
  edits.reduceRight((text, { start, end, text: by }) => text.slice(0, start) + by + text.slice(end), query)

function isKnown(db: Database, term: QueryTerm, vocabulary: Vocabulary): boolean {
  const matches = matchesOf([term], vocabulary)
  if (!matches) return true
  return (
    textIds(db, { match: matches.text }, 1).length > 0 || nameIds(db, { match: matches.names }, 1).length > 0
  )
}

/** Where the words of a vocabulary lie in its text, and which letters they have. */
type WordTable = { text: string; starts: Uint32Array; ends: Uint32Array; letters: Int32Array }

const tables = new WeakMap<Vocabulary, WordTable>()

/** Made when the first word is misspelt: 2 ms for 60,000 words. */
function wordTable(vocabulary: Vocabulary): WordTable {
  const known = tables.get(vocabulary)
  if (known) return known
  const { text } = vocabulary
  const starts: number[] = []
  const ends: number[] = []
  for (let at = text.indexOf('\n') + 1; at > 0 && at < text.length; at = text.indexOf('\n', at) + 1) {
    starts.push(at)
    ends.push(text.indexOf(' ', at))
  }
  const letters = Int32Array.from(starts, (start, at) => lettersOf(text, start, ends[at] as number))
  const table = { text, starts: Uint32Array.from(starts), ends: Uint32Array.from(ends), letters }
  tables.set(vocabulary, table)
  return table
}
