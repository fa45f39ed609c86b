import type { ComponentChildren } from 'preact'
import { formatCount } from '../../lib/format.ts'
import type { Tone } from '../../lib/words.ts'
import styles from './bar-list.module.css'

export type Bar = {
  key: string
  label: ComponentChildren
  count: number
  tone?: Tone
}

type BarListProps = {
  /** What is counted, for assistive technology. */
  label: string
  bars: readonly Bar[]
  /** A bar as a link: gets what the bar shows. Without it bars are text. */
  link?: (bar: Bar, content: ComponentChildren) => ComponentChildren
  /** How a count is written. */
  format?: (count: number) => string
}

/** Counts beside bars of their length, the longest one filling the width. The numbers are text; bars only help to see. */
export function BarList({ label, bars, link, format = formatCount }: BarListProps) {
  const most = bars.reduce((max, { count }) => Math.max(max, count), 0)
  return (
    <ul class={styles.list} aria-label={label}>
      {bars.map((bar) => {
        const content = (
          <span class={styles.row}>
            <span class={styles.label}>{bar.label}</span>
            <span class={styles.track} aria-hidden="true">
              <span
                class={styles.bar}
                data-tone={bar.tone}
                style={{ width: `${bar.count === 0 ? 0 : Math.max(1, (100 * bar.count) / most)}%` }}
              />
            </span>
            <span class={styles.count}>{format(bar.count)}</span>
          </span>
        )
        return <li key={bar.key}>{link ? link(bar, content) : content}</li>
      })}
    </ul>
  )
}
