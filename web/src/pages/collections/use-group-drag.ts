import { useRef, useState } from 'preact/hooks'
import type { GroupMoves } from './use-groups.ts'

/** What somebody drags. */
type Dragged = { keys: readonly string[]; from: string | null } | { group: string }

/** On which side of what the line stands that says where it would go; `into`: all of it. */
export type Drop = { at: string; side: 'top' | 'bottom' | 'left' | 'right' | 'into' }

type Target = { drop: Drop; act(): void }

/** The attributes by which places are found again from what the pointer is over. */
export const GROUP = 'data-group'
export const MEMBER = 'data-member'

/** Names the place of a group, or of a member in it; good as an id. */
export const placeOf = (group: string | null, member?: string): string =>
  encodeURIComponent(JSON.stringify([group, member]))

export type GroupDrag = {
  /** Where it would go now; null when nothing is dragged, or that would be no change. */
  drop: Drop | null
  start(event: DragEvent, what: Dragged): void
  over(event: DragEvent): void
  leave(event: DragEvent): void
  put(event: DragEvent): void
  end(): void
}

/** Moves artifacts and groups by dragging; each list of a group has `GROUP`, and what is in it `MEMBER`. */
export function useGroupDrag({ groups = [], move, moveGroup }: GroupMoves): GroupDrag {
  const dragged = useRef<Dragged | null>(null)
  const [drop, setDrop] = useState<Drop | null>(null)
  const show = (next: Drop | null): void =>
    setDrop((before) => (before?.at === next?.at && before?.side === next?.side ? before : next))

  // What a filter hides, or is far out of view, is not in the document, but has its place all the same.
  const groupNames = (): string[] => groups.map(({ name }) => name)
  const membersOf = (group: string): readonly string[] =>
    groups.find(({ name }) => name === group)?.members ?? []

  const targetOf = ({ target, clientX, clientY }: DragEvent): Target | null => {
    const what = dragged.current
    const section = (target as Element).closest(`[${GROUP}]`)
    if (!what || !section) return null
    const group = nameIn(section)
    if ('group' in what) {
      if (group === null || group === what.group) return null
      const isAfter = clientY > middleOf(section).y
      const before = isAfter ? nextOf(groupNames(), group) : group
      const side = isAfter ? 'bottom' : 'top'
      return { drop: { at: placeOf(group), side }, act: () => moveGroup(what.group, before) }
    }
    const { keys, from } = what
    const card = (target as Element).closest(`[${MEMBER}]`)
    const over = card?.getAttribute(MEMBER) ?? null
    if (group === null || !card || over === null) {
      if (group === null && from === null) return null
      const to = { keys, from, to: group, before: null }
      return { drop: { at: placeOf(group), side: 'into' }, act: () => move(to) }
    }
    const { x, y, isWide } = middleOf(card)
    const isAfter = isWide ? clientY > y : clientX > x
    const before = isAfter ? nextOf(membersOf(group), over) : over
    const side = isWide ? (isAfter ? 'bottom' : 'top') : isAfter ? 'right' : 'left'
    return { drop: { at: placeOf(group, over), side }, act: () => move({ keys, from, to: group, before }) }
  }
  const end = (): void => {
    dragged.current = null
    show(null)
  }
  return {
    drop,
    start(event, what) {
      dragged.current = what
      if (!event.dataTransfer) return
      event.dataTransfer.effectAllowed = 'move'
      // Some browsers drag nothing that has no data.
      event.dataTransfer.setData('text/plain', 'group' in what ? what.group : what.keys.join('\n'))
    },
    over(event) {
      const target = targetOf(event)
      show(target?.drop ?? null)
      if (!target) return
      event.preventDefault()
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'move'
    },
    leave(event) {
      if (!(event.currentTarget as Element).contains(event.relatedTarget as Node | null)) show(null)
    },
    put(event) {
      const target = targetOf(event)
      if (target) event.preventDefault()
      target?.act()
      end()
    },
    end,
  }
}

/** The empty name is that of all that are in no group. */
const nameIn = (section: Element): string | null => section.getAttribute(GROUP) || null

function middleOf(element: Element): { x: number; y: number; isWide: boolean } {
  const { left, top, width, height } = element.getBoundingClientRect()
  const room = element.parentElement?.getBoundingClientRect().width ?? width
  // Alone in its row: what comes next stands below it.
  return { x: left + width / 2, y: top + height / 2, isWide: width > room / 2 }
}

/** What comes after one in a list; null at its end. */
const nextOf = (names: readonly string[], own: string): string | null =>
  names.includes(own) ? (names[names.indexOf(own) + 1] ?? null) : null
