/** What differs between two texts, line by line, in the form of a unified diff. */
import { structuredPatch } from 'diff'

/** Lines with their sign first; `start` counts from 1, and is the line before for a side that has none. */
export type Hunk = {
  leftStart: number
  leftLines: number
  rightStart: number
  rightLines: number
  lines: string[]
}

/** Unchanged lines around a change, unless somebody wants others. */
export const CONTEXT = 3
/** Beyond so many changed lines the shortest way from one text to the other is not looked for: its cost grows squared. */
const MAX_EDITS = 2_000
const NO_LINE_END = '\\ No newline at end of file'

/**
 * The text in these bytes, with its byte order mark; null when they are none. As git sees it: a NUL among the first
 * 8,000 bytes makes it binary. Other encodings than UTF-8 could not be told without loss, so they count as binary, too.
 */
export function textOf(bytes: Buffer): string | null {
  if (bytes.subarray(0, 8_000).includes(0)) return null
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

/**
 * Hunks that lead from `left` to `right`, byte for byte: a carriage return belongs to its line. Takes at most about
 * `budgetMs`; where that, or the number of changes, is not enough, everything between the first and the last change
 * is one replacement. `context`: unchanged lines around a change.
 */
export function textHunks(left: string, right: string, budgetMs: number, context = CONTEXT): Hunk[] {
  if (left === right) return []
  if (budgetMs <= 0) return [replacement(left, right, context)]
  const options = { context, maxEditLength: MAX_EDITS, timeout: budgetMs }
  const patch = structuredPatch('', '', left, right, undefined, undefined, options)
  if (!patch) return [replacement(left, right, context)]
  return patch.hunks.map(({ oldStart, oldLines, newStart, newLines, lines }) => ({
    // The library counts from 1 also where there is no line.
    leftStart: oldLines === 0 ? oldStart - 1 : oldStart,
    leftLines: oldLines,
    rightStart: newLines === 0 ? newStart - 1 : newStart,
    rightLines: newLines,
    lines,
  }))
}

/** One hunk: what both texts begin and end with is left, and everything else replaced. */
function replacement(left: string, right: string, context: number): Hunk {
  const [old, now] = [linesOf(left), linesOf(right)]
  const shorter = Math.min(old.length, now.length)
  let head = 0
  while (head < shorter && old[head] === now[head]) head++
  let tail = 0
  while (tail < shorter - head && old.at(-1 - tail) === now.at(-1 - tail)) tail++
  const before = old.slice(Math.max(head - context, 0), head)
  const removed = old.slice(head, old.length - tail)
  const added = now.slice(head, now.length - tail)
  const after = old.slice(old.length - tail, old.length - tail + context)
  const around = before.length + after.length
  const start = head - before.length
  const [leftLines, rightLines] = [around + removed.length, around + added.length]
  return {
    leftStart: leftLines === 0 ? start : start + 1,
    leftLines,
    rightStart: rightLines === 0 ? start : start + 1,
    rightLines,
    lines: [...signed(' ', before), ...signed('-', removed), ...signed('+', added), ...signed(' ', after)],
  }
}

/** Each with its line end; the last one may have none. */
const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? []

const signed = (sign: string, lines: readonly string[]): string[] =>
  lines.flatMap((line) => (line.endsWith('\n') ? [sign + line.slice(0, -1)] : [sign + line, NO_LINE_END]))
