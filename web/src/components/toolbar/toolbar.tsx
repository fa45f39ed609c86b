import type { ComponentChildren } from 'preact'
import styles from './toolbar.module.css'

/** Filters above a table; `summary` tells how much they leave, also to assistive technology when it changes. */
export function Toolbar({ summary, children }: { summary: string; children: ComponentChildren }) {
  return (
    <div class={styles.toolbar}>
      {children}
      <span role="status" class={styles.summary}>
        {summary}
      </span>
    </div>
  )
}
