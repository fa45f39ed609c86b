import type { ComponentChildren } from 'preact'
import { useQuery } from '../../lib/use-query.ts'
import { Dialog } from '../dialog/dialog.tsx'
import { ErrorNotice } from '../error-notice/error-notice.tsx'
import type { Held } from './deploy-form.ts'

type Props = {
  ids: readonly string[]
  /** Of the dialog that stands there until it is known what they are. */
  title: string
  onClose(): void
  children(collection: string, artifacts: readonly Held[]): ComponentChildren
}

/** So many artifacts of collections are looked through. */
const MOST = 10_000

/** Finds what artifacts of scope `collection` are called in their manifest, by their ids: of one collection at a time. */
export function CollectionArtifacts({ ids, title, onClose, children }: Props) {
  const artifacts = useQuery('artifacts.list', { scope: 'collection', limit: MOST })
  const collections = useQuery('collections.list', {})
  const wanted = artifacts.data?.items.filter(({ id }) => ids.includes(id))
  const found = collections.data?.items.filter(({ path }) =>
    wanted?.some((artifact) => artifact.path.startsWith(`${path}/`)),
  )
  const only = found?.length === 1 ? found[0] : undefined
  const shown = useQuery('collections.show', only ? { name: only.name } : null)
  if (only && wanted && shown.data) {
    // The manifest has the names by which artifacts are deployed; a folder may say another one of itself.
    const held = new Map(shown.data.artifacts.map((artifact) => [artifact.path, artifact]))
    return (
      <>
        {children(
          only.name,
          wanted.map((artifact) => held.get(artifact.path) ?? artifact),
        )}
      </>
    )
  }
  const failed = [artifacts, collections, shown].find(({ error }) => error)
  return (
    <Dialog title={title} onClose={onClose}>
      {failed?.error ? (
        <ErrorNotice error={failed.error} onRetry={failed.reload} />
      ) : found === undefined || only ? (
        <p role="status">Reading the collection…</p>
      ) : found.length === 0 ? (
        <p>They are in no collection any more.</p>
      ) : (
        <p>
          They are of several collections: {found.map(({ name }) => name).join(', ')}. Select those of one.
        </p>
      )}
    </Dialog>
  )
}
