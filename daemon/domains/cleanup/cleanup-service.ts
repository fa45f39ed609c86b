import { join } from 'node:path'
import { type LeftoverKind, leftoverKinds } from '../../../protocol/leftovers.ts'
import type { ParsedParamsOf, ResultOf } from '../../../protocol/methods.ts'
import type { DaemonContext } from '../../context.ts'
import { countUnusedObjects, doWork, dropUnusedObjects } from '../collections/index.ts'

/** What lies around, by kind and path. */
export async function findLeftovers(
  ctx: DaemonContext,
  { kinds }: ParsedParamsOf<'cleanup.find'>,
): Promise<ResultOf<'cleanup.find'>> {
  const { items: files } = await doWork(ctx, 'findLeftovers', whereOf(ctx, kinds))
  const unused = wants(kinds, 'unused-object') ? await countUnusedObjects(ctx) : null
  const items = [...files, ...objectsOf(ctx, unused)]
  const sum = (some: typeof items): number => some.reduce((total, { sizeBytes }) => total + sizeBytes, 0)
  return { items, sizeBytes: sum(items), removableBytes: sum(items.filter(({ removable }) => removable)) }
}

/** Removes what smd may remove. What changed meanwhile, or cannot be removed, stays. */
export async function removeLeftovers(
  ctx: DaemonContext,
  { kinds }: ParsedParamsOf<'cleanup.remove'>,
): Promise<ResultOf<'cleanup.remove'>> {
  const { removed: files, failed } = await doWork(ctx, 'removeLeftovers', whereOf(ctx, kinds))
  const dropped = wants(kinds, 'unused-object') ? await dropUnusedObjects(ctx) : null
  const objects = dropped && { objects: dropped.droppedObjects, bytes: dropped.droppedBytes }
  const removed = [...files, ...objectsOf(ctx, objects)]
  return { removed, freedBytes: removed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0), failed }
}

const wants = (kinds: readonly LeftoverKind[] | undefined, kind: LeftoverKind): boolean =>
  kinds?.includes(kind) ?? true

type Leftover = ResultOf<'cleanup.find'>['items'][number]

/** All unused objects as one thing: they lie in one store, and nobody knows them by name. */
function objectsOf(
  { folders }: DaemonContext,
  unused: { objects: number; bytes: number } | null,
): Leftover[] {
  if (!unused || unused.objects === 0) return []
  return [
    {
      kind: 'unused-object',
      path: join(folders.skillmeat, '.smd', 'objects'),
      detail: unused.objects === 1 ? '1 object' : `${unused.objects} objects`,
      sizeBytes: unused.bytes,
      changedAt: null,
      removable: true,
    },
  ]
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
