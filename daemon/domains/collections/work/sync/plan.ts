/** What a pull or a push does with one artifact; nothing is written here. */

import type { SyncStrategy } from '../../../../../protocol/sync-words.ts'
import {
  type Choice,
  type ConflictRule,
  type MergeEntry,
  type MergeOptions,
  type MergeSide,
  mergeTrees,
  type TreeMerge,
} from '../merge/index.ts'
import type { Copy, DeployedCopy } from './copies.ts'
import { idleReason } from './idle.ts'
import { liesLeftBehind } from './left-behind.ts'
import { type MergedTree, treeOfEntries } from './result-tree.ts'
import { diskSide } from './sides.ts'
import { unresolvedIn } from './unresolved.ts'

export type Direction = 'pull' | 'push'

export type PlanOptions = {
  direction: Direction
  strategy: SyncStrategy
  conflicts: ConflictRule
  choices: Readonly<Record<string, Choice>>
}

export type SyncAction = 'none' | 'copy' | 'merge' | 'record' | 'fork' | 'conflict' | 'skip' | 'failed'

export type SyncPlan = {
  action: SyncAction
  reason: string | null
  /** Where it goes, and where it comes from; null when there is nothing to be done with files. */
  target: Copy | null
  incoming: Copy | null
  merge: TreeMerge | null
  /** What shall lie at the target; null while something is open, or nothing is to be done. */
  result: MergedTree | null
}

export const without = (action: SyncAction, reason: string | null = null): SyncPlan => ({
  action,
  reason,
  target: null,
  incoming: null,
  merge: null,
  result: null,
})

/** Plans one artifact. Errors: `sync.changed`, `object.missing`. */
export async function planSync(copy: DeployedCopy, options: PlanOptions): Promise<SyncPlan> {
  const { direction, strategy, conflicts, choices } = options
  const idle = idleReason(copy, options)
  if (idle) return without(idle.action, idle.reason)
  const [target, incoming] =
    direction === 'pull' ? [copy.inCollection, copy.inProject] : [copy.inProject, copy.inCollection]
  if (!target || !incoming?.own) return without('none')
  if (strategy === 'fork') return planFork(target, incoming)
  const isMerge = strategy === 'merge' && copy.drift === 'conflict'
  return planFiles({
    target,
    incoming: { ...incoming, side: diskSide(incoming.own, incoming.path) },
    // What only one side changed, or what is to be overwritten, is as if the other had never changed.
    merge: isMerge ? { base: copy.base, conflicts, choices } : null,
  })
}

export type FilesToPlan = {
  target: Copy
  incoming: Copy & { side: MergeSide }
  /** Null: what comes in takes the place of what is there. */
  merge: ({ base: MergeSide | null } & Required<MergeOptions>) | null
}

/** Plans what becomes of the files at the target. Errors: as `planSync`. */
export async function planFiles({ target, incoming, merge }: FilesToPlan): Promise<SyncPlan> {
  if (!incoming.own) return without('none')
  const isSameShape = target.own?.isFile === incoming.own.isFile
  if (merge && target.own && !isSameShape)
    return without('conflict', 'It is a file in one place and a folder in the other.')
  const local = target.tree ? diskSide(target.tree, target.path) : nothing
  const staying = isSameShape ? leftBehind(local) : nothing
  const remote = joined(incoming.side, staying)
  const base = merge ? merge.base && joined(merge.base, staying) : local
  const merged = await mergeTrees({ base, local, remote }, merge ?? {})
  const plan = { ...without('conflict'), target, incoming, merge: merged }
  const unresolved = await unresolvedIn(merged, remote)
  if (unresolved !== null) return { ...plan, reason: `${unresolved} still has conflict markers.` }
  if (!merged.entries) return plan
  if (merged.entries.length === 0) return { ...plan, reason: 'Nothing would be left of it.' }
  const sides = [local, remote, ...(base ? [base] : [])]
  return { ...plan, action: merge ? 'merge' : 'copy', result: await resultOf(merged, sides) }
}

/** A second artifact in the collection, beside the one that stays. */
async function planFork(original: Copy, incoming: Copy): Promise<SyncPlan> {
  if (!incoming.own) return without('none')
  const remote = diskSide(incoming.own, incoming.path)
  const merge = await mergeTrees({ base: nothing, local: nothing, remote })
  const target = { path: original.path, tree: null, own: null, isLink: false }
  return { ...without('fork'), target, incoming, merge, result: await resultOf(merge, [remote]) }
}

const nothing: MergeSide = {
  entries: [],
  read: ({ path }) => Promise.reject(new Error(`nothing has ${path}`)),
}

/** What use left behind at the target stays there: to the merge, every version has it. */
const leftBehind = ({ entries, read }: MergeSide): MergeSide => ({
  entries: entries.filter(({ path }) => liesLeftBehind(path)),
  read,
})

function joined(side: MergeSide, more: MergeSide): MergeSide {
  if (more.entries.length === 0) return side
  return {
    entries: [...side.entries, ...more.entries],
    read: (entry) => (liesLeftBehind(entry.path) ? more : side).read(entry),
  }
}

function resultOf({ entries }: TreeMerge, sides: readonly MergeSide[]): Promise<MergedTree> {
  const known = new Map<string, { entry: MergeEntry; side: MergeSide }>()
  for (const side of sides) for (const entry of side.entries) known.set(entry.digest, { entry, side })
  return treeOfEntries(entries ?? [], async (digest) => {
    const found = known.get(digest)
    if (!found) throw new Error('a merge took what no version has')
    return found.side.read(found.entry)
  })
}
