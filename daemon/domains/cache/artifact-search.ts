import type { Database } from '../../kernel/db/database.ts'
import { nextTurn } from '../../kernel/rpc/turn.ts'
import { type CompiledFilters, type Condition, compileFilters, type SearchFilters } from './search-filters.ts'
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

/** `id` is `artifacts.id`; the score is 100, 80 or 60 for a hit in the name and from 1 to below 60 for others. */
type SearchHit = { id: number; score: number }

export type SearchResult = {
  hits: SearchHit[]
  /** All hits; at least this many when not exact. */
  total: number
  totalIsExact: boolean
  /** The query that was searched instead, because nothing matched the words as typed; null otherwise. */
  correctedQuery: string | null
}

/**
 * Per step at most this many hits are looked at for their order, or fewer where ranking them costs more
 * (`Matches.rankable`). Beyond, names and tags still come first, the rest follows as it was indexed, and the total is
 * a lower bound.
 */
const MAX_LOOKED_AT = 1_000
/** Hits put in order by another sort than relevance. */
const MAX_SORTED = 10_000

/** Of all hits so many are in order; nobody reads further down a list than that. */
const RANKED = 200
/** The others are fetched so many at a time: about 5 ms. */
const ALL_SLICE = 20_000

/** Name scores of the formats spec section 28. */
const SCORE = { exactName: 100, namePrefix: 80, inName: 60 } as const
/** What a hit in tags is worth where a frequent word keeps bm25 from seeing all hits. */
const TAG_RANK = -10

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
  const vocabulary = vocabularyOf(db)
  const filters = compileFilters(db, params.filters, vocabulary)
  const matches = matchesOf(queryTerms(query), vocabulary)
  const search: Search = { db, query, matches, filters, scores: new Map(), truncated: new Set() }

  const end = sort === 'relevance' ? offset + limit : 0
  addNames(search, end)
  addTexts(search, end)
  const { scores, truncated } = search
  const ids = sort === 'relevance' ? [...scores.keys()].slice(offset, end) : inOrder(search, sort, params)
  const isExact = truncated.size === 0
  return {
    hits: ids.map((id) => ({ id, score: Math.round((scores.get(id) ?? scoreOf(0)) * 1_000) / 1_000 })),
    total: isExact ? scores.size : Math.min(scores.size, Math.max(MAX_LOOKED_AT, end)),
    totalIsExact: isExact,
    correctedQuery: null,
  }
}

/**
 * Ids of everything that `searchArtifacts` finds: the best first, then the others as they were indexed. Of many hits the
 * others are fetched in several turns.
 */
export async function searchAll(db: Database, query: string): Promise<number[]> {
  const search = db.snapshot(() => {
    const found = bestAsTyped(db, query)
    if (found.scores.size > 0) return found
    const corrected = correctQuery(db, query)
    return corrected === null ? found : bestAsTyped(db, corrected)
  })
  const { matches, scores, truncated } = search
  if (!matches) return [...scores.keys()]
  const rest = [
    ...(truncated.has('names') ? [{ table: 'artifact_names', match: matches.names } as const] : []),
    ...(truncated.has('text') ? [{ table: 'artifact_text', match: matches.text } as const] : []),
  ]
  const ids = new Set(scores.keys())
  for (const { table, match } of rest) {
    for (let after = 0; ; ) {
      await nextTurn()
      const found = hits.idsAfter(db, table, { match }, after, ALL_SLICE)
      for (const id of found) ids.add(id)
      if (found.length < ALL_SLICE) break
      after = found.at(-1) ?? after
    }
  }
  return [...ids]
}

function bestAsTyped(db: Database, query: string): Search {
  const vocabulary = vocabularyOf(db)
  const filters = compileFilters(db, {}, vocabulary)
  const matches = matchesOf(queryTerms(query), vocabulary)
  const search: Search = { db, query, matches, filters, scores: new Map(), truncated: new Set() }
  addNames(search, RANKED)
  addTexts(search, RANKED)
  return search
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
  const limit = Math.max(MAX_LOOKED_AT, end)
  const beginning = spellings(query).flatMap((name) => hits.namesBeginning(db, name, filters, limit + 1))
  for (const { id, exact } of beginning) if (exact) scores.set(id, SCORE.exactName)
  for (const { id } of beginning) if (!scores.has(id)) scores.set(id, SCORE.namePrefix)
  if (beginning.length > limit) truncated.add('names')
  if (!matches) return

  const search = { match: matches.names, filters }
  const inNames = (isFull(scores, end) ? hits.nameIds : hits.namesInOrder)(db, search, MAX_LOOKED_AT + 1)
  addAll(scores, inNames, SCORE.inName)
  if (inNames.length <= MAX_LOOKED_AT) return
  truncated.add('names')
  if (end > scores.size) addAll(scores, hits.nameIds(db, search, end + scores.size), SCORE.inName)
}

/** Adds the other hits. */
function addTexts({ db, matches, filters, scores, truncated }: Search, end: number): void {
  if (!matches) return
  const search = { match: matches.text, filters }
  const limit = matches.rankable === 0 ? MAX_LOOKED_AT : matches.rankable
  const seen = isFull(scores, end)
  // Nobody would see the ranks of what comes after a full page.
  const found =
    seen || matches.rankable === 0
      ? hits.textIds(db, search, limit + 1).map((id) => ({ id, rank: 0 }))
      : hits.rankedIds(db, search, limit + 1)
  const more = found.length > limit
  if (more && !seen)
    raiseTagged(found, hits.nameIds(db, { match: matches.namesAndTags, filters }, MAX_LOOKED_AT))
  found.sort((a, b) => a.rank - b.rank || a.id - b.id)
  for (const { id, rank } of found) if (!scores.has(id)) scores.set(id, scoreOf(rank))
  if (!more) return
  truncated.add('text')
  if (end > scores.size) addAll(scores, hits.textIds(db, search, end + scores.size), scoreOf(0))
}

/** Among the hits of a frequent word those in tags are worth finding, wherever they stand. */
function raiseTagged(found: hits.RankedId[], tagged: number[]): void {
  const others = new Set(tagged)
  for (const hit of found) if (others.delete(hit.id)) hit.rank = Math.min(hit.rank, TAG_RANK)
  for (const id of others) found.push({ id, rank: TAG_RANK })
}

/** A page by another order than relevance: of all hits, up to a bound. */
function inOrder(
  { db, matches, filters, scores, truncated }: Search,
  sort: hits.SortKey,
  page: hits.Page,
): number[] {
  const further: Condition[] = []
  if (matches && truncated.has('names')) {
    further.push(hits.nameQuery({ match: matches.names, filters }, MAX_SORTED))
  }
  if (matches && truncated.has('text')) {
    further.push(hits.textQuery({ match: matches.text, filters }, MAX_SORTED))
  }
  return hits.sortIds(db, scores.keys(), further, sort, page)
}

/** Whether a page, if one was asked for, is complete. */
const isFull = (scores: Map<number, number>, end: number): boolean => end > 0 && end <= scores.size

function addAll(scores: Map<number, number>, ids: readonly number[], score: number): void {
  for (const id of ids) if (!scores.has(id)) scores.set(id, score)
}

/** The names a query may mean: as typed, and with its words joined as names join them. */
function spellings(query: string): string[] {
  const text = query.replaceAll('"', ' ').trim()
  if (text === '') return []
  return [...new Set([text, text.replace(/\s+/g, '-'), text.replace(/\s+/g, '_')])]
}

/** bm25 is negative and without bound, better when lower; 0 is a hit that was not ranked. */
const scoreOf = (rank: number): number => 1 + (59 * -rank) / (10 - rank)
