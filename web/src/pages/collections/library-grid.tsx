import type { ComponentChildren, HTMLAttributes } from 'preact'
import { useState } from 'preact/hooks'
import { Badge } from '../../components/badge/badge.tsx'
import { QuietState } from '../../components/badge/quiet-state.tsx'
import { formatCount } from '../../lib/format.ts'
import { Link } from '../../lib/location.tsx'
import type { Chosen } from '../../lib/use-chosen.ts'
import styles from './collections-page.module.css'
import { DeployedIn, FileProblem, Tags, Version } from './row-parts.tsx'
import { typeName } from './type-name.ts'
import type { LibraryRow } from './use-library.ts'
import { useTagColors } from './use-tag-colors.ts'

type Props = {
  collection: string
  label: string
  rows: readonly LibraryRow[]
  chosen: Chosen<LibraryRow>
  onTag(tag: string): void
  /** What a card has where its place can be changed. */
  arrange?(
    row: LibraryRow,
    index: number,
  ): { attributes: HTMLAttributes<HTMLLIElement>; menu: ComponentChildren }
}

/** So many cards come at once. */
const STEP = 120

/** Artifacts as cards. */
export function LibraryGrid({ collection, label, rows, chosen, onTag, arrange }: Props) {
  const [count, setCount] = useState(STEP)
  const colors = useTagColors()
  return (
    <>
      <ul class={styles.grid} aria-label={label}>
        {rows.slice(0, count).map((row, index) => {
          const arranged = arrange?.(row, index)
          return (
            <li
              key={row.key}
              class={styles.card}
              data-chosen={chosen.has(row.key) ? '' : undefined}
              {...arranged?.attributes}
            >
              <div class={styles.cardHead}>
                <input
                  type="checkbox"
                  aria-label={`Select ${row.name}`}
                  checked={chosen.has(row.key)}
                  onChange={({ currentTarget }) => chosen.set(row.key, currentTarget.checked)}
                />
                <strong>
                  {row.id === null ? (
                    row.name
                  ) : (
                    // Where cards are dragged the link shall not be.
                    <Link href={`/artifacts/${row.id}`} draggable={arranged === undefined}>
                      {row.name}
                    </Link>
                  )}
                </strong>
                <Badge>{typeName(row.type)}</Badge>
                {arranged?.menu}
              </div>
              <p class={styles.description}>{row.description ?? row.title ?? ''}</p>
              <Tags tags={row.tags} colors={colors} onChoose={onTag} />
              <div class={styles.cardFoot}>
                <Version row={row} />
                {row.stand !== null && <QuietState state={row.stand} />}
                <FileProblem row={row} />
                <span class={styles.cardEnd}>
                  <DeployedIn row={row} collection={collection} />
                </span>
              </div>
            </li>
          )
        })}
      </ul>
      {rows.length > count && (
        <button type="button" class="button" onClick={() => setCount(count + STEP)}>
          Show more of {formatCount(rows.length)}
        </button>
      )}
    </>
  )
}
