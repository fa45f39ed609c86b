import { useState } from 'preact/hooks'
import { formatAge, formatTime } from '../../lib/format.ts'
import { lazily } from '../../lib/lazily.tsx'
import { Link } from '../../lib/location.tsx'
import { scopeNames } from '../../lib/scope-names.ts'
import { useNow } from '../../lib/use-now.ts'
import { stateWords, typeNames } from '../../lib/words.ts'
import { ArtifactDiff } from '../artifact-diff/artifact-diff.tsx'
import { StateBadge } from '../badge/badge.tsx'
import { CommandLine } from '../command-line/command-line.tsx'
import { Dialog } from '../dialog/dialog.tsx'
import { ErrorNotice } from '../error-notice/error-notice.tsx'
import { Facts } from '../facts/facts.tsx'
import { canUpdate, suggestAction } from './suggested-action.ts'
import styles from './update-available-dialog.module.css'
import { type UpdateRow, useUpdateRow } from './update-row.ts'

const UpdateArtifacts = lazily(
  async () => (await import('../../pages/sync/update-artifacts.tsx')).UpdateArtifacts,
)

type Props = { id: string; name: string; onClose(): void }

/** What is here and what its source has, what differs, and what to do (CACHE-5.3a). */
export function UpdateAvailableDialog({ id, name, onClose }: Props) {
  const { row, error, reload } = useUpdateRow(id, name)
  const [isUpdating, setUpdating] = useState(false)
  if (isUpdating) return <UpdateArtifacts ids={[id]} onClose={onClose} />
  return (
    <Dialog title={row ? titleOf(row) : name} size="wide" onClose={onClose}>
      {error && <ErrorNotice error={error} onRetry={reload} />}
      {row === null && <p>It is not there any more.</p>}
      {row === undefined && !error && <p role="status">Reading…</p>}
      {row && <Update row={row} onUpdate={() => setUpdating(true)} onClose={onClose} />}
    </Dialog>
  )
}

const titleOf = ({ state, name }: UpdateRow): string =>
  state === 'outdated' || state === 'diverged' ? `Update available: ${name}` : name

function Update({ row, onUpdate, onClose }: { row: UpdateRow; onUpdate(): void; onClose(): void }) {
  const now = useNow()
  const { type, scope, project, path, deployedVersion, upstreamVersion, state, failure } = row
  const action = suggestAction(row)
  return (
    <>
      <div class={styles.versions}>
        <Version title="Installed here" version={deployedVersion} />
        <span aria-hidden="true">→</span>
        <Version title="At its source" version={upstreamVersion} />
        {row.difference !== null && <span class="muted">{row.difference}</span>}
      </div>
      <Facts
        items={[
          [
            'State',
            <>
              <StateBadge state={state} /> {stateWords[state].meaning}
            </>,
          ],
          ['Reason', row.reason?.message ?? null],
          [
            'Artifact',
            <>
              <Link href={`/artifacts/${row.id}`} onClick={onClose}>
                {row.name}
              </Link>
              , {typeNames[type].toLowerCase()}
              {project && (
                <>
                  {' of '}
                  <Link href={`/projects/${project.id}`} onClick={onClose}>
                    {project.name}
                  </Link>
                </>
              )}
              {!project && type !== 'plugin' && ` of the scope ${scopeNames[scope].toLowerCase()}`}
            </>,
          ],
          ['Place', <span class="mono">{path}</span>],
          ['Source', row.source === null ? null : <span class="mono">{row.source}</span>],
          [
            'Checked',
            row.checkedAt === null ? (
              'Never'
            ) : (
              <span title={formatTime(row.checkedAt)}>{formatAge(row.checkedAt, now)}</span>
            ),
          ],
          [
            'Last try',
            failure && (
              <span class={styles.failure}>
                {failure.message} It is asked again {formatTime(failure.retryAt)}.
              </span>
            ),
          ],
        ]}
      />
      <h3>What to do</h3>
      <p class={styles.action}>{action.text}</p>
      {action.command !== null && <CommandLine command={action.command} />}
      {canUpdate(row) && (
        <button type="button" class="button" data-primary="" onClick={onUpdate}>
          Update…
        </button>
      )}
      {type !== 'mcp' && (
        <>
          <h3>What differs</h3>
          <ArtifactDiff id={row.id} />
        </>
      )}
    </>
  )
}

function Version({ title, version }: { title: string; version: string | null }) {
  return (
    <span class={styles.version}>
      <span class="muted">{title}</span>
      <span class="mono">{version ?? 'not named'}</span>
    </span>
  )
}
