import type { ComponentChildren } from 'preact'
import { Dialog } from '../../components/dialog/dialog.tsx'
import { DialogFoot } from '../../components/dialog/dialog-foot.tsx'
import type { CallError } from '../../lib/call-error.ts'
import styles from './collections-page.module.css'
import groupStyles from './groups.module.css'

type Named = { name: string; description?: string }

type Props = {
  title: string
  value: Named
  /** Characters of the name. */
  maxLength: number
  /** Text of the button. */
  act: string
  running: boolean
  /** Why the last try failed. */
  error: CallError | null
  onChange(change: Partial<Named>): void
  onAct(): void
  onClose(): void
  /** What else is said of it. */
  children?: ComponentChildren
}

/** Asks for a name, and for a description of what has one. */
export const NameDialog = ({ value, maxLength, onChange, onAct, children, ...rest }: Props) => (
  <Dialog title={rest.title} onClose={rest.onClose}>
    <form
      class={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        onAct()
      }}
    >
      <label>
        Name
        <input
          class="field"
          value={value.name}
          required
          maxLength={maxLength}
          autocomplete="off"
          onInput={({ currentTarget }) => onChange({ name: currentTarget.value })}
        />
      </label>
      {value.description !== undefined && (
        <label>
          Description
          <textarea
            class={`field ${groupStyles.text}`}
            value={value.description}
            maxLength={1000}
            rows={2}
            onInput={({ currentTarget }) => onChange({ description: currentTarget.value })}
          />
        </label>
      )}
      {children}
      <DialogFoot
        text={rest.act}
        running={rest.running}
        error={rest.error}
        disabled={value.name.trim() === ''}
        onClose={rest.onClose}
      />
    </form>
  </Dialog>
)
