import { useState } from 'preact/hooks'
import { ErrorNotice } from '../../components/error-notice/error-notice.tsx'
import { FileTree } from '../../components/file-tree/file-tree.tsx'
import { TableSkeleton } from '../../components/page/table-skeleton.tsx'
import { plural } from '../../lib/format.ts'
import { useQuery } from '../../lib/use-query.ts'
import styles from './artifact-page.module.css'
import type { ShownArtifact } from './artifact-page.tsx'
import { FileContent } from './file-content.tsx'
import { isMarkdown, mainFile } from './main-file.ts'

type Props = {
  artifact: ShownArtifact
  /** The one that is shown; empty for the main file. */
  file: string
  onOpenFile(path: string): void
}

/** The files of an artifact, and one of them. */
export function FilesTab({ artifact: { id }, file, onOpenFile }: Props) {
  const { data, error, reload } = useQuery('artifacts.files', { id }, { stored: false })
  const [isRaw, setRaw] = useState(false)
  if (!data)
    return error ? (
      <ErrorNotice error={error} onRetry={reload} />
    ) : (
      <TableSkeleton label="Reading its files…" />
    )
  const shown = file || mainFile(data.items)
  return (
    <>
      {error && <ErrorNotice error={error} onRetry={reload} />}
      <div class={styles.files}>
        <div class={styles.tree}>
          <FileTree label="Files" entries={data.items} selected={shown ?? undefined} onOpen={onOpenFile} />
          {data.truncated && (
            <p class="muted">There are more than {plural(data.items.length, 'entry', 'entries')}.</p>
          )}
        </div>
        <section class={styles.viewer} aria-label={shown ?? 'No file'}>
          {shown === null ? (
            <p class="muted">There is no file in it.</p>
          ) : (
            <>
              <header class={styles.fileHead}>
                <h2>{shown}</h2>
                {isMarkdown({ path: shown, mediaType: '' }) && (
                  <button type="button" class="button" aria-pressed={isRaw} onClick={() => setRaw(!isRaw)}>
                    As written
                  </button>
                )}
              </header>
              <FileContent key={shown} id={id} path={shown} isRaw={isRaw} onOpenFile={onOpenFile} />
            </>
          )}
        </section>
      </div>
    </>
  )
}
