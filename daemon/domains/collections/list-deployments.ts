import type { DeploymentState } from '../../../protocol/artifact-states.ts'
import type { ParsedParamsOf, ResultOf } from '../../../protocol/methods.ts'
import type { DaemonContext } from '../../context.ts'
import { nextTurn } from '../../kernel/rpc/turn.ts'
import { findProject } from '../cache/index.ts'
import {
  type DeploymentRow,
  selectCollectionHashes,
  selectDeployments,
  selectUntracked,
  type UntrackedRow,
} from './deployments-repo.ts'

type Params = ParsedParamsOf<'deployments.list'>
type Result = ResultOf<'deployments.list'>
type Item = Result['items'][number]
type Placed = { item: Item; projectId: number | null }

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
  for (const { item } of found) states[item.state] = (states[item.state] ?? 0) + 1
  const items = found.filter(({ item }) => params.state === undefined || item.state === params.state)
  const { offset, limit } = params
  return { items: items.slice(offset, offset + limit).map(({ item }) => item), total: items.length, states }
}

function isWanted(
  { item, projectId }: Placed,
  { collection, type, name, profile }: Params,
  wanted: number | undefined,
): boolean {
  return (
    (wanted === undefined || projectId === wanted) &&
    (collection === undefined || item.collection === collection) &&
    (type === undefined || item.type === type) &&
    (name === undefined || item.name === name) &&
    (profile === undefined || item.profile === profile)
  )
}

async function loadDeployments({ db, memo }: DaemonContext): Promise<Placed[]> {
  const collections = selectCollectionHashes(db)
  const placed: Placed[] = []
  for (let after = 0; ; await nextTurn()) {
    const rows = selectDeployments(db, after, SLICE)
    for (const row of rows) {
      const project = row.project_id === null ? null : memo.project(row.project_id)
      placed.push({ item: toItem(row, project, collections), projectId: row.project_id })
    }
    after = rows.at(-1)?.id ?? 0
    if (rows.length < SLICE) return placed
  }
}

function toItem(
  row: DeploymentRow,
  project: Item['project'],
  collections: ReadonlyMap<string, string>,
): Item {
  const { name, type, collection, profile, path, base } = row
  return {
    name,
    type,
    collection,
    profile,
    project,
    path: path.startsWith('/') ? path : `${row.unit_path}/${path}`,
    state: stateOf(row, collections.get(`${collection}/${name}::${type}`) ?? null),
    artifactId: row.artifact_uid ? `art_${row.artifact_uid}` : null,
    hash: base,
    deployedAt: row.deployed_at,
  }
}

/**
 * With B the record's hash, C the collection's and P that of what is there (formats spec section 12): modified is P != B,
 * outdated is C != B; where P = C there is nothing to do either way.
 */
function stateOf({ base, here, is_there }: DeploymentRow, current: string | null): DeploymentState {
  if (is_there === 0) return 'missing'
  if (here === null || here === '') return 'unknown'
  if (here === current) return 'current'
  const isModified = here !== base
  const isOutdated = current !== null && current !== base
  if (isModified) return isOutdated ? 'diverged' : 'modified'
  return isOutdated ? 'outdated' : 'current'
}

async function loadUntracked({ db, memo }: DaemonContext): Promise<Placed[]> {
  const placed: Placed[] = []
  for (let after = 0; ; await nextTurn()) {
    const rows = selectUntracked(db, after, SLICE)
    for (const row of rows) {
      const project = row.project_id === null ? null : memo.project(row.project_id)
      placed.push({ item: untracked(row, project), projectId: row.project_id })
    }
    after = rows.at(-1)?.id ?? 0
    if (rows.length < SLICE) return placed
  }
}

const untracked = (
  { uid, name, type, path, unit_path: unit }: UntrackedRow,
  project: Item['project'],
): Item => ({
  name,
  type,
  collection: null,
  profile: null,
  project,
  path: path.startsWith('/') ? path : `${unit}/${path}`,
  state: 'untracked',
  artifactId: `art_${uid}`,
  hash: null,
  deployedAt: null,
})
