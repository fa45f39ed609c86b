import { type LeftoverKind, leftoverKinds } from '../../../protocol/leftovers.ts'
import type { ParsedParamsOf, ResultOf } from '../../../protocol/methods.ts'
import type { DaemonContext } from '../../context.ts'
import { doWork } from '../collections/index.ts'

/** What lies around, by kind and path. */
export async function findLeftovers(
  ctx: DaemonContext,
  { kinds }: ParsedParamsOf<'cleanup.find'>,
): Promise<ResultOf<'cleanup.find'>> {
  const { items } = await doWork(ctx, 'findLeftovers', whereOf(ctx, kinds))
  const sum = (some: typeof items): number => some.reduce((total, { sizeBytes }) => total + sizeBytes, 0)
  return { items, sizeBytes: sum(items), removableBytes: sum(items.filter(({ removable }) => removable)) }
}

/** Removes what smd may remove. What changed meanwhile, or cannot be removed, stays. */
export async function removeLeftovers(
  ctx: DaemonContext,
  { kinds }: ParsedParamsOf<'cleanup.remove'>,
): Promise<ResultOf<'cleanup.remove'>> {
  const { removed, failed } = await doWork(ctx, 'removeLeftovers', whereOf(ctx, kinds))
  return { removed, freedBytes: removed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0), failed }
}

function whereOf({ db, storage }: DaemonContext, kinds: LeftoverKind[] | undefined) {
  const projects = db.allSql<{ path: string }>(
    "SELECT path FROM projects WHERE status <> 'missing' ORDER BY path",
  )
  return {
    kinds: kinds ?? (Object.keys(leftoverKinds) as LeftoverKind[]),
    projects: projects.map(({ path }) => path),
    cacheDb: storage.path,
  }
}
