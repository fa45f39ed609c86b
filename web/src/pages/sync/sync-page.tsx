import { ErrorNotice } from '../../components/error-notice/error-notice.tsx'
import { Page } from '../../components/page/page.tsx'
import { TableSkeleton } from '../../components/page/table-skeleton.tsx'
import { plural } from '../../lib/format.ts'
import { Link } from '../../lib/location.tsx'
import { useKept } from '../../lib/use-kept.ts'
import { useQuery } from '../../lib/use-query.ts'
import { useUrlState } from '../../lib/use-url-state.ts'
import { DriftTable } from './drift-table.tsx'
import { type Direction, type DriftRow, directionOf, isSyncable, refOf } from './drift-words.ts'
import { SyncPreview } from './sync-preview.tsx'

/** How a project stands to its collections, and what brings both in step (MP-3). */
export function SyncPage({ params }: { params: Record<string, string> }) {
  const id = params.id ?? ''
  const [{ artifact, way }, show] = useUrlState({ artifact: '', way: '' })
  const check = useQuery('sync.check', { project: id })
  const { error, loading, reload } = check
  const data = useKept(check.data)
  const rows = data?.items ?? []
  const drifted = rows.filter(isSyncable)
  const chosen = rows.find((row) => refOf(row) === artifact)
  const direction = way === 'pull' || way === 'push' ? way : firstDirection(chosen ? [chosen] : drifted)
  return (
    <Page
      title={data ? `Sync of ${data.project.name}` : 'Sync'}
      busy={loading}
      beside={<Link href={`/projects/${id}`}>Back to the project</Link>}
    >
      {error && <ErrorNotice error={error} onRetry={reload} />}
      {!data && !error && <TableSkeleton label="Comparing the project with its collections…" />}
      {data?.warnings.map((warning) => (
        <p key={warning} class="muted">
          {warning}
        </p>
      ))}
      {data && rows.length === 0 && (
        <p>
          Nothing in this project is from a collection. <Link href="/collections">Collections</Link> deploy to
          it.
        </p>
      )}
      {data && rows.length > 0 && (
        <>
          <p role="status">
            {drifted.length === 0
              ? 'Everything from collections is in step.'
              : `${plural(drifted.length, 'artifact')} out of step, of ${rows.length}.`}
          </p>
          <DriftTable
            project={data.project.name}
            rows={rows}
            chosen={artifact}
            onChoose={(next) => show({ artifact: next, way: '' })}
          />
          {(chosen ? isSyncable(chosen) : drifted.length > 0) && (
            <SyncPreview
              key={`${artifact} ${direction}`}
              project={id}
              what={chosen ? chosen.name : `everything in ${data.project.name}`}
              artifact={artifact === '' ? null : artifact}
              direction={direction}
              onTurn={(next) => show({ way: next })}
            />
          )}
        </>
      )}
    </Page>
  )
}

/** Edits flow back first: a push would meet them. */
const firstDirection = (rows: readonly DriftRow[]): Direction =>
  rows.some(({ drift }) => directionOf(drift) === 'pull') ? 'pull' : 'push'
