/** Which row of a list of tables is which row of the list that is wanted. */
import type { Row } from './toml-format.ts'
import { isTable } from './value.ts'

/** A wanted row and the index of the row that it was; null for a new one. */
export type RowMatch = { row: Row; from: number | null }

/** By key: of several rows with one key the first is the first, and so on. */
export function matchByKey(
  old: readonly Row[],
  wanted: readonly Row[],
  keyOf: (row: Row) => string,
): RowMatch[] {
  const indexes = new Map<string, number[]>()
  old.forEach((row, index) => {
    const key = keyOf(row)
    indexes.set(key, [...(indexes.get(key) ?? []), index])
  })
  return wanted.map((row) => ({ row, from: indexes.get(keyOf(row))?.shift() ?? null }))
}

/** Without a key: equal rows at the beginning and at the end are the same, those between are by their order. */
export function matchInOrder(old: readonly Row[], wanted: readonly Row[]): RowMatch[] {
  const shorter = Math.min(old.length, wanted.length)
  let head = 0
  while (head < shorter && sameValue(old[head], wanted[head])) head++
  let tail = 0
  while (tail < shorter - head && sameValue(old.at(-1 - tail), wanted.at(-1 - tail))) tail++
  return wanted.map((row, index) => {
    if (index < Math.min(head, old.length)) return { row, from: index }
    const fromEnd = wanted.length - index
    if (fromEnd <= tail) return { row, from: old.length - fromEnd }
    return { row, from: index < old.length - tail ? index : null }
  })
}

/** Equal as TOML: a table that is empty equals an absent one, an instant any other Date of the same instant. */
export function sameValue(left: unknown, right: unknown): boolean {
  if (left === right) return true
  if (typeof left === 'number' && typeof right === 'number') return Number.isNaN(left) && Number.isNaN(right)
  if (left instanceof Date || right instanceof Date) {
    return left instanceof Date && right instanceof Date && left.getTime() === right.getTime()
  }
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false
    return left.every((item, index) => sameValue(item, right[index]))
  }
  if (!isTable(left) || !isTable(right)) return isNothing(left) && isNothing(right)
  const keys = new Set([...Object.keys(left), ...Object.keys(right)])
  return [...keys].every((key) => sameValue(left[key], right[key]))
}

/** Absent, or a table of nothing but such. */
export function isNothing(value: unknown): boolean {
  return value === undefined || (isTable(value) && Object.values(value).every(isNothing))
}

/** A copy without what TOML cannot say: null and undefined. */
export function withoutNulls<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.filter((item) => item != null).map(withoutNulls) as Value
  if (!isTable(value)) return value
  const copy: Row = Object.create(null)
  for (const [key, child] of Object.entries(value)) if (child != null) copy[key] = withoutNulls(child)
  return copy as Value
}
