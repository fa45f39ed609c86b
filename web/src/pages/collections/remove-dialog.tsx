import { useState } from 'preact/hooks'
import type { ParamsOf } from '../../../../protocol/methods.ts'
import { Dialog } from '../../components/dialog/dialog.tsx'
import { DialogFoot } from '../../components/dialog/dialog-foot.tsx'
import { call } from '../../connection.ts'
import { plural } from '../../lib/format.ts'
import { notifyDone, reloadChanged } from '../../lib/undo-change.ts'
import { useDialogAction } from '../../lib/use-action.ts'
import styles from './collections-page.module.css'
import { typeName } from './type-name.ts'
import type { LibraryRow } from './use-library.ts'

type Props = { collection: string; rows: readonly LibraryRow[]; onDone(): void; onClose(): void }

/** Takes artifacts out of a collection, once somebody has read what goes and what stays. */
export function RemoveDialog({ collection, rows, onDone, onClose }: Props) {
  const [keepFiles, setKeepFiles] = useState(false)
  const what = rows.length === 1 ? (rows[0]?.name ?? '') : plural(rows.length, 'artifact')
  const { running, error, run } = useDialogAction(async () => {
    const operations: string[] = []
    try {
      for (const { name, type } of rows) {
        const { operation } = await call('collections.remove', {
          name,
          type: type as ParamsOf<'collections.remove'>['type'],
          collection,
          keepFiles,
        })
        if (operation !== null) operations.push(operation)
      }
      onDone()
      onClose()
    } finally {
      // Of several, those that went before one failed can be taken back, too.
      if (operations.length > 0) notifyDone(`Removed ${what} from ${collection}.`, operations)
      reloadChanged()
    }
  })
  return (
    <Dialog title={`Remove ${what} from ${collection}`} onClose={onClose}>
      <p>
        Copies in projects stay. What is removed is kept: Undo brings it back, and so does the history of the
        collection.
      </p>
      <ul class={styles.paths}>
        {rows.map(({ key, name, type, path }) => (
          <li key={key}>
            {name} <span class="muted">{typeName(type)}</span>
            <div class="path">{path}</div>
          </li>
        ))}
      </ul>
      <label class="switch">
        <input
          type="checkbox"
          checked={keepFiles}
          onChange={({ currentTarget }) => setKeepFiles(currentTarget.checked)}
        />
        Leave the files where they are; only the collection forgets them
      </label>
      <DialogFoot
        text="Remove"
        busy="Removing…"
        running={running}
        error={error}
        onAct={run}
        onClose={onClose}
      />
    </Dialog>
  )
}
