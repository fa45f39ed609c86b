import styles from './chips.module.css'

export type Chip = { id: string; text: string; remove(): void }

/** What narrows a list, each with what takes it away again. */
export function Chips({ chips, onClear }: { chips: readonly Chip[]; onClear(): void }) {
  if (chips.length === 0) return null
  return (
    <ul class={styles.chips} aria-label="Filters in use">
      {chips.map(({ id, text, remove }) => (
        <li key={id}>
          <button type="button" class={styles.chip} aria-label={`Remove ${text}`} onClick={remove}>
            {text}
            <span aria-hidden="true">×</span>
          </button>
        </li>
      ))}
      {chips.length > 1 && (
        <li>
          <button type="button" class={styles.clear} onClick={onClear}>
            Clear all
          </button>
        </li>
      )}
    </ul>
  )
}
