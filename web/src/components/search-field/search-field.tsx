import { useEffect, useRef } from 'preact/hooks'
import styles from './search-field.module.css'

type Props = { label: string; value: string; onInput(text: string): void }

/** Filters a view while somebody types; `/` comes here, Escape empties it. */
export function SearchField({ label, value, onInput }: Props) {
  const ref = useRef<HTMLInputElement>(null)
  useEffect(() => {
    // The address may change without typing; what is typed right now is never replaced.
    const field = ref.current
    if (field && field.value !== value && document.activeElement !== field) field.value = value
  }, [value])
  return (
    <input
      ref={ref}
      type="search"
      class={`field ${styles.field}`}
      placeholder={`${label}…`}
      aria-label={label}
      aria-keyshortcuts="/"
      autocomplete="off"
      spellcheck={false}
      defaultValue={value}
      onInput={({ currentTarget }) => onInput(currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.currentTarget.value = ''
        onInput('')
      }}
    />
  )
}
