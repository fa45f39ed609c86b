import { Dialog } from '../../components/dialog/dialog.tsx'
import { DialogFoot } from '../../components/dialog/dialog-foot.tsx'
import { call } from '../../connection.ts'
import { plural } from '../../lib/format.ts'
import { Link } from '../../lib/location.tsx'
import { notifyDone, reloadChanged } from '../../lib/undo-change.ts'
import { useDialogAction } from '../../lib/use-action.ts'
import { notWrittenText } from './not-written.ts'
import type { Tag } from './use-tag-colors.ts'

/** Forgets a tag everywhere, once somebody has read what it is on. */
export function DeleteTagDialog({
  tag: { name, slug, artifactCount },
  onClose,
}: {
  tag: Tag
  onClose(): void
}) {
  const { running, error, run } = useDialogAction(async () => {
    const { notWritten } = await call('tags.delete', { tag: slug })
    notifyDone(`Deleted the tag ${name}.${notWrittenText(notWritten)}`, null)
    reloadChanged()
    onClose()
  })
  return (
    <Dialog title={`Delete the tag ${name}`} onClose={onClose}>
      <p>
        {artifactCount === 0
          ? 'No artifact has it.'
          : `${plural(artifactCount, 'artifact has', 'artifacts have')} it and lose it, in all collections.`}{' '}
        A snapshot of each collection is taken first; the{' '}
        <Link href="/collections/history" onClick={onClose}>
          history
        </Link>{' '}
        brings it back.
      </p>
      <DialogFoot
        text="Delete"
        busy="Deleting…"
        running={running}
        error={error}
        onAct={run}
        onClose={onClose}
      />
    </Dialog>
  )
}
