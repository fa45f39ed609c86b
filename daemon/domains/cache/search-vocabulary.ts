import type { Database } from '../../kernel/db/database.ts'

/** Where the words lie in cache_metadata. */
export const VOCABULARY_KEY = 'search.vocabulary'
/** Which index they were taken from; short, so that a search can ask for it each time. */
export const VOCABULARY_STATE_KEY = 'search.vocabulary.state'

/** A word and the number of artifacts that hold it. */
export type Term = { term: string; count: number }

/**
 * The distinct words of all artifacts, folded; numbers and the rarest beyond 60,000 are missing, and so is what was
 * indexed after the last refresh.
 *
 * Kept as the one text it is stored as (`\nword count\nword count\n`, by word): halving finds a beginning in a
 * microsecond, and a map of the same words would take ten times its memory.
 */
export class Vocabulary {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  /** How many artifacts hold the word; 0 when it is unknown. */
  count(word: string): number {
    const first = this.#read(this.#seek(`${word} `))
    return first?.term === word ? first.count : 0
  }

  /** The words that begin with `prefix`, itself included, by word; at most `max`. */
  startingWith(prefix: string, max: number): Term[] {
    const found: Term[] = []
    let at = this.#seek(prefix)
    for (
      let next = this.#read(at);
      next?.term.startsWith(prefix) && found.length < max;
      next = this.#read(at)
    ) {
      found.push(next)
      at = this.text.indexOf('\n', at) + 1
    }
    return found
  }

  /** The words that hold `part` anywhere but at their beginning, by word; at most `max`. */
  containing(part: string, max: number): Term[] {
    const found: Term[] = []
    for (let at = this.text.indexOf(part); at >= 0 && found.length < max; ) {
      const start = this.text.lastIndexOf('\n', at) + 1
      const term = start < at ? this.#read(start) : null
      if (term) found.push(term)
      at = this.text.indexOf(part, this.text.indexOf('\n', at))
    }
    return found
  }

  /** Where the first line stands that is not before `line`. */
  #seek(line: string): number {
    let low = 1
    let high = this.text.length
    while (low < high) {
      const middle = this.text.lastIndexOf('\n', ((low + high) >>> 1) - 1) + 1
      if (this.text.startsWith(line, middle) || this.text.slice(middle, middle + line.length) > line)
        high = middle
      else low = this.text.indexOf('\n', middle) + 1
    }
    return low
  }

  #read(start: number): Term | null {
    if (start >= this.text.length) return null
    const space = this.text.indexOf(' ', start)
    const end = this.text.indexOf('\n', space)
    return { term: this.text.slice(start, space), count: Number(this.text.slice(space + 1, end)) }
  }
}

/** The text of a vocabulary. */
export function vocabularyText(terms: readonly Term[]): string {
  const lines = terms.map(({ term, count }) => `${term} ${count}`)
  // In the order of JavaScript's own comparison, which `Vocabulary` relies on.
  return lines.length === 0 ? '' : `\n${lines.sort().join('\n')}\n`
}

const EMPTY = new Vocabulary('')
const loaded = new WeakMap<Database, { state: string; vocabulary: Vocabulary }>()

/** The words as of the last refresh, read again only after the writer stored others. */
export function vocabularyOf(db: Database): Vocabulary {
  const state = db.valueSql<string>('SELECT value FROM cache_metadata WHERE key = ?', VOCABULARY_STATE_KEY)
  if (state === undefined) return EMPTY
  const known = loaded.get(db)
  if (known?.state === state) return known.vocabulary
  const text = db.valueSql<string>('SELECT value FROM cache_metadata WHERE key = ?', VOCABULARY_KEY) ?? ''
  const vocabulary = new Vocabulary(text)
  loaded.set(db, { state, vocabulary })
  return vocabulary
}
