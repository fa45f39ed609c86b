/** "Did you mean": the known word closest to a mistyped one. */

/**
 * The candidate with the fewest typing errors (a letter too many, missing, wrong, or two swapped), if they are few
 * enough for the length of the word; null otherwise. Letter case, `-` and `_` do not count.
 */
export function nearest(word: string, candidates: readonly string[]): string | null {
  const plain = (text: string) => text.toLowerCase().replaceAll('-', '_')
  const limit = Math.max(1, Math.floor(word.length / 3))
  let best: string | null = null
  let fewest = limit + 1
  for (const candidate of candidates) {
    const errors = distance(plain(word), plain(candidate))
    if (errors < fewest) [best, fewest] = [candidate, errors]
  }
  return best
}

/** Optimal string alignment distance. */
function distance(left: string, right: string): number {
  let before: number[] = []
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const cell = (cells: number[], at: number) => cells[at] as number
      const same = left[row - 1] === right[column - 1]
      let errors = Math.min(
        cell(previous, column) + 1,
        cell(current, column - 1) + 1,
        cell(previous, column - 1) + (same ? 0 : 1),
      )
      const swapped =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
      if (swapped) errors = Math.min(errors, cell(before, column - 2) + 1)
      current.push(errors)
    }
    before = previous
    previous = current
  }
  return previous[right.length] as number
}
