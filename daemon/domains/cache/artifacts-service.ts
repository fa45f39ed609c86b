import { type ArtifactState, type StateReason, stateReasons } from '../../../protocol/artifact-states.ts'
import { artifactColumns } from '../../../protocol/domains/artifacts.ts'
import { SmdError } from '../../../protocol/errors.ts'
import type { ParsedParamsOf, ResultOf } from '../../../protocol/methods.ts'
import type { ArtifactScope, ArtifactType } from '../../../protocol/vocabulary.ts'
import type { DaemonContext } from '../../context.ts'
import { packCursor, unpackCursor } from '../../kernel/db/cursor.ts'
import { RawJson } from '../../kernel/rpc/raw-json.ts'
import { toItem } from './artifact-item.ts'
import { completeNames, searchArtifacts } from './artifact-search.ts'
import {
  type ArtifactCandidate,
  type ArtifactDetail,
  type ArtifactPosition,
  type ArtifactWhere,
  countArtifacts,
  countPlaces,
  selectArtifactRows,
  selectArtifacts,
  selectCandidates,
  selectDetail,
  selectItem,
  selectItems,
  selectPlaces,
} from './artifacts-repo.ts'
import { uidOf } from './ids.ts'
import { findProject } from './project-ref.ts'

/** Rows per part of a long reply; a part takes the daemon's thread for about 2 ms. */
const PART = 200

type Filter = Omit<ParsedParamsOf<'artifacts.table'>, 'limit' | 'cursor'>

/** One page of artifacts as objects. Errors: `page.bad_cursor`, `project.not_found`, `project.ambiguous`. */
export function listArtifacts(ctx: DaemonContext, params: ParsedParamsOf<'artifacts.list'>): RawJson {
  const { limit, cursor, sort, ...filter } = params
  const take = (where: ArtifactWhere, after: ArtifactPosition | null, size: number): Part => {
    const rows = selectArtifacts(ctx.db, where, { sort, after, limit: size + 1 })
    const shown = rows.slice(0, size)
    const last = rows.length > size ? shown.at(-1) : undefined
    const value = last && (sort === 'name' ? last.name : last.modified_at)
    return {
      rows: shown.map((row) => JSON.stringify(toItem(row, ctx.memo))),
      next: last && value !== undefined ? { value, uid: last.uid } : null,
    }
  }
  return page(ctx, { filter, scope: [sort, 'item', filter], limit, cursor, head: '{"items":[', take })
}

/** One page of artifacts as rows, by name; the same errors. */
export function tableOfArtifacts(ctx: DaemonContext, params: ParsedParamsOf<'artifacts.table'>): RawJson {
  const { limit, cursor, ...filter } = params
  const head = `{"columns":${JSON.stringify(artifactColumns)},"rows":[`
  const take = (where: ArtifactWhere, after: ArtifactPosition | null, size: number): Part => {
    const rows = selectArtifactRows(ctx.db, where, { after, limit: size + 1 }) ?? ''
    return cutRows(rows, size)
  }
  return page(ctx, { filter, scope: ['name', 'row', filter], limit, cursor, head, take })
}

/** At most `size` rows out of a text of at most one more; where there is one more, the place of the last that is left. */
function cutRows(rows: string, size: number): Part {
  // A quote inside of a value has a backslash before it, so this is nowhere but at the beginning of a row.
  const starts = rows.split(ROW_START).length - 1
  if (starts <= size) return { rows: starts === 0 ? [] : [rows], next: null }
  const cut = rows.slice(0, rows.lastIndexOf(ROW_START) - 1)
  const [id, name] = JSON.parse(cut.slice(cut.lastIndexOf(ROW_START))) as [string, string]
  return { rows: [cut], next: { value: name, uid: id.slice('art_'.length) } }
}

const ROW_START = '["art_'

/** Some rows as JSON, one or several to a text, and where the next ones follow; null when there are none. */
type Part = { rows: string[]; next: { value: string | number; uid: string } | null }

type Page = {
  filter: Filter
  /** What a cursor belongs to. */
  scope: unknown[]
  limit: number
  cursor: string | undefined
  head: string
  take(where: ArtifactWhere, after: ArtifactPosition | null, size: number): Part
}

/** Short pages are one text; long ones come in parts, so that nobody else waits for them. */
function page(ctx: DaemonContext, { filter, scope: parts, limit, cursor, head, take }: Page): RawJson {
  const where = toWhere(ctx, filter)
  const scope = JSON.stringify(parts)
  const start = readPosition(scope, cursor)
  ctx.memo.refresh()
  const total = ctx.memo.counted(scope, () => countArtifacts(ctx.db, where))
  const texts = function* (): Generator<string> {
    let after = start
    let left = limit
    let before = head
    for (;;) {
      const { rows, next } = take(where, after, Math.min(left, PART))
      left -= PART
      for (const row of rows) {
        yield before + row
        before = ','
      }
      if (left <= 0 || next === null) {
        const nextCursor = next && packCursor(scope, [next.value, next.uid])
        const end = `],"total":${total},"nextCursor":${JSON.stringify(nextCursor)}}`
        return yield before === head ? head + end : end
      }
      after = { value: next.value, uid: Buffer.from(next.uid, 'hex') }
      ctx.memo.refresh()
    }
  }
  // What is made at once can still fail with a reason; what takes long is made while it is sent.
  return new RawJson(limit > PART ? texts() : [...texts()])
}

function readPosition(scope: string, cursor: string | undefined): ArtifactPosition | null {
  const position = unpackCursor(scope, cursor)
  if (!position) return null
  const [value, uid] = position
  if (value === undefined || typeof uid !== 'string') throw new SmdError('page.bad_cursor')
  return { value, uid: Buffer.from(uid, 'hex') }
}

function toWhere(ctx: DaemonContext, { project, ...rest }: Filter): ArtifactWhere {
  return project === undefined ? rest : { ...rest, projectId: findProject(ctx.db, project).id }
}

/** Ranked search; see artifact-search.ts for what counts as a hit. */
export function search(
  ctx: DaemonContext,
  params: ParsedParamsOf<'artifacts.search'>,
): ResultOf<'artifacts.search'> {
  const { query, limit, offset, sort, ...filter } = params
  const { hits, total, totalIsExact, correctedQuery } = searchArtifacts(ctx.db, {
    query,
    filters: toWhere(ctx, filter),
    limit,
    offset,
    sort,
  })
  const scores = new Map(hits.map(({ id, score }) => [id, score]))
  const rows = selectItems(ctx.db, [...scores.keys()])
  ctx.memo.refresh()
  const items = rows.map((row) => ({ ...toItem(row, ctx.memo), score: scores.get(row.id) ?? 0 }))
  return { items, total, totalIsExact, correctedQuery }
}

export function complete(
  ctx: DaemonContext,
  { prefix, type, limit }: ParsedParamsOf<'artifacts.complete'>,
): ResultOf<'artifacts.complete'> {
  return { items: completeNames(ctx.db, prefix, type, limit) }
}

/** One artifact by id. Errors: `artifact.not_found`. */
export function getArtifact(
  ctx: DaemonContext,
  { id }: ParsedParamsOf<'artifacts.get'>,
): ResultOf<'artifacts.get'> {
  const uid = uidOf('art', id)
  const row = uid && selectItem(ctx.db, uid)
  if (!row) throw new SmdError('artifact.not_found', { name: id })
  ctx.memo.refresh()
  return toItem(row, ctx.memo)
}

/**
 * One artifact by name or id. Of several places the one in effect is shown, by the host's rules (ecosystem spec 2.4).
 * Errors: `artifact.not_found`; `artifact.ambiguous` when the name stands for several types and none was asked for.
 */
export function showArtifact(
  ctx: DaemonContext,
  params: ParsedParamsOf<'artifacts.show'>,
): ResultOf<'artifacts.show'> {
  const { name, type, scope, project } = params
  const uid = uidOf('art', name)
  const where = toWhere(ctx, { type, scope, project })
  const found = selectCandidates(ctx.db, uid ? { uid } : { name }, where)
  const candidates = preferExactCase(name, found)
  const chosen = candidates.toSorted(byEffect)[0]
  if (!chosen) throw new SmdError('artifact.not_found', { name })
  const types = [...new Set(candidates.map((candidate) => candidate.type))]
  if (types.length > 1) throw new SmdError('artifact.ambiguous', { name, candidates: types })
  const isAll = !uid && scope === undefined && project === undefined
  const copies = isAll ? found : selectCandidates(ctx.db, { name: chosen.name }, { type: chosen.type })
  const others = copies.filter((copy) => copy.id !== chosen.id && copy.type === chosen.type)
  const detail = selectDetail(ctx.db, chosen.id)
  const [row] = selectItems(ctx.db, [chosen.id])
  if (!row) throw new SmdError('artifact.not_found', { name })
  const { state, reason } = standingOf(chosen.scope, detail)
  ctx.memo.refresh()
  return {
    ...toItem(row, ctx.memo),
    title: detail?.title ?? null,
    host: chosen.host,
    fragment: detail?.fragment || null,
    metadata: JSON.parse(detail?.metadata ?? '{}'),
    aliases: detail?.aliases?.split(',') ?? [],
    alsoIn: others.slice(0, 100).map((copy) => ({
      id: `art_${copy.uid.toString('hex')}`,
      scope: copy.scope,
      project: copy.project_name,
      path: copy.path,
      same: copy.hash !== null && chosen.hash !== null && copy.hash.equals(chosen.hash),
    })),
    alsoInTotal: others.length,
    state,
    stateReason: reason && { code: reason, message: stateReasons[reason] },
    upstreamCheckedAt: detail?.checked_at ?? null,
  }
}

/** What a plugin brings along has no origin of its own. */
function standingOf(
  scope: ArtifactScope,
  detail: Pick<ArtifactDetail, 'state' | 'reason'> | undefined,
): { state: ArtifactState; reason: StateReason | null } {
  if (detail?.state != null) return { state: detail.state, reason: detail.reason }
  return scope === 'plugin'
    ? { state: 'unknown', reason: 'part_of_plugin' }
    : { state: 'untracked', reason: 'no_source' }
}

/** Names compare without case; when one is spelt exactly as asked, the others are not meant. */
function preferExactCase(name: string, candidates: ArtifactCandidate[]): ArtifactCandidate[] {
  const exact = candidates.filter((candidate) => candidate.name === name)
  return exact.length > 0 ? exact : candidates
}

const SKILL_ORDER: ArtifactScope[] = ['managed', 'user', 'project', 'local', 'plugin', 'collection']
const AGENT_ORDER: ArtifactScope[] = ['managed', 'project', 'local', 'user', 'plugin', 'collection']
const SERVER_ORDER: ArtifactScope[] = ['managed', 'local', 'project', 'user', 'plugin', 'collection']
const ORDER: Partial<Record<ArtifactType, ArtifactScope[]>> = {
  agent: AGENT_ORDER,
  workflow: AGENT_ORDER,
  mcp: SERVER_ORDER,
}

/** Which of two places of one name the host uses; among equals Claude Code's own folder, then the path. */
function byEffect(a: ArtifactCandidate, b: ArtifactCandidate): number {
  const order = ORDER[a.type] ?? SKILL_ORDER
  return (
    order.indexOf(a.scope) - order.indexOf(b.scope) ||
    Number(b.host === 'claude-code') - Number(a.host === 'claude-code') ||
    (a.path < b.path ? -1 : 1)
  )
}

/** Every place of a name. Errors: `artifact.not_found`, `page.bad_cursor`. */
export function whereArtifact(ctx: DaemonContext, params: ParsedParamsOf<'artifacts.where'>): RawJson {
  const { limit, cursor, ...which } = params
  const scope = JSON.stringify(['where', which])
  const position = unpackCursor(scope, cursor)
  const { total, variants } = countPlaces(ctx.db, which)
  if (total === 0) throw new SmdError('artifact.not_found', { name: which.name })
  const rows = selectPlaces(
    ctx.db,
    which,
    position ? Buffer.from(String(position[0]), 'hex') : null,
    limit + 1,
  )
  const shown = rows.slice(0, limit)
  const last = rows.length > limit ? shown.at(-1) : undefined
  const next = last ? packCursor(scope, [last.uid.toString('hex')]) : null
  const items = shown.map((row) => row.json).join(',')
  return new RawJson([
    `{"items":[${items}],"total":${total},"nextCursor":${JSON.stringify(next)},"variants":${variants}}`,
  ])
}

/** Checks files against a host's rules; reads the disk in another process. */
export async function validateArtifacts(
  ctx: DaemonContext,
  { path, profile }: ParsedParamsOf<'artifacts.validate'>,
): Promise<ResultOf<'artifacts.validate'>> {
  const items = await ctx.engine.validate(path, profile)
  return { items, total: items.length, failed: items.filter((item) => !item.ok).length }
}
