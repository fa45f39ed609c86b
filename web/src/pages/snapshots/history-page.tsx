import { useState } from 'preact/hooks'
import { Age } from '../../components/age/age.tsx'
import { Badge } from '../../components/badge/badge.tsx'
import { ErrorNotice } from '../../components/error-notice/error-notice.tsx'
import { OldMark } from '../../components/freshness/old-mark.tsx'
import { Page } from '../../components/page/page.tsx'
import { TableSkeleton } from '../../components/page/table-skeleton.tsx'
import { type SimpleColumn, SimpleTable } from '../../components/simple-table/simple-table.tsx'
import { call } from '../../connection.ts'
import { formatBytes, formatCount, formatTime, plural } from '../../lib/format.ts'
import { Link } from '../../lib/location.tsx'
import { notifyDone, reloadChanged } from '../../lib/undo-change.ts'
import { useAction } from '../../lib/use-action.ts'
import { useKept } from '../../lib/use-kept.ts'
import { useUrlState } from '../../lib/use-url-state.ts'
import { CompareDialog } from './compare-dialog.tsx'
import { DeleteDialog } from './delete-dialog.tsx'
import { RollbackDialog } from './rollback-dialog.tsx'
import { TakeDialog } from './take-dialog.tsx'
import { type Snapshot, useSnapshots } from './use-snapshots.ts'

type Opened = { what: 'compare' | 'rollback' | 'delete'; snapshot: Snapshot } | { what: 'take' } | null

/** How a collection was, and what brings it back. */
export function HistoryPage() {
  const [{ name }] = useUrlState({ name: '' })
  const [opened, open] = useState<Opened>(null)
  const answer = useSnapshots(name)
  const { error, loading, isOld, loadedAt } = answer
  const data = useKept(answer.data)
  const collection = data?.collection ?? name
  const close = (): void => open(null)
  return (
    <Page
      title={`History of ${collection === '' ? 'the collection' : collection}`}
      busy={loading}
      beside={
        <>
          <Link href={`/collections${name === '' ? '' : `?name=${encodeURIComponent(name)}`}`}>
            Back to the collection
          </Link>
          {data && <OldMark isOld={isOld} at={loadedAt} />}
        </>
      }
      actions={
        data && (
          <button type="button" class="button" onClick={() => open({ what: 'take' })}>
            Take a snapshot…
          </button>
        )
      }
    >
      {error && <ErrorNotice error={error} onRetry={answer.reload} />}
      {!data && !error && <TableSkeleton label="Reading the history…" />}
      {data?.items.length === 0 && (
        <p>
          There is no snapshot yet. One is taken by itself before anything in the collection is replaced or
          removed, and whenever you want.
        </p>
      )}
      {data && data.items.length > 0 && (
        <>
          <p class="muted">{plural(data.total, 'snapshot')}, the newest first.</p>
          <SimpleTable
            label={`Snapshots of ${collection}`}
            columns={columnsOf(open)}
            rows={data.items}
            keyOf={({ id }) => id}
          />
          {data.items.length < data.total && (
            <button type="button" class="button" onClick={answer.showMore}>
              Show more of {formatCount(data.total)}
            </button>
          )}
        </>
      )}
      {opened?.what === 'take' && <TakeDialog collection={collection} onClose={close} />}
      {opened?.what === 'compare' && (
        <CompareDialog snapshot={opened.snapshot} others={data?.items ?? []} onClose={close} />
      )}
      {opened?.what === 'rollback' && <RollbackDialog snapshot={opened.snapshot} onClose={close} />}
      {opened?.what === 'delete' && <DeleteDialog snapshot={opened.snapshot} onClose={close} />}
    </Page>
  )
}

const columnsOf = (open: (opened: Opened) => void): SimpleColumn<Snapshot>[] => [
  {
    title: 'Taken',
    isShort: true,
    render: ({ takenAt }) => <Age at={takenAt} />,
  },
  {
    title: 'Why',
    render: ({ message, automatic }) => (
      <>
        {message === '' ? <span class="muted">no message</span> : message}{' '}
        {automatic && <Badge title="Taken before something was changed.">by itself</Badge>}
      </>
    ),
  },
  {
    title: 'Holds',
    isShort: true,
    isExtra: true,
    render: ({ whole, artifactCount }) =>
      whole ? plural(artifactCount, 'artifact') : `what changed: ${plural(artifactCount, 'artifact')}`,
  },
  {
    title: 'Archive',
    isExtra: true,
    render: ({ archive }) =>
      archive === null ? <span class="muted">–</span> : <span class="path">{archive}</span>,
  },
  {
    title: 'Actions',
    render: (snapshot) => {
      const at = formatTime(snapshot.takenAt)
      return (
        <span class="buttons">
          <button
            type="button"
            class="button"
            aria-label={`Go back to ${at}`}
            onClick={() => open({ what: 'rollback', snapshot })}
          >
            Go back…
          </button>
          <button
            type="button"
            class="button"
            aria-label={`Compare with ${at}`}
            onClick={() => open({ what: 'compare', snapshot })}
          >
            Compare…
          </button>
          {snapshot.whole && <ExportButton snapshot={snapshot} />}
          <button
            type="button"
            class="button"
            aria-label={`Delete ${at}`}
            onClick={() => open({ what: 'delete', snapshot })}
          >
            Delete…
          </button>
        </span>
      )
    },
  },
]

function ExportButton({ snapshot: { collection, id, takenAt } }: { snapshot: Snapshot }) {
  const { running, run } = useAction(async () => {
    const { archive, sizeBytes, warnings } = await call('snapshots.export', { collection, id })
    reloadChanged()
    notifyDone([`Exported to ${archive} (${formatBytes(sizeBytes)}).`, ...warnings].join(' '), null)
  })
  return (
    <button
      type="button"
      class="button"
      aria-label={`Export ${formatTime(takenAt)}`}
      disabled={running}
      aria-busy={running}
      onClick={() => run()}
    >
      {running ? 'Exporting…' : 'Export'}
    </button>
  )
}
