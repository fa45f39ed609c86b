import { artifactStates, stateReasons } from '../../../protocol/artifact-states.ts'
import { SmdError } from '../../../protocol/errors.ts'
import type { ParsedParamsOf, ResultOf } from '../../../protocol/methods.ts'
import type { DaemonContext } from '../../context.ts'
import { packCursor, unpackCursor } from '../../kernel/db/cursor.ts'
import { describeDifference, differenceRank } from '../../kernel/version-compare.ts'
import { findProject, pathOf } from '../cache/index.ts'
import { isBehind } from './evaluate.ts'
import type { UpstreamFailure } from './source.ts'
import {
  countSources,
  countStates,
  type StateCount,
  type StatePage,
  type StatePosition,
  type StateRow,
  type StateWhere,
  selectOldestCheck,
  selectSourceIds,
  selectSources,
  selectStates,
} from './upstream-repo.ts'

type Outdated = ResultOf<'artifacts.outdated'>
type Failure = ResultOf<'upstream.sources'>['items'][number]['failure']

/** What went wrong with a source, for people. */
const failures: Readonly<Record<Exclude<UpstreamFailure, 'offline'>, string>> = {
  not_found: 'It does not exist, or only for those who may see it.',
  unauthorized: 'It lets nobody in without a token, or not with this one.',
  rate_limited: 'It has been asked too often.',
  timeout: 'It did not answer in time.',
  bad_answer: 'It answered something that makes no sense.',
  unsupported: 'It cannot be asked in any way that smd knows.',
}

/** One page of artifacts by their state; reads the cache only. Errors: `page.bad_cursor`, `project.not_found`, `project.ambiguous`. */
export function listOutdated(ctx: DaemonContext, params: ParsedParamsOf<'artifacts.outdated'>): Outdated {
  const { limit, cursor, offset, sort, descending, project, states, type, names } = params
  const where: StateWhere = {
    type,
    names,
    projectId: project === undefined ? undefined : findProject(ctx.db, project).id,
  }
  const scope = JSON.stringify(['outdated', sort, descending, project, type, names, states])
  const wanted = { ...where, states }
  const page = { descending, offset, limit: limit + 1 }
  const rows =
    sort === 'difference'
      ? byDifference(ctx, wanted, { ...page, after: unpackCursor(scope, cursor) })
      : selectStates(ctx.db, wanted, { ...page, sort, after: readPosition(scope, cursor) })
  const shown = rows.slice(0, limit)
  const last = rows.length > limit ? shown.at(-1) : undefined
  const counts = countStates(ctx.db, where)
  ctx.memo.refresh()
  return {
    items: shown.map((row) => toItem(row, ctx)),
    total: counts.reduce((sum, each) => sum + (states.includes(each.state) ? each.count : 0), 0),
    nextCursor: last ? packCursor(scope, [last.value, last.uid.toString('hex')]) : null,
    states: Object.fromEntries(
      artifactStates.map((state) => [state, sumOf(counts, state)]),
    ) as Outdated['states'],
    unknown: counts
      .flatMap(({ state, reason, count }) =>
        state === 'unknown' && reason ? [{ code: reason, message: stateReasons[reason], count }] : [],
      )
      .sort((a, b) => b.count - a.count),
    oldestCheckAt: selectOldestCheck(ctx.db),
  }
}

/**
 * By the step of the version, which SQL cannot tell: all of them are read and sorted, so a position is a number of rows.
 * There are as many as are outdated.
 */
function byDifference(
  ctx: DaemonContext,
  where: Parameters<typeof selectStates>[1],
  {
    descending,
    offset,
    limit,
    after,
  }: Omit<StatePage, 'sort' | 'after'> & { after: (string | number)[] | null },
): StateRow[] {
  const sign = descending ? -1 : 1
  const everything = { sort: 'name', descending: false, after: null, offset: 0, limit: -1 } as const
  const from = Number(after?.[0] ?? 0) + offset
  return selectStates(ctx.db, where, everything)
    .map((row) => ({ row, rank: differenceRank(row.deployed_version, row.upstream_version) }))
    .toSorted((a, b) => sign * (a.rank - b.rank))
    .slice(from, from + limit)
    .map(({ row }, i) => ({ ...row, value: from + i + 1 }))
}

const sumOf = (counts: readonly StateCount[], state: StateCount['state']): number =>
  counts.reduce((sum, each) => sum + (each.state === state ? each.count : 0), 0)

function readPosition(scope: string, cursor: string | undefined): StatePosition | null {
  const position = unpackCursor(scope, cursor)
  if (!position) return null
  const [value, uid] = position
  if (value === undefined || typeof uid !== 'string') throw new SmdError('page.bad_cursor')
  return { value, uid: Buffer.from(uid, 'hex') }
}

function toItem(row: StateRow, { memo }: DaemonContext): Outdated['items'][number] {
  const reason = row.reason ?? (row.state === 'untracked' ? 'no_source' : null)
  return {
    id: `art_${row.uid.toString('hex')}`,
    name: row.name,
    type: row.type,
    scope: row.scope,
    project: row.project_id === null ? null : memo.project(row.project_id),
    path: pathOf(row, memo),
    source: row.source,
    deployedVersion: row.deployed_version,
    upstreamVersion: row.upstream_version,
    difference: isBehind(row.state) ? describeDifference(row.deployed_version, row.upstream_version) : null,
    state: row.state,
    reason: reason && { code: reason, message: stateReasons[reason] },
    checkedAt: row.checked_at,
    failure: toFailure(row),
  }
}

function toFailure({ error, retry_at: retryAt }: Pick<StateRow, 'error' | 'retry_at'>): Failure {
  if (error === null || retryAt === null) return null
  const code = error as keyof typeof failures
  return { code, message: failures[code], retryAt }
}

/** One page of sources by name. Errors: `page.bad_cursor`. */
export function listSources(
  ctx: DaemonContext,
  { limit, cursor }: ParsedParamsOf<'upstream.sources'>,
): ResultOf<'upstream.sources'> {
  const scope = 'sources'
  const rows = selectSources(ctx.db, String(unpackCursor(scope, cursor)?.[0] ?? ''), limit + 1)
  const shown = rows.slice(0, limit)
  const last = rows.length > limit ? shown.at(-1) : undefined
  return {
    items: shown.map((row) => ({
      name: row.key,
      kind: row.kind,
      artifactCount: row.artifacts,
      version: row.version,
      revision: row.revision,
      checkedAt: row.checked_at,
      changedAt: row.changed_at,
      failure: toFailure(row),
    })),
    total: countSources(ctx.db),
    nextCursor: last ? packCursor(scope, [last.key]) : null,
  }
}

/** Asks sources, all or those of one project. Errors: `project.not_found`, `project.ambiguous`. */
export async function checkSources(
  ctx: DaemonContext,
  { project, force, background }: ParsedParamsOf<'upstream.check'>,
): Promise<ResultOf<'upstream.check'>> {
  // Before the first scan nobody knows whom to ask
  await ctx.refresher.beforeRead()
  const id = project === undefined ? null : findProject(ctx.db, project).id
  const sourceIds = id === null ? null : selectSourceIds(ctx.db, id)
  const maxAgeMs = ctx.settings.current.upstream.interval_minutes * 60_000
  const run = ctx.upstream.run({ force, sourceIds, maxAgeMs })
  if (background) {
    run.catch((error) => ctx.log.error('upstream check failed', { error: String((error as Error).stack) }))
    return { result: null }
  }
  const { events: _, failed, ...counts } = await run
  return {
    result: {
      ...counts,
      failed: failed.map(({ source, reason, message, retryAt }) => ({
        source,
        code: reason,
        message,
        retryAt,
      })),
    },
  }
}
