/** Reads artifacts. */
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { ArtifactState, StateReason } from '../../../protocol/artifact-states.ts'
import type { ArtifactScope, ArtifactType } from '../../../protocol/vocabulary.ts'
import type { Database } from '../../kernel/db/database.ts'
import { built, param, qb } from '../../kernel/db/query-builder.ts'
import { ITEM_COLUMNS, type ItemRow } from './artifact-item.ts'
import { STATE_SQL } from './artifact-state.ts'
import type { ArtifactsTable } from './tables.ts'

/** Which rows; parts that are absent do not restrict. */
export type ArtifactWhere = {
  projectId?: number | undefined
  type?: ArtifactType | undefined
  scope?: ArtifactScope | undefined
  tag?: string | undefined
  source?: string | undefined
  outdated?: boolean | undefined
  modified?: boolean | undefined
}

/** A place in a list: the sort value of a row and its uid, which breaks ties. */
export type ArtifactPosition = { value: string | number; uid: Buffer }
export type ArtifactSort = 'name' | 'updated'

/** Absolute path of an artifact; `rel_path` is absolute already when it lies outside of its unit. */
const PATH = sql<string>`CASE WHEN a.rel_path IN ('', '.') THEN u.path WHEN substr(a.rel_path, 1, 1) = '/' OR a.rel_path GLOB '[A-Za-z]:*'
  THEN a.rel_path ELSE u.path || '/' || a.rel_path END`
const ID = sql<string>`'art_' || lower(hex(a.uid))`
const PROJECT = sql`CASE WHEN p.id IS NOT NULL THEN json_object('id', 'prj_' || lower(hex(p.uid)), 'name', p.name, 'path', p.path) END`
const flag = (column: string): RawBuilder<unknown> => sql`json(iif(${sql.raw(column)}, 'true', 'false'))`

/** Values of `artifactColumns` in the protocol, in that order. */
const ROW = sql`${ID}, a.name, a.type, a.scope, CASE WHEN p.id IS NOT NULL THEN 'prj_' || lower(hex(p.uid)) END, a.source,
  a.deployed_version, a.upstream_version, a.is_outdated, a.local_modified, a.size_bytes, a.tokens, a.modified_at,
  p.name, a.host, ${sql.raw(STATE_SQL)}, coalesce(json_array_length(m.diagnostics), 0)`

const SORT_COLUMN = { name: 'a.name', updated: 'a.modified_at' } as const

/**
 * Up to `limit` artifacts after a position, by name ascending or by change descending.
 *
 * Plan: with a project, a tag, `outdated` or `modified` the few rows that match are searched by their index and sorted.
 * Otherwise rows are taken in order from artifacts_name, artifacts_type_name, artifacts_scope or artifacts_modified_at,
 * and what remains of the filter is checked row by row; a rare source is as much as a walk through all rows.
 */
export function selectArtifacts(
  db: Database,
  where: ArtifactWhere,
  { sort, after, limit }: { sort: ArtifactSort; after: ArtifactPosition | null; limit: number },
): ItemRow[] {
  const text = built(`list ${sort} ${after !== null} ${shapeOf(where)}`, () =>
    inOrder(withItem(filtered(where)), where, sort, after),
  )
  return db.allSql(text, { ...valuesOf(where), ...after, limit })
}

/**
 * The same artifacts, by name, as rows of `artifactColumns`: one text with a comma between two, null for none. SQLite
 * joins them, because ten thousand values of their own take longer than the rows. Plan: as `selectArtifacts`.
 */
export function selectArtifactRows(
  db: Database,
  where: ArtifactWhere,
  { after, limit }: { after: ArtifactPosition | null; limit: number },
): string | null {
  const text = built(`rows ${after !== null} ${shapeOf(where)}`, () => {
    const rows = withRow(filtered(where)).select(sql<string>`json_array(${ROW})`.as('json'))
    // What has a limit keeps its order.
    return qb
      .selectFrom(inOrder(rows, where, 'name', after).as('rows'))
      .select(sql<string | null>`group_concat(json, ',')`.as('json'))
  })
  return db.valueSql<string | null>(text, { ...valuesOf(where), ...after, limit }) ?? null
}

/** Rows of `artifactColumns` in the order of `ids`, as `selectArtifactRows`. Plan: the ids one by one. */
export function selectRowsOf(db: Database, ids: Uint32Array): string | null {
  const text = built('rows of ids', () => {
    // In the order of json_each: a cross join is never turned round.
    const wanted = sql<ArtifactsTable>`(SELECT a.* FROM json_each(:ids) j CROSS JOIN artifacts a WHERE a.id = j.value)`
    const rows = withRow(qb.selectFrom(wanted.as('a')))
      .select(sql<string>`json_array(${ROW})`.as('json'))
      .limit(sql.lit(-1))
    return qb.selectFrom(rows.as('rows')).select(sql<string | null>`group_concat(json, ',')`.as('json'))
  })
  return db.valueSql<string | null>(text, { ids: `[${ids.join(',')}]` }) ?? null
}

/** Ids within a range that have a tag and a source. Plan: the range; tags with words from the name index. */
export function selectIds(
  db: Database,
  { tag, source }: Pick<ArtifactWhere, 'tag' | 'source'>,
  { first, last }: { first: number; last: number },
): number[] {
  const where = { tag, source }
  const text = built(`ids ${shapeOf(where)}`, () =>
    filtered(where).select('a.id').where(sql<SqlBool>`a.id BETWEEN :first AND :last`),
  )
  return db.allSql<{ id: number }>(text, { ...valuesOf(where), first, last }).map(({ id }) => id)
}

function inOrder<Query extends ReturnType<typeof filtered>>(
  query: Query,
  where: ArtifactWhere,
  sort: ArtifactSort,
  after: ArtifactPosition | null,
): Query {
  // With `+` before it a column offers no index, neither for the order nor for the range.
  const column = sql.raw<string | number>(`${isNarrow(where) ? '+' : ''}${SORT_COLUMN[sort]}`)
  const direction = sort === 'name' ? 'asc' : 'desc'
  const ordered = query.orderBy(column, direction).orderBy('a.uid', direction).limit(param<number>('limit'))
  if (!after) return ordered as Query
  const operator = sort === 'name' ? sql`>` : sql`<`
  return ordered.where(sql<SqlBool>`(${column}, a.uid) ${operator} (:value, :uid)`) as Query
}

/** How many artifacts match. Plan: a covering index with one filter; sources and `false` flags need the rows. */
export function countArtifacts(db: Database, where: ArtifactWhere): number {
  const text = built(`count ${shapeOf(where)}`, () =>
    filtered(where).select((eb) => eb.fn.countAll<number>().as('n')),
  )
  return db.valueSql<number>(text, valuesOf(where)) ?? 0
}

/** The items of some artifacts, in the order of `ids`. */
export function selectItems(db: Database, ids: readonly number[]): ItemRow[] {
  const text = built('items', () =>
    withItem(qb.selectFrom('artifacts as a')).where(
      sql<SqlBool>`a.id IN (SELECT value FROM json_each(:ids))`,
    ),
  )
  const rows = db.allSql<ItemRow>(text, { ids: JSON.stringify(ids) })
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}

/** The item with a uid. Plan: one search of the unique index on uid. */
export function selectItem(db: Database, uid: Buffer): ItemRow | undefined {
  const text = built('item', () =>
    withItem(qb.selectFrom('artifacts as a')).where('a.uid', '=', param<Buffer>('uid')),
  )
  return db.getSql(text, { uid })
}

/** Where an artifact of some name is, before one is chosen. */
export type ArtifactCandidate = {
  id: number
  uid: Buffer
  name: string
  type: ArtifactType
  scope: ArtifactScope
  host: string
  project_id: number | null
  project_name: string | null
  path: string
  hash: Buffer | null
  modified_at: number
}

/** All artifacts of a name (letter case does not count), or the one with a uid. Plan: range of artifacts_name. */
export function selectCandidates(
  db: Database,
  which: { name: string } | { uid: Buffer },
  { type, scope, projectId }: ArtifactWhere = {},
): ArtifactCandidate[] {
  const where = { type, scope, projectId }
  const key = 'uid' in which ? 'uid' : 'name'
  const text = built(`candidates ${key} ${shapeOf(where)}`, () =>
    withPlace(filtered(where))
      .select([
        'a.id',
        'a.uid',
        'a.name',
        'a.type',
        'a.scope',
        'a.host',
        'a.project_id',
        'a.hash',
        'a.modified_at',
      ])
      .select(['p.name as project_name', PATH.as('path')])
      .where(`a.${key}`, '=', param<never>(key))
      .orderBy('a.name')
      .orderBy('a.uid'),
  )
  return db.allSql(text, { ...valuesOf(where), ...which })
}

export type ArtifactDetail = {
  host: string
  fragment: string
  title: string | null
  aliases: string | null
  metadata: string | null
  /** Null where nothing records where it came from. */
  state: ArtifactState | null
  reason: StateReason | null
  checked_at: number | null
}

/** What `artifacts.show` adds to the item. */
export function selectDetail(db: Database, id: number): ArtifactDetail | undefined {
  const text = built('detail', () =>
    qb
      .selectFrom('artifacts as a')
      .leftJoin('descriptions as m', 'm.id', 'a.description_id')
      .leftJoin('artifact_origins as o', 'o.artifact_id', 'a.id')
      .leftJoin('upstream_sources as s', 's.id', 'o.source_id')
      .select(['a.host', 'a.fragment', 'm.title', 'm.aliases', 'm.metadata'])
      .select(['o.state', 'o.reason', 's.checked_at'])
      .where('a.id', '=', param<number>('id')),
  )
  return db.getSql(text, { id })
}

/** The places of one name, one JSON text each (`artifacts.where`). */
export function selectPlaces(
  db: Database,
  { name, type }: { name: string; type?: ArtifactType | undefined },
  after: Buffer | null,
  limit: number,
): Array<{ json: string; uid: Buffer }> {
  const text = built(`places ${after !== null} ${shapeOf({ type })}`, () => {
    const query = withPlace(filtered({ type }))
      .select([
        'a.uid',
        sql<string>`json_object('id', ${ID}, 'name', a.name, 'type', a.type, 'scope', a.scope, 'host', a.host,
        'project', json(${PROJECT}), 'path', ${PATH}, 'deployedVersion', a.deployed_version,
        'isOutdated', ${flag('a.is_outdated')}, 'localModified', ${flag('a.local_modified')},
        'hash', lower(hex(a.hash)), 'updatedAt', a.modified_at)`.as('json'),
      ])
      .where('a.name', '=', param<string>('name'))
      .orderBy('a.uid')
      .limit(param<number>('limit'))
    return after ? query.where('a.uid', '>', param<Buffer>('after')) : query
  })
  return db.allSql(text, { ...valuesOf({ type }), name, after, limit })
}

/** How many places and how many different contents a name has. */
export function countPlaces(
  db: Database,
  { name, type }: { name: string; type?: ArtifactType | undefined },
): { total: number; variants: number } {
  const text = built(`count places ${shapeOf({ type })}`, () =>
    filtered({ type })
      .select((eb) => [
        eb.fn.countAll<number>().as('total'),
        eb.fn.count<number>('a.hash').distinct().as('variants'),
      ])
      .where('a.name', '=', param<string>('name')),
  )
  return db.getSql(text, { ...valuesOf({ type }), name }) ?? { total: 0, variants: 0 }
}

/** Whether an index finds the few rows that match, in another order than the one wanted. */
function isNarrow({ projectId, tag, outdated, modified }: ArtifactWhere): boolean {
  return projectId !== undefined || tag !== undefined || outdated === true || modified === true
}

function withItem(query: ReturnType<typeof filtered>) {
  return query.leftJoin('descriptions as m', 'm.id', 'a.description_id').select(ITEM_COLUMNS)
}

/** What `ROW` needs beside the artifact. */
function withRow(query: ReturnType<typeof filtered>) {
  return query
    .leftJoin('projects as p', 'p.id', 'a.project_id')
    .leftJoin('artifact_origins as o', 'o.artifact_id', 'a.id')
    .leftJoin('descriptions as m', 'm.id', 'a.description_id')
}

/** The unit and project of each artifact, for `PATH` and `PROJECT`. */
function withPlace(query: ReturnType<typeof filtered>) {
  return query
    .innerJoin('scan_units as u', 'u.id', 'a.unit_id')
    .leftJoin('projects as p', 'p.id', 'a.project_id')
}

/** What of a filter decides the text of the query: which parts there are, and the values that are written out. */
function shapeOf({ projectId, type, scope, tag, source, outdated, modified }: ArtifactWhere): string {
  const tagKind = tag === undefined ? '' : hasWords(tag) ? 'words' : 'signs'
  const scopeKind = scope === undefined ? '' : scope === 'project' ? 'project' : 'other'
  return `${projectId !== undefined} ${type !== undefined} ${scopeKind} ${tagKind} ${source !== undefined} ${outdated} ${modified}`
}

/** The values of a filter, by the names they have in `filtered`. */
function valuesOf({ projectId = 0, type = 'skill', scope = 'user', tag = '', source = '' }: ArtifactWhere) {
  return {
    projectId,
    type,
    scope,
    source: `%${escapeLike(source)}%`,
    tag: `%,${escapeLike(tag)},%`,
    tagPhrase: `tags:"${tag.replaceAll('"', '""').replaceAll('\0', ' ')}"`,
  }
}

function filtered({ projectId, type, scope, tag, source, outdated, modified }: ArtifactWhere) {
  let query = qb.selectFrom('artifacts as a')
  if (projectId !== undefined) query = query.where('a.project_id', '=', param<number>('projectId'))
  if (type !== undefined) query = query.where('a.type', '=', param<ArtifactType>('type'))
  if (scope !== undefined) query = query.where('a.scope', '=', param<ArtifactScope>('scope'))
  // Written out, not as parameters: only then may SQLite use the partial indexes.
  if (scope !== undefined && scope !== 'project') query = query.where(sql<SqlBool>`a.scope <> 'project'`)
  if (outdated !== undefined)
    query = query.where(sql<SqlBool>`a.is_outdated = ${sql.raw(outdated ? '1' : '0')}`)
  if (modified !== undefined)
    query = query.where(sql<SqlBool>`a.local_modified = ${sql.raw(modified ? '1' : '0')}`)
  if (source !== undefined) query = query.where(sql<SqlBool>`a.source LIKE :source ESCAPE '\\'`)
  if (tag !== undefined)
    query = query.where(sql<SqlBool>`a.id IN (${hasWords(tag) ? TAGGED_BY_WORDS : TAGGED})`)
  return query
}

/** Ids of artifacts with exactly one tag. The name index narrows them down, the text decides. */
const IS_TAGGED = sql`',' || t.tags || ',' LIKE :tag ESCAPE '\\'`
const TAGGED_BY_WORDS = sql`SELECT n.rowid FROM artifact_names n JOIN artifact_metadata t ON t.artifact_id = n.rowid
  WHERE artifact_names MATCH :tagPhrase AND ${IS_TAGGED}`
const TAGGED = sql`SELECT t.artifact_id FROM artifact_metadata t WHERE ${IS_TAGGED}`

/** The index knows words only; a tag without any, such as an emoji, is looked for in all texts. */
const hasWords = (tag: string): boolean => /[\p{L}\p{N}\p{Co}]/u.test(tag)

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&')
