import { useState } from 'preact/hooks'
import { Dialog } from '../../components/dialog/dialog.tsx'
import { DialogFoot } from '../../components/dialog/dialog-foot.tsx'
import { call } from '../../connection.ts'
import { notifyDone, reloadChanged } from '../../lib/undo-change.ts'
import { useDialogAction } from '../../lib/use-action.ts'
import styles from './history-page.module.css'

/** Takes a snapshot of a whole collection, with a message to know it by. */
export function TakeDialog({ collection, onClose }: { collection: string; onClose(): void }) {
  const [message, setMessage] = useState('')
  const { running, error, run } = useDialogAction(async () => {
    await call('snapshots.create', { collection, message: message.trim() })
    reloadChanged()
    notifyDone(`A snapshot of ${collection} was taken.`, null)
    onClose()
  })
  return (
    <Dialog title={`Snapshot of ${collection}`} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          run()
        }}
      >
        <label class={styles.field}>
          Message
          <input
            class="field"
            value={message}
            maxLength={500}
            autocomplete="off"
            onInput={({ currentTarget }) => setMessage(currentTarget.value)}
          />
        </label>
        <DialogFoot text="Take it" busy="Taking it…" running={running} error={error} onClose={onClose} />
      </form>
    </Dialog>
  )
}
