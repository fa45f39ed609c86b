import type { ResultOf } from '../../../../protocol/methods.ts'

/** What differs between two artifacts, as `artifacts.diff` tells it. */
export type Diff = ResultOf<'artifacts.diff'>
export type DiffFile = Diff['files'][number]
export type Hunk = NonNullable<DiffFile['hunks']>[number]

export type DiffLine = {
  /** `note` is a remark about the line before, such as a missing line end. */
  kind: 'same' | 'removed' | 'added' | 'note'
  text: string
  /** Its number in the left and in the right file; null where it is not. */
  left: number | null
  right: number | null
  /** Place, among the lines of the hunk, of the line that stands instead of it on the other side. */
  partner: number | null
}

/** Two lines that stand beside each other; of lines that are the same, both are that line. */
export type LinePair = { left: DiffLine | null; right: DiffLine | null }

/** How many lines a file has more and less; null for files whose lines are not told. */
export function changeCounts({ hunks }: DiffFile): { added: number; removed: number } | null {
  if (!hunks) return null
  const lines = hunks.flatMap((hunk) => hunk.lines)
  return {
    added: lines.filter((line) => line.startsWith('+')).length,
    removed: lines.filter((line) => line.startsWith('-')).length,
  }
}

/**
 * The lines of a hunk with their numbers. Of lines that were removed and lines that were added right after, the first
 * ones are partners, the second ones, and so on.
 */
export function linesOf(hunk: Hunk): DiffLine[] {
  const lines: DiffLine[] = []
  let left = hunk.leftStart
  let right = hunk.rightStart
  let removed: number[] = []
  for (const line of hunk.lines) {
    const text = line.slice(1)
    const at = lines.length
    if (line.startsWith('-')) {
      // After lines that were added something new begins.
      if (lines.at(-1)?.kind === 'added') removed = []
      removed.push(at)
      lines.push({ kind: 'removed', text, left: left++, right: null, partner: null })
    } else if (line.startsWith('+')) {
      const partner = removed.shift() ?? null
      const partnerLine = partner === null ? undefined : lines[partner]
      if (partnerLine) partnerLine.partner = at
      lines.push({ kind: 'added', text, left: null, right: right++, partner })
    } else if (line.startsWith('\\')) {
      lines.push({ kind: 'note', text: text.trim(), left: null, right: null, partner: null })
    } else {
      removed = []
      lines.push({ kind: 'same', text, left: left++, right: right++, partner: null })
    }
  }
  return lines
}

/** Lines as they stand side by side. */
export function pairsOf(lines: readonly DiffLine[]): LinePair[] {
  const pairs: LinePair[] = []
  for (const line of lines) {
    if (line.kind === 'removed') {
      const right = line.partner === null ? null : (lines[line.partner] ?? null)
      pairs.push({ left: line, right })
    } else if (line.kind !== 'added') {
      pairs.push({ left: line, right: line })
    } else if (line.partner === null) {
      pairs.push({ left: null, right: line })
    }
  }
  return pairs
}
