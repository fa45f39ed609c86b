import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { ErrorNotice } from '../../components/error-notice/error-notice.tsx'
import { Menu } from '../../components/menu/menu.tsx'
import { formatCount } from '../../lib/format.ts'
import type { Chosen } from '../../lib/use-chosen.ts'
import { CopyGroupDialog } from './copy-group-dialog.tsx'
import { DeleteGroupDialog } from './delete-group-dialog.tsx'
import { EditGroupDialog } from './edit-group-dialog.tsx'
import { type Group, type ShownGroup, showGroups } from './group-order.ts'
import { GroupSign } from './group-sign.tsx'
import styles from './groups.module.css'
import { LibraryGrid } from './library-grid.tsx'
import { memberMenu } from './member-menu.tsx'
import { keepFocus, onStepKey } from './move-by-keys.ts'
import { GROUP, MEMBER, placeOf, useGroupDrag } from './use-group-drag.ts'
import { useGroupMoves } from './use-groups.ts'
import type { LibraryRow } from './use-library.ts'

type Props = {
  collection: string
  /** All of the collection, and what the filter leaves of it. */
  all: readonly LibraryRow[]
  rows: readonly LibraryRow[]
  chosen: Chosen<LibraryRow>
  onTag(tag: string): void
}

type Opened = { what: 'edit' | 'copy' | 'delete'; group: Group } | { what: 'new' } | null

/**
 * The groups of a collection, which are its own: artifacts are dragged into them and within them, groups among each other,
 * and everything that is dragged can be moved by the menus, too.
 */
export function GroupBoard({ collection, all, rows, chosen, onTag }: Props) {
  const moves = useGroupMoves(collection, all)
  const drag = useGroupDrag(moves)
  const [opened, open] = useState<Opened>(null)
  const close = (): void => open(null)
  const { groups, error } = moves
  const failure = error && <ErrorNotice error={error} onRetry={moves.reload} />
  if (!groups) return failure ?? <p role="status">Reading the groups…</p>
  const shown = showGroups(groups, all, rows)
  return (
    <>
      {failure}
      <p class={styles.bar}>
        <button type="button" class="button" onClick={() => open({ what: 'new' })}>
          New group…
        </button>
        <span class="muted">Drag artifacts and groups to where they belong, or use their ⋮ menus.</span>
      </p>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: what is dragged here has menus that do the same */}
      <div onDragOver={drag.over} onDragLeave={drag.leave} onDrop={drag.put} onDragEnd={drag.end}>
        {shown.map((one, at) => (
          <BoardGroup
            key={one.group?.name ?? ''}
            shown={one}
            drop={drag.drop?.at === placeOf(one.group?.name ?? null) ? drag.drop.side : undefined}
            onDragStart={(event) => one.group && drag.start(event, { group: one.group.name })}
            menu={
              one.group && (
                <GroupMenu
                  group={one.group}
                  at={at}
                  groups={groups}
                  onMove={(before) => one.group && moves.moveGroup(one.group.name, before)}
                  onOpen={(what) => one.group && open({ what, group: one.group })}
                />
              )
            }
          >
            <LibraryGrid
              collection={collection}
              label={one.group?.name ?? OTHERS}
              rows={one.rows}
              chosen={chosen}
              onTag={onTag}
              arrange={(row, index) => {
                const from = one.group?.name ?? null
                return {
                  attributes: {
                    draggable: true,
                    [MEMBER]: row.key,
                    'data-drop': drag.drop?.at === placeOf(from, row.key) ? drag.drop.side : undefined,
                    onDragStart: (event: DragEvent) => {
                      event.stopPropagation()
                      drag.start(event, { keys: keysFor(row, one, chosen), from })
                    },
                  },
                  menu: memberMenu({ row, index, shown: one, groups, onMove: moves.move }),
                }
              }}
            />
          </BoardGroup>
        ))}
      </div>
      {opened?.what === 'new' && <EditGroupDialog collection={collection} group={null} onClose={close} />}
      {opened?.what === 'edit' && (
        <EditGroupDialog collection={collection} group={opened.group} onClose={close} />
      )}
      {opened?.what === 'copy' && (
        <CopyGroupDialog collection={collection} group={opened.group} onClose={close} />
      )}
      {opened?.what === 'delete' && (
        <DeleteGroupDialog collection={collection} group={opened.group} onClose={close} />
      )}
    </>
  )
}

const OTHERS = 'In no group'

/** One that is selected takes those along that are selected beside it. */
function keysFor({ key }: LibraryRow, { rows }: ShownGroup, chosen: Chosen<LibraryRow>): string[] {
  return chosen.has(key) ? rows.filter((row) => chosen.has(row.key)).map((row) => row.key) : [key]
}

type BoardGroupProps = {
  shown: ShownGroup
  drop: string | undefined
  onDragStart(event: DragEvent): void
  menu: ComponentChildren
  children: ComponentChildren
}

function BoardGroup({ shown: { group, rows, missing }, drop, onDragStart, menu, children }: BoardGroupProps) {
  const [isOpen, setOpen] = useState(true)
  const name = group?.name ?? OTHERS
  return (
    <section aria-label={name} class={styles.group} data-drop={drop} {...{ [GROUP]: group?.name ?? '' }}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the menu in it does the same */}
      <div class={styles.head} draggable={group !== null} onDragStart={onDragStart}>
        {group && <GroupSign color={group.color} icon={group.icon} />}
        <h2>
          <button type="button" class={styles.toggle} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            <span aria-hidden="true">{isOpen ? '▾' : '▸'}</span> {name}{' '}
            <span class="muted">{formatCount(rows.length)}</span>
          </button>
        </h2>
        {menu}
      </div>
      {group?.description && <p class={styles.description}>{group.description}</p>}
      {missing.length > 0 && (
        <p class={styles.description}>Not in the collection now: {missing.join(', ')}</p>
      )}
      {isOpen && (rows.length > 0 ? children : <p class={styles.empty}>Nothing is in it.</p>)}
    </section>
  )
}

type GroupMenuProps = {
  group: Group
  at: number
  groups: readonly Group[]
  onMove(before: string | null): void
  onOpen(what: 'edit' | 'copy' | 'delete'): void
}

/** What can be done with a group; its keys work while the button has the focus. */
function GroupMenu({ group: { name }, at, groups, onMove, onOpen }: GroupMenuProps) {
  const id = placeOf(name)
  const step = (by: -1 | 1): void => {
    onMove((by === -1 ? groups[at - 1] : groups[at + 2])?.name ?? null)
    keepFocus(id)
  }
  return (
    <Menu
      id={id}
      label={`What to do with ${name}`}
      shortcuts="Alt+ArrowUp Alt+ArrowDown"
      onKeyDown={(event) => onStepKey(event, at > 0, at < groups.length - 1, step)}
      items={[
        { text: 'Move up', keys: 'Alt+↑', isOff: at === 0, act: () => step(-1) },
        { text: 'Move down', keys: 'Alt+↓', isOff: at === groups.length - 1, act: () => step(1) },
        { text: 'Change…', act: () => onOpen('edit') },
        { text: 'Copy…', act: () => onOpen('copy') },
        { text: 'Delete…', act: () => onOpen('delete') },
      ]}
    />
  )
}
