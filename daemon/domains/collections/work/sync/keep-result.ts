import { SmdError } from '../../../../../protocol/errors.ts'
import { isLeftOut } from '../../../cache/scan/index.ts'
import type { ObjectStore, Tree } from '../objects/index.ts'
import type { SyncPlan } from './plan.ts'

/**
 * Keeps what a plan puts in place, and what it was made of: the version that comes in is what the next merge begins from.
 * Errors: `sync.changed` when a side is no longer as it was planned with; `object.unreadable`; those of writing.
 */
export async function keepResult(
  store: ObjectStore,
  { target, incoming, result }: SyncPlan,
  /** What comes in, when it is kept already. */
  kept: Tree | null = null,
): Promise<Tree> {
  if (!result || !incoming?.own) throw new Error('a plan without a result is not carried out')
  const sides: Array<[path: string, seen: Tree | null | undefined, leaveOut: (name: string) => boolean]> = [
    [target?.path ?? '', target?.tree, () => false],
    [incoming.path, kept ? null : incoming.own, isLeftOut],
  ]
  for (const [path, seen, leaveOut] of sides)
    if (seen && (await store.keep(path, { leaveOut })).id !== seen.id)
      throw new SmdError('sync.changed', { path })
  for (const content of result.contents.values()) await store.keepContent(content)
  await store.keepTree(result.tree)
  // The same content may have been kept as another tree since: the record has to lead to this one.
  await store.keepTree(incoming.own)
  return result.tree
}
