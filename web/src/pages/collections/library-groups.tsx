import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { formatCount } from '../../lib/format.ts'
import type { Chosen } from '../../lib/use-chosen.ts'
import styles from './collections-page.module.css'
import type { RowGroup } from './library-filter.ts'
import { LibraryGrid } from './library-grid.tsx'
import type { LibraryRow } from './use-library.ts'

type Props = {
  groups: readonly RowGroup[]
  chosen: Chosen<LibraryRow>
  onTag(tag: string): void
  /** Moves a group one place up or down; absent where the order is not theirs. */
  onMove?: ((name: string, step: -1 | 1) => void) | undefined
}

/** Artifacts by what they share, each group with a heading that closes it. */
export function LibraryGroups({ groups, chosen, onTag, onMove }: Props) {
  // What is in no group stands last, and stays there.
  const count = groups.filter(({ id }) => id !== '').length
  return (
    <>
      {groups.map((group, at) => (
        <Group key={group.id} group={group} chosen={chosen} onTag={onTag}>
          {onMove && group.id !== '' && (
            <span class={styles.moves}>
              <Move text="up" group={group.name} isPossible={at > 0} onMove={() => onMove(group.name, -1)} />
              <Move
                text="down"
                group={group.name}
                isPossible={at < count - 1}
                onMove={() => onMove(group.name, 1)}
              />
            </span>
          )}
        </Group>
      ))}
    </>
  )
}

type MoveProps = { text: 'up' | 'down'; group: string; isPossible: boolean; onMove(): void }

/** It keeps the focus where it can do no more: somebody may have come by the keyboard. */
const Move = ({ text, group, isPossible, onMove }: MoveProps) => (
  <button
    type="button"
    class="button"
    aria-label={`Move ${group} ${text}`}
    aria-disabled={!isPossible}
    onClick={() => isPossible && onMove()}
  >
    <span aria-hidden="true">{text === 'up' ? '↑' : '↓'}</span>
  </button>
)

type GroupProps = Pick<Props, 'chosen' | 'onTag'> & { group: RowGroup; children: ComponentChildren }

function Group({ group: { name, rows }, chosen, onTag, children }: GroupProps) {
  const [isOpen, setOpen] = useState(true)
  return (
    <section aria-label={name}>
      <div class={styles.groupHead}>
        <h2>
          <button type="button" class={styles.toggle} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            <span aria-hidden="true">{isOpen ? '▾' : '▸'}</span> {name}{' '}
            <span class="muted">{formatCount(rows.length)}</span>
          </button>
        </h2>
        {children}
      </div>
      {isOpen && <LibraryGrid label={name} rows={rows} chosen={chosen} onTag={onTag} />}
    </section>
  )
}
