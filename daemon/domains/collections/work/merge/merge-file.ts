/** Three-way merge of one file (formats spec section 12). */
import { isBinary } from './lines.ts'
import { isSameContent, MAX_MERGE_BYTES, type MergeEntry, type MergeSide } from './merge-entry.ts'
import { mergeText, type TextMerge } from './merge-text.ts'
import type { EntryTriple } from './pair-entries.ts'

/**
 * `content`: lines that both changed; `deletion`: one changed what the other deleted; `add_add`: both have one of their
 * own; `both_modified`: anything else that both changed: no text, a link, where it lies, or a file where the other has a
 * folder.
 */
export type ConflictKind = 'content' | 'deletion' | 'add_add' | 'both_modified'

/** What is to lie in the place of a file: an entry of a version as it is, or a content that was put together. */
export type MergedEntry = Pick<MergeEntry, 'path' | 'kind' | 'mode'> &
  ({ digest: string; sizeBytes: number } | { content: Buffer })

/** Who changed it. `both`: in the same way; `merged`: each something else, which goes together. */
export type FileStatus = 'unchanged' | 'local' | 'remote' | 'both' | 'merged' | 'conflict'

export type FileMerge = EntryTriple & {
  /** Where the result lies; of a conflict, where it is known by. */
  path: string
  status: FileStatus
  conflict: ConflictKind | null
  /** Whether it cannot be merged by lines, whoever changed it. */
  isBinary: boolean
  /** What comes of it; null: nothing. Of a conflict: the text with markers, or null when it cannot have any. */
  result: MergedEntry | null
  /** Where lines were merged. */
  text: TextMerge | null
}

export type MergeSides = { base: MergeSide | null; local: MergeSide; remote: MergeSide }

/** Merges one file. Without a base everything that differs is a conflict. Errors: those of reading. */
export async function mergeFile(sides: MergeSides, triple: EntryTriple): Promise<FileMerge> {
  const { base, local, remote } = triple
  const simple = (status: FileStatus, result: MergeEntry | null): FileMerge => ({
    ...triple,
    path: pathOf(triple),
    status,
    conflict: null,
    isBinary: false,
    result,
    text: null,
  })
  if (isSame(local, remote)) return simple(isSame(base, local) ? 'unchanged' : 'both', local)
  if (sides.base) {
    if (isSame(base, local)) return simple('remote', remote)
    if (isSame(base, remote)) return simple('local', local)
  }
  if (!local || !remote) return conflict(triple, sides.base && !base ? 'add_add' : 'deletion')
  const path = mergedPath(base, local, remote)
  const mode = mergedMode(base, local, remote)
  const content = oneSided(base, local, remote)
  if (path === null) return conflict(triple, 'both_modified')
  // One moved it, or changed who may run it, and the other what it holds.
  if (content && (sides.base || isSameContent(local, remote)))
    return { ...simple('merged', null), path, result: { ...content, path, mode } }
  return mergeLines(sides, triple, path, mode)
}

async function mergeLines(
  sides: MergeSides,
  triple: EntryTriple,
  path: string,
  mode: MergeEntry['mode'],
): Promise<FileMerge> {
  const { base, local, remote } = triple
  const kind = base ? 'both_modified' : 'add_add'
  const entries = [base, local, remote].filter((entry) => entry !== null)
  const isMergeable = entries.every((entry) => entry.kind === 'file' && entry.sizeBytes <= MAX_MERGE_BYTES)
  if (!isMergeable || !local || !remote) return { ...conflict(triple, kind), path, isBinary: true }
  const before = base && sides.base ? await sides.base.read(base) : Buffer.alloc(0)
  const [mine, theirs] = [await sides.local.read(local), await sides.remote.read(remote)]
  if ([before, mine, theirs].some(isBinary)) return { ...conflict(triple, kind), path, isBinary: true }
  const text = mergeText(before, mine, theirs)
  const result: MergedEntry = { path, kind: 'file', mode, content: text.content }
  // Where one of two is empty there is nothing to mark; without a base that is no reason to take the other.
  const isConflict = text.conflicts > 0 || !sides.base
  return {
    ...triple,
    path,
    status: isConflict ? 'conflict' : 'merged',
    conflict: isConflict ? (base ? 'content' : 'add_add') : null,
    isBinary: false,
    result,
    text,
  }
}

function conflict(triple: EntryTriple, kind: ConflictKind): FileMerge {
  return {
    ...triple,
    path: pathOf(triple),
    status: 'conflict',
    conflict: kind,
    isBinary: false,
    result: null,
    text: null,
  }
}

function isSame(a: MergeEntry | null, b: MergeEntry | null): boolean {
  if (a === null || b === null) return a === b
  return isSameContent(a, b) && a.path === b.path && (a.mode === b.mode || a.kind === 'link')
}

const pathOf = ({ base, local, remote }: EntryTriple): string => (local ?? remote ?? base)?.path ?? ''

/** Where only one side moved it, there; null when both did, to different places. */
function mergedPath(base: MergeEntry | null, local: MergeEntry, remote: MergeEntry): string | null {
  if (local.path === remote.path || remote.path === base?.path) return local.path
  return local.path === base?.path ? remote.path : null
}

const mergedMode = (base: MergeEntry | null, local: MergeEntry, remote: MergeEntry): MergeEntry['mode'] =>
  local.mode === base?.mode ? remote.mode : local.mode

/** The version whose content stands when at most one side changed it. */
function oneSided(base: MergeEntry | null, local: MergeEntry, remote: MergeEntry): MergeEntry | null {
  if (isSameContent(local, remote) || isSameContent(base, remote)) return local
  return isSameContent(base, local) ? remote : null
}
