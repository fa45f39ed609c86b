import type { methods } from '../../../protocol/methods.ts'
import type { DaemonContext } from '../../context.ts'
import { isCorrupt } from '../../kernel/db/database.ts'
import type { Handlers } from '../../kernel/rpc/dispatch.ts'
import type { RequestContext } from '../../kernel/rpc/request.ts'
import { tableOfArtifacts } from './artifact-table.ts'
import {
  complete,
  getArtifact,
  listArtifacts,
  search,
  showArtifact,
  validateArtifacts,
  whereArtifact,
} from './artifacts-service.ts'
import {
  cacheStatus,
  checkCache,
  clearCache,
  invalidateCache,
  listMarketplaces,
  refreshCache,
} from './cache-service.ts'
import { duplicateContents, similarContents } from './contents/compare-contents.ts'
import { searchContents } from './contents/search-contents.ts'
import { diffArtifact } from './diff/diff-service.ts'
import { effectiveInProject } from './effective-service.ts'
import { facetsOfArtifacts } from './facets-service.ts'
import { fileOfArtifact, filesOfArtifact } from './files/files-service.ts'
import { matrixOfArtifacts } from './matrix-service.ts'
import { notingContentSearch, notingMetadataSearch } from './noted-searches.ts'
import { addProject, listProjects, removeProject, showProject } from './projects-service.ts'
import { recordQuery } from './slow-queries.ts'
import { syncCache } from './sync-service.ts'

/** `artifacts.outdated` is served where origins are known. */
type CacheMethod = Exclude<
  Extract<
    keyof typeof methods,
    | `projects.${string}`
    | `artifacts.${string}`
    | `contents.${string}`
    | `cache.${string}`
    | `marketplace.${string}`
  >,
  'artifacts.outdated'
>

export const cacheHandlers: Handlers<DaemonContext, CacheMethod> = {
  'projects.list': read('projects.list', listProjects),
  'projects.show': read('projects.show', showProject),
  'projects.effective': read('projects.effective', effectiveInProject),
  'projects.add': addProject,
  'projects.remove': removeProject,
  'artifacts.list': read('artifacts.list', listArtifacts),
  'artifacts.table': read('artifacts.table', tableOfArtifacts),
  'artifacts.facets': read('artifacts.facets', facetsOfArtifacts),
  'artifacts.matrix': read('artifacts.matrix', matrixOfArtifacts),
  'artifacts.search': notingMetadataSearch(read('artifacts.search', search)),
  'artifacts.complete': read('artifacts.complete', complete),
  'artifacts.get': read('artifacts.get', getArtifact),
  'artifacts.show': read('artifacts.show', showArtifact),
  'artifacts.where': read('artifacts.where', whereArtifact),
  'artifacts.files': onceRead(filesOfArtifact),
  'artifacts.file': onceRead(fileOfArtifact),
  'artifacts.diff': onceRead((ctx, params, { signal }) => diffArtifact(ctx, params, signal)),
  'artifacts.validate': validateArtifacts,
  'contents.search': notingContentSearch(read('contents.search', searchContents)),
  'contents.similar': read('contents.similar', similarContents),
  'contents.duplicates': read('contents.duplicates', duplicateContents),
  'cache.status': cacheStatus,
  'cache.check': checkCache,
  'cache.refresh': afterMending(refreshCache),
  'cache.sync': afterMending(syncCache),
  'cache.invalidate': afterMending(async (ctx, params) => invalidateCache(ctx, params)),
  'cache.clear': clearCache,
  'marketplace.list': read('marketplace.list', listMarketplaces),
}

/** Before the first scan nobody knows what there is. */
function onceRead<Params, Result>(
  work: (ctx: DaemonContext, params: Params, request: RequestContext) => Promise<Result>,
): (ctx: DaemonContext, params: Params, request: RequestContext) => Promise<Result> {
  return async (ctx, params, request) => {
    await ctx.refresher.beforeRead()
    return work(ctx, params, request)
  }
}

/** A damaged file is being replaced when somebody has met the damage: he is served from the new one. */
function afterMending<Params, Result>(
  work: (ctx: DaemonContext, params: Params) => Promise<Result>,
): (ctx: DaemonContext, params: Params) => Promise<Result> {
  return (ctx, params) =>
    work(ctx, params).catch((error: unknown) => {
      const refilling = isCorrupt(error) ? ctx.refresher.beforeRead() : null
      if (!refilling) throw error
      return refilling.then(() => work(ctx, params))
    })
}

/** Methods of other domains that read cached rows. */
type BesideCache =
  | 'artifacts.outdated'
  | 'upstream.sources'
  | 'analytics.unused'
  | 'cleanup.find'
  | 'deployments.list'
  | 'tags.list'
  | 'groups.list'
  | 'groups.show'

/**
 * A read of cached rows: waits for the disk only while the cache is empty (CACHE-2.1e), counts hits and misses, and
 * measures the query.
 */
export function read<Params, Result>(
  method: CacheMethod | BesideCache,
  query: (ctx: DaemonContext, params: Params) => Result | Promise<Result>,
): (ctx: DaemonContext, params: Params) => Result | Promise<Result> {
  const run = (ctx: DaemonContext, params: Params): Result | Promise<Result> => {
    const start = performance.now()
    const record = (inTurns: boolean): void => recordQuery(ctx, method, performance.now() - start, inTurns)
    let result: Result | Promise<Result> | undefined
    try {
      result = query(ctx, params)
      return result instanceof Promise ? result.finally(() => record(true)) : result
    } finally {
      if (!(result instanceof Promise)) record(false)
    }
  }
  return (ctx, params) => {
    const filling = ctx.refresher.beforeRead()
    if (filling) {
      ctx.usage.misses++
      return filling.then(() => run(ctx, params))
    }
    ctx.usage.hits++
    // A damaged file is being replaced already; the answer waits for the new one.
    const again = (error: unknown): Promise<Result> => {
      const refilling = isCorrupt(error) ? ctx.refresher.beforeRead() : null
      if (!refilling) throw error
      return refilling.then(() => run(ctx, params))
    }
    try {
      const result = run(ctx, params)
      return result instanceof Promise ? result.catch(again) : result
    } catch (error) {
      return again(error)
    }
  }
}
