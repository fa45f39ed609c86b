import { ArtifactDiff } from '../../components/artifact-diff/artifact-diff.tsx'
import { scopeNames } from '../../lib/scope-names.ts'
import { useQuery } from '../../lib/use-query.ts'
import { typeNames } from '../../lib/words.ts'
import styles from './artifact-page.module.css'
import type { ShownArtifact } from './artifact-page.tsx'

/** Stands for the source in the address. */
const SOURCE = 'source'

type Props = {
  artifact: ShownArtifact
  /** Id of another artifact, `source`, or empty for what is likeliest. */
  against: string
  onChoose(against: string): void
}

/** What differs between an artifact and its source, or another one. */
export function CompareTab({ artifact, against, onChoose }: Props) {
  const { source, alsoIn, alsoInTotal } = artifact
  const likely = source !== null ? SOURCE : (alsoIn.find(({ same }) => !same) ?? alsoIn[0])?.id
  const chosen = against || likely
  const isOther = chosen !== undefined && chosen !== SOURCE && !alsoIn.some(({ id }) => id === chosen)
  const other = useQuery('artifacts.get', isOther ? { id: chosen } : null).data
  if (chosen === undefined)
    return (
      <p>
        There is nothing to compare it with: nothing records where it came from, and there is no other copy.
        Two artifacts that are selected in the list can be compared, too.
      </p>
    )
  return (
    <>
      <div class={styles.against}>
        <label>
          Compare with{' '}
          <select
            class="field"
            value={chosen}
            onChange={({ currentTarget }) => onChoose(currentTarget.value)}
          >
            {(source !== null || chosen === SOURCE) && <option value={SOURCE}>its source</option>}
            {isOther && (
              <option value={chosen}>
                {other
                  ? `${other.name} (${typeNames[other.type]}, ${placeOf(other.project?.name, other.scope)})`
                  : chosen}
              </option>
            )}
            {alsoIn.map(({ id, project, scope, path, same }) => (
              <option key={id} value={id} title={path}>
                {placeOf(project, scope)}
                {same ? ' (same content)' : ''}
              </option>
            ))}
          </select>
        </label>
        {alsoInTotal > alsoIn.length && (
          <span class="muted">
            The first {alsoIn.length} of {alsoInTotal} other places.
          </span>
        )}
      </div>
      <ArtifactDiff key={chosen} id={artifact.id} {...(chosen !== SOURCE && { against: chosen })} />
    </>
  )
}

const placeOf = (project: string | null | undefined, scope: ShownArtifact['scope']): string =>
  project
    ? scope === 'project'
      ? project
      : `${project}, ${scopeNames[scope].toLowerCase()}`
    : scopeNames[scope]
