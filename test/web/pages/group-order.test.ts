import { describe, expect, it } from 'vitest'
import {
  type Group,
  moveGroup,
  moveMembers,
  placeMembers,
  readGroups,
  type StoredGroup,
  showGroups,
} from '../../../web/src/pages/collections/group-order.ts'
import type { LibraryRow } from '../../../web/src/pages/collections/use-library.ts'

const row = (key: string): LibraryRow => {
  const [type = '', name = ''] = key.split(':')
  return { key, type, name } as LibraryRow
}
const rows = ['skill:a', 'skill:b', 'command:b', 'skill:c'].map(row)

const group = (name: string, ...members: string[]): Group => ({
  name,
  description: '',
  color: 'slate',
  icon: 'layers',
  members,
})
const groups = [group('One', 'skill:a', 'skill:b', 'skill:gone'), group('Two', 'skill:c')]
const membersOf = (all: readonly Group[]): ReadonlyArray<readonly string[]> => all.map((one) => one.members)

describe('placeMembers', () => {
  it.each([
    ['before another one', ['c'], 'a', ['c', 'a', 'b']],
    ['to the end', ['a'], null, ['b', 'c', 'a']],
    ['before itself, where it stays', ['b'], 'b', ['a', 'b', 'c']],
    ['several together, before the next that stays', ['a', 'b'], 'b', ['a', 'b', 'c']],
    ['several in the order they are given', ['c', 'a'], 'b', ['c', 'a', 'b']],
    ['one that is new', ['d'], 'b', ['a', 'd', 'b', 'c']],
    ['before what is not there, to the end', ['a'], 'x', ['b', 'c', 'a']],
  ])('puts %s', (_, keys, before, expected) => {
    expect(placeMembers(['a', 'b', 'c'], keys, before)).toEqual(expected)
  })
})

describe('moveMembers', () => {
  it('takes them from where they were, and leaves other groups alone', () => {
    const move = { keys: ['skill:a'], from: 'One', to: 'Two', before: 'skill:c' }
    expect(membersOf(moveMembers(groups, move))).toEqual([
      ['skill:b', 'skill:gone'],
      ['skill:a', 'skill:c'],
    ])
    const out = { keys: ['skill:c'], from: 'Two', to: null, before: null }
    expect(membersOf(moveMembers(groups, out))).toEqual([groups[0]?.members, []])
  })
})

describe('moveGroup', () => {
  it('puts one before another, or last', () => {
    expect(moveGroup(groups, 'Two', 'One').map(({ name }) => name)).toEqual(['Two', 'One'])
    expect(moveGroup(groups, 'One', null).map(({ name }) => name)).toEqual(['Two', 'One'])
  })
})

describe('readGroups', () => {
  it('takes a bare name for the only artifact of that name, and leaves the others as they stand', () => {
    const stored = [{ ...group('One'), members: ['a', 'b', 'skill:c', 'skill:a', 'gone'] }]
    const read = readGroups(
      stored.map((one) => ({ ...one, members: one.members.map((member) => ({ member })) })) as StoredGroup[],
      rows,
    )
    // `b` is a skill and a command; `a` stands there twice.
    expect(membersOf(read)).toEqual([['skill:a', 'b', 'skill:c', 'gone']])
  })
})

describe('showGroups', () => {
  it('shows what the filter leaves in the order of each group, and last what is in none', () => {
    const shown = showGroups(groups, rows, rows.slice(1))
    expect(
      shown.map(({ group: one, rows: held, missing }) => [one?.name, held.map(({ key }) => key), missing]),
    ).toEqual([
      ['One', ['skill:b'], ['skill:gone']],
      ['Two', ['skill:c'], []],
      [undefined, ['command:b'], []],
    ])
  })
})
