import { Badge } from '../../components/badge/badge.tsx'
import { Versions } from '../artifacts/versions.tsx'
import styles from './collections-page.module.css'
import type { LibraryRow } from './use-library.ts'

type TagsProps = {
  tags: readonly string[]
  onChoose(tag: string): void
  /** In a row of a table, which is the focus stop; the filter has the tags for the keyboard. */
  isInRow?: boolean
}

/** Tags of an artifact; each leaves those that have it. */
export function Tags({ tags, onChoose, isInRow = false }: TagsProps) {
  return (
    <span class={styles.tags}>
      {tags.map((tag) => (
        <button
          key={tag}
          type="button"
          class={styles.tag}
          tabIndex={isInRow ? -1 : 0}
          title={`Show all with the tag ${tag}`}
          onClick={() => onChoose(tag)}
        >
          {tag}
        </button>
      ))}
    </span>
  )
}

/** The version that is here, and what its source has. */
export const Version = ({ row: { version, resolvedSha, upstreamVersion } }: { row: LibraryRow }) => (
  <Versions deployed={version ?? resolvedSha} upstream={upstreamVersion} />
)

/** Whether its files are as the lock of the collection says; silent when they are. */
export function FileProblem({ row: { state } }: { row: LibraryRow }) {
  if (state === 'missing')
    return (
      <Badge tone="danger" title="The manifest lists it, but its files are gone.">
        Files missing
      </Badge>
    )
  if (state === 'modified')
    return (
      <Badge tone="changed" title="It was changed in the collection since it came.">
        Edited
      </Badge>
    )
  return null
}
