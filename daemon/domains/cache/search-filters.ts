import type { ArtifactScope, ArtifactType } from '../../../protocol/vocabulary.ts'
import type { Database } from '../../kernel/db/database.ts'
import { typeToken } from './search-index.ts'
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

/** A piece of SQL that begins with ` AND `, or is empty, and its parameters. */
export type Condition = { sql: string; params: Array<string | number> }

/** The filters in the two forms a search needs. */
export type CompiledFilters = {
  /** On the row `a` of artifacts. */
  onRow: Condition
  /** On the rowid of a search table: what its own columns cannot answer. */
  onRowid: (table: 'artifact_text' | 'artifact_names') => Condition
  /** To be added to a MATCH of artifact_text; narrows to a superset of the filtered. */
  match: string
}

/** The filters as a condition on the row `a` of artifacts, for any query that reads it. */
export function rowCondition(filters: SearchFilters): Condition {
  const { projectId, type, scope, tag, source, outdated, modified } = filters
  const parts: string[] = []
  const params: Array<string | number> = []
  const and = (sql: string, ...values: Array<string | number>): void => {
    parts.push(` AND ${sql}`)
    params.push(...values)
  }
  if (projectId !== undefined) and('a.project_id = ?', projectId)
  if (type !== undefined) and('a.type = ?', type)
  // Written out, not as parameters: only then may SQLite use the partial indexes.
  if (scope !== undefined)
    and(scope === 'project' ? 'a.scope = ?' : `a.scope = ? AND a.scope <> 'project'`, scope)
  if (outdated !== undefined) and(`a.is_outdated = ${Number(outdated)}`)
  if (modified !== undefined) and(`a.local_modified = ${Number(modified)}`)
  if (tag !== undefined) and(HAS_TAG('a.id'), tag)
  if (source !== undefined) and(HAS_SOURCE('a'), source)
  return { sql: parts.join(''), params }
}

export function compileFilters(db: Database, filters: SearchFilters): CompiledFilters {
  return {
    onRow: rowCondition(filters),
    onRowid: (table) => rowidCondition(db, filters, `${table}.rowid`),
    match: matchFilter(filters),
  }
}

/**
 * Sets that an index holds ready are read once (`+` keeps SQLite from asking FTS5 anew for each of their members);
 * the ids of a project lie close together, and a range of rowids is what FTS5 can skip to.
 */
function rowidCondition(db: Database, filters: SearchFilters, rowid: string): Condition {
  const { projectId, type, scope, tag, source, outdated, modified } = filters
  const parts: string[] = []
  const params: Array<string | number> = []
  const and = (sql: string, ...values: Array<string | number>): void => {
    parts.push(` AND ${sql}`)
    params.push(...values)
  }
  if (projectId !== undefined) {
    const bounds = db.getSql<{ first: number | null; last: number | null }>(
      'SELECT min(id) AS first, max(id) AS last FROM artifacts WHERE project_id = ?',
      projectId,
    )
    and(`${rowid} BETWEEN ? AND ?`, bounds?.first ?? 0, bounds?.last ?? 0)
    and(`+${rowid} IN (SELECT id FROM artifacts WHERE project_id = ?)`, projectId)
  }
  if (type !== undefined && rowid.startsWith('artifact_names')) {
    and(`EXISTS (SELECT 1 FROM artifacts a WHERE a.id = ${rowid} AND a.type = ?)`, type)
  }
  if (scope !== undefined) {
    const outside = scope === 'project' ? '' : ' AND scope = ?'
    const members = `SELECT id FROM artifacts WHERE scope <> 'project'${outside}`
    if (scope === 'project') and(`+${rowid} NOT IN (${members})`)
    else and(`+${rowid} IN (${members})`, scope)
  }
  if (outdated !== undefined) and(flagged(rowid, 'is_outdated', outdated))
  if (modified !== undefined) and(flagged(rowid, 'local_modified', modified))
  if (tag !== undefined) and(HAS_TAG(rowid), tag)
  if (source !== undefined) {
    and(`EXISTS (SELECT 1 FROM artifacts a WHERE a.id = ${rowid} AND ${HAS_SOURCE('a')})`, source)
  }
  return { sql: parts.join(''), params }
}

function matchFilter({ type, tag, source }: SearchFilters): string {
  let match = ''
  if (type !== undefined) match += ` AND type : "${typeToken(type)}"`
  const tagWords = plainTokens(tag)
  if (tagWords.length > 0) match += ` AND tags : "${tagWords.join(' ')}"`
  // The first word of a part may be the end of a longer one, so it narrows nothing.
  const sourceWords = plainTokens(source).slice(1)
  if (sourceWords.length > 0) match += ` AND source : "${sourceWords.join(' ')}" *`
  return match
}

/** The tokens of a filter; none when SQLite might cut it otherwise (private characters, marks without a letter). */
function plainTokens(text = ''): string[] {
  if (/\p{Co}/u.test(text)) return []
  const tokens = tokensOf(text)
  return tokens.every((token) => fold(token) !== '') ? tokens : []
}

const flagged = (rowid: string, column: string, wanted: boolean): string =>
  `+${rowid} ${wanted ? 'IN' : 'NOT IN'} (SELECT id FROM artifacts WHERE ${column} = 1)`

const HAS_TAG = (id: string): string =>
  `EXISTS (SELECT 1 FROM artifact_metadata m WHERE m.artifact_id = ${id}
     AND instr(',' || lower(m.tags) || ',', ',' || lower(?) || ',') > 0)`

const HAS_SOURCE = (row: string): string => `instr(lower(${row}.source), lower(?)) > 0`
