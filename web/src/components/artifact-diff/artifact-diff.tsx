import { lazily } from '../../lib/lazily.tsx'
import { useQuery } from '../../lib/use-query.ts'
import { ErrorNotice } from '../error-notice/error-notice.tsx'

const DiffView = lazily(async () => (await import('../diff-view/diff-view.tsx')).DiffView)

/** What differs between an artifact and its source, or another copy. */
export function ArtifactDiff({ id, against }: { id: string; against?: string }) {
  const { data, error, reload } = useQuery(
    'artifacts.diff',
    { id, ...(against !== undefined && { against }) },
    { stored: false },
  )
  if (!data) {
    if (!error) return <p role="status">Comparing…</p>
    if (error.slug === 'artifact.no_upstream_files')
      return (
        <p class="muted">
          {error.message} {error.hint}
        </p>
      )
    return <ErrorNotice error={error} onRetry={reload} />
  }
  return (
    <>
      {error && <ErrorNotice error={error} onRetry={reload} />}
      <DiffView diff={data} />
    </>
  )
}
