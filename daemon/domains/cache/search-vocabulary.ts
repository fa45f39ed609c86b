import type { Database } from '../../kernel/db/database.ts'

/** Where the words lie in cache_metadata. */
export const VOCABULARY_KEY = 'search.vocabulary'
/** Which index they were taken from; short, so that a search can ask for it each time. */
export const VOCABULARY_STATE_KEY = 'search.vocabulary.state'

/** A word and the number of artifacts that hold it. */
export type Term = { term: string; count: number }

/**
 * The distinct words of all artifacts, folded, the frequent ones first; words of fewer than 3 letters, numbers and
 * the rarest beyond 60,000 are missing, and so is what was indexed after the last refresh.
 *
 * Kept as the one text it is stored as (`\nword count\nword count\n`): searching that takes microseconds, and a map
 * of the same words would take ten times its memory.
 */
export class Vocabulary {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  /** How many artifacts hold the word; 0 when it is unknown. */
  count(word: string): number {
    const at = this.text.indexOf(`\n${word} `)
    return at < 0 ? 0 : this.#at(at + 1).count
  }

  /** The most frequent words that begin with `prefix`, itself included. */
  startingWith(prefix: string, max: number): Term[] {
    const found: Term[] = []
    for (let at = this.text.indexOf(`\n${prefix}`); at >= 0 && found.length < max; ) {
      found.push(this.#at(at + 1))
      at = this.text.indexOf(`\n${prefix}`, at + 1)
    }
    return found
  }

  /** The most frequent words that hold `part` anywhere but at their beginning. */
  containing(part: string, max: number): Term[] {
    const found: Term[] = []
    for (let at = this.text.indexOf(part); at >= 0 && found.length < max; ) {
      const start = this.text.lastIndexOf('\n', at) + 1
      if (start < at) found.push(this.#at(start))
      at = this.text.indexOf(part, this.text.indexOf('\n', at))
    }
    return found
  }

  #at(start: number): Term {
    const space = this.text.indexOf(' ', start)
    const end = this.text.indexOf('\n', space)
    return { term: this.text.slice(start, space), count: Number(this.text.slice(space + 1, end)) }
  }
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
