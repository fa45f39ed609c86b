import { useState } from 'preact/hooks'
import { ErrorNotice } from '../../components/error-notice/error-notice.tsx'
import { OldMark } from '../../components/freshness/old-mark.tsx'
import { Page } from '../../components/page/page.tsx'
import { TableSkeleton } from '../../components/page/table-skeleton.tsx'
import { type SimpleColumn, SimpleTable } from '../../components/simple-table/simple-table.tsx'
import { formatCount, plural } from '../../lib/format.ts'
import { Link } from '../../lib/location.tsx'
import { useKept } from '../../lib/use-kept.ts'
import { useQuery } from '../../lib/use-query.ts'
import { DeleteTagDialog } from './delete-tag-dialog.tsx'
import { EditTagDialog } from './edit-tag-dialog.tsx'
import { TagName } from './row-parts.tsx'
import type { Tag } from './use-tag-colors.ts'

type Opened = { what: 'edit'; tag: Tag | null } | { what: 'delete'; tag: Tag } | null

/** The tags of all collections, which are the same in each: what they are called, look like, and are on. */
export function TagsPage() {
  const answer = useQuery('tags.list', {})
  const { error, loading, isOld, loadedAt, reload } = answer
  const data = useKept(answer.data)
  const [opened, open] = useState<Opened>(null)
  const close = (): void => open(null)
  return (
    <Page
      title="Tags"
      busy={loading}
      beside={
        <>
          <Link href="/collections">Back to the collection</Link>
          {data && <OldMark isOld={isOld} at={loadedAt} />}
        </>
      }
      actions={
        data && (
          <button type="button" class="button" onClick={() => open({ what: 'edit', tag: null })}>
            New tag…
          </button>
        )
      }
    >
      {error && <ErrorNotice error={error} onRetry={reload} />}
      {!data && !error && <TableSkeleton label="Reading the tags…" />}
      {data?.items.length === 0 && (
        <p>
          There is no tag yet. Select artifacts in <Link href="/collections">Collections</Link> and choose
          “Tags…”, or make one here.
        </p>
      )}
      {data && data.items.length > 0 && (
        <>
          <p class="muted">{plural(data.total, 'tag')}, the same in all collections.</p>
          <SimpleTable label="Tags" columns={columnsOf(open)} rows={data.items} keyOf={({ slug }) => slug} />
        </>
      )}
      {opened?.what === 'edit' && <EditTagDialog tag={opened.tag} onClose={close} />}
      {opened?.what === 'delete' && <DeleteTagDialog tag={opened.tag} onClose={close} />}
    </Page>
  )
}

const columnsOf = (open: (opened: Opened) => void): SimpleColumn<Tag>[] => [
  {
    title: 'Tag',
    render: ({ name, color }) => (
      <Link href={`/collections?tag=${encodeURIComponent(name)}`}>
        <TagName name={name} color={color} />
      </Link>
    ),
  },
  {
    title: 'Description',
    isExtra: true,
    render: ({ description }) => description || <span class="muted">–</span>,
  },
  {
    title: 'Artifacts',
    align: 'end',
    isShort: true,
    render: ({ artifactCount }) => formatCount(artifactCount),
  },
  {
    title: 'Actions',
    isShort: true,
    render: (tag) => (
      <span class="buttons">
        <button
          type="button"
          class="button"
          aria-label={`Change ${tag.name}`}
          onClick={() => open({ what: 'edit', tag })}
        >
          Change…
        </button>
        <button
          type="button"
          class="button"
          aria-label={`Delete ${tag.name}`}
          onClick={() => open({ what: 'delete', tag })}
        >
          Delete…
        </button>
      </span>
    ),
  },
]
