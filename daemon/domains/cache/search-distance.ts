/** Longest word distances are computed for: its letters are the bits of a 32-bit number. */
export const MAX_LETTERS = 31

/**
 * How many letters must be added, left out, replaced or swapped with their neighbour to turn `pattern` into a word
 * (optimal string alignment). `pattern` has 1 to 31 letters; the returned function takes the word as a part of a
 * larger text, so that a vocabulary need not be cut into strings.
 *
 * Bit-parallel (Hyyrö 2003, "A bit-vector algorithm for computing Levenshtein and Damerau edit distances"): a column
 * of the table is two numbers, +1 and -1 steps between its rows, so a letter costs a dozen operations.
 */
export function distanceTo(pattern: string): (text: string, start: number, end: number) => number {
  const rowsOf = new Map<number, number>()
  for (let row = 0; row < pattern.length; row++) {
    const letter = pattern.charCodeAt(row)
    rowsOf.set(letter, (rowsOf.get(letter) ?? 0) | (1 << row))
  }
  const last = 1 << (pattern.length - 1)

  return (text, start, end) => {
    let up = -1
    let down = 0
    let diagonal = 0
    let previous = 0
    let distance = pattern.length
    for (let at = start; at < end; at++) {
      const equal = rowsOf.get(text.charCodeAt(at)) ?? 0
      const swapped = ((~diagonal & equal) << 1) & previous
      diagonal = ((((equal & up) + up) | 0) ^ up) | equal | down | swapped
      let right = down | ~(diagonal | up)
      let left = diagonal & up
      if (right & last) distance++
      else if (left & last) distance--
      right = (right << 1) | 1
      left <<= 1
      up = left | ~(diagonal | right)
      down = diagonal & right
      previous = equal
    }
    return distance
  }
}

/**
 * Which letters a part of a text has, as bits. One edit changes at most two of them, so words whose bits differ in
 * more than `2 * n` are further than `n` apart: a comparison that spares nearly all distances.
 */
export function lettersOf(text: string, start: number, end: number): number {
  let letters = 0
  for (let at = start; at < end; at++) letters |= 1 << (text.charCodeAt(at) & 31)
  return letters
}

/** How many bits of a number are set. */
export function bitCount(bits: number): number {
  let n = bits - ((bits >>> 1) & 0x55555555)
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333)
  return (((n + (n >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24
}
