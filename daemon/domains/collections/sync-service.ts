import { realpathSync } from 'node:fs'
import type { ParsedParamsOf, ResultOf } from '../../../protocol/methods.ts'
import { type Drift, drifts, recommendations } from '../../../protocol/sync-words.ts'
import type { DaemonContext } from '../../context.ts'
import type { RequestContext } from '../../kernel/rpc/request.ts'
import { findProject, projectId } from '../cache/index.ts'
import { doWork } from './do-work.ts'
import { noteSync, noteUpdate } from './noted.ts'
import {
  hasUserDeployments,
  selectDeployedElsewhere,
  selectProjectsWithDeployments,
  selectUntracked,
} from './sync-repo.ts'
import { touched } from './touched.ts'
import type { WorkResult } from './work/index.ts'

type Checked = ResultOf<'sync.check'>['items'][number]

/**
 * How a project stands to the collections it has something from: deployed copies as they lie on the disk now, what only
 * other projects have, and what nobody deployed, as the cache knows them.
 * Errors: `project.not_found`, `project.ambiguous`, `sync.collection_unknown`, `sync.bad_records`.
 */
export async function checkSync(
  ctx: DaemonContext,
  { project: ref, collection }: ParsedParamsOf<'sync.check'>,
): Promise<ResultOf<'sync.check'>> {
  await ctx.refresher.beforeRead()
  const place = placeOf(ctx, ref)
  const { items: deployed, warnings } = await doWork(ctx, 'checkSync', { project: place.path, collection })
  const known = new Set(deployed.map(({ collection: from, name, type }) => `${from}/${name}::${type}`))
  const added = selectDeployedElsewhere(ctx.db, place.projectId)
    .filter((key) => !known.has(key) && (collection === undefined || key.startsWith(`${collection}/`)))
    .flatMap((key) => toAdded(key, place.path))
  const untracked = collection === undefined ? selectUntracked(ctx.db, place.projectId).map(toUntracked) : []
  const items = [...deployed, ...added, ...untracked]
  const counts = Object.fromEntries(drifts.map((drift) => [drift, 0])) as Record<Drift, number>
  for (const { drift } of items) counts[drift]++
  return {
    project: { id: place.id, name: place.name, path: place.path },
    items,
    counts,
    warnings,
    checkedAt: ctx.now(),
  }
}

type Place = {
  id: string | null
  name: string
  path: string /** Null outside of projects. */
  projectId: number | null
}

/** The project that is meant; the home folder stands for what is deployed for all projects. */
function placeOf(ctx: DaemonContext, ref: string): Place {
  const user = userPlace(ctx)
  if (ref === user.path || ref === ctx.folders.home) return user
  const { id, uid, name, path } = findProject(ctx.db, ref)
  return { id: projectId(uid), name, path, projectId: id }
}

function userPlace({ folders }: DaemonContext): Place {
  return { id: null, name: 'user', path: realpathSync(folders.home), projectId: null }
}

function toAdded(key: string, project: string): Checked[] {
  const [, collection, name, type] = /^([^/]*)\/(.*)::([^:]*)$/s.exec(key) ?? []
  if (collection === undefined || name === undefined || type === undefined) return []
  return [{ ...noCopies('added'), name, type, collection, profile: 'claude_code', path: project }]
}

const toUntracked = (row: ReturnType<typeof selectUntracked>[number]): Checked => ({
  ...noCopies('untracked'),
  name: row.name,
  type: row.type,
  collection: '',
  profile: row.host,
  path: row.path,
  projectHash: row.hash === '' ? null : row.hash,
})

const noCopies = (drift: Drift): Omit<Checked, 'name' | 'type' | 'collection' | 'profile' | 'path'> => ({
  drift,
  recommendation: recommendations[drift],
  baseHash: null,
  collectionHash: null,
  projectHash: null,
  hasBase: false,
  problem: null,
})

/** What a pull or push would do; reads files and changes none. Errors: those of the method. */
export async function previewSync(
  ctx: DaemonContext,
  params: ParsedParamsOf<'sync.preview'>,
): Promise<ResultOf<'sync.preview'>> {
  await ctx.refresher.beforeRead()
  const { path } = placeOf(ctx, params.project)
  return { operations: [], ...(await doWork(ctx, 'previewSync', { ...params, project: path })) }
}

/** Takes a project's edits into its collections. Errors: those of the method. */
export async function pullSync(
  ctx: DaemonContext,
  params: ParsedParamsOf<'sync.pull'>,
): Promise<ResultOf<'sync.pull'>> {
  await ctx.refresher.beforeRead()
  const { path } = placeOf(ctx, params.project)
  return answered(ctx, 'pull', params, await doWork(ctx, 'pullSync', { ...params, project: path }))
}

/** Brings projects up to their collections. Errors: those of the method. */
export async function pushSync(
  ctx: DaemonContext,
  params: ParsedParamsOf<'sync.push'>,
): Promise<ResultOf<'sync.push'>> {
  await ctx.refresher.beforeRead()
  const chosen = params.projects?.map((ref) => placeOf(ctx, ref).path)
  const projects = [...new Set(chosen ?? placesWithDeployments(ctx))]
  const more = { projects, mayLack: false, isChosen: chosen !== undefined }
  return answered(ctx, 'push', params, await doWork(ctx, 'pushSync', { ...params, ...more }))
}

const placesWithDeployments = (ctx: DaemonContext): string[] => [
  ...selectProjectsWithDeployments(ctx.db),
  ...(hasUserDeployments(ctx.db) ? [userPlace(ctx).path] : []),
]

/**
 * Brings a collection up to its sources, and, if that is wanted, the projects that have what changed up to the collection.
 * Errors: those of the method.
 */
export async function updateCollection(
  ctx: DaemonContext,
  { push: isPushed, ...params }: ParsedParamsOf<'collections.update'>,
): Promise<ResultOf<'collections.update'>> {
  // As of now: what was updated is read again, and then nobody knows of deployments whose records are broken by now.
  if (isPushed) await ctx.refresher.beforeRead()
  const projects = isPushed ? placesWithDeployments(ctx) : []
  const { operations, items, folder, collection } = await doWork(ctx, 'updateCollection', params)
  if (operations.length > 0) await touched(ctx, { paths: [folder] })
  if (!params.dryRun) noteUpdate(ctx, params.strategy, { items, collection })
  const artifacts = items.flatMap(({ name, type, action }) =>
    action === 'copy' || action === 'merge' ? [`${type}:${name}`] : [],
  )
  if (!isPushed || params.dryRun || artifacts.length === 0)
    return { operations, collection, items, pushed: [], warnings: [] }
  const options = { artifacts, collection, strategy: 'merge', conflicts: 'stop', dryRun: false } as const
  // What was updated is mostly not deployed to each of them.
  const more = { projects, mayLack: true, isChosen: false }
  const pushed = await answered(ctx, 'push', options, await doWork(ctx, 'pushSync', { ...options, ...more }))
  return {
    operations: [...operations, ...pushed.operations],
    collection,
    items,
    pushed: pushed.items,
    warnings: pushed.warnings,
  }
}

/** What changed is read again before anybody is told that it did (CACHE-4.3). */
async function answered(
  ctx: DaemonContext,
  direction: 'pull' | 'push',
  { dryRun }: { dryRun: boolean },
  { operations, items, warnings, touched: paths }: WorkResult<'pullSync'>,
): Promise<ResultOf<'sync.pull'>> {
  if (paths.length > 0) await touched(ctx, { paths })
  if (!dryRun) noteSync(ctx, direction, { items })
  return { operations, items, warnings }
}

/**
 * What differs between any two files or folders; for those who may read everything anyway. Errors: `artifact.unreadable`;
 * the reason of `signal`.
 */
export async function diffPaths(
  { engine, settings }: DaemonContext,
  { left, right, context, ignore }: ParsedParamsOf<'diff.paths'>,
  { signal }: Pick<RequestContext, 'signal'>,
): Promise<ResultOf<'diff.paths'>> {
  const { net, scan } = settings.current
  return engine.diff(
    {
      name: left,
      left: { kind: 'disk', path: left, part: null },
      right: { kind: 'disk', path: right, part: null },
      context,
      ignore,
      limits: {
        maxArtifactBytes: scan.max_artifact_mb * 1_000_000,
        maxArtifactFiles: scan.max_artifact_files,
      },
      net: { offline: net.offline, timeoutMs: net.timeout_seconds * 1_000 },
    },
    signal,
  )
}

/** What a merge of any three files or folders would make. Errors: those of the method. */
export const mergePaths = (
  ctx: DaemonContext,
  params: ParsedParamsOf<'diff.merge'>,
): Promise<ResultOf<'diff.merge'>> => doWork(ctx, 'mergePaths', params)
