/** The rows of a newer answer, each as the object that it was before where all of it is equal. */
export function reuseRows<Row extends { id: string }>(before: readonly Row[], after: readonly Row[]): Row[] {
  const known = new Map(before.map((row) => [row.id, row]))
  return after.map((row) => {
    const old = known.get(row.id)
    return old && isEqual(old, row) ? old : row
  })
}

/** By their members, and those of members. */
function isEqual(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true
  if (typeof one !== 'object' || one === null || typeof other !== 'object' || other === null) return false
  const names = Object.keys(one)
  const member = (of: object, name: string): unknown => (of as Record<string, unknown>)[name]
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => isEqual(member(one, name), member(other, name)))
  )
}
