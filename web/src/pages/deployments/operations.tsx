import type { ResultOf } from '../../../../protocol/methods.ts'
import { Age } from '../../components/age/age.tsx'
import { Badge } from '../../components/badge/badge.tsx'
import { outcomeWords } from '../../components/deploy-dialog/plan-words.ts'
import { ErrorNotice } from '../../components/error-notice/error-notice.tsx'
import { TableSkeleton } from '../../components/page/table-skeleton.tsx'
import { type SimpleColumn, SimpleTable } from '../../components/simple-table/simple-table.tsx'
import { plural } from '../../lib/format.ts'
import { undoChange } from '../../lib/undo-change.ts'
import { useAction } from '../../lib/use-action.ts'
import { useQuery } from '../../lib/use-query.ts'

type Operation = ResultOf<'deployments.operations'>['items'][number]

/** As many as are kept to be shown. */
const SHOWN = 100

/** What was changed in projects and collections, newest first, each with its way back. */
export function Operations() {
  const { data, error, reload } = useQuery('deployments.operations', { limit: SHOWN })
  if (!data)
    return error ? (
      <ErrorNotice error={error} onRetry={reload} />
    ) : (
      <TableSkeleton label="Reading what was done…" />
    )
  if (data.items.length === 0) return <p>Nothing was changed yet that could be taken back.</p>
  return (
    <>
      {error && <ErrorNotice error={error} onRetry={reload} />}
      <SimpleTable
        label="Recent changes"
        columns={columns}
        rows={data.items}
        keyOf={({ id }) => id}
        isMuted={({ undoneBy }) => undoneBy !== null}
      />
    </>
  )
}

const columns: SimpleColumn<Operation>[] = [
  { title: 'When', isShort: true, render: ({ at }) => <Age at={at} /> },
  { title: 'What', render: ({ title }) => title },
  {
    title: 'Where',
    render: ({ projects }) => {
      const left = projects.filter(({ outcome }) => outcome !== 'done')
      const places = projects.reduce((sum, project) => sum + project.places, 0)
      return (
        <>
          <span title={projects.map(({ path }) => path).join('\n')}>
            {`${plural(places, 'artifact')} in ${plural(projects.length, 'place')}`}
          </span>
          {left.map(({ path, outcome, failure }) => (
            <div key={path}>
              <Badge tone={outcomeWords[outcome].tone}>{outcomeWords[outcome].name}</Badge>{' '}
              <span class="path">{path}</span> {failure?.reason}
            </div>
          ))}
        </>
      )
    },
  },
  {
    title: 'Undo',
    isShort: true,
    render: (operation) =>
      operation.undoneBy === null ? (
        <UndoButton operation={operation} />
      ) : (
        <span class="muted">taken back</span>
      ),
  },
]

function UndoButton({ operation: { id, title } }: { operation: Operation }) {
  const { running, run } = useAction(() => undoChange([id]))
  return (
    <button
      type="button"
      class="button"
      aria-label={`Undo: ${title}`}
      disabled={running}
      aria-busy={running}
      onClick={() => run()}
    >
      {running ? 'Undoing…' : 'Undo'}
    </button>
  )
}
