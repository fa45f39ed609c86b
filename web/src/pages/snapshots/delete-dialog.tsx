import { Dialog } from '../../components/dialog/dialog.tsx'
import { DialogFoot } from '../../components/dialog/dialog-foot.tsx'
import { call } from '../../connection.ts'
import { formatTime } from '../../lib/format.ts'
import { notifyDone, reloadChanged } from '../../lib/undo-change.ts'
import { useDialogAction } from '../../lib/use-action.ts'
import type { Snapshot } from './use-snapshots.ts'

/** Forgets a snapshot, which nothing brings back. */
export function DeleteDialog({ snapshot, onClose }: { snapshot: Snapshot; onClose(): void }) {
  const { collection, id, takenAt, message, archive } = snapshot
  const { running, error, run } = useDialogAction(async () => {
    await call('snapshots.delete', { collection, id })
    reloadChanged()
    notifyDone('The snapshot is gone.', null)
    onClose()
  })
  return (
    <Dialog title={`Delete the snapshot of ${formatTime(takenAt)}`} onClose={onClose}>
      <p>
        {message !== '' && <>“{message}”. </>}
        Nothing brings it back; the collection stays as it is.
      </p>
      {archive !== null && (
        <p>
          Its archive goes, too: <span class="path">{archive}</span>
        </p>
      )}
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
