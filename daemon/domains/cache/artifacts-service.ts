import { artifactColumns } from '../../../protocol/domains/artifacts.ts'
import { SmdError } from '../../../protocol/errors.ts'
import type { ParsedParamsOf, ResultOf } from '../../../protocol/methods.ts'
import type { ArtifactScope, ArtifactType } from '../../../protocol/vocabulary.ts'
import type { DaemonContext } from '../../context.ts'
import { packCursor, unpackCursor } from '../../kernel/db/cursor.ts'
import { RawJson } from '../../kernel/rpc/raw-json.ts'
import { completeNames, searchArtifacts } from './artifact-search.ts'
import {
  type ArtifactCandidate,
  type ArtifactPosition,
  type ArtifactSort,
  type ArtifactWhere,
  countArtifacts,
  countPlaces,
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
  return page(ctx, { filter, sort, limit, cursor, form: 'item', head: '{"items":[' })
}

/** One page of artifacts as rows, by name; the same errors. */
export function tableOfArtifacts(ctx: DaemonContext, params: ParsedParamsOf<'artifacts.table'>): RawJson {
  const { limit, cursor, ...filter } = params
  const head = `{"columns":${JSON.stringify(artifactColumns)},"rows":[`
  return page(ctx, { filter, sort: 'name', limit, cursor, form: 'row', head })
}

type Page = {
  filter: Filter
  sort: ArtifactSort
  limit: number
  cursor: string | undefined
  form: 'item' | 'row'
  head: string
}

/** Short pages are one text; long ones come in parts, so that nobody else waits for them. */
function page(ctx: DaemonContext, { filter, sort, limit, cursor, form, head }: Page): RawJson {
  const where = toWhere(ctx, filter)
  const scope = JSON.stringify([sort, form, filter])
  const start = readPosition(scope, cursor)
  const total = ctx.usage.counted(scope, () => countArtifacts(ctx.db, where))
  const parts = function* (): Generator<string> {
    let after = start
    let left = limit
    let more = true
    let text = head
    let separator = ''
    while (left > 0 && more) {
      const size = Math.min(left, PART)
      const rows = selectArtifacts(ctx.db, where, { sort, after, limit: size + 1, form })
      more = rows.length > size
      const shown = more ? rows.slice(0, size) : rows
      left -= size
      const last = shown.at(-1)
      if (last) {
        text += separator + shown.map((row) => row.json).join(',')
        separator = ','
        after = { value: last.value, uid: last.uid }
      }
      if (left > 0 && more) {
        yield text
        text = ''
      }
    }
    const next = more && after ? packCursor(scope, [after.value, after.uid.toString('hex')]) : null
    yield `${text}],"total":${total},"nextCursor":${JSON.stringify(next)}}`
  }
  return new RawJson(limit > PART ? parts() : [...parts()].join(''))
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
export function search(ctx: DaemonContext, params: ParsedParamsOf<'artifacts.search'>): RawJson {
  const { query, limit, offset, sort, ...filter } = params
  const found = searchArtifacts(ctx.db, { query, filters: toWhere(ctx, filter), limit, offset, sort })
  const items = selectItems(
    ctx.db,
    found.hits.map((hit) => hit.id),
  )
  const scored = items.map(
    (json, i) => `${json.slice(0, -1)},"score":${JSON.stringify(found.hits[i]?.score ?? 0)}}`,
  )
  const { total, totalIsExact, correctedQuery } = found
  return new RawJson(
    `{"items":[${scored.join(',')}],"total":${total},"totalIsExact":${totalIsExact},"correctedQuery":${JSON.stringify(correctedQuery)}}`,
  )
}

export function complete(
  ctx: DaemonContext,
  { prefix, type, limit }: ParsedParamsOf<'artifacts.complete'>,
): ResultOf<'artifacts.complete'> {
  return { items: completeNames(ctx.db, prefix, type, limit) }
}

/** One artifact by id. Errors: `artifact.not_found`. */
export function getArtifact(ctx: DaemonContext, { id }: ParsedParamsOf<'artifacts.get'>): RawJson {
  const uid = uidOf('art', id)
  const item = uid && selectItem(ctx.db, uid)
  if (!item) throw new SmdError('artifact.not_found', { name: id })
  return new RawJson(item)
}

/**
 * One artifact by name or id. Of several places the one in effect is shown, by the host's rules (ecosystem spec 2.4).
 * Errors: `artifact.not_found`; `artifact.ambiguous` when the name stands for several types and none was asked for.
 */
export function showArtifact(ctx: DaemonContext, params: ParsedParamsOf<'artifacts.show'>): RawJson {
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
  const extra = {
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
  }
  const [item] = selectItems(ctx.db, [chosen.id])
  return new RawJson(`${item?.slice(0, -1)},${JSON.stringify(extra).slice(1)}`)
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
  return new RawJson(
    `{"items":[${shown.map((row) => row.json).join(',')}],"total":${total},"nextCursor":${JSON.stringify(next)},"variants":${variants}}`,
  )
}

/** Checks files against a host's rules; reads the disk in a thread of its own. */
export async function validateArtifacts(
  ctx: DaemonContext,
  { path, profile }: ParsedParamsOf<'artifacts.validate'>,
): Promise<ResultOf<'artifacts.validate'>> {
  const items = await ctx.engine.validate(path, profile)
  return { items, total: items.length, failed: items.filter((item) => !item.ok).length }
}
