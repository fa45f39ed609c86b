import { Link } from 'wouter-preact'
import { formatCount } from '../../lib/format.ts'
import type { Tone } from '../../lib/words.ts'
import styles from './bars.module.css'

export type Bar = { label: string; value: number; href: string; tone?: Tone }

/** Counts as lines of words with a bar behind each: read by their words, compared by their lengths. */
export function Bars({ items }: { items: readonly Bar[] }) {
  const most = Math.max(1, ...items.map(({ value }) => value))
  return (
    <ul class={styles.bars}>
      {items.map(({ label, value, href, tone = 'info' }) => (
        <li key={label}>
          <Link href={href}>
            <span class={styles.label}>{label}</span>
            <span class={styles.track} aria-hidden="true">
              <span data-tone={tone} style={{ width: `${(100 * value) / most}%` }} />
            </span>
            <span class={styles.value}>{formatCount(value)}</span>
          </Link>
        </li>
      ))}
    </ul>
  )
}
