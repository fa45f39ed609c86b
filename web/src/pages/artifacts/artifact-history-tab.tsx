import type { ResultOf } from '../../../../protocol/methods.ts'
import { Age } from '../../components/age/age.tsx'
import { ErrorNotice } from '../../components/error-notice/error-notice.tsx'
import { TableSkeleton } from '../../components/page/table-skeleton.tsx'
import { SimpleTable } from '../../components/simple-table/simple-table.tsx'
import { formatTime } from '../../lib/format.ts'
import { useQuery } from '../../lib/use-query.ts'
import type { ShownArtifact } from './artifact-page.tsx'

/** Changes of everything around it that are looked through. */
const LOOKED_AT = 1_000

const words = { added: 'Found', changed: 'Changed', removed: 'Removed' }
type Change = { at: number; kind: keyof typeof words }

/** When an artifact was found and changed, of what the history has still. */
export function ArtifactHistoryTab({ artifact: { id, project } }: { artifact: ShownArtifact }) {
  const { data, error, reload } = useQuery(
    'events.history',
    { topic: 'artifacts.changed', limit: LOOKED_AT, ...(project && { project: project.id }) },
    { stored: false },
  )
  if (!data)
    return error ? (
      <ErrorNotice error={error} onRetry={reload} />
    ) : (
      <TableSkeleton label="Reading its history…" />
    )
  const changes = changesOf(id, data.items)
  return (
    <>
      {error && <ErrorNotice error={error} onRetry={reload} />}
      {changes.length === 0 ? (
        <p>
          It has not changed since smd knows it, or not in the time that the history is kept.
          {data.nextCursor !== null && ' Only the newest changes around it were looked through.'}
        </p>
      ) : (
        <SimpleTable
          label="Changes"
          rows={changes}
          keyOf={({ at, kind }) => `${at} ${kind}`}
          columns={[
            { title: 'What', render: ({ kind }) => words[kind] },
            { title: 'How long ago', render: ({ at }) => <Age at={at} /> },
            { title: 'When', isExtra: true, render: ({ at }) => formatTime(at) },
          ]}
        />
      )}
    </>
  )
}

/** What happened to one artifact, newest first. */
export function changesOf(id: string, items: ResultOf<'events.history'>['items']): Change[] {
  return items.flatMap((item) => {
    if (item.topic !== 'artifacts.changed') return []
    return (['added', 'changed', 'removed'] as const)
      .filter((kind) => item.data[kind].some((named) => named.id === id))
      .map((kind) => ({ at: item.at, kind }))
  })
}
