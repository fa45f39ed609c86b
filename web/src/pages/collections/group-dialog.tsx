import { useState } from 'preact/hooks'
import { Dialog } from '../../components/dialog/dialog.tsx'
import { DialogFoot } from '../../components/dialog/dialog-foot.tsx'
import { ErrorNotice } from '../../components/error-notice/error-notice.tsx'
import { call } from '../../connection.ts'
import { plural } from '../../lib/format.ts'
import { notifyDone, reloadChanged } from '../../lib/undo-change.ts'
import { useDialogAction } from '../../lib/use-action.ts'
import { useQuery } from '../../lib/use-query.ts'
import styles from './collections-page.module.css'
import type { LibraryRow } from './use-library.ts'

type Props = { collection: string; rows: readonly LibraryRow[]; onClose(): void }

/** Puts the chosen artifacts into a group, or into a new one. */
export function GroupDialog({ collection, rows, onClose }: Props) {
  const { data, error: unread, reload } = useQuery('groups.list', { collection })
  const groups = data?.items
  const [name, setName] = useState('')
  const { running, error, run } = useDialogAction(async () => {
    const members = rows.map(({ key }) => key)
    const group = name.trim()
    if (groups?.some((one) => one.name === group))
      await call('groups.assign', { collection, name: group, add: members })
    else await call('groups.create', { collection, name: group, members })
    notifyDone(`Put ${plural(rows.length, 'artifact')} into ${group}.`, null)
    reloadChanged()
    onClose()
  })
  return (
    <Dialog title={`Group ${plural(rows.length, 'artifact')}`} onClose={onClose}>
      <form
        class={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          run()
        }}
      >
        <label>
          Group, one there is or a new one
          <input
            class="field"
            list="groups-of-collection"
            value={name}
            required
            autocomplete="off"
            onInput={({ currentTarget }) => setName(currentTarget.value)}
          />
        </label>
        <datalist id="groups-of-collection">
          {groups?.map((group) => (
            <option key={group.name} value={group.name} />
          ))}
        </datalist>
        {unread && <ErrorNotice error={unread} onRetry={reload} />}
        <DialogFoot
          text="Put into the group"
          running={running}
          error={error}
          disabled={!groups || name.trim() === ''}
          onClose={onClose}
        />
      </form>
    </Dialog>
  )
}
