import { stateReasons } from '../../../protocol/artifact-states.ts'
import { SmdError } from '../../../protocol/errors.ts'
import type { ParsedParamsOf, ResultOf } from '../../../protocol/methods.ts'
import type { DaemonContext } from '../../context.ts'
import { packCursor, unpackCursor } from '../../kernel/db/cursor.ts'
import { RawJson } from '../../kernel/rpc/raw-json.ts'
import { toItem } from './artifact-item.ts'
import { type Part, page, toWhere } from './artifact-pages.ts'
import { completeNames, searchArtifacts } from './artifact-search.ts'
import { standingOf } from './artifact-state.ts'
import {
  type ArtifactCandidate,
  type ArtifactPosition,
  type ArtifactWhere,
  countPlaces,
  selectArtifacts,
  selectCandidates,
  selectDetail,
  selectItem,
  selectItems,
  selectPlaces,
} from './artifacts-repo.ts'
import { byEffect } from './effect.ts'
import { uidOf } from './ids.ts'

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

/** Names compare without case; when one is spelt exactly as asked, the others are not meant. */
function preferExactCase(name: string, candidates: ArtifactCandidate[]): ArtifactCandidate[] {
  const exact = candidates.filter((candidate) => candidate.name === name)
  return exact.length > 0 ? exact : candidates
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
