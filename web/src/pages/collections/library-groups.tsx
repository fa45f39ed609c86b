import { useState } from 'preact/hooks'
import { formatCount } from '../../lib/format.ts'
import type { Chosen } from '../../lib/use-chosen.ts'
import styles from './collections-page.module.css'
import type { RowGroup } from './library-filter.ts'
import { LibraryGrid } from './library-grid.tsx'
import type { LibraryRow } from './use-library.ts'

type Props = {
  collection: string
  groups: readonly RowGroup[]
  chosen: Chosen<LibraryRow>
  onTag(tag: string): void
}

/** Artifacts by what they share, each group with a heading that closes it. */
export const LibraryGroups = ({ groups, ...rest }: Props) =>
  groups.map((group) => <Group key={group.id} group={group} {...rest} />)

type GroupProps = Omit<Props, 'groups'> & { group: RowGroup }

function Group({ group: { name, rows }, ...rest }: GroupProps) {
  const [isOpen, setOpen] = useState(true)
  return (
    <section aria-label={name}>
      <h2>
        <button type="button" class={styles.toggle} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <span aria-hidden="true">{isOpen ? '▾' : '▸'}</span> {name}{' '}
          <span class="muted">{formatCount(rows.length)}</span>
        </button>
      </h2>
      {isOpen && <LibraryGrid label={name} rows={rows} {...rest} />}
    </section>
  )
}
