import type { Database } from '../../kernel/db/database.ts'
import { type CompiledFilters, compileFilters, type SearchFilters } from './search-filters.ts'
import * as hits from './search-hits.ts'
import { type Matches, matchesOf } from './search-match.ts'
import { vocabularyOf } from './search-vocabulary.ts'
import { queryTerms } from './search-words.ts'
import { correctQuery } from './spelling.ts'

export { completeNames } from './search-names.ts'

export type SearchParams = {
  query: string
  filters: SearchFilters
  limit: number
  offset: number
  sort: 'relevance' | 'name' | 'type' | 'updated'
}

/** `id` is `artifacts.id`; the score is 100, 80 or 60 for a hit in the name and below 60 for others. */
export type SearchHit = { id: number; score: number }

export type SearchResult = {
  hits: SearchHit[]
  /** All hits; at least this many when not exact. */
  total: number
  totalIsExact: boolean
  /** The query that was searched instead, because nothing matched the words as typed; null otherwise. */
  correctedQuery: string | null
}

/**
 * Per step at most this many hits are ranked; words with more are frequent and say little. Then names and tags come
 * first, the rest follows as it was indexed, and the total is a lower bound (performance spec section 3: it is the
 * ranking that costs).
 */
const MAX_RANKED = 1_000
/** Hits counted, and put in order by another sort than relevance. */
const MAX_COUNTED = 10_000

/** Name scores of the formats spec section 28; tags count so much where bm25 was not asked. */
const SCORE = { exactName: 100, namePrefix: 80, inName: 60, inTags: 30 } as const

/**
 * Searches names, titles, descriptions, tags and sources. All words must match, each as it stands or as the beginning
 * of a word of name or tags, the last one as the beginning of any word. When nothing matches, misspelt words are
 * replaced by the nearest known ones.
 *
 * Relevance: the name equals the query (100), begins with it (80), has all its words (60), each by name and uid; then
 * bm25. Never throws for what was typed: a query is words, not FTS5 syntax.
 */
export function searchArtifacts(db: Database, params: SearchParams): SearchResult {
  return db.snapshot(() => {
    const result = searchAsTyped(db, params)
    if (result.total > 0) return result
    const correctedQuery = correctQuery(db, params.query)
    if (correctedQuery === null) return result
    const corrected = searchAsTyped(db, { ...params, query: correctedQuery })
    return corrected.total > 0 ? { ...corrected, correctedQuery } : result
  })
}

function searchAsTyped(db: Database, params: SearchParams): SearchResult {
  const { query, sort, limit, offset } = params
  const filters = compileFilters(db, params.filters)
  const matches = matchesOf(queryTerms(query), vocabularyOf(db))
  const search: Search = { db, query, matches, filters, scores: new Map(), truncated: new Set() }

  const end = sort === 'relevance' ? offset + limit : 0
  addNames(search, end)
  const total = addTexts(search, end)
  const { scores, truncated } = search
  const ids = sort === 'relevance' ? [...scores.keys()].slice(offset, end) : inOrder(search, sort, params)
  return {
    hits: ids.map((id) => ({ id, score: Math.round((scores.get(id) ?? 0) * 1_000) / 1_000 })),
    total: Math.max(total, scores.size),
    totalIsExact: truncated.size === 0,
    correctedQuery: null,
  }
}

/** One search under way. */
type Search = {
  readonly db: Database
  readonly query: string
  /** Null when the query has no words. */
  readonly matches: Matches | null
  readonly filters: CompiledFilters
  /** What was found with its score, in order of relevance. */
  readonly scores: Map<number, number>
  /** Where more was found than looked at. */
  readonly truncated: Set<'names' | 'text'>
}

/** Adds what has the query, or all its words, in its name; as many as `end` asks for. */
function addNames({ db, query, matches, filters, scores, truncated }: Search, end: number): void {
  const limit = Math.max(MAX_RANKED, end)
  const beginning = spellings(query).flatMap((name) => hits.namesBeginning(db, name, filters, limit + 1))
  for (const { id, exact } of beginning) if (exact) add(scores, id, SCORE.exactName)
  for (const { id } of beginning) add(scores, id, SCORE.namePrefix)
  if (beginning.length > limit) truncated.add('names')
  if (!matches) return

  const search = { match: matches.names, filters }
  const inNames = hits.namesInOrder(db, search, MAX_RANKED + 1)
  const more = inNames.length > MAX_RANKED
  // The one too many came along only to be counted, but then it may stay.
  for (const id of inNames) add(scores, id, SCORE.inName)
  if (!more) return
  truncated.add('names')
  if (end > scores.size) {
    for (const id of hits.nameIds(db, search, end + scores.size)) add(scores, id, SCORE.inName)
  }
}

/** Adds the other hits. Returns how many artifacts match in their text, at least. */
function addTexts({ db, matches, filters, scores, truncated }: Search, end: number): number {
  if (!matches) return 0
  const search = { match: matches.text, filters }
  // Whoever gets names only has no use for the ranks of the others.
  if (end > 0 && end <= scores.size) {
    const ids = hits.textIds(db, search, MAX_RANKED + 1)
    for (const id of ids) add(scores, id, 0)
    if (ids.length <= MAX_RANKED) return ids.length
    truncated.add('text')
    return hits.countText(db, search, MAX_COUNTED)
  }
  const ranked = hits
    .rankedIds(db, search, MAX_RANKED + 1)
    .map(({ id, rank }) => ({ id, score: scoreOf(rank) }))
  const more = ranked.length > MAX_RANKED
  if (more) raiseTagged(ranked, hits.nameIds(db, { match: matches.namesAndTags, filters }, MAX_RANKED))
  ranked.sort((a, b) => b.score - a.score || a.id - b.id)
  for (const { id, score } of ranked) add(scores, id, score)
  if (!more) return ranked.length
  truncated.add('text')
  if (end > scores.size) for (const id of hits.textIds(db, search, end + scores.size)) add(scores, id, 0)
  return hits.countText(db, search, MAX_COUNTED)
}

/** Among the hits of a frequent word those in tags are worth finding, wherever they stand. */
function raiseTagged(ranked: SearchHit[], tagged: number[]): void {
  const others = new Set(tagged)
  for (const hit of ranked) if (others.delete(hit.id)) hit.score = Math.max(hit.score, SCORE.inTags)
  for (const id of others) ranked.push({ id, score: SCORE.inTags })
}

/** A page by another order than relevance: of all hits, up to a bound. */
function inOrder(
  { db, matches, filters, scores, truncated }: Search,
  sort: hits.SortKey,
  page: hits.Page,
): number[] {
  const ids = new Set(scores.keys())
  const gather = (table: typeof hits.nameIds, match: string): void => {
    for (const id of table(db, { match, filters }, MAX_COUNTED)) ids.add(id)
  }
  if (matches && truncated.has('names')) gather(hits.nameIds, matches.names)
  if (matches && truncated.has('text')) gather(hits.textIds, matches.text)
  return hits.sortIds(db, ids, sort, page)
}

function add(scores: Map<number, number>, id: number, score: number): void {
  if (!scores.has(id)) scores.set(id, score)
}

/** The names a query may mean: as typed, and with its words joined as names join them. */
function spellings(query: string): string[] {
  const text = query.replaceAll('"', ' ').trim()
  if (text === '') return []
  return [...new Set([text, text.replace(/\s+/g, '-'), text.replace(/\s+/g, '_')])]
}

/** bm25 is negative and without bound, better when lower; a score is below 60. */
const scoreOf = (rank: number): number => (60 * -rank) / (10 - rank)
