import { useMemo, useRef, useState } from 'preact/hooks'
import { notify } from '../../components/notices/notices.tsx'
import { call } from '../../connection.ts'
import type { CallError } from '../../lib/call-error.ts'
import { plural } from '../../lib/format.ts'
import { reloadChanged } from '../../lib/undo-change.ts'
import { notifyFailure } from '../../lib/use-action.ts'
import { type QueryResult, queries, useAnyQuery } from '../../lib/use-query.ts'
import { type Group, type Move, moveGroup, moveMembers, readGroups, type StoredGroup } from './group-order.ts'
import type { LibraryRow } from './use-library.ts'

const keyOf = (collection: string): string => `groups.list ${collection} with members`

/** The groups of a collection in their order, with their members. */
function useGroups(collection: string): QueryResult<StoredGroup[]> {
  return useAnyQuery<StoredGroup[]>({
    key: keyOf(collection),
    freshMs: 30_000,
    stored: true,
    async load(signal) {
      const { items } = await call('groups.list', { collection }, signal)
      return Promise.all(items.map(({ name }) => call('groups.show', { collection, name }, signal)))
    },
  })
}

export type GroupMoves = {
  /** As they will be once all moves are made; undefined before the first answer. */
  groups: Group[] | undefined
  /** Why the last answer failed. */
  error: CallError | null
  reload(): void
  move(move: Move): void
  /** Null: to the end. */
  moveGroup(name: string, before: string | null): void
}

/** Moves that wait for each other. */
type Queue = { last: Promise<void>; isBroken: boolean }
const newQueue = (): Queue => ({ last: Promise.resolve(), isBroken: false })

/**
 * Groups that can be moved: what was moved stands there at once, and is made one after the other, so that whoever presses a
 * key again and again gets as far. When one fails, those behind it are given up, and all is shown as it is.
 */
export function useGroupMoves(collection: string, rows: readonly LibraryRow[]): GroupMoves {
  const { data: stored, error, reload } = useGroups(collection)
  const read = useMemo(() => stored && readGroups(stored, rows), [stored, rows])
  const [expected, expect] = useState<Group[] | null>(null)
  const latest = useRef<Group[] | undefined>(undefined)
  latest.current = expected ?? read
  const current = useRef(newQueue())

  const make = (next: Group[], text: string, send: () => Promise<unknown>): void => {
    latest.current = next
    expect(next)
    const queue = current.current
    const own = queue.last.then(async () => {
      await send()
      notify({ text })
      if (queue.last === own) settle(next)
    })
    queue.last = own
    own.catch((error) => {
      // Those behind it, which were planned on what did not come, fail with it and are not told of one by one.
      if (queue.isBroken) return
      queue.isBroken = true
      current.current = newQueue()
      notifyFailure(error)
      settle(null)
    })
  }
  /** Shows what is stored again, which is what was made until it is asked for. */
  const settle = (made: Group[] | null): void => {
    if (made) queries.expect<StoredGroup[]>(keyOf(collection), (before) => storedAs(made, before))
    expect(null)
    reloadChanged()
  }
  return {
    groups: expected ?? read,
    error,
    reload,
    move(move) {
      const { keys, from, to, before } = move
      const groups = latest.current
      if (!groups || (to === null && from === null)) return
      const next = moveMembers(groups, move)
      const members = next.find(({ name }) => name === to)?.members ?? []
      const former = groups.find(({ name }) => name === to)?.members ?? []
      if (to === from && members.every((key, at) => key === former[at])) return
      make(next, textOf(move, members, rows), () => {
        if (to === null) return call('groups.assign', { collection, name: from ?? '', remove: [...keys] })
        if (to === from) return call('groups.order', { collection, name: to, members: [...members] })
        return call('groups.assign', {
          collection,
          name: to,
          add: [...keys],
          ...(before !== null && { position: members.indexOf(keys[0] ?? '') }),
          ...(from !== null && { from }),
        })
      })
    },
    moveGroup(name, before) {
      const groups = latest.current
      if (!groups) return
      const next = moveGroup(groups, name, before)
      const names = next.map((group) => group.name)
      if (names.every((one, at) => one === groups[at]?.name)) return
      make(next, `${name} is number ${names.indexOf(name) + 1} of ${names.length} groups now.`, () =>
        call('groups.reorder', { collection, names }),
      )
    },
  }
}

/** Says where something is now. */
function textOf({ keys, from, to }: Move, members: readonly string[], rows: readonly LibraryRow[]): string {
  const [key = ''] = keys
  const name = rows.find((row) => row.key === key)?.name ?? key
  const what = keys.length === 1 ? name : plural(keys.length, 'artifact')
  if (to === null) return `Took ${what} out of ${from}.`
  if (keys.length > 1) return `Put ${what} into ${to}.`
  return `${name} is number ${members.indexOf(key) + 1} of ${members.length} in ${to} now.`
}

/** What an answer will say of groups once they are like this. */
const storedAs = (groups: readonly Group[], before: readonly StoredGroup[]): StoredGroup[] =>
  groups.flatMap((group, position) => {
    const stored = before.find(({ name }) => name === group.name)
    const members = group.members.map((member, at) => ({
      member,
      position: at,
      resolved: true,
      artifact: null,
    }))
    return stored ? [{ ...stored, position, members }] : []
  })
