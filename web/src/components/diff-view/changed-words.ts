import { diffWordsWithSpace } from 'diff'

/** A part of a line; `changed` when the other line has something else there. */
export type Piece = { text: string; changed: boolean }

/** Comparing words of longer lines takes too long. */
const MAX_LENGTH = 2_000
/** Lines that share less of their text are different lines; marking words of them is noise. */
const MIN_SHARED = 0.3

/** Two lines in pieces that differ and pieces that do not; null when they have too little in common to say so. */
export function changedWords(left: string, right: string): { left: Piece[]; right: Piece[] } | null {
  if (left.length > MAX_LENGTH || right.length > MAX_LENGTH) return null
  const pieces = diffWordsWithSpace(left, right)
  const shared = pieces.reduce(
    (sum, { added, removed, value }) => sum + (added || removed ? 0 : value.trim().length),
    0,
  )
  if (shared < MIN_SHARED * Math.max(left.trim().length, right.trim().length)) return null
  return {
    left: pieces
      .filter(({ added }) => !added)
      .map(({ value, removed }) => ({ text: value, changed: removed })),
    right: pieces
      .filter(({ removed }) => !removed)
      .map(({ value, added }) => ({ text: value, changed: added })),
  }
}
