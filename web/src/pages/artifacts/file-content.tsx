import type { ResultOf } from '../../../../protocol/methods.ts'
import { ErrorNotice } from '../../components/error-notice/error-notice.tsx'
import { TableSkeleton } from '../../components/page/table-skeleton.tsx'
import { formatBytes } from '../../lib/format.ts'
import { lazily } from '../../lib/lazily.tsx'
import { useQuery } from '../../lib/use-query.ts'
import { isMarkdown, withoutFrontmatter } from './main-file.ts'

const Markdown = lazily(async () => (await import('../../components/markdown/markdown.tsx')).Markdown)
const CodeView = lazily(async () => (await import('../../components/code-view/code-view.tsx')).CodeView)

type Props = {
  id: string
  path: string
  /** As it was written, also what is Markdown. */
  isRaw?: boolean
  onOpenFile(path: string): void
}

/** One file of an artifact: Markdown as a text, others as they were written. */
export function FileContent({ id, path, isRaw = false, onOpenFile }: Props) {
  const { data, error, reload } = useQuery('artifacts.file', { id, path }, { stored: false })
  if (!data)
    return error ? (
      <ErrorNotice error={error} onRetry={reload} />
    ) : (
      <TableSkeleton label={`Reading ${path}…`} />
    )
  return (
    <>
      {error && <ErrorNotice error={error} onRetry={reload} />}
      {data.truncated && (
        <p class="muted">Only the beginning is shown; the file has {formatBytes(data.sizeBytes)}.</p>
      )}
      <Content file={data} isRaw={isRaw} onOpenFile={onOpenFile} />
    </>
  )
}

type ContentProps = { file: ResultOf<'artifacts.file'>; isRaw: boolean; onOpenFile(path: string): void }

function Content({ file, isRaw, onOpenFile }: ContentProps) {
  const { text, path } = file
  if (text === null)
    return (
      <p class="muted">
        {path} is no text: {formatBytes(file.sizeBytes)} of {file.mediaType}.
      </p>
    )
  if (text.trim() === '') return <p class="muted">{path} is empty.</p>
  if (isMarkdown(file) && !isRaw) {
    const body = withoutFrontmatter(text)
    if (body.trim() === '') return <p class="muted">{path} has no text beside its frontmatter.</p>
    return <Markdown text={body} path={path} headingLevel={3} onOpenFile={onOpenFile} />
  }
  return <CodeView text={text} label={path} />
}
