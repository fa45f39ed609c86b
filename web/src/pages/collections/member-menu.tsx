import type { ComponentChildren } from 'preact'
import { Menu, type MenuItem } from '../../components/menu/menu.tsx'
import type { Group, Move, ShownGroup } from './group-order.ts'
import { keepFocus, onStepKey } from './move-by-keys.ts'
import { placeOf } from './use-group-drag.ts'
import type { LibraryRow } from './use-library.ts'

type Member = {
  row: LibraryRow
  /** Where it stands among those that are shown. */
  index: number
  shown: ShownGroup
  groups: readonly Group[]
  onMove(move: Move): void
}

/** Everything that dragging does with an artifact in a group; the focus goes along with it. */
export function memberMenu({ row: { key, name }, index, shown, groups, onMove }: Member): ComponentChildren {
  const { group, rows } = shown
  const from = group?.name ?? null
  const move = (to: string | null, before: string | null): void => {
    onMove({ keys: [key], from, to, before })
    keepFocus(placeOf(to, key), placeOf(to ?? from))
  }
  const step = (by: -1 | 1): void => {
    const beside = rows[index + by]?.key ?? ''
    // What the filter hides stays where it is, so the next one of all counts.
    const after = group?.members[group.members.indexOf(beside) + 1] ?? null
    move(from, by === -1 ? beside : after)
  }
  const [isFirst, isLast] = [index === 0, index === rows.length - 1]
  const items: MenuItem[] = [
    ...(group
      ? [
          { text: 'Move up', keys: 'Alt+↑', isOff: isFirst, act: () => step(-1) },
          { text: 'Move down', keys: 'Alt+↓', isOff: isLast, act: () => step(1) },
        ]
      : []),
    ...groups
      .filter((one) => one.name !== from)
      .map((one) => ({
        text: `${group ? 'Move' : 'Put'} into ${one.name}`,
        isOff: one.members.includes(key),
        act: () => move(one.name, null),
      })),
    ...(group ? [{ text: `Take out of ${group.name}`, act: () => move(null, null) }] : []),
  ]
  if (items.length === 0) return null
  return (
    <Menu
      id={placeOf(from, key)}
      label={`Move ${name}`}
      {...(group && { shortcuts: 'Alt+ArrowUp Alt+ArrowDown' })}
      onKeyDown={(event) => group && onStepKey(event, !isFirst, !isLast, step)}
      items={items}
    />
  )
}
