/** Which lines are worth looking for on the other side, as git decides it. */
import { roughRoot } from './edit-path.ts'

/** A line that is there more often than this is common, whatever the length of the text. */
const MOST = 1_024
/** So many lines before and after a common one are looked at. */
const WINDOW = 100
/** A common line is left out when fewer than one in so many around it are common, too. */
const SHARE = 4

const unmatched = 0
const rare = 1
const common = 2

/**
 * Indices of the lines of `lines` from `start` to `end` that may be equal to one of `others`: not those that have no
 * equal there, and not the common ones (blank lines, braces) in the middle of such, which would match by accident.
 */
export function matchableLines(
  lines: Int32Array,
  counts: ReadonlyMap<number, number>,
  start: number,
  end: number,
): number[] {
  const limit = Math.min(roughRoot(lines.length), MOST)
  const kinds = new Uint8Array(lines.length)
  for (let i = start; i < end; i++) {
    const count = counts.get(lines[i] as number) ?? 0
    kinds[i] = count === 0 ? unmatched : count >= limit ? common : rare
  }
  const found: number[] = []
  for (let i = start; i < end; i++)
    if (kinds[i] === rare || (kinds[i] === common && !isAmongUnmatched(kinds, i, start, end))) found.push(i)
  return found
}

/** Whether the lines around a common one, up to the next rare ones, are mostly without an equal. */
function isAmongUnmatched(kinds: Uint8Array, at: number, start: number, end: number): boolean {
  const before = countRun(kinds, at, -1, Math.max(start, at - WINDOW))
  if (before.unmatched === 0) return false
  const after = countRun(kinds, at, 1, Math.min(end - 1, at + WINDOW))
  if (after.unmatched === 0) return false
  // The line itself counts in both directions.
  const commonLines = before.common + after.common + 2
  return commonLines * SHARE < commonLines + before.unmatched + after.unmatched
}

function countRun(
  kinds: Uint8Array,
  at: number,
  step: 1 | -1,
  last: number,
): { unmatched: number; common: number } {
  const counted = { unmatched: 0, common: 0 }
  for (let i = at + step; step > 0 ? i <= last : i >= last; i += step) {
    if (kinds[i] === rare) break
    if (kinds[i] === common) counted.common++
    else counted.unmatched++
  }
  return counted
}
