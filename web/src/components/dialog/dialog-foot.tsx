import type { ComponentChildren } from 'preact'
import styles from './dialog.module.css'

type Props = {
  /** What the dialog is for. */
  text: string
  /** What is said while it is on its way. */
  busy?: string
  running?: boolean
  disabled?: boolean
  /** Left out where a form is sent. */
  onAct?(): void
  onClose(): void
  /** Further buttons, before these. */
  children?: ComponentChildren
}

/** The buttons at the end of a dialog: out of it again, and what it is for. */
export function DialogFoot(props: Props) {
  const { text, busy = 'Working…', running = false, disabled = false, onAct, onClose, children } = props
  return (
    <footer class={styles.foot}>
      {children}
      <button type="button" class="button" onClick={onClose}>
        Cancel
      </button>
      <button
        type={onAct ? 'button' : 'submit'}
        class="button"
        data-primary=""
        disabled={running || disabled}
        aria-busy={running}
        onClick={onAct}
      >
        {running ? busy : text}
      </button>
    </footer>
  )
}
