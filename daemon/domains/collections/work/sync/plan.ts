/** What a pull or a push does with one artifact; nothing is written here. */

import { readFile } from 'node:fs/promises'
import type { SyncStrategy } from '../../../../../protocol/sync-words.ts'
import {
  type Choice,
  type ConflictRule,
  LOCAL_MARKER,
  type MergeEntry,
  type MergeSide,
  mergeTrees,
  REMOTE_MARKER,
  type TreeMerge,
} from '../merge/index.ts'
import { systemPath, type Tree } from '../objects/index.ts'
import type { Copy, DeployedCopy } from './copies.ts'
import { type MergedTree, treeOfEntries } from './result-tree.ts'
import { diskSide } from './sides.ts'

export type Direction = 'pull' | 'push'

export type PlanOptions = {
  direction: Direction
  strategy: SyncStrategy
  conflicts: ConflictRule
  choices: Readonly<Record<string, Choice>>
}

export type SyncAction = 'none' | 'copy' | 'merge' | 'record' | 'fork' | 'conflict' | 'skip'

export type SyncPlan = {
  action: SyncAction
  reason: string | null
  /** Where it goes, and where it comes from; null when there is nothing to be done with files. */
  target: Copy | null
  incoming: Copy | null
  merge: TreeMerge | null
  /** What shall lie at the target; null while something is open, or nothing changes there. */
  result: MergedTree | null
}

const done = (action: SyncAction, reason: string | null = null): SyncPlan => ({
  action,
  reason,
  target: null,
  incoming: null,
  merge: null,
  result: null,
})

/** Plans one artifact. Errors: `sync.changed`, `object.missing`. */
export async function planSync(copy: DeployedCopy, options: PlanOptions): Promise<SyncPlan> {
  const { direction, strategy } = options
  const [target, incoming] =
    direction === 'pull' ? [copy.inCollection, copy.inProject] : [copy.inProject, copy.inCollection]
  const idle = idleReason(copy, options)
  if (idle) return idle
  if (!target || !incoming?.tree) return done('none')
  if (strategy === 'skip' || strategy === 'prompt') return done('skip', 'It was not asked for.')
  const theirs = diskSide(incoming.tree, incoming.path)
  if (strategy === 'fork') {
    const forked = await mergeTrees({ base: null, local: nothing, remote: theirs }, { conflicts: 'theirs' })
    return finished('fork', { path: target.path, tree: null, isLink: false }, incoming, forked, [theirs])
  }
  const ours = target.tree ? diskSide(target.tree, target.path) : nothing
  const isMerge = strategy === 'merge' && copy.drift === 'conflict'
  // What only one side changed, or what is to be overwritten, is as if the other had never changed.
  const base = isMerge ? copy.base : ours
  if (isMerge && target.tree && target.tree.isFile !== incoming.tree.isFile)
    return done('conflict', 'It is a file in one place and a folder in the other.')
  const { conflicts, choices } = options
  const merge = await mergeTrees({ base, local: ours, remote: theirs }, isMerge ? { conflicts, choices } : {})
  const unresolved = await unresolvedIn(merge, incoming)
  if (unresolved !== null)
    return { ...done('conflict', `${unresolved} still has conflict markers.`), target, incoming, merge }
  if (!merge.entries) return { ...done('conflict'), target, incoming, merge }
  return finished(isMerge ? 'merge' : 'copy', target, incoming, merge, [
    ours,
    theirs,
    ...(base ? [base] : []),
  ])
}

const nothing: MergeSide = {
  entries: [],
  read: async ({ path }) => {
    throw new Error(`nothing has ${path}`)
  },
}

/** Where nothing is to be brought over, and why. */
function idleReason(copy: DeployedCopy, { direction, strategy }: PlanOptions): SyncPlan | null {
  const { drift, problem, inProject, inCollection } = copy
  if (problem !== null) return done('skip', problem)
  if (inProject?.isLink || inCollection?.isLink)
    return done('none', 'It is a link, which has no files of its own.')
  switch (drift) {
    case 'none':
      return done('none')
    case 'version_mismatch':
      return done('record', 'Both hold the same already.')
    case 'modified':
      return direction === 'pull' ? null : done('none', 'Only the project changed it: pull it.')
    case 'outdated':
      return direction === 'push' ? null : done('none', 'Only the collection changed it: push it.')
    case 'conflict':
      return null
    case 'missing':
      // Somebody deleted it there, which is a wish too.
      return direction === 'push' && strategy === 'overwrite' && inCollection?.tree
        ? null
        : done('skip', 'It is gone from the project: deploy it again, or undeploy it.')
    case 'removed':
      return done('skip', 'It is gone from the collection: add it again, or undeploy it.')
    default:
      return done('skip')
  }
}

async function finished(
  action: SyncAction,
  target: Copy,
  incoming: Copy,
  merge: TreeMerge,
  sides: readonly MergeSide[],
): Promise<SyncPlan> {
  const entries = new Map<string, { entry: MergeEntry; side: MergeSide }>()
  for (const side of sides) for (const entry of side.entries) entries.set(entry.digest, { entry, side })
  const result = await treeOfEntries(merge.entries ?? [], async (digest) => {
    const found = entries.get(digest)
    if (!found) throw new Error('a merge took what no version has')
    return found.side.read(found.entry)
  })
  return { action, reason: null, target, incoming, merge, result }
}

/** A file that comes in while somebody has not yet decided what it shall be. */
async function unresolvedIn(merge: TreeMerge, incoming: Copy): Promise<string | null> {
  for (const { remote, local, choice } of merge.files) {
    if (!remote || remote.kind === 'link' || remote.digest === local?.digest || choice === 'ours') continue
    const text = await readFile(systemPath(incoming.path, remote.path), 'latin1')
    const lines = text.split(/\r?\n/)
    if (lines.includes(LOCAL_MARKER) && lines.includes(REMOTE_MARKER)) return remote.path || 'It'
  }
  return null
}

/** Whether what shall lie there lies there already. */
export const isUnchanged = ({ target, result }: SyncPlan): boolean =>
  result !== null && target?.tree != null && sameShape(result.tree, target.tree)

const sameShape = (a: Tree, b: Tree): boolean =>
  a.isFile === b.isFile && JSON.stringify(a.entries) === JSON.stringify(b.entries)
