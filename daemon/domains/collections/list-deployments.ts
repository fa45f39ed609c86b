import type { DeploymentState } from '../../../protocol/artifact-states.ts'
import type { ParsedParamsOf, ResultOf } from '../../../protocol/methods.ts'
import type { DaemonContext } from '../../context.ts'
import { nextTurn } from '../../kernel/rpc/turn.ts'
import { findProject, unknownHash } from '../cache/index.ts'
import {
  type DeploymentRow,
  selectCollectionHashes,
  selectDeployments,
  selectProjectsOfUnits,
  selectUntracked,
  type UntrackedRow,
} from './deployments-repo.ts'

type Params = ParsedParamsOf<'deployments.list'>
type Result = ResultOf<'deployments.list'>
type Item = Result['items'][number]
/** A row, which becomes an item only for the page it is on. */
type Placed = {
  row: DeploymentRow | UntrackedRow
  state: DeploymentState
  projectId: number | null
}

/** Of what is there and could not be read. */
const unknown = Buffer.from(unknownHash, 'hex')

/** Rows read at a time: about 5 ms. */
const SLICE = 2_000

/**
 * What is deployed where, with its state, from the cache alone. Made out once for each state of the cache; a page of it
 * takes no time.
 *
 * Errors: `project.not_found`, `project.ambiguous`.
 */
export async function listDeployments(ctx: DaemonContext, params: Params): Promise<Result> {
  const all = [...(await ctx.memo.made('deployments', () => loadDeployments(ctx)))]
  // What no record names is asked for by its state: there may be ten times as much of it.
  if (params.state === 'untracked') all.push(...(await ctx.memo.made('untracked', () => loadUntracked(ctx))))
  const projectId = params.project === undefined ? undefined : findProject(ctx.db, params.project).id
  const found = all.filter((placed) => isWanted(placed, params, projectId))
  const states: Result['states'] = {}
  for (const { state } of found) states[state] = (states[state] ?? 0) + 1
  const rows = found.filter(({ state }) => params.state === undefined || state === params.state)
  const { offset, limit } = params
  const items = rows.slice(offset, offset + limit).map((placed) => toItem(placed, ctx.memo))
  return { items, total: rows.length, states }
}

function isWanted(
  { row, projectId }: Placed,
  { collection, type, name, profile }: Params,
  wanted: number | undefined,
): boolean {
  const record = 'hash' in row ? row : null
  return (
    (wanted === undefined || projectId === wanted) &&
    (collection === undefined || record?.collection === collection) &&
    (type === undefined || row.type === type) &&
    (name === undefined || row.name === name) &&
    (profile === undefined || record?.profile === profile)
  )
}

async function loadDeployments({ db }: DaemonContext): Promise<Placed[]> {
  const collections = selectCollectionHashes(db)
  const projects = selectProjectsOfUnits(db)
  const placed: Placed[] = []
  for (let after = 0; ; await nextTurn()) {
    const rows = selectDeployments(db, after, SLICE)
    for (const row of rows) {
      const current = collections.get(`${row.collection}/${row.name}::${row.type}`) ?? null
      placed.push({ row, state: stateOf(row, current), projectId: projects.get(row.unit_id) ?? null })
    }
    after = rows.at(-1)?.id ?? 0
    if (rows.length < SLICE) return placed
  }
}

/**
 * With B the record's hash, C the collection's and P that of what is there (formats spec section 12): modified is P != B,
 * outdated is C != B; where P = C there is nothing to do either way.
 */
function stateOf({ hash, here, uid }: DeploymentRow, current: Buffer | null): DeploymentState {
  if (here === null) return uid === null ? 'missing' : 'unknown'
  if (here.equals(unknown)) return 'unknown'
  if (current !== null && here.equals(current)) return 'current'
  const isModified = !here.equals(hash)
  const isOutdated = current !== null && !current.equals(hash)
  if (isModified) return isOutdated ? 'diverged' : 'modified'
  return isOutdated ? 'outdated' : 'current'
}

async function loadUntracked({ db }: DaemonContext): Promise<Placed[]> {
  const placed: Placed[] = []
  for (let after = 0; ; await nextTurn()) {
    const rows = selectUntracked(db, after, SLICE)
    for (const row of rows) placed.push({ row, state: 'untracked', projectId: row.project_id })
    after = rows.at(-1)?.id ?? 0
    if (rows.length < SLICE) return placed
  }
}

function toItem({ row, state, projectId }: Placed, memo: DaemonContext['memo']): Item {
  const record = 'hash' in row ? row : null
  const { name, type, path, uid } = row
  return {
    name,
    type,
    collection: record?.collection ?? null,
    profile: record?.profile ?? null,
    project: projectId === null ? null : memo.project(projectId),
    path: path.startsWith('/') ? path : `${memo.unitPath(row.unit_id)}/${path}`,
    state,
    artifactId: uid === null ? null : `art_${uid.toString('hex')}`,
    hash: record?.hash.toString('hex') ?? null,
    deployedAt: record?.deployed_at ?? null,
  }
}
