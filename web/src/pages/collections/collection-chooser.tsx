import { useState } from 'preact/hooks'
import { Dialog } from '../../components/dialog/dialog.tsx'
import { DialogFoot } from '../../components/dialog/dialog-foot.tsx'
import { call } from '../../connection.ts'
import { formatCount, plural } from '../../lib/format.ts'
import { notifyDone, reloadChanged } from '../../lib/undo-change.ts'
import { useAction, useDialogAction } from '../../lib/use-action.ts'
import { NameDialog } from './name-dialog.tsx'
import type { Collection } from './use-library.ts'

type Props = {
  collections: readonly Collection[]
  /** Name of the one that is shown. */
  shown: string
  onShow(name: string): void
}

/** Which collection is shown, and what makes and removes whole ones; the active one is marked. */
export function CollectionChooser({ collections, shown, onShow }: Props) {
  const [open, setOpen] = useState<'new' | 'delete' | null>(null)
  const collection = collections.find(({ name }) => name === shown)
  const use = useAction(async () => {
    await call('collections.use', { name: shown })
    notifyDone(`${shown} is the active collection now.`, null)
    reloadChanged()
  })
  return (
    <>
      <select
        class="field"
        aria-label="Collection"
        value={shown}
        onChange={({ currentTarget }) => onShow(currentTarget.value)}
      >
        {collections.map(({ name, active, artifactCount }) => (
          <option key={name} value={name}>
            {`${name}${active ? ' (active)' : ''}, ${formatCount(artifactCount)}`}
          </option>
        ))}
      </select>
      {collection && !collection.active && (
        <>
          <button type="button" class="button" disabled={use.running} onClick={() => use.run()}>
            Make active
          </button>
          <button type="button" class="button" onClick={() => setOpen('delete')}>
            Delete…
          </button>
        </>
      )}
      <button type="button" class="button" onClick={() => setOpen('new')}>
        New…
      </button>
      {open === 'new' && <NewDialog onDone={onShow} onClose={() => setOpen(null)} />}
      {open === 'delete' && collection && (
        <DeleteDialog collection={collection} onDone={() => onShow('')} onClose={() => setOpen(null)} />
      )}
    </>
  )
}

function NewDialog({ onDone, onClose }: { onDone(name: string): void; onClose(): void }) {
  const [name, setName] = useState('')
  const { running, error, run } = useDialogAction(async () => {
    const made = await call('collections.create', { name: name.trim() })
    reloadChanged()
    onDone(made.name)
    onClose()
  })
  return (
    <NameDialog
      title="New collection"
      value={{ name }}
      maxLength={255}
      act="Create"
      running={running}
      error={error}
      onChange={(change) => setName(change.name ?? name)}
      onAct={run}
      onClose={onClose}
    />
  )
}

type DeleteProps = { collection: Collection; onDone(): void; onClose(): void }

function DeleteDialog({ collection: { name, path, artifactCount }, onDone, onClose }: DeleteProps) {
  const { running, error, run } = useDialogAction(async () => {
    const { operation } = await call('collections.delete', { name })
    notifyDone(`Deleted the collection ${name}.`, operation)
    reloadChanged()
    onDone()
    onClose()
  })
  return (
    <Dialog title={`Delete the collection ${name}`} onClose={onClose}>
      <p>
        It goes with {plural(artifactCount, 'artifact')} and everything else in its folder. Copies in projects
        stay. It is kept, and Undo brings it back.
      </p>
      <div class="path">{path}</div>
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
