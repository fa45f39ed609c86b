/** A part of a line; `changed` when the other line has something else there. */
export type Piece = { text: string; changed: boolean }

/** Lines are compared word by word only up to so many words of one times words of the other. */
const MAX_WORK = 250_000
/** Lines that share less of their text are different lines; marking words of them is noise. */
const MIN_SHARED = 0.3

/**
 * Two lines in pieces that differ and pieces that do not; null when they have too little in common to say so. What is
 * common is the longest sequence of words, spaces and signs that both have: a library for it is twice as large as the rest
 * of the view.
 */
export function changedWords(left: string, right: string): { left: Piece[]; right: Piece[] } | null {
  const [a, b] = [wordsOf(left), wordsOf(right)]
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let end = 0
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end++
  const [inA, inB] = [a.slice(start, a.length - end), b.slice(start, b.length - end)]
  if (inA.length * inB.length > MAX_WORK) return null

  const [keptA, keptB] = commonOf(inA, inB)
  const leftPieces = piecesOf(a, (at) => at < start || at >= a.length - end || keptA.has(at - start))
  const rightPieces = piecesOf(b, (at) => at < start || at >= b.length - end || keptB.has(at - start))
  const shared = leftPieces.reduce((sum, { text, changed }) => sum + (changed ? 0 : text.trim().length), 0)
  if (shared < MIN_SHARED * Math.max(left.trim().length, right.trim().length)) return null
  return { left: leftPieces, right: rightPieces }
}

const wordsOf = (text: string): string[] =>
  text.match(/[\p{L}\p{M}\p{N}_]+|\s+|[^\p{L}\p{M}\p{N}_\s]/gu) ?? []

/** Which words of either belong to the longest sequence that both have. */
function commonOf(a: readonly string[], b: readonly string[]): [Set<number>, Set<number>] {
  // Length of the longest sequence of what follows in either, row by row.
  const width = b.length + 1
  const lengths = new Uint32Array((a.length + 1) * width)
  const lengthAt = (i: number, j: number): number => lengths[i * width + j] ?? 0
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        a[i] === b[j] ? lengthAt(i + 1, j + 1) + 1 : Math.max(lengthAt(i + 1, j), lengthAt(i, j + 1))
    }
  }
  const [inA, inB] = [new Set<number>(), new Set<number>()]
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) {
      inA.add(i++)
      inB.add(j++)
    } else if (lengthAt(i + 1, j) >= lengthAt(i, j + 1)) i++
    else j++
  }
  return [inA, inB]
}

/** Words that stand together and are alike in this make one piece. */
function piecesOf(words: readonly string[], isKept: (at: number) => boolean): Piece[] {
  const pieces: Piece[] = []
  for (const [at, word] of words.entries()) {
    const changed = !isKept(at)
    const last = pieces.at(-1)
    if (last?.changed === changed) last.text += word
    else pieces.push({ text: word, changed })
  }
  return pieces
}
