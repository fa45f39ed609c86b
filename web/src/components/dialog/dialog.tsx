import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
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

/**
 * A modal dialog, open for as long as it is rendered. The browser keeps the focus inside and gives it back; Escape and a
 * click beside it close it.
 */
export function Dialog({ title, isTitleHidden = false, size = 'normal', onClose, children }: Props) {
  const ref = useRef<HTMLDialogElement>(null)
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
        onClose()
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose()
      }}
    >
      <div class={styles.content}>
        {!isTitleHidden && (
          <header class={styles.head}>
            <h2>{title}</h2>
            <button type="button" class={styles.close} aria-label="Close" onClick={onClose}>
              ×
            </button>
          </header>
        )}
        {children}
      </div>
    </dialog>
  )
}
