import type { ComponentChildren } from 'preact'
import { useContext, useLayoutEffect } from 'preact/hooks'
import type { CallError } from '../../lib/call-error.ts'
import { ErrorNotice } from '../error-notice/error-notice.tsx'
import styles from './dialog.module.css'
import { SetRunning } from './dialog.tsx'

type Props = {
  /** What the dialog is for. */
  text: string
  /** What is said while it is on its way. */
  busy?: string
  running?: boolean
  /** Why the last try failed. */
  error?: CallError | null
  disabled?: boolean
  /** Left out where a form is sent. */
  onAct?(): void
  onClose(): void
  /** Further buttons, before these. */
  children?: ComponentChildren
}

/** The end of a dialog: why what it is for failed, and the buttons out of it again and for that. */
export function DialogFoot(props: Props) {
  const {
    text,
    busy = 'Working…',
    running = false,
    error,
    disabled = false,
    onAct,
    onClose,
    children,
  } = props
  const setRunning = useContext(SetRunning)
  useLayoutEffect(() => {
    setRunning(running)
    return () => setRunning(false)
  }, [running])
  return (
    <>
      {error && <ErrorNotice error={error} />}
      <footer class={styles.foot}>
        {children}
        <button type="button" class="button" disabled={running} onClick={onClose}>
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
    </>
  )
}
