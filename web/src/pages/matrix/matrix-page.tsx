import { useMemo, useState } from 'preact/hooks'
import { ErrorNotice } from '../../components/error-notice/error-notice.tsx'
import { OldMark } from '../../components/freshness/old-mark.tsx'
import { Page } from '../../components/page/page.tsx'
import { TableSkeleton } from '../../components/page/table-skeleton.tsx'
import { formatCount, plural } from '../../lib/format.ts'
import { useQuery } from '../../lib/use-query.ts'
import { useUrlState } from '../../lib/use-url-state.ts'
import { useWidth } from '../../lib/use-width.ts'
import { CellDialog } from './cell-dialog.tsx'
import { MatrixGrid } from './matrix-grid.tsx'
import { chooseMatrix, type MatrixCell, type MatrixRow, readMatrix } from './matrix-rows.ts'
import { MatrixToolbar } from './matrix-toolbar.tsx'

/** Which place has which artifact, in which state and with which content. */
export function MatrixPage() {
  const { data, error, loading, isOld, loadedAt, reload } = useQuery('artifacts.matrix', {})
  const [shown, show] = useUrlState({ q: '', type: '', min: '1', differ: '', state: '', sort: 'name' })
  const [opened, open] = useState<{ row: MatrixRow; cell: MatrixCell } | null>(null)
  const isNarrow = useWidth() === 'narrow'
  const all = useMemo(() => (data ? readMatrix(data) : undefined), [data])
  const chosen = useMemo(
    () =>
      all &&
      chooseMatrix(all, {
        text: shown.q,
        type: shown.type,
        atLeast: Number(shown.min) || 1,
        differing: shown.differ !== '',
        state: shown.state,
        sort: shown.sort,
      }),
    [all, shown],
  )
  return (
    <Page title="Matrix" fills busy={loading} beside={data && <OldMark isOld={isOld} at={loadedAt} />}>
      {error && <ErrorNotice error={error} onRetry={reload} />}
      {!data && !error && <TableSkeleton label="Reading which project has what…" />}
      {all && chosen && (
        <>
          <MatrixToolbar
            rows={all.rows}
            shown={shown}
            onChange={show}
            summary={`${chosen.rows.length < all.rows.length ? `${formatCount(chosen.rows.length)} of ` : ''}${plural(all.rows.length, 'artifact')} in ${plural(chosen.columns.length, 'place')}`}
          />
          {chosen.rows.length > 0 ? (
            <MatrixGrid {...chosen} isNarrow={isNarrow} onOpen={(row, cell) => open({ row, cell })} />
          ) : (
            <NoRows
              isFiltered={all.rows.length > 0}
              onClear={() => show({ q: '', type: '', min: '1', differ: '', state: '' })}
            />
          )}
          {opened && <CellDialog {...opened} columns={chosen.columns} onClose={() => open(null)} />}
        </>
      )}
    </Page>
  )
}

function NoRows({ isFiltered, onClear }: { isFiltered: boolean; onClear(): void }) {
  if (!isFiltered)
    return (
      <p>No project has an artifact yet. What is found in projects and in your own folders stands here.</p>
    )
  return (
    <p>
      No artifact is like that.{' '}
      <button type="button" class="button" onClick={onClear}>
        Show all
      </button>
    </p>
  )
}
