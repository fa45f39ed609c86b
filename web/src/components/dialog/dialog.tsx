import { type ComponentChildren, createContext } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import styles from './dialog.module.css'

type Props = {
  title: string
  /** Whether the title is only for assistive technology. */
  isTitleHidden?: boolean
  /** `wide` for what has columns, such as a comparison. */
  size?: 'normal' | 'wide'
  onClose(): void
  children: ComponentChildren
}

/** Tells the dialog around it whether what it is for is on its way. */
export const SetRunning = createContext<(isRunning: boolean) => void>(() => undefined)

/**
 * A modal dialog, open for as long as it is rendered. The browser keeps the focus inside and gives it back; Escape and a
 * click beside it close it, except while what it is for is on its way: closing would stop nothing.
 */
export function Dialog({ title, isTitleHidden = false, size = 'normal', onClose, children }: Props) {
  const ref = useRef<HTMLDialogElement>(null)
  const [isRunning, setRunning] = useState(false)
  const close = (): void => {
    if (!isRunning) onClose()
  }
  useEffect(() => {
    const before = document.activeElement
    ref.current?.showModal()
    return () => {
      ref.current?.close()
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])
  return (
    <dialog
      ref={ref}
      class={styles.dialog}
      data-size={size}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault()
        close()
      }}
      onClose={({ currentTarget }) => {
        // Some browsers close it at a second Escape whatever is done about it.
        if (isRunning && currentTarget.isConnected) currentTarget.showModal()
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) close()
      }}
    >
      <div class={styles.content}>
        {!isTitleHidden && (
          <header class={styles.head}>
            <h2>{title}</h2>
            <button
              type="button"
              class={styles.close}
              aria-label="Close"
              disabled={isRunning}
              onClick={close}
            >
              ×
            </button>
          </header>
        )}
        <SetRunning.Provider value={setRunning}>{children}</SetRunning.Provider>
      </div>
    </dialog>
  )
}
