import type { ParsedParamsOf, ResultOf } from '../../../protocol/methods.ts'
import type { DaemonContext } from '../../context.ts'
import { doWork } from './do-work.ts'
import { touched } from './touched.ts'
import { selectIdsIn } from './units-repo.ts'

/** All collections, also those whose manifest cannot be read. */
export function listCollections(ctx: DaemonContext): Promise<ResultOf<'collections.list'>> {
  return doWork(ctx, 'listCollections', {})
}

/** What one holds. Ids go by the place, as the cache calls an agent what its file says. */
export async function showCollection(
  ctx: DaemonContext,
  { name, check, ids }: ParsedParamsOf<'collections.show'>,
): Promise<ResultOf<'collections.show'>> {
  const shown = await doWork(ctx, 'showCollection', { name: name ?? null, check })
  if (!ids) return shown
  await ctx.refresher.beforeRead()
  const known = selectIdsIn(ctx.db, shown.path)
  return {
    ...shown,
    artifacts: shown.artifacts.map((each) => ({ ...each, id: known.get(each.path) ?? null })),
  }
}

/** Makes the library and its first collection. */
export async function initLibrary(
  ctx: DaemonContext,
  { name }: ParsedParamsOf<'collections.init'>,
): Promise<ResultOf<'collections.init'>> {
  const made = await doWork(ctx, 'initLibrary', { name })
  if (made.created) await touched(ctx, { paths: [made.path], isNew: true })
  return made
}

/** Makes another collection. */
export async function createCollection(
  ctx: DaemonContext,
  { name }: ParsedParamsOf<'collections.create'>,
): Promise<ResultOf<'collections.create'>> {
  const made = await doWork(ctx, 'createCollection', { name })
  await touched(ctx, { paths: [made.path], isNew: true })
  return made
}

/** Which one is meant when nobody says is in no row of the cache, so clients are told here. */
export async function useCollection(
  ctx: DaemonContext,
  { name }: ParsedParamsOf<'collections.use'>,
): Promise<ResultOf<'collections.use'>> {
  const used = await doWork(ctx, 'useCollection', { name })
  ctx.events.publish('collections.changed', used)
  return used
}

/** Removes one with everything in it. */
export async function deleteCollection(
  ctx: DaemonContext,
  params: ParsedParamsOf<'collections.delete'>,
): Promise<ResultOf<'collections.delete'>> {
  const deleted = await doWork(ctx, 'deleteCollection', params)
  if (!params.dryRun) {
    await touched(ctx, { paths: [deleted.path], isNew: true })
    ctx.events.publish('collections.changed', { name: deleted.name, path: deleted.path })
  }
  return deleted
}

/** Brings a manifest in line with the files. */
export async function refreshCollection(
  ctx: DaemonContext,
  { name, type, pattern, fields, dryRun }: ParsedParamsOf<'collections.refresh'>,
): Promise<ResultOf<'collections.refresh'>> {
  const refreshed = await doWork(ctx, 'refreshCollection', {
    name: name ?? null,
    type: type ?? null,
    pattern: pattern ?? null,
    fields: fields ?? null,
    dryRun,
  })
  if (!dryRun) await touched(ctx, { paths: [refreshed.path] })
  return refreshed
}

/** Takes the newest of those back. */
export async function rollbackRefresh(
  ctx: DaemonContext,
  { name, dryRun }: ParsedParamsOf<'collections.rollback'>,
): Promise<ResultOf<'collections.rollback'>> {
  const done = await doWork(ctx, 'rollbackRefresh', { name: name ?? null, dryRun })
  if (!dryRun) await touched(ctx, { paths: [done.path] })
  return done
}
