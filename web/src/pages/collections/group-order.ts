/** Groups of a collection and what moving does to them; members are named `type:name` where they mean an artifact. */
import type { ResultOf } from '../../../../protocol/methods.ts'
import type { LibraryRow } from './use-library.ts'

export type StoredGroup = ResultOf<'groups.show'>

export type Group = Pick<StoredGroup, 'name' | 'description' | 'color' | 'icon'> & {
  members: readonly string[]
}

/** A group as it is shown; the one of all that are in none has no name of its own. */
export type ShownGroup = {
  /** Null: in no group. */
  group: Group | null
  /** What the filter leaves, in its order. */
  rows: LibraryRow[]
  /** Members that mean no artifact of the collection. */
  missing: string[]
}

/** Artifacts go from a group to another place; null is no group, or the end. */
export type Move = {
  keys: readonly string[]
  from: string | null
  to: string | null
  /** The member they come before. */
  before: string | null
}

/** Groups as the page works with them: a bare name, as older files have it, means the only artifact of that name. */
export function readGroups(stored: readonly StoredGroup[], rows: readonly LibraryRow[]): Group[] {
  const keys = new Set(rows.map(({ key }) => key))
  const byName = new Map<string, string | null>()
  for (const { name, key } of rows) byName.set(name, byName.has(name) ? null : key)
  const keyOf = (member: string): string => (keys.has(member) ? member : (byName.get(member) ?? member))
  return stored.map(({ name, description, color, icon, members }) => ({
    name,
    description,
    color,
    icon,
    members: [...new Set(members.map(({ member }) => keyOf(member)))],
  }))
}

/** What the board shows: every group in its order, and what is in none of them last. */
export function showGroups(
  groups: readonly Group[],
  all: readonly LibraryRow[],
  found: readonly LibraryRow[],
): ShownGroup[] {
  const held = new Set(all.map(({ key }) => key))
  const byKey = new Map(found.map((row) => [row.key, row]))
  const grouped = new Set(groups.flatMap(({ members }) => members))
  const others = found.filter(({ key }) => !grouped.has(key))
  return [
    ...groups.map((group) => ({
      group,
      rows: group.members.flatMap((key) => byKey.get(key) ?? []),
      missing: group.members.filter((key) => !held.has(key)),
    })),
    ...(others.length > 0 || groups.length === 0 ? [{ group: null, rows: others, missing: [] }] : []),
  ]
}

/** Members once `keys` stand before `before`, each once; null, or one of those that move away: behind the others. */
export function placeMembers(
  members: readonly string[],
  keys: readonly string[],
  before: string | null,
): string[] {
  const rest = members.filter((member) => !keys.includes(member))
  const from = before === null ? -1 : members.indexOf(before)
  // Before one that moves itself is before the next one that stays.
  const next = from === -1 ? undefined : members.slice(from).find((member) => !keys.includes(member))
  const at = next === undefined ? rest.length : rest.indexOf(next)
  return [...rest.slice(0, at), ...keys, ...rest.slice(at)]
}

/** The groups once a move was made. */
export const moveMembers = (groups: readonly Group[], { keys, from, to, before }: Move): Group[] =>
  groups.map((group) => {
    if (group.name === to) return { ...group, members: placeMembers(group.members, keys, before) }
    if (group.name !== from) return group
    return { ...group, members: group.members.filter((member) => !keys.includes(member)) }
  })

/** The groups once one stands before another; null: at the end. */
export function moveGroup(groups: readonly Group[], name: string, before: string | null): Group[] {
  const names = placeMembers(
    groups.map((group) => group.name),
    [name],
    before,
  )
  return names.flatMap((one) => groups.find((group) => group.name === one) ?? [])
}
