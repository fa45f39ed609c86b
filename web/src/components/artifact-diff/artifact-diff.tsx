import { useQuery } from '../../lib/use-query.ts'
import { ErrorNotice } from '../error-notice/error-notice.tsx'

/** What differs between an artifact and its source, or another copy. */
export function ArtifactDiff({ id, against }: { id: string; against?: string }) {
  const { data, error, reload } = useQuery(
    'artifacts.diff',
    { id, ...(against !== undefined && { against }) },
    { stored: false },
  )
  if (!data) {
    if (!error) return <p role="status">Comparing…</p>
    if (error.slug === 'artifact.no_upstream_files') return <p class="muted">{error.message}</p>
    return <ErrorNotice error={error} onRetry={reload} />
  }
  if (data.files.length === 0) return <p class="muted">No file differs.</p>
  return (
    <>
      {data.files.map(({ path, status, hunks }) => (
        <pre
          key={path}
        >{`${path} (${status})\n${(hunks ?? []).flatMap(({ lines }) => lines).join('\n')}`}</pre>
      ))}
    </>
  )
}
