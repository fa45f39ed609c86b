import { describe, expect, it } from 'vitest'
import { reuseRows } from '../../../web/src/lib/reuse-rows.ts'

const row = (
  id: string,
  name: string,
  counts: Record<string, number> = { skill: 1 },
  at: number | null = null,
) => ({
  id,
  name,
  counts,
  at,
})

describe('rows of a newer answer', () => {
  const before = [row('a', 'one'), row('b', 'two'), row('c', 'three')]

  it('are the same objects where nothing of them changed, wherever they stand now', () => {
    const after = reuseRows(before, [row('c', 'three'), row('a', 'one'), row('d', 'four')])
    expect(after).toEqual([row('c', 'three'), row('a', 'one'), row('d', 'four')])
    expect([after[0] === before[2], after[1] === before[0]]).toEqual([true, true])
  })

  it.each([
    ['a value', row('a', 'other')],
    ['a value inside', row('a', 'one', { skill: 2 })],
    ['a member inside', row('a', 'one', { skill: 1, hook: 1 })],
    ['null', row('a', 'one', { skill: 1 }, 5)],
    ['a new member', { ...row('a', 'one'), more: 1 }],
  ])('are the new ones where %s is another', (_, changed) => {
    expect(reuseRows(before, [changed])[0]).toBe(changed)
  })
})
