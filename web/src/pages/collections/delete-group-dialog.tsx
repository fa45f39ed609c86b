import { Dialog } from '../../components/dialog/dialog.tsx'
import { DialogFoot } from '../../components/dialog/dialog-foot.tsx'
import { call } from '../../connection.ts'
import { plural } from '../../lib/format.ts'
import { Link } from '../../lib/location.tsx'
import { notifyDone, reloadChanged } from '../../lib/undo-change.ts'
import { useDialogAction } from '../../lib/use-action.ts'
import type { Group } from './group-order.ts'

type Props = { collection: string; group: Group; onClose(): void }

/** Forgets a group once somebody has read what that leaves. */
export function DeleteGroupDialog({ collection, group: { name, members }, onClose }: Props) {
  const { running, error, run } = useDialogAction(async () => {
    await call('groups.delete', { collection, name })
    notifyDone(`Deleted the group ${name}.`, null)
    reloadChanged()
    onClose()
  })
  return (
    <Dialog title={`Delete the group ${name}`} onClose={onClose}>
      <p>
        {members.length === 0
          ? 'Nothing is in it.'
          : `It has ${plural(members.length, 'artifact')}, which stay in the collection.`}{' '}
        A snapshot is taken first; the{' '}
        <Link href={`/collections/history?name=${encodeURIComponent(collection)}`} onClick={onClose}>
          history
        </Link>{' '}
        brings the group back.
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
