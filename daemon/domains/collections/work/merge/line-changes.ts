/** What differs between two texts, with the hunk boundaries of git. */
import { markEdits } from './edit-path.ts'
import { matchableLines } from './matchable.ts'
import { slideChanges } from './slide.ts'

/** `leftCount` lines from `left` on (0 = the first) became `rightCount` lines from `right` on. */
export type Change = { left: number; leftCount: number; right: number; rightCount: number }

/** All changes in order, none touching the next. Lines are numbers, equal for equal ones. */
export function lineChanges(left: Int32Array, right: Int32Array): Change[] {
  const leftChanged = new Uint8Array(left.length)
  const rightChanged = new Uint8Array(right.length)
  mark(left, right, leftChanged, rightChanged)
  slideChanges(left, leftChanged, rightChanged)
  slideChanges(right, rightChanged, leftChanged)
  const changes: Change[] = []
  let [i, j] = [0, 0]
  while (i < left.length || j < right.length) {
    const [fromLeft, fromRight] = [i, j]
    while (leftChanged[i]) i++
    while (rightChanged[j]) j++
    if (i > fromLeft || j > fromRight)
      changes.push({ left: fromLeft, leftCount: i - fromLeft, right: fromRight, rightCount: j - fromRight })
    i++
    j++
  }
  return changes
}

function mark(left: Int32Array, right: Int32Array, leftChanged: Uint8Array, rightChanged: Uint8Array): void {
  const shorter = Math.min(left.length, right.length)
  let head = 0
  while (head < shorter && left[head] === right[head]) head++
  let tail = 0
  while (tail < shorter - head && left[left.length - 1 - tail] === right[right.length - 1 - tail]) tail++
  const [leftEnd, rightEnd] = [left.length - tail, right.length - tail]
  const onLeft = matchableLines(left, countsOf(right), head, leftEnd)
  const onRight = matchableLines(right, countsOf(left), head, rightEnd)
  leftChanged.fill(1, head, leftEnd)
  rightChanged.fill(1, head, rightEnd)
  for (const i of onLeft) leftChanged[i] = 0
  for (const i of onRight) rightChanged[i] = 0
  markEdits(
    Int32Array.from(onLeft, (i) => left[i] as number),
    Int32Array.from(onRight, (i) => right[i] as number),
    (k) => {
      leftChanged[onLeft[k] as number] = 1
    },
    (k) => {
      rightChanged[onRight[k] as number] = 1
    },
  )
}

function countsOf(lines: Int32Array): Map<number, number> {
  const counts = new Map<number, number>()
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1)
  return counts
}
