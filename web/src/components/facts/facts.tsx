import type { ComponentChildren } from 'preact'
import styles from './facts.module.css'

/** Names and values in a dense grid; what is null is left out. */
export function Facts({ items }: { items: readonly (readonly [name: string, value: ComponentChildren])[] }) {
  return (
    <dl class={styles.facts}>
      {items.map(([name, value]) =>
        value === null || value === undefined ? null : (
          <div key={name} class={styles.fact}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  )
}
