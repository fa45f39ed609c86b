import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { Drawing } from '../../components/icon/icon.tsx'
import { call } from '../../connection.ts'
import { notifyDone, reloadChanged } from '../../lib/undo-change.ts'
import { useDialogAction } from '../../lib/use-action.ts'
import { colorValue, colorValues, type GroupColor, groupIcons, isHexColor } from './group-looks.ts'
import type { Group } from './group-order.ts'
import groupStyles from './groups.module.css'
import { NameDialog } from './name-dialog.tsx'

type Props = {
  collection: string
  /** Null: a new one. */
  group: Group | null
  onClose(): void
}

const unnamed = { name: '', description: '', color: 'slate', icon: 'layers' }

/** Names a group and says how it looks; what is left as it is stays as the manifest has it. */
export function EditGroupDialog({ collection, group, onClose }: Props) {
  const before = group ?? unnamed
  const [form, setForm] = useState(before)
  const set = (change: Partial<typeof unnamed>): void => setForm({ ...form, ...change })
  const name = form.name.trim()
  const { running, error, run } = useDialogAction(async () => {
    const looks = {
      ...(form.description !== before.description && { description: form.description }),
      ...(form.color !== before.color && { color: form.color as GroupColor }),
      ...(form.icon !== before.icon && { icon: form.icon }),
    }
    if (group)
      await call('groups.update', {
        collection,
        name: group.name,
        ...(name !== group.name && { newName: name }),
        ...looks,
      })
    else await call('groups.create', { collection, name, ...looks })
    notifyDone(group ? `Changed the group ${name}.` : `Made the group ${name}.`, null)
    reloadChanged()
    onClose()
  })
  return (
    <NameDialog
      title={group ? `Change the group ${group.name}` : 'New group'}
      value={form}
      maxLength={255}
      act={group ? 'Change' : 'Make it'}
      running={running}
      error={error}
      onChange={set}
      onAct={run}
      onClose={onClose}
    >
      <fieldset class={groupStyles.looks}>
        <legend>Colour</legend>
        {Object.entries(colorValues).map(([color, value]) => (
          <Look
            key={color}
            set="color"
            name={color}
            isOn={form.color === color}
            onChoose={() => set({ color })}
          >
            <span class={groupStyles.color} style={{ background: value }} />
          </Look>
        ))}
        <input
          type="color"
          class={groupStyles.picker}
          aria-label="Another colour"
          title="Another colour"
          data-chosen={isHexColor(form.color)}
          value={colorValue(form.color)}
          onInput={({ currentTarget }) => set({ color: currentTarget.value })}
        />
      </fieldset>
      <fieldset class={groupStyles.looks}>
        <legend>Icon</legend>
        {Object.entries(groupIcons).map(([icon, lines]) => (
          <Look key={icon} set="icon" name={icon} isOn={form.icon === icon} onChoose={() => set({ icon })}>
            <Drawing lines={lines} />
          </Look>
        ))}
        {!Object.hasOwn(groupIcons, before.icon) && (
          <Look
            set="icon"
            name={before.icon || 'none'}
            isOn={form.icon === before.icon}
            onChoose={() => set({ icon: before.icon })}
          >
            {before.icon || 'none'}
          </Look>
        )}
      </fieldset>
    </NameDialog>
  )
}

type LookProps = { set: string; name: string; isOn: boolean; onChoose(): void; children: ComponentChildren }

/** One of several that are seen instead of read. */
const Look = ({ set, name, isOn, onChoose, children }: LookProps) => (
  <label class={groupStyles.look} title={name}>
    <input type="radio" class="hidden" name={set} aria-label={name} checked={isOn} onChange={onChoose} />
    {children}
  </label>
)
