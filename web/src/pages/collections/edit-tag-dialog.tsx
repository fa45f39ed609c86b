import { useState } from 'preact/hooks'
import { call } from '../../connection.ts'
import { plural } from '../../lib/format.ts'
import { notifyDone, reloadChanged } from '../../lib/undo-change.ts'
import { useDialogAction } from '../../lib/use-action.ts'
import groupStyles from './groups.module.css'
import { NameDialog } from './name-dialog.tsx'
import { notWrittenText } from './not-written.ts'
import type { Tag } from './use-tag-colors.ts'

type Props = {
  /** Null: a new one. */
  tag: Tag | null
  onClose(): void
}

const unnamed = { name: '', description: '', color: null as string | null }

/** Names a tag and says how it looks, everywhere; artifacts that have it have the new name. */
export function EditTagDialog({ tag, onClose }: Props) {
  const before = tag ?? unnamed
  const [form, setForm] = useState(before)
  const set = (change: Partial<typeof unnamed>): void => setForm({ ...form, ...change })
  const name = form.name.trim()
  const { running, error, run } = useDialogAction(async () => {
    const looks = {
      ...(form.description !== before.description && { description: form.description }),
      ...(form.color !== before.color && { color: form.color }),
    }
    const { notWritten } = tag
      ? await call('tags.update', { tag: tag.slug, ...(name !== tag.name && { name }), ...looks })
      : await call('tags.create', { name, ...looks })
    notifyDone(`${tag ? 'Changed' : 'Made'} the tag ${name}.${notWrittenText(notWritten)}`, null)
    reloadChanged()
    onClose()
  })
  return (
    <NameDialog
      title={tag ? `Change the tag ${tag.name}` : 'New tag'}
      value={form}
      maxLength={100}
      act={tag ? 'Change' : 'Make it'}
      running={running}
      error={error}
      onChange={set}
      onAct={run}
      onClose={onClose}
    >
      <div class={groupStyles.bar}>
        <label class="switch">
          <input
            type="checkbox"
            checked={form.color !== null}
            onChange={({ currentTarget }) =>
              set({ color: currentTarget.checked ? (before.color ?? '#3b82f6') : null })
            }
          />
          With a colour
        </label>
        {form.color !== null && (
          <input
            type="color"
            class={groupStyles.picker}
            aria-label="Colour"
            value={form.color}
            onInput={({ currentTarget }) => set({ color: currentTarget.value })}
          />
        )}
      </div>
      {tag && tag.artifactCount > 0 && (
        <p class="muted">{plural(tag.artifactCount, 'artifact')} of all collections have it.</p>
      )}
    </NameDialog>
  )
}
