import { useEffect, useState } from 'preact/hooks'
import styles from './copy-button.module.css'

/** How long it says what became of it, in ms. */
const TOLD_FOR = 2000

type CopyButtonProps = {
  text: string
  /** What it is, for those who do not see what the button stands beside: `Copy code`. */
  what: string
}

/** Puts a text on the clipboard and says so. */
export function CopyButton({ text, what }: CopyButtonProps) {
  const [told, setTold] = useState('')
  useEffect(() => {
    if (told === '') return
    const timer = setTimeout(() => setTold(''), TOLD_FOR)
    return () => clearTimeout(timer)
  }, [told])

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      setTold('Copied')
    } catch {
      // The browser decides who may use the clipboard, and says no more than that.
      setTold('Not allowed')
    }
  }
  return (
    <button type="button" class={styles.button} onClick={copy}>
      <span aria-live="polite">{told || 'Copy'}</span>
      <span class="hidden"> {what}</span>
    </button>
  )
}
