import { useState } from 'preact/hooks'
import { Dialog } from '../../components/dialog/dialog.tsx'
import { DialogFoot } from '../../components/dialog/dialog-foot.tsx'
import { call } from '../../connection.ts'
import { plural } from '../../lib/format.ts'
import { notifyDone, reloadChanged } from '../../lib/undo-change.ts'
import { useDialogAction } from '../../lib/use-action.ts'
import styles from './collections-page.module.css'
import { valuesOf } from './library-filter.ts'
import type { LibraryRow } from './use-library.ts'

type Props = { collection: string; rows: readonly LibraryRow[]; onClose(): void }

/** Adds tags to the chosen artifacts, and takes some away that they have. */
export function TagsDialog({ collection, rows, onClose }: Props) {
  const [text, setText] = useState('')
  const [removed, setRemoved] = useState<ReadonlySet<string>>(new Set())
  const add = text
    .split(',')
    .map((tag) => tag.trim())
    .filter(Boolean)
  const { running, error, run } = useDialogAction(async () => {
    const { notWritten } = await call('tags.assign', {
      collection,
      artifacts: rows.map(({ key }) => key),
      add,
      remove: [...removed],
    })
    const [failed] = notWritten
    if (failed) throw new Error(`${failed.collection}: ${failed.reason}`)
    notifyDone(`Changed the tags of ${plural(rows.length, 'artifact')}.`, null)
    reloadChanged()
    onClose()
  })
  const tags = valuesOf(rows, (row) => row.tags)
  return (
    <Dialog title={`Tags of ${plural(rows.length, 'artifact')}`} onClose={onClose}>
      <form
        class={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          run()
        }}
      >
        <label>
          Add tags, with commas between them
          <input
            class="field"
            value={text}
            autocomplete="off"
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        </label>
        {tags.length > 0 && (
          <fieldset class={styles.switches}>
            <legend>Take away</legend>
            {tags.map((tag) => (
              <label key={tag} class="switch">
                <input
                  type="checkbox"
                  checked={removed.has(tag)}
                  onChange={({ currentTarget }) => {
                    const next = new Set(removed)
                    if (currentTarget.checked) next.add(tag)
                    else next.delete(tag)
                    setRemoved(next)
                  }}
                />
                {tag}
              </label>
            ))}
          </fieldset>
        )}
        <DialogFoot
          text="Change"
          busy="Changing…"
          running={running}
          error={error}
          disabled={add.length + removed.size === 0}
          onClose={onClose}
        />
      </form>
    </Dialog>
  )
}
