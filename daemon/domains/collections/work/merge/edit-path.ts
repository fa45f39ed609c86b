/**
 * Which elements of two sequences differ, after Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), in
 * linear space. Where the shortest way is dear, the same things make it give up as in git, since whoever merges with git
 * expects the hunks of git: a way is good enough that has gone far along equal lines, and a search has an end.
 */

/** So many equal elements in a row are no accident. */
const LONG_RUN = 20
/** From so many edits on a long run counts more than the shortest way. */
const DEAR = 256
/** A way has gone far when it has come forward so many times as far as it has edits. */
const FAR = 4
const BEYOND = 0x7fff_ffff

/** Part of both sequences, ends not included. `exact`: nothing but the shortest way will do. */
type Box = { left: number; leftEnd: number; right: number; rightEnd: number; exact: boolean }
/** Where a way passes; what lies before and after may have to be exact, too. */
type Crossing = { left: number; right: number; exactBefore: boolean; exactAfter: boolean }

/** Sets in `removed` and `added` which elements are only on the left, and only on the right. */
export function markEdits(
  left: Int32Array,
  right: Int32Array,
  removed: (index: number) => void,
  added: (index: number) => void,
): void {
  const find = createSearch(left, right)
  const solve = (box: Box): void => {
    for (;;) {
      while (box.left < box.leftEnd && box.right < box.rightEnd && left[box.left] === right[box.right]) {
        box.left++
        box.right++
      }
      while (
        box.left < box.leftEnd &&
        box.right < box.rightEnd &&
        left[box.leftEnd - 1] === right[box.rightEnd - 1]
      ) {
        box.leftEnd--
        box.rightEnd--
      }
      if (box.left === box.leftEnd || box.right === box.rightEnd) break
      const at = find(box)
      const before = { ...box, leftEnd: at.left, rightEnd: at.right, exact: at.exactBefore }
      const after = { ...box, left: at.left, right: at.right, exact: at.exactAfter }
      // The larger part goes on here, so that the stack grows with the logarithm of the lengths alone.
      const isAfterLarger = sizeOf(after) > sizeOf(before)
      solve(isAfterLarger ? before : after)
      box = isAfterLarger ? after : before
    }
    for (let i = box.left; i < box.leftEnd; i++) removed(i)
    for (let i = box.right; i < box.rightEnd; i++) added(i)
  }
  solve({ left: 0, leftEnd: left.length, right: 0, rightEnd: right.length, exact: false })
}

const sizeOf = ({ left, leftEnd, right, rightEnd }: Box): number => leftEnd - left + (rightEnd - right)

/** The smallest power of two that is above the square root. */
export function roughRoot(n: number): number {
  let root = 1
  for (let rest = n; rest > 0; rest >>= 2) root <<= 1
  return root
}

/** A search for the middle of a way through a box; what it needs to remember is made once. */
function createSearch(left: Int32Array, right: Int32Array): (box: Box) => Crossing {
  const diagonals = left.length + right.length + 3
  /** How far ways from the start, and from the end, have come on each diagonal (left - right), as an index on the left. */
  const [forward, backward] = [new Int32Array(diagonals), new Int32Array(diagonals)]
  const zero = right.length + 1
  const most = Math.max(roughRoot(diagonals), DEAR)

  return (box) => {
    const [lowest, highest] = [box.left - box.rightEnd, box.leftEnd - box.right]
    const [first, last] = [box.left - box.right, box.leftEnd - box.rightEnd]
    const meetsForward = ((first - last) & 1) !== 0
    const ahead = { low: first, high: first }
    const behind = { low: last, high: last }
    forward[zero + first] = box.left
    backward[zero + last] = box.leftEnd
    const exactly = (at: number, diagonal: number): Crossing => ({
      left: at,
      right: at - diagonal,
      exactBefore: true,
      exactAfter: true,
    })

    for (let edits = 1; ; edits++) {
      let hasRun = false
      widen(ahead, forward, -1)
      for (let diagonal = ahead.high; diagonal >= ahead.low; diagonal -= 2) {
        const [below, above] = neighbours(forward, diagonal)
        const from = below >= above ? below + 1 : above
        let at = from
        while (at < box.leftEnd && at - diagonal < box.rightEnd && left[at] === right[at - diagonal]) at++
        if (at - from > LONG_RUN) hasRun = true
        forward[zero + diagonal] = at
        if (meetsForward && within(behind, diagonal) && (backward[zero + diagonal] as number) <= at)
          return exactly(at, diagonal)
      }
      widen(behind, backward, BEYOND)
      for (let diagonal = behind.high; diagonal >= behind.low; diagonal -= 2) {
        const [below, above] = neighbours(backward, diagonal)
        const from = below < above ? below : above - 1
        let at = from
        while (at > box.left && at - diagonal > box.right && left[at - 1] === right[at - diagonal - 1]) at--
        if (from - at > LONG_RUN) hasRun = true
        backward[zero + diagonal] = at
        if (!meetsForward && within(ahead, diagonal) && at <= (forward[zero + diagonal] as number))
          return exactly(at, diagonal)
      }
      if (box.exact) continue
      if (hasRun && edits > DEAR) {
        const found = promisingAhead(edits) ?? promisingBehind(edits)
        if (found) return found
      }
      if (edits >= most) return furthest()
    }

    function neighbours(reached: Int32Array, diagonal: number): [below: number, above: number] {
      return [reached[zero + diagonal - 1] as number, reached[zero + diagonal + 1] as number]
    }

    /** One diagonal more on each side, or one less where the box ends: every second one has its turn. */
    function widen(range: { low: number; high: number }, reached: Int32Array, nowhere: number): void {
      if (range.low > lowest) reached[zero + --range.low - 1] = nowhere
      else range.low++
      if (range.high < highest) reached[zero + ++range.high + 1] = nowhere
      else range.high--
    }

    /** The way from the start that went furthest, if it went far and just came along a long run. */
    function promisingAhead(edits: number): Crossing | null {
      let best = 0
      let found: Crossing | null = null
      for (let diagonal = ahead.high; diagonal >= ahead.low; diagonal -= 2) {
        const at = forward[zero + diagonal] as number
        const other = at - diagonal
        const gain = at - box.left + (other - box.right) - Math.abs(diagonal - first)
        if (gain <= FAR * edits || gain <= best) continue
        if (at < box.left + LONG_RUN || at >= box.leftEnd) continue
        if (other < box.right + LONG_RUN || other >= box.rightEnd) continue
        if (!isRun(at - LONG_RUN, other - LONG_RUN)) continue
        best = gain
        found = { left: at, right: other, exactBefore: true, exactAfter: false }
      }
      return found
    }

    /** The same of those from the end. */
    function promisingBehind(edits: number): Crossing | null {
      let best = 0
      let found: Crossing | null = null
      for (let diagonal = behind.high; diagonal >= behind.low; diagonal -= 2) {
        const at = backward[zero + diagonal] as number
        const other = at - diagonal
        const gain = box.leftEnd - at + (box.rightEnd - other) - Math.abs(diagonal - last)
        if (gain <= FAR * edits || gain <= best) continue
        if (at <= box.left || at > box.leftEnd - LONG_RUN) continue
        if (other <= box.right || other > box.rightEnd - LONG_RUN) continue
        if (!isRun(at, other)) continue
        best = gain
        found = { left: at, right: other, exactBefore: false, exactAfter: true }
      }
      return found
    }

    function isRun(from: number, other: number): boolean {
      for (let i = 0; i < LONG_RUN; i++) if (left[from + i] !== right[other + i]) return false
      return true
    }

    /** It has taken too long: the end of the way that has come furthest, from whichever side. */
    function furthest(): Crossing {
      let [start, startSum] = [-1, -1]
      for (let diagonal = ahead.high; diagonal >= ahead.low; diagonal -= 2) {
        let at = Math.min(forward[zero + diagonal] as number, box.leftEnd)
        if (at - diagonal > box.rightEnd) at = box.rightEnd + diagonal
        if (2 * at - diagonal > startSum) [start, startSum] = [at, 2 * at - diagonal]
      }
      let [end, endSum] = [BEYOND, BEYOND]
      for (let diagonal = behind.high; diagonal >= behind.low; diagonal -= 2) {
        let at = Math.max(backward[zero + diagonal] as number, box.left)
        if (at - diagonal < box.right) at = box.right + diagonal
        if (2 * at - diagonal < endSum) [end, endSum] = [at, 2 * at - diagonal]
      }
      return box.leftEnd + box.rightEnd - endSum < startSum - (box.left + box.right)
        ? { left: start, right: startSum - start, exactBefore: true, exactAfter: false }
        : { left: end, right: endSum - end, exactBefore: false, exactAfter: true }
    }
  }
}

const within = ({ low, high }: { low: number; high: number }, diagonal: number): boolean =>
  low <= diagonal && diagonal <= high
