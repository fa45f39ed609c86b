import { Diagnostics } from '../../components/diagnostics/diagnostics.tsx'
import { ErrorNotice } from '../../components/error-notice/error-notice.tsx'
import { TableSkeleton } from '../../components/page/table-skeleton.tsx'
import { useQuery } from '../../lib/use-query.ts'
import styles from './artifact-page.module.css'
import type { ShownArtifact } from './artifact-page.tsx'
import { FileContent } from './file-content.tsx'
import { mainFile } from './main-file.ts'
import { Metadata } from './metadata.tsx'

type Props = { artifact: ShownArtifact; onOpenFile(path: string): void }

/** What an artifact says of itself: its text, what stands above it, and what is wrong with it. */
export function OverviewTab({ artifact, onOpenFile }: Props) {
  const { id, diagnostics, fragment } = artifact
  const { data, error, reload } = useQuery('artifacts.files', { id }, { stored: false })
  const file = data && mainFile(data.items)
  return (
    <div class={styles.overview}>
      {diagnostics.length > 0 && (
        <section class={styles.problems} aria-label="Problems">
          <h2>Problems</h2>
          <Diagnostics items={diagnostics} />
        </section>
      )}
      <section class={styles.text} aria-label={fragment === null ? 'Text' : 'Its part of the file'}>
        {fragment !== null && <h2>Its part of the file, without secrets</h2>}
        {!data && !error && <TableSkeleton label="Reading its text…" />}
        {error && <ErrorNotice error={error} onRetry={reload} />}
        {file === null && <p class="muted">There is no file in it.</p>}
        {file && <FileContent id={id} path={file} onOpenFile={onOpenFile} />}
      </section>
      <section class={styles.metadata} aria-label="Metadata">
        <h2>Metadata</h2>
        <Metadata artifact={artifact} />
      </section>
    </div>
  )
}
