import type { DaemonContext } from '../../context.ts'
import { selectLastRefresh } from '../cache/index.ts'
import { doWork } from './do-work.ts'
import { selectDeployedHashes } from './objects-repo.ts'

/**
 * Drops what the object store keeps for nobody any more. What is deployed is known from the last refresh: before the first
 * one nothing is dropped. Null when there was nothing to look at.
 */
export async function dropUnusedObjects(
  ctx: Pick<DaemonContext, 'db' | 'engine' | 'folders' | 'now' | 'settings'>,
): Promise<{ droppedObjects: number; droppedBytes: number } | null> {
  if (selectLastRefresh(ctx.db) === null) return null
  const dropped = await doWork(ctx, 'collectObjects', { h1: selectDeployedHashes(ctx.db), isTrial: false })
  return dropped && { droppedObjects: dropped.objects, droppedBytes: dropped.bytes }
}
