/** A plan in the words of the protocol. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ResultOf } from '../../../../../protocol/methods.ts'
import { type Hunk, textHunks, textOf } from '../../../cache/diff/index.ts'
import type { MergedFile, MergeEntry, MergeSide } from '../merge/index.ts'
import type { DeployedCopy } from './copies.ts'
import type { SyncPlan } from './plan.ts'
import { diskSide } from './sides.ts'

export type SyncItem = ResultOf<'sync.preview'>['items'][number]
export type FilePlan = SyncItem['files'][number]

/** Longer files are told without lines, bytes. */
const MAX_FILE_BYTES = 1024 * 1024
/** What comparing one file may take, ms. */
const FILE_MS = 250

/** Of all lines that are told in an answer, characters. */
export type Room = { chars: number /** Unchanged lines around a change. */; context?: number }
export const roomForLines = (): Room => ({ chars: 4 * 1024 * 1024 })

/** One artifact with the files that change or are in conflict. Files that stay as they are are left out. */
export async function describeItem(copy: DeployedCopy, plan: SyncPlan, room: Room): Promise<SyncItem> {
  const { record, project, drift, base } = copy
  const { action, reason, merge, target, incoming } = plan
  const sides = {
    local: target?.tree ? diskSide(target.tree, target.path) : null,
    remote: incoming?.tree ? diskSide(incoming.tree, incoming.path) : null,
    base,
  }
  const files = await describeFiles(merge?.files ?? [], sides, room)
  return {
    name: record.name,
    type: record.type,
    collection: record.collection,
    profile: record.profile,
    project,
    drift,
    action,
    reason,
    hasBase: base !== null,
    files,
    openConflicts: files.filter(({ isOpen }) => isOpen).length,
  }
}

export type Sides = Record<'local' | 'remote' | 'base', MergeSide | null>

/** The files that change, or are in conflict, by path. */
export async function describeFiles(
  files: readonly MergedFile[],
  sides: Sides,
  room: Room,
): Promise<FilePlan[]> {
  const described: FilePlan[] = []
  for (const file of files) {
    const plan = await describeFile(file, sides, room)
    if (plan.change !== 'none' || plan.isOpen || plan.conflict) described.push(plan)
    await nextTurn()
  }
  return described
}

async function describeFile(file: MergedFile, sides: Sides, room: Room): Promise<FilePlan> {
  const { path, local, status, conflict, isBinary, choice, isOpen, result } = file
  const before = local?.path ?? null
  const movedFrom = before !== null && result !== null && result.path !== before ? before : null
  const change = changeOf(file)
  return {
    path,
    movedFrom,
    status,
    conflict,
    isBinary,
    choice,
    isOpen,
    change,
    hunks: change === 'none' ? [] : await hunksOf(file, sides, room),
  }
}

function changeOf({ local, result, isOpen }: MergedFile): FilePlan['change'] {
  if (!result) return local && !isOpen ? 'removed' : 'none'
  if (!local) return 'added'
  const isSame =
    'digest' in result &&
    result.digest === local.digest &&
    result.path === local.path &&
    result.mode === local.mode &&
    result.kind === local.kind
  return isSame ? 'none' : 'changed'
}

async function hunksOf(file: MergedFile, sides: Sides, room: Room): Promise<Hunk[] | null> {
  if (room.chars <= 0) return null
  const from = await contentOf(file.local, sides.local)
  const to = await resultOf(file, sides)
  if (!from || !to) return null
  const [left, right] = [textOf(from), textOf(to)]
  if (left === null || right === null) return null
  const hunks = textHunks(left, right, FILE_MS, room.context)
  for (const { lines } of hunks) for (const line of lines) room.chars -= line.length
  return room.chars > 0 ? hunks : null
}

/** Null: not to be shown. */
async function contentOf(entry: MergeEntry | null, side: MergeSide | null): Promise<Buffer | null> {
  if (!entry || !side) return Buffer.alloc(0)
  return entry.sizeBytes > MAX_FILE_BYTES ? null : side.read(entry)
}

async function resultOf({ result, local, remote, base }: MergedFile, sides: Sides): Promise<Buffer | null> {
  if (!result) return Buffer.alloc(0)
  if ('content' in result) return result.content.length > MAX_FILE_BYTES ? null : result.content
  for (const [entry, side] of [
    [local, sides.local],
    [remote, sides.remote],
    [base, sides.base],
  ] as const)
    if (entry?.digest === result.digest) return contentOf(entry, side)
  return null
}
