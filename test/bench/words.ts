/** Chooses what to search for by how many documents have a word, so that any tree gives queries of the same kinds. */
import Sqlite from 'better-sqlite3'
import { Database } from '../../daemon/kernel/db/database.ts'

export type Words = {
  /** Two words of 2 to 5 % of all artifacts each, which occur together. */
  typical: string[]
  /** One word of 0.1 to 0.4 %. */
  rare: string[]
  /** The most frequent words. */
  common: string[]
  /** The first two or three letters of frequent words. */
  beginnings: string[]
  /** Words with two letters swapped that no artifact has. */
  misspelt: string[]
  /** Beginnings of names, one letter more each time, as somebody types them. */
  typed: string[]
  /** Share of artifacts that have the first of `common`, 0 to 1. */
  commonShare: number
}

type Term = { term: string; share: number }

const HOW_MANY = 40

/** Reads the words out of the full text index of a filled cache. */
export function pickWords(cacheDb: string): Words {
  const db = new Database(new Sqlite(cacheDb, { fileMustExist: true }))
  try {
    return wordsOf(db)
  } finally {
    db.close()
  }
}

function wordsOf(db: Database): Words {
  const terms = readTerms(db)
  const between = (least: number, most: number): string[] =>
    terms.filter(({ share }) => share >= least && share <= most).map(({ term }) => term)
  const known = new Set(terms.map(({ term }) => term))
  const common = terms.slice(0, 3).map(({ term }) => term)
  return {
    typical: pairs(db, new Set(between(0.02, 0.05))),
    rare: evenly(between(0.001, 0.004), HOW_MANY),
    common,
    beginnings: terms.slice(0, 10).flatMap(({ term }) => [term.slice(0, 2), term.slice(0, 3)]),
    misspelt: evenly(
      between(0.002, 0.05)
        .filter((term) => term.length >= 7)
        .map(swapped)
        .filter((term) => !known.has(term)),
      HOW_MANY,
    ),
    typed: typedNames(db),
    commonShare: terms[0]?.share ?? 0,
  }
}

/** Words of letters, most frequent first. */
function readTerms(db: Database): Term[] {
  db.exec('CREATE VIRTUAL TABLE IF NOT EXISTS temp.bench_terms USING fts5vocab(main, artifact_text, row)')
  const artifacts = db.valueSql<number>('SELECT count(*) FROM artifacts') ?? 1
  const rows = db.allSql<{ term: string; doc: number }>(
    `SELECT term, doc FROM temp.bench_terms WHERE term GLOB '[a-z][a-z][a-z]*' AND NOT term GLOB '*[^a-z]*'
     ORDER BY doc DESC, term`,
  )
  return rows.map(({ term, doc }) => ({ term, share: doc / artifacts }))
}

/** Two of `words` that stand in one description. */
function pairs(db: Database, words: ReadonlySet<string>): string[] {
  const texts = db.allSql<{ description: string }>(
    'SELECT description FROM descriptions WHERE description IS NOT NULL ORDER BY digest',
  )
  const found = new Set<string>()
  for (const { description } of texts) {
    const own = [...new Set(description.toLowerCase().match(/[a-z]+/g) ?? [])].filter((word) =>
      words.has(word),
    )
    if (own.length >= 2) found.add(`${own[0]} ${own.at(-1)}`)
    if (found.size >= HOW_MANY) break
  }
  return [...found]
}

function typedNames(db: Database): string[] {
  const names = db.allSql<{ name: string }>('SELECT DISTINCT name FROM artifacts ORDER BY name')
  return evenly(
    names.map(({ name }) => name),
    HOW_MANY / 4,
  ).flatMap((name) => Array.from({ length: Math.min(8, name.length) }, (_, i) => name.slice(0, i + 1)))
}

/** `count` of `items`, the same distance apart. */
export function evenly<Item>(items: readonly Item[], count: number): Item[] {
  if (items.length <= count) return [...items]
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)] as Item)
}

/** Two letters in the middle change places. */
export function swapped(word: string): string {
  const at = word.length >> 1
  return word.slice(0, at - 1) + word[at] + word[at - 1] + word.slice(at + 1)
}
