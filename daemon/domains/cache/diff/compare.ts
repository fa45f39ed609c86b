/** Compares two sides file by file. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ResultOf } from '../../../../protocol/methods.ts'
import { MAX_FILE_BYTES, type Pair, pairsOf, type Side } from './side.ts'
import { textHunks, textOf } from './text-hunks.ts'

export type Comparison = Pick<ResultOf<'artifacts.diff'>, 'files' | 'same'>
type FileDiff = Comparison['files'][number]

export type CompareOptions = {
  /** Ms of a clock that never goes back. */
  monotonic?(): number
  /** Unchanged lines around a change. */
  context?: number | undefined
}

/** What one file, and all of them, may take to be compared, ms; then the rest is told as replaced. */
const FILE_MS = 250
const ALL_MS = 2_000
/** Of all lines that are told, characters; files beyond it are told without theirs. */
const MAX_CHARS = 4 * 1024 * 1024

/**
 * The files that differ, by path, and how many do not. A file without `hunks` is no text, or too much is told already;
 * one with none differs only in whether it may be run, or is empty. Others get their turn between two files.
 * Errors: those of reading the sides; the reason of `signal`.
 */
export async function compareSides(
  left: Side,
  right: Side,
  signal: AbortSignal,
  { monotonic = () => performance.now(), context }: CompareOptions = {},
): Promise<Comparison> {
  const pairs = pairsOf(left, right)
  const differing = pairs.filter((pair) => !isSame(pair, left, right))
  const changed = differing.filter((pair) => idOf(left, pair.left) !== idOf(right, pair.right))
  await Promise.all([
    left.prepare(changed.flatMap((pair) => pair.left ?? [])),
    right.prepare(changed.flatMap((pair) => pair.right ?? [])),
  ])
  const isChanged = new Set(changed)
  const end = monotonic() + ALL_MS
  const files: FileDiff[] = []
  let chars = 0
  for (const pair of differing) {
    let hunks: FileDiff['hunks'] = isChanged.has(pair) ? null : []
    if (hunks === null && chars < MAX_CHARS) {
      hunks = hunksOf(
        await contentOf(left, pair.left),
        await contentOf(right, pair.right),
        Math.min(FILE_MS, end - monotonic()),
        context,
      )
      for (const { lines } of hunks ?? []) for (const line of lines) chars += line.length
      if (chars >= MAX_CHARS) hunks = null
    }
    files.push({ path: pair.path, status: statusOf(pair), hunks })
    await nextTurn()
    signal.throwIfAborted()
  }
  return { files, same: pairs.length - differing.length }
}

const empty = Buffer.alloc(0)

const idOf = (side: Side, path: string | null): string | null =>
  path === null ? null : (side.files.get(path)?.id ?? null)

function isSame({ left: from, right: to }: Pair, left: Side, right: Side): boolean {
  if (from === null || to === null) return false
  const [old, now] = [left.files.get(from), right.files.get(to)]
  if (old?.id !== now?.id) return false
  return old?.executable === now?.executable || old?.executable === null || now?.executable === null
}

function statusOf({ left, right }: Pair): FileDiff['status'] {
  if (left === null) return 'added'
  return right === null ? 'removed' : 'changed'
}

const contentOf = async (side: Side, path: string | null): Promise<Buffer | null> =>
  path === null ? empty : side.read(path)

function hunksOf(
  left: Buffer | null,
  right: Buffer | null,
  budgetMs: number,
  context: number | undefined,
): FileDiff['hunks'] {
  if (left === null || right === null || Math.max(left.length, right.length) > MAX_FILE_BYTES) return null
  const [from, to] = [textOf(left), textOf(right)]
  return from === null || to === null ? null : textHunks(from, to, budgetMs, context)
}
