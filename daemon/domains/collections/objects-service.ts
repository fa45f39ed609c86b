import type { DaemonContext } from '../../context.ts'
import { selectLastRefresh } from '../cache/index.ts'
import { doWork } from './do-work.ts'
import { selectDeployedHashes } from './objects-repo.ts'

type Context = Pick<DaemonContext, 'db' | 'engine' | 'folders' | 'now' | 'settings'>

/**
 * Drops what the object store keeps for nobody any more. What is deployed is known from the last refresh: before the first
 * one nothing is dropped. Null when there was nothing to look at.
 */
export async function dropUnusedObjects(
  ctx: Context,
): Promise<{ droppedObjects: number; droppedBytes: number } | null> {
  const dropped = await collect(ctx, false)
  return dropped && { droppedObjects: dropped.objects, droppedBytes: dropped.bytes }
}

/** What `dropUnusedObjects` would drop now. Null when there is nothing to look at. */
export const countUnusedObjects = (ctx: Context) => collect(ctx, true)

async function collect(ctx: Context, isTrial: boolean) {
  if (selectLastRefresh(ctx.db) === null) return null
  return doWork(ctx, 'collectObjects', { h1: selectDeployedHashes(ctx.db), isTrial })
}
