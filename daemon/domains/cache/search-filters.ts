import type { ArtifactScope, ArtifactType } from '../../../protocol/vocabulary.ts'
import type { Database } from '../../kernel/db/database.ts'
import { typeToken } from './search-index.ts'
import type { Vocabulary } from './search-vocabulary.ts'
import { fold, tokensOf } from './search-words.ts'

/** Which artifacts; every part that is given must hold. */
export type SearchFilters = {
  /** `projects.id`. */
  projectId?: number | undefined
  type?: ArtifactType | undefined
  scope?: ArtifactScope | undefined
  /** One whole tag, in any case. */
  tag?: string | undefined
  /** A part of the source, in any case. */
  source?: string | undefined
  outdated?: boolean | undefined
  modified?: boolean | undefined
}

/** A piece of SQL and its parameters. */
export type Condition = { sql: string; params: Array<string | number> }

/** The filters in the forms a search needs; a condition begins with ` AND ` or is empty. */
export type CompiledFilters = {
  /** On the row `a` of artifacts. */
  onRow: Condition
  /** On the rowid of a search table: what its own columns do not answer. */
  onRowid: (table: SearchTable) => Condition
  /** For a MATCH of artifact_text; narrows, never more than the conditions do. */
  match: string
}
type SearchTable = 'artifact_text' | 'artifact_names'

/** A type with fewer artifacts is looked up as a set, instead of artifact by artifact. */
const RARE_TYPE = 2_500
/** Words of the vocabulary that the first word of a source may be the end of. */
const MAX_ENDINGS = 20

export function compileFilters(
  db: Database,
  filters: SearchFilters,
  vocabulary: Vocabulary,
): CompiledFilters {
  const known = new Map<SearchTable, Condition>()
  return {
    onRow: rowCondition(filters),
    onRowid: (table) => {
      const condition = known.get(table) ?? rowidCondition(db, filters, table)
      known.set(table, condition)
      return condition
    },
    match: matchFilter(filters, vocabulary),
  }
}

/** As with `param`, `+?` keeps SQLite from planning anew for each value. */
function rowCondition({ projectId, type, scope, tag, source, outdated, modified }: SearchFilters): Condition {
  const condition = new Conjunction()
  if (projectId !== undefined) condition.and('a.project_id = +?', projectId)
  if (type !== undefined) condition.and('a.type = +?', type)
  if (scope !== undefined) condition.and('a.scope = +?', scope)
  // Written out, not as parameters: only then may SQLite use the partial indexes.
  if (scope !== undefined && scope !== 'project') condition.and("a.scope <> 'project'")
  if (outdated !== undefined) condition.and(`a.is_outdated = ${Number(outdated)}`)
  if (modified !== undefined) condition.and(`a.local_modified = ${Number(modified)}`)
  if (tag !== undefined) condition.and(hasTag('a.id'), tag)
  if (source !== undefined) condition.and(HAS_SOURCE, source)
  return condition
}

/**
 * Sets that an index holds ready are read once (`+` keeps SQLite from asking FTS5 anew for each of their members);
 * the ids of a project lie close together, and a range of rowids is what FTS5 can skip to.
 */
function rowidCondition(db: Database, filters: SearchFilters, table: SearchTable): Condition {
  const { projectId, type, scope, tag, source, outdated, modified } = filters
  const condition = new Conjunction()
  const id = `${table}.rowid`
  if (projectId !== undefined) {
    const bounds = db.getSql<{ first: number | null; last: number | null }>(
      'SELECT min(id) AS first, max(id) AS last FROM artifacts WHERE project_id = +?',
      projectId,
    )
    // better-sqlite3 passes numbers as REAL, which FTS5 does not take for a rowid.
    condition.and(
      `${id} BETWEEN CAST(? AS INTEGER) AND CAST(? AS INTEGER)`,
      bounds?.first ?? 0,
      bounds?.last ?? 0,
    )
    condition.and(`+${id} IN (SELECT id FROM artifacts WHERE project_id = +?)`, projectId)
  }
  // The full text has the type as a word of its own.
  if (type !== undefined && table === 'artifact_names') {
    const few = `SELECT count(*) FROM (SELECT 1 FROM artifacts WHERE type = +? LIMIT ${RARE_TYPE})`
    if ((db.valueSql<number>(few, type) ?? 0) < RARE_TYPE)
      condition.and(`+${id} IN (SELECT id FROM artifacts WHERE type = +?)`, type)
    else condition.and(`EXISTS (SELECT 1 FROM artifacts a WHERE a.id = ${id} AND a.type = +?)`, type)
  }
  const outside = "SELECT id FROM artifacts WHERE scope <> 'project'"
  if (scope === 'project') condition.and(`+${id} NOT IN (${outside})`)
  else if (scope !== undefined) condition.and(`+${id} IN (${outside} AND scope = +?)`, scope)
  if (outdated !== undefined) condition.and(isFlagged(id, 'is_outdated', outdated))
  if (modified !== undefined) condition.and(isFlagged(id, 'local_modified', modified))
  if (tag !== undefined) condition.and(hasTag(id), tag)
  if (source !== undefined) {
    condition.and(`EXISTS (SELECT 1 FROM artifacts a WHERE a.id = ${id} AND ${HAS_SOURCE})`, source)
  }
  return condition
}

function matchFilter({ type, tag, source }: SearchFilters, vocabulary: Vocabulary): string {
  let match = ''
  if (type !== undefined) match += ` AND type : "${typeToken(type)}"`
  const tagWords = plainTokens(tag)
  if (tagWords.length > 0) match += ` AND tags : "${tagWords.join(' ')}"`
  const [first, ...rest] = plainTokens(source)
  if (first === undefined) return match
  const endings = first.length < 3 ? [] : vocabulary.containing(fold(first), MAX_ENDINGS + 1)
  if (first.length >= 3 && vocabulary.text !== '' && endings.length <= MAX_ENDINGS) {
    const beginnings = [first, ...endings.map(({ term }) => term)]
    return `${match} AND source : (${beginnings.map((word) => `"${[word, ...rest].join(' ')}" *`).join(' OR ')})`
  }
  return rest.length === 0 ? match : `${match} AND source : "${rest.join(' ')}" *`
}

/** The tokens of a filter; none when SQLite might cut it otherwise (private characters, marks without a letter). */
function plainTokens(text = ''): string[] {
  if (/\p{Co}/u.test(text)) return []
  const tokens = tokensOf(text)
  return tokens.every((token) => fold(token) !== '') ? tokens : []
}

/** Conditions that must all hold. */
class Conjunction implements Condition {
  sql = ''
  readonly params: Array<string | number> = []

  and(sql: string, ...params: Array<string | number>): void {
    this.sql += ` AND ${sql}`
    this.params.push(...params)
  }
}

const isFlagged = (id: string, column: string, wanted: boolean): string =>
  `+${id} ${wanted ? 'IN' : 'NOT IN'} (SELECT id FROM artifacts WHERE ${column} = 1)`

const hasTag = (id: string): string =>
  `EXISTS (SELECT 1 FROM artifact_metadata m WHERE m.artifact_id = ${id}
     AND instr(',' || lower(m.tags) || ',', ',' || lower(?) || ',') > 0)`

const HAS_SOURCE = 'instr(lower(a.source), lower(?)) > 0'
