import type { ComponentChildren } from 'preact'
import styles from './frontmatter-table.module.css'

type FrontmatterTableProps = {
  /** Keys as the file has them, with values as JSON knows them. */
  metadata: Readonly<Record<string, unknown>>
}

/** What stands in the head of a file, one row for each key, in the order of the file. */
export function FrontmatterTable({ metadata }: FrontmatterTableProps) {
  const entries = Object.entries(metadata)
  if (entries.length === 0) return <p class="muted">Nothing stands in its head.</p>
  return (
    <dl class={styles.table}>
      {entries.map(([key, value]) => (
        <div key={key} class={styles.row}>
          <dt class={styles.key}>{key}</dt>
          <dd class={styles.value}>{renderValue(value)}</dd>
        </div>
      ))}
    </dl>
  )
}

function renderValue(value: unknown): ComponentChildren {
  if (value === null || value === '') return <span class="muted">empty</span>
  if (isPlain(value)) return String(value)
  if (Array.isArray(value)) {
    if (value.length === 0) return <span class="muted">empty list</span>
    if (value.every(isPlain)) return <Chips values={value} />
  }
  return <pre class={styles.nested}>{JSON.stringify(value, null, 2)}</pre>
}

const isPlain = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value)

const Chips = ({ values }: { values: ReadonlyArray<string | number | boolean> }) => (
  <ul class={styles.chips}>
    {values.map((value, at) => (
      <li key={at} class={styles.chip}>
        {String(value)}
      </li>
    ))}
  </ul>
)
