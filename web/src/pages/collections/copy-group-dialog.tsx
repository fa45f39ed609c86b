import { useState } from 'preact/hooks'
import { Dialog } from '../../components/dialog/dialog.tsx'
import { DialogFoot } from '../../components/dialog/dialog-foot.tsx'
import { call } from '../../connection.ts'
import { plural } from '../../lib/format.ts'
import { notifyDone, reloadChanged } from '../../lib/undo-change.ts'
import { useDialogAction } from '../../lib/use-action.ts'
import { useQuery } from '../../lib/use-query.ts'
import styles from './collections-page.module.css'
import type { Group } from './group-order.ts'

type Props = { collection: string; group: Group; onClose(): void }

/** Copies a group into another collection, or under another name; artifacts are not copied with it. */
export function CopyGroupDialog({ collection, group, onClose }: Props) {
  const { data } = useQuery('collections.list', {})
  const [to, setTo] = useState(collection)
  const [text, setText] = useState<string | null>(null)
  // In its own collection the name is taken.
  const shown = text ?? (to === collection ? `${group.name} copy` : group.name)
  const name = shown.trim()
  const { running, error, run } = useDialogAction(async () => {
    const { unresolvedCount } = await call('groups.copy', {
      collection,
      name: group.name,
      to,
      ...(name !== group.name && { newName: name }),
    })
    const missing =
      unresolvedCount === 0
        ? ''
        : ` ${plural(unresolvedCount, 'member is', 'members are')} not there, and found when it comes.`
    notifyDone(`Copied ${group.name} to ${name} of ${to}.${missing}`, null)
    reloadChanged()
    onClose()
  })
  return (
    <Dialog title={`Copy the group ${group.name}`} onClose={onClose}>
      <form
        class={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          run()
        }}
      >
        <label>
          Into
          <select class="field" value={to} onChange={({ currentTarget }) => setTo(currentTarget.value)}>
            {(data?.items ?? [{ name: collection }]).map((one) => (
              <option key={one.name} value={one.name}>
                {one.name === collection ? `${one.name} (this one)` : one.name}
              </option>
            ))}
          </select>
        </label>
        <label>
          Name
          <input
            class="field"
            value={shown}
            required
            maxLength={255}
            autocomplete="off"
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        </label>
        <DialogFoot
          text="Copy"
          busy="Copying…"
          running={running}
          error={error}
          disabled={name === ''}
          onClose={onClose}
        />
      </form>
    </Dialog>
  )
}
