import { useEffect, useState } from 'preact/hooks'
import { fieldText, type Setting, typedValue } from './setting-text.ts'
import styles from './settings-page.module.css'
import type { SettingChange } from './use-setting.ts'

type Props = {
  setting: Setting
  change: SettingChange
  /** Whose elements name and describe the field. */
  labelId: string
  describedBy: string
}

/** The field of one setting, by its type: switches and choices count at once, text when it is saved. */
export function SettingEditor(props: Props) {
  const { setting, change, labelId, describedBy } = props
  const isLocked = setting.origin === 'environment'
  const common = {
    'aria-labelledby': labelId,
    'aria-describedby': describedBy,
    'aria-invalid': change.error !== null,
    disabled: isLocked || change.saving,
  }
  if (setting.type === 'boolean')
    return (
      <label class={styles.switch}>
        <input
          type="checkbox"
          {...common}
          checked={setting.value === true}
          onChange={async (event) => {
            const field = event.currentTarget
            // What is refused is shown as it is.
            if (!(await change.save(`${field.checked}`))) field.checked = setting.value === true
          }}
        />
        <span aria-hidden="true">{setting.value === true ? 'On' : 'Off'}</span>
      </label>
    )
  if (setting.choices)
    return (
      <select
        class="field"
        {...common}
        value={`${setting.value}`}
        onChange={async (event) => {
          const field = event.currentTarget
          if (!(await change.save(field.value))) field.value = `${setting.value}`
        }}
      >
        {setting.choices.map((choice) => (
          <option key={choice} value={choice}>
            {choice}
          </option>
        ))}
      </select>
    )
  if (setting.type === 'table')
    return (
      <pre class={styles.table} aria-labelledby={labelId} role="group">
        {fieldText(setting.value)}
      </pre>
    )
  return <TextEditor {...props} isLocked={isLocked} common={common} />
}

type TextProps = Props & { isLocked: boolean; common: Record<string, string | boolean> }

/** Numbers, texts and lists: Enter saves (in lists with Control or Command), Escape takes back. */
function TextEditor({ setting, change, isLocked, common }: TextProps) {
  const { type, value } = setting
  const current = fieldText(value)
  const [draft, setDraft] = useState<string | null>(null)
  const isList = type === 'string[]'
  const isNumber = type === 'integer' || type === 'number'
  const isDirty = draft !== null && draft !== current
  // What was typed and is the value by now, is no draft any more.
  useEffect(() => {
    if (draft !== null && draft === current) setDraft(null)
  }, [current])

  const save = async (): Promise<void> => {
    if (!isDirty || draft === null) return
    const typed = typedValue(type, draft)
    // Without a value it is as if it were not in the file.
    const isTaken = await (typed === '' ? change.reset() : change.save(typed))
    if (isTaken) setDraft(null)
  }
  const takeBack = (): void => {
    setDraft(null)
    change.forgetError()
  }
  const field = {
    ...common,
    class: `field ${isNumber ? styles.number : styles.text}`,
    value: draft ?? current,
    spellcheck: false,
    autocomplete: 'off',
    onInput: ({ currentTarget }: { currentTarget: HTMLInputElement | HTMLTextAreaElement }) =>
      setDraft(currentTarget.value),
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === 'Enter' && (!isList || event.ctrlKey || event.metaKey)) void save()
      else if (event.key === 'Escape' && draft !== null) takeBack()
      else return
      event.preventDefault()
    },
  }
  return (
    <>
      {isList ? (
        <textarea {...field} rows={Math.min(8, Math.max(2, field.value.split('\n').length))} />
      ) : (
        <input {...field} type="text" inputMode={isNumber ? 'decimal' : 'text'} />
      )}
      {isDirty && !isLocked && (
        <span class={styles.buttons}>
          <button type="button" class="button" data-primary disabled={change.saving} onClick={save}>
            {change.saving ? 'Saving…' : 'Save'}
          </button>
          <button type="button" class="button" disabled={change.saving} onClick={takeBack}>
            Cancel
          </button>
        </span>
      )}
    </>
  )
}
