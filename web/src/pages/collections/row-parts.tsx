import { Badge } from '../../components/badge/badge.tsx'
import { plural } from '../../lib/format.ts'
import { Link } from '../../lib/location.tsx'
import { Versions } from '../artifacts/versions.tsx'
import { deploymentWords } from '../deployments/deployment-filter.ts'
import styles from './collections-page.module.css'
import groupStyles from './groups.module.css'
import type { LibraryRow } from './use-library.ts'
import type { TagColors } from './use-tag-colors.ts'

type TagsProps = {
  tags: readonly string[]
  colors: TagColors
  onChoose(tag: string): void
  /** In a row of a table, which is the focus stop; the filter has the tags for the keyboard. */
  isInRow?: boolean
}

/** Tags of an artifact; each leaves those that have it. */
export function Tags({ tags, colors, onChoose, isInRow = false }: TagsProps) {
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
          <TagName name={tag} color={colors.get(tag.toLowerCase()) ?? null} />
        </button>
      ))}
    </span>
  )
}

/** A tag by its name, with a sign of its colour before it. */
export const TagName = ({ name, color }: { name: string; color: string | null }) => (
  <span class={groupStyles.tag}>
    {color !== null && <span class={groupStyles.tagColor} style={{ background: color }} />}
    {name}
  </span>
)

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

/** In how many projects it is deployed, with a way to them; what their states are says the title. */
export function DeployedIn({
  row: { key, name, deployed },
  collection,
  isInRow = false,
}: {
  row: LibraryRow
  collection: string
  isInRow?: boolean
}) {
  if (!deployed) return null
  const { projects, isAtHome, states } = deployed
  if (states.size === 0) return <span class="muted">Not deployed</span>
  const summary = [...states]
    .map(([state, count]) => `${count} ${deploymentWords[state].name.toLowerCase()}`)
    .join(', ')
  return (
    <Link
      href={deploymentsOf(collection, key)}
      tabIndex={isInRow ? -1 : undefined}
      title={`${name}: ${summary}`}
    >
      {[projects > 0 && plural(projects, 'project'), isAtHome && 'home'].filter(Boolean).join(', ')}
    </Link>
  )
}

/** The table of where an artifact is deployed. */
export const deploymentsOf = (collection: string, key: string): string =>
  `/deployments?${new URLSearchParams({ collection, artifact: key })}`
