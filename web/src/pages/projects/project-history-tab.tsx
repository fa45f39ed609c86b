import { useState } from 'preact/hooks'
import { ErrorNotice } from '../../components/error-notice/error-notice.tsx'
import { History } from '../../components/history/history.tsx'
import { TableSkeleton } from '../../components/page/table-skeleton.tsx'
import { useKept } from '../../lib/use-kept.ts'
import { useQuery } from '../../lib/use-query.ts'

const FIRST = 100
const MORE = 1_000

/** What happened to a project and its artifacts. */
export function ProjectHistoryTab({ project }: { project: string }) {
  const [limit, setLimit] = useState(FIRST)
  const { data: newest, error, reload } = useQuery('events.history', { project, limit }, { stored: false })
  const data = useKept(newest)
  if (!data)
    return error ? (
      <ErrorNotice error={error} onRetry={reload} />
    ) : (
      <TableSkeleton label="Reading the history…" />
    )
  if (data.items.length === 0)
    return <p>Nothing has changed since smd knows this project, or its history is older than is kept.</p>
  return (
    <>
      {error && <ErrorNotice error={error} onRetry={reload} />}
      <History items={data.items} ofProject />
      {data.nextCursor !== null && limit < MORE && (
        <p>
          <button type="button" class="button" onClick={() => setLimit(MORE)}>
            Show older ones
          </button>
        </p>
      )}
    </>
  )
}
